"""The commands `footnoted keys add`, `list` and `revoke`: who may call the service, and for what."""

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import click

from retriever.errors import FootnotedError

DEFAULT_KEYS = Path("keys.json")
_CHOICES = ("read", "write")


def _keys_option(command: Callable[..., None]) -> Callable[..., None]:
    return click.option(
        "--keys",
        "path",
        envvar="FOOTNOTED_KEYS",
        default=DEFAULT_KEYS,
        show_default=True,
        show_envvar=True,
        metavar="FILE",
        type=click.Path(path_type=Path, dir_okay=False),
        help="The file of keys that `footnoted serve --keys` reads.",
    )(command)


@click.group()
def keys_group() -> None:
    """Make, list and revoke the keys with which programs call the service.

    The file holds digests only: a key is shown once, when it is made. A running service takes up every change
    by itself, so that a key is rotated by adding the new one, moving the callers, and revoking the old one.

    \b
    footnoted keys add web                                # for asking and reading
    footnoted keys add editor --scope read --scope write  # and for writing pages
    footnoted keys revoke web
    """


@keys_group.command()
@click.argument("name")
@click.option(
    "--scope", "scopes", type=click.Choice(_CHOICES), multiple=True, default=("read",), show_default=True,
    help="What the key may do; give it twice for both.",
)  # fmt: skip
@_keys_option
def add(name: str, scopes: Sequence[str], path: Path) -> None:
    """Make a key called NAME and print it. It cannot be shown again."""
    from api.admission.keys import KeyRing, Scope, change_keys, new_key

    secret = ""

    def change(ring: KeyRing) -> KeyRing:
        nonlocal secret
        today = datetime.now(UTC).date().isoformat()
        changed, secret = new_key(ring, name, [Scope(scope) for scope in scopes], created=today)
        return changed

    try:
        change_keys(path, change)
    except FootnotedError as error:
        _refuse(error)
    click.echo(secret)
    click.echo(f"This key is shown once. {path} holds its digest; callers send it as", err=True)
    click.echo("Authorization: Bearer KEY", err=True)


@keys_group.command("list")
@_keys_option
def list_keys(path: Path) -> None:
    """List the keys: name, scopes, day."""
    from api.admission.keys import read_keys

    try:
        ring = read_keys(path)
    except FootnotedError as error:
        _refuse(error)
    width = max((len(key.name) for key in ring.keys), default=0)
    for key in ring.keys:
        click.echo(f"{key.name:{width}}  {'+'.join(key.scopes):10}  {key.created}")
    if not ring.keys:
        click.echo("there are no keys; make one with `footnoted keys add NAME`", err=True)


@keys_group.command()
@click.argument("name")
@_keys_option
def revoke(name: str, path: Path) -> None:
    """Make the key called NAME invalid from now on."""
    from api.admission.keys import change_keys, without_key

    try:
        change_keys(path, lambda ring: without_key(ring, name))
    except FootnotedError as error:
        _refuse(error)
    click.echo("revoked", err=True)


def _refuse(error: FootnotedError) -> NoReturn:
    """Ends with 2 where a name was wrong, which is the caller's to mend, else with 3."""
    from api.admission.keys import KeyNameRefused

    click.echo(f"footnoted keys: {error}", err=True)
    sys.exit(2 if isinstance(error, KeyNameRefused) else 3)
