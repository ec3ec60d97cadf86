"""The commands `footnoted index backup` and `restore`: one generation into a file, and back."""

from pathlib import Path

import click

from ingest.commands.shared_options import common_options, exit_status, open_as_a_server, print_json
from retriever.backup.archive import backup, restore


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@common_options
@click.option("--generation", metavar="GENERATION", help="Which one; without it, the one that is served.")
def backup_command(file: Path, index_dir: Path, as_json: bool, generation: str | None) -> None:
    """Copy one generation into FILE, a tar archive.

    The converted model that built it goes along, so that it can be served elsewhere. Every byte is checked while
    it is copied; a damaged generation makes no backup. FILE must not exist. A running ingest and running servers
    are not disturbed.
    """
    with exit_status():
        manifest = backup(index_dir, file, generation=generation)
    if as_json:
        print_json({"generation": manifest.generation, "fingerprint": manifest.fingerprint, "file": str(file)})
    else:
        click.echo(f"{manifest.generation} is in {file} ({file.stat().st_size:,} bytes).")


@click.command("restore")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@common_options
def restore_command(file: Path, index_dir: Path, as_json: bool) -> None:
    """Serve the generation that is in FILE, a backup.

    The index is made when it is missing. Every file is checked before the pointer moves, and an archive that is
    not exactly a backup is refused before anything is written; then what was served stays. A running server takes
    the change by itself.
    """
    with exit_status():
        name = restore(index_dir, file, self_check=open_as_a_server)
    if as_json:
        print_json({"current": name})
    else:
        click.echo(f"{name} is served now from {index_dir}.")
