"""`footnoted doctor`: checks what the service needs, one line each, with the remedy."""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.commands.shared_options import index_option, json_option

if TYPE_CHECKING:
    from api.commands.check_surroundings import Check


@click.command()
@index_option
@json_option
def command(index_dir: Path, as_json: bool) -> None:
    """Check this installation, its variables and its index, and say what to do.

    Exits with 0 when all is well (a NOTE is no failure), 3 when a generation is refused, 1 when another check
    failed.

    \b
    Examples:
      footnoted doctor
      footnoted doctor --index /srv/index --json
    """
    from api.commands.checks import exit_code, run_checks
    from api.today import utc_today

    checks = run_checks(index_dir, environment=os.environ, today=utc_today())
    if as_json:
        ok = all(check.ok for check in checks)
        click.echo(
            json.dumps({"ok": ok, "checks": [asdict(check) for check in checks]}, ensure_ascii=False).encode()
        )
    else:
        for check in checks:
            click.echo(f"{_state(check)}  {check.name}: {check.detail}")
            if check.fix is not None:
                click.echo(f"      -> {check.fix}")
        click.echo(_summary(checks), err=True)
    sys.exit(exit_code(checks))


def _state(check: "Check") -> str:
    if not check.ok:
        return click.style("FAIL", fg="red", bold=True)
    if check.fix is not None:
        return click.style("NOTE", fg="yellow")
    return click.style("OK  ", fg="green")


def _summary(checks: "list[Check]") -> str:
    failed = sum(not check.ok for check in checks)
    return "all is well" if not failed else f"{failed} of {len(checks)} checks failed"
