"""docs/configuration.md says what can be set, all of it, as it is."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from api.configuration import OTHER_VARIABLES, accepted, known_variables, reference
from api.setting_groups import GROUPS
from api.settings import Settings
from footnoted import main

ROOT = Path(__file__).parent.parent


def commands(group: click.Group) -> Iterator[click.Command]:
    """Every command below a group."""
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command)
        else:
            yield command


def test_the_page_is_what_the_settings_say() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert page == reference(), "run `make docs`"


def test_every_setting_stands_in_the_page_with_its_flag() -> None:
    for each in fields(Settings):
        assert f"| `{each.metadata['flag']}`" in reference()


def test_every_variable_that_a_command_reads_is_known() -> None:
    read = {
        parameter.envvar
        for command in commands(main)
        for parameter in command.params
        if isinstance(parameter.envvar, str)
    }
    assert {"FOOTNOTED_INDEX", "FOOTNOTED_MODEL", "FOOTNOTED_PORT"} <= read
    assert read <= known_variables() | {each.name for each in OTHER_VARIABLES}


def test_every_variable_that_the_sources_name_is_known() -> None:
    named: set[str] = set()
    for folder in ("retriever", "ingest", "api", "eval"):
        for path in (ROOT / folder).rglob("*.py"):
            named |= set(re.findall(r"[\"'`](FOOTNOTED_[A-Z_]+)[\"'`]", path.read_text(encoding="utf-8")))
    assert named <= known_variables()


def test_the_defaults_of_other_variables_are_those_of_the_commands() -> None:
    options = {
        parameter.envvar: parameter
        for command in commands(main)
        for parameter in command.params
        if isinstance(parameter.envvar, str)
    }
    told = {each.name: each.default.strip("`") for each in OTHER_VARIABLES}
    for name in ("FOOTNOTED_INDEX", "FOOTNOTED_MODEL", "FOOTNOTED_PARSE_TIMEOUT", "FOOTNOTED_PARSE_MEMORY"):
        assert told[name] == str(options[name].default)
    assert told["FOOTNOTED_CHUNK_SIZE"] in (getattr(options["FOOTNOTED_CHUNK_SIZE"], "help", None) or "")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (click.IntRange(0, 65_535), "0 to 65,535"),
        (click.FloatRange(0.01, 300), "0.01 to 300"),
        (click.Choice(["a", "b"]), "`a`, `b`"),
        (click.BOOL, "`true` or `false`"),
        (click.Path(), "a path"),
        (click.STRING, "text"),
    ],
)
def test_what_a_setting_takes_is_said_in_words(kind: "click.ParamType[object]", words: str) -> None:
    assert accepted(kind) == words


def test_the_help_of_serve_shows_every_setting_once_and_groups_only_what_there_is() -> None:
    grouped = [name for names in GROUPS.values() for name in names]
    assert len(grouped) == len(set(grouped))
    assert set(grouped) <= {each.name for each in fields(Settings)}
    shown = CliRunner().invoke(main, ["serve", "--help"]).output
    for each in fields(Settings):
        assert len(re.findall(rf"^  {each.metadata['flag']}\b(?!-)", shown, re.MULTILINE)) == 1
    assert all(f"\n{heading}:\n" in shown for heading in GROUPS)


EXAMPLE = re.compile(r"^ +(footnoted .*?)(?:  .*)?$", re.MULTILINE)
CONTINUED = re.compile(r" \\\n +")


@pytest.mark.parametrize("command", list(commands(main)), ids=lambda command: str(command.name))
def test_the_examples_of_a_command_use_flags_that_there_are(command: click.Command) -> None:
    for example in EXAMPLE.findall(CONTINUED.sub(" ", command.help or "")):
        for one in example.split("&&"):
            words = shlex.split(one.partition(" > ")[0])
            group: click.Command = main
            while isinstance(group, click.Group) and len(words) > 1:
                words.pop(0)
                name = words[0] if words[0] in group.list_commands(click.Context(group)) else "run"
                found = group.get_command(click.Context(group), name)
                assert found is not None, one
                group = found
            known = {flag for param in group.params for flag in (*param.opts, *param.secondary_opts)}
            assert {word.partition("=")[0] for word in words if word.startswith("--")} <= known, one
