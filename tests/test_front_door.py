"""The command line as a whole: help that is quick, mistakes that are answered, shells that complete."""

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from footnoted import LEAST_ADDRESS_SPACE, main, refuse_little_address_space

CHECKOUT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["ingset", "pages"], "did you mean `footnoted ingest`?"),
        (["docter"], "did you mean `footnoted doctor`?"),
        (["what is denosumab?"], "footnoted ask 'your question'"),
        (["what", "is", "denosumab?"], "footnoted ask 'your question'"),
        (["qqq"], "`footnoted --help`"),
        (["ask", "--topk", "3", "x"], "--top-k"),
        (["serve", "--threds", "3"], "--threads"),
        (["index", "lst"], "list"),
        (["completion", "csh"], "bash"),
    ],
)
def test_a_mistake_is_answered_with_what_was_meant(words: list[str], says: str) -> None:
    outcome = CliRunner().invoke(main, words)
    assert outcome.exit_code == 2
    assert says in outcome.stderr
    assert "denosumab" not in outcome.stderr


@pytest.mark.parametrize("command", ["ingest", "lint"])
def test_an_empty_path_is_not_the_folder_that_the_command_runs_in(command: str) -> None:
    outcome = CliRunner().invoke(main, [command, ""])
    assert outcome.exit_code == 2
    assert "a path is empty" in outcome.stderr


def test_a_terminal_without_a_width_loses_no_words() -> None:
    outcome = CliRunner().invoke(main, ["lint", str(CHECKOUT / "LICENSE")], env={"COLUMNS": "0"})
    assert "unsupported_type" in outcome.stdout


def test_no_file_gets_the_number_of_a_closed_standard_descriptor(tmp_path: Path) -> None:
    """What a library says on standard error would else be written into whatever was opened next."""
    program = (
        "import os, sys; from footnoted import keep_standard_descriptors as keep; keep(); keep(); "
        f"kept = [os.get_inheritable(n) for n in range(3)]; opened = os.open({str(tmp_path)!r}, os.O_RDONLY); "
        "os._exit(0 if opened > 2 and all(kept) else 1)"
    )
    for closed in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
        command = f'"$0" -c "$1" {closed}'
        assert subprocess.run(["sh", "-c", command, sys.executable, program], check=False).returncode == 0, closed


def test_a_limit_in_which_the_libraries_would_die_without_a_word_is_said_to_be_too_low() -> None:
    refuse_little_address_space(resource.RLIM_INFINITY)
    refuse_little_address_space(LEAST_ADDRESS_SPACE)
    with pytest.raises(click.UsageError, match=r"1,099 MB .* at least 1,100: raise `ulimit -v`"):
        refuse_little_address_space(LEAST_ADDRESS_SPACE - 1)


def test_every_command_is_listed_with_one_line_and_has_help() -> None:
    listed = CliRunner().invoke(main, ["--help"]).stdout
    for name in ("ingest", "serve", "ask", "eval", "lint", "doctor", "index", "completion"):
        assert f"  {name} " in listed
        assert CliRunner().invoke(main, [name, "--help"]).exit_code == 0


def test_the_list_of_commands_is_printed_without_any_of_them() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from footnoted import main;"
        "CliRunner().invoke(main, ['--help']);"
        "print(sorted({n.split('.')[0] for n in sys.modules}"
        " & {'api', 'ingest', 'retriever', 'eval', 'rich', 'numpy', 'pydantic'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def program(folder: Path) -> dict[str, str]:
    """An environment in which `footnoted` is this checkout."""
    script = folder / "footnoted"
    script.write_text(f'#!/bin/sh\nPYTHONPATH="{CHECKOUT}" exec "{sys.executable}" -m footnoted "$@"\n')
    script.chmod(0o755)
    return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}


@pytest.mark.parametrize(
    ("words", "completed"),
    [(["footnoted", "in"], ["ingest", "index"]), (["footnoted", "index", "ro"], ["rollback"])],
)
def test_bash_completes_commands_with_the_printed_script(
    tmp_path: Path, words: list[str], completed: list[str]
) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("there is no bash here")
    script = CliRunner().invoke(main, ["completion", "bash"]).stdout
    quoted = " ".join(words)
    (tmp_path / "try.bash").write_text(
        f"{script}\nCOMP_WORDS=({quoted})\nCOMP_CWORD={len(words) - 1}\n_footnoted_completion footnoted\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    done = subprocess.run(
        [bash, str(tmp_path / "try.bash")], env=program(tmp_path), capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == completed


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_each_shell_names_the_program_and_its_variable(shell: str) -> None:
    outcome = CliRunner().invoke(main, ["completion", shell])
    assert outcome.exit_code == 0
    assert "_FOOTNOTED_COMPLETE" in outcome.stdout
    assert "footnoted" in outcome.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk here that is always full")
def test_output_that_no_disk_takes_ends_it_with_one_line() -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "footnoted", "--help"],
            cwd=CHECKOUT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert ended.returncode == 1
    assert ended.stderr.startswith("the output cannot be written: No space left on device")
    assert ended.stderr.count("\n") == 1


def test_a_terminal_without_a_sign_gets_its_escape_and_json_is_utf_8_anywhere(tmp_path: Path) -> None:
    (tmp_path / "骨.md").write_text("# Bones\n\nBones are made of calcium.\n", encoding="utf-8")
    terminal = CliRunner(charset="latin-1")
    assert "\\u9aa8.md" in terminal.invoke(main, ["lint", str(tmp_path)]).stdout
    for_programs = terminal.invoke(main, ["lint", str(tmp_path), "--json"])
    assert "骨.md" in json.dumps(json.loads(for_programs.stdout_bytes.decode("utf-8")), ensure_ascii=False)


def commands(group: click.Group, *above: str) -> Iterator[tuple[str, ...]]:
    """The words of every command below a group, and of the group."""
    yield above
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        if isinstance(found, click.Group):
            yield from commands(found, *above, name)
        else:
            yield (*above, name)


def test_every_help_fits_a_terminal_of_80_columns() -> None:
    words = list(commands(main))
    assert len(words) > 20
    for each in words:
        shown = CliRunner().invoke(main, [*each, "--help"], env={"COLUMNS": "80"}).output
        assert [line for line in shown.splitlines() if len(line) > 80] == [], each


def test_where_addresses_are_limited_what_libraries_do_at_the_end_changes_no_exit_code() -> None:
    """As a library did that found no memory to tidy up with."""
    program = (
        "import atexit, os, resource, signal\n"
        "atexit.register(os.kill, os.getpid(), signal.SIGSEGV)\n"
        "from footnoted import main\n"
        "resource.setrlimit(resource.RLIMIT_AS, (1 << 34, 1 << 34))\n"
        "main(['no-such-command'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no such command" in done.stderr
