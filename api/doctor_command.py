"""`footnoted doctor`: checks what the service needs, one line each, with the remedy."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from api.index_option import index_option


@click.command()
@index_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(index_dir: Path, as_json: bool) -> None:
    """Check this installation and its index.

    Exits with 0 when all is well, 3 when a generation is refused, 1 when another check failed.
    """
    from api.checks import exit_code, run_checks

    checks = run_checks(index_dir)
    if as_json:
        ok = all(check.ok for check in checks)
        click.echo(json.dumps({"ok": ok, "checks": [asdict(check) for check in checks]}, ensure_ascii=False))
    else:
        for check in checks:
            state = click.style("OK  ", fg="green") if check.ok else click.style("FAIL", fg="red", bold=True)
            click.echo(f"{state}  {check.name}: {check.detail}")
    sys.exit(exit_code(checks))
