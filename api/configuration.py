"""Everything that can be set from outside: the tables of docs/configuration.md, made from the settings.

`python -m api.configuration` prints the page; `make docs` writes it, and a test holds the two together.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import click

from api.setting_kinds import SecretType, ServiceAddressType
from api.settings import Settings, variable_of

PREFIX = "FOOTNOTED_"


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable that is no setting of the server: who reads it, its default, what it does."""

    name: str
    read_by: str
    default: str
    about: str


OTHER_VARIABLES = (
    Variable(
        "FOOTNOTED_INDEX",
        "every command that has `--index`",
        "`index`",
        "Directory of the index: `footnoted ingest` publishes into it, everything else reads it.",
    ),
    Variable(
        "FOOTNOTED_MODEL",
        "`ingest`",
        "`all-MiniLM-L6-v2`",
        "Sentence model: the bundled one, a folder, or a name of the model hub.",
    ),
    Variable(
        "FOOTNOTED_CHUNK_SIZE",
        "`ingest`",
        "`1000`",
        "What a passage aims at, in characters of its page: 50 to 10,000.",
    ),
    Variable(
        "FOOTNOTED_API_KEY",
        "`eval --url`, `eval links`, `eval load`",
        "not set",
        "The key that these send to a service which wants one.",
    ),
    Variable(
        "FOOTNOTED_PARSE_TIMEOUT",
        "`ingest`",
        "`30.0`",
        "Most time for reading one HTML, PDF, Word or large file, in seconds: 1 to 3,600.",
    ),
    Variable(
        "FOOTNOTED_PARSE_MEMORY",
        "`ingest`",
        "`512`",
        "Most memory for reading one such file, in MB: 64 to 65,536.",
    ),
    Variable(
        "FOOTNOTED_CACHE",
        "`ingest`",
        "`~/.cache/footnoted`",
        "Where the converted model is kept, so that it is converted once for all indexes.",
    ),
    Variable(
        "FOOTNOTED_FAILPOINT",
        "the tests of crashes",
        "not set",
        "Stops a publication at a named step. Never set it on a service.",
    ),
    Variable(
        "HF_HUB_OFFLINE",
        "`ingest` with a model of the hub",
        "not set",
        "1 forbids asking the network for a model. The bundled model never asks.",
    ),
    Variable("NO_COLOR", "every command", "not set", "Any value switches colours off; so does a pipe."),
    Variable(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "`serve` with the extra `otel`",
        "not set",
        "Where traces are sent; the other `OTEL_*` variables of the standard are followed as well.",
    ),
)
"""FOOTNOTED_INDEX is a setting of the server too, and stands in both tables."""


def known_variables() -> frozenset[str]:
    """The names of all variables beginning with FOOTNOTED_ that anything here reads."""
    settings = {variable_of(each.metadata["flag"]) for each in fields(Settings)}
    return frozenset(settings | {each.name for each in OTHER_VARIABLES if each.name.startswith(PREFIX)})


def accepted(kind: "click.ParamType[Any]") -> str:
    """The values that a setting takes, in words."""
    match kind:
        case click.Choice():
            return ", ".join(f"`{choice}`" for choice in kind.choices)
        case click.IntRange() | click.FloatRange():
            return f"{_number(kind.min)} to {_number(kind.max)}"
        case click.Path():
            return "a path"
        case click.types.BoolParamType():
            return "`true` or `false`"
        case ServiceAddressType():
            return "an address"
        case SecretType():
            return "a secret"
        case _:
            return "text"


def reference() -> str:
    """The whole page, in Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Configuration"
    yield ""
    yield "<!-- Made by `make docs` from api/settings.py and api/configuration.py: change those instead. -->"
    yield ""
    yield "A flag counts before its environment variable, a variable before the default. A value that is not"
    yield "accepted stops the command with exit code 2. `footnoted doctor` names variables that nothing reads."
    yield ""
    yield "## `footnoted serve`"
    yield ""
    yield "| flag | variable | default | values | meaning |"
    yield "|---|---|---|---|---|"
    for each in fields(Settings):
        flag, kind = each.metadata["flag"], each.metadata["kind"]
        flags = f"`{flag}`, `--no-{flag[2:]}`" if kind is click.BOOL else f"`{flag}`"
        yield (
            f"| {flags} | `{variable_of(flag)}` | {_default(each.default)} | {accepted(kind)} "
            f"| {each.metadata['help'].replace('|', '&#124;')} |"
        )
    yield ""
    yield "## Other variables"
    yield ""
    yield "| variable | read by | default | meaning |"
    yield "|---|---|---|---|"
    for variable in OTHER_VARIABLES:
        yield f"| `{variable.name}` | {variable.read_by} | {variable.default} | {variable.about} |"
    yield ""
    yield "The other options of the commands have no variable; `footnoted COMMAND --help` lists them."


def _default(value: object) -> str:
    match value:
        case None | "":
            return "none"
        case bool():
            return f"`{str(value).lower()}`"
        case float():
            return f"`{value:g}`"
        case _:
            return f"`{value}`"


def _number(value: float | None) -> str:
    return "any" if value is None else f"{value:,}".removesuffix(".0")


if __name__ == "__main__":
    click.echo(reference(), nl=False)
