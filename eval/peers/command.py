"""`footnoted eval peers`: other retrieval libraries beside ours; `install-peers` makes their environments."""

import sys
from pathlib import Path

import click

from eval.refusal_exit import refusing

NAMES = ("txtai", "chroma", "llamaindex", "haystack", "langchain")
_environments = click.option(
    "--environments",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the peers' virtual environments lie.  [default: peers/ in the user's cache]",
)
_only = click.option("--only", type=click.Choice(NAMES), multiple=True, help="Only these peers.")


@click.command("install-peers", short_help="What `peers` needs, installed.")
@_environments
@_only
def install_peers(folder: Path | None, only: tuple[str, ...]) -> None:
    """Make a virtual environment for each peer, with the libraries that are pinned for it (1 to 2 GB each).

    pip takes them from where it takes all others; on Linux `make peers` also shows it torch's build for CPUs.
    Exit code 1 where one cannot be made.
    """
    from eval.peers.environments import default_folder, install
    from eval.peers.systems import PEERS

    chosen = [peer for peer in PEERS if not only or peer.name in only]
    reasons = {peer.title: install(peer, folder or default_folder(), say=_say) for peer in chosen}
    failed = {title: reason for title, reason in reasons.items() if reason is not None}
    for title, reason in failed.items():
        _say(f"{title}: {reason}")
    sys.exit(1 if failed else 0)


@click.command(short_help="Beside other retrieval libraries.")
@click.argument("dataset_path", metavar="DATASET", type=click.Path(exists=True, path_type=Path))
@click.argument("pages", type=click.Path(exists=True, path_type=Path))
@_environments
@_only
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True, help="Turns of each system.")
@click.option("--questions", type=click.IntRange(1), default=100, show_default=True, help="Drawn from DATASET.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Draws the questions.")
@click.option("--model", default="all-MiniLM-L6-v2", show_default=True, help="The sentence model of all systems.")
@click.option(
    "--write",
    "page",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Also put the figures into this Markdown page, between its marks.",
)
def peers(
    dataset_path: Path,
    pages: Path,
    folder: Path | None,
    only: tuple[str, ...],
    rounds: int,
    questions: int,
    seed: int,
    model: str,
    page: Path | None,
) -> None:
    """Time txtai, Chroma, LlamaIndex, Haystack, LangChain with FAISS, and ours on the passages of PAGES.

    All get the same passage texts, made by an ingest of ours, the same questions and the same model, offline, in
    turns. Run `make peers` or `footnoted eval install-peers` first; what is not installed is listed as such.
    """
    from eval.peers.compare import compare
    from eval.peers.environments import default_folder
    from eval.report.marked_section import write_section

    with refusing():
        written = compare(
            dataset_path, pages, environments=folder or default_folder(), only=only, rounds=rounds,
            questions=questions, seed=seed, model=model, say=_say,
        )  # fmt: skip
        if page is not None:
            write_section(page, "peers", written)
    click.echo(written)


def _say(message: str) -> None:
    click.echo(message, err=True)
