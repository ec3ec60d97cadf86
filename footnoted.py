"""The front door: one command line, each subcommand loaded only when it is called."""

import errno
import io
import os
import resource
import sys
from contextlib import suppress
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import version
from typing import Any

import click

_COMMANDS = {
    "ingest": ("ingest.commands.ingest", "command", "Read files into the index and publish it."),
    "serve": ("api.commands.serve", "command", "Answer questions over HTTP, with a page for people."),
    "mcp": ("api.commands.mcp", "command", "Be a tool of a chat program (Model Context Protocol, stdio)."),
    "ask": ("api.commands.ask", "command", "Ask the index one question."),
    "eval": ("eval.eval_command", "command", "Measure retrieval on questions whose answers are known."),
    "lint": ("ingest.commands.lint", "command", "Say what is wrong with files, without ingesting them."),
    "doctor": ("api.commands.doctor", "command", "Check the installation and the index, and say what to do."),
    "keys": ("api.commands.keys", "keys_group", "Make, list and revoke the keys that callers need."),
    "index": ("ingest.commands.index", "index_group", "List versions of the index, go back, back up, restore."),
    "completion": ("api.commands.completion", "command", "Print the script that completes commands in a shell."),
}
"""Name, module, attribute, and the line that `--help` shows without loading the module."""

LEAST_ADDRESS_SPACE = 1_100_000_000
"""Bytes, found under Linux on two cores: with less the libraries in C end the process without a word."""

_QUICKLY_ENDED = "ask"
"""The command that has nothing to tidy up: taking apart its model and index would take a tenth of a second."""

_STANDARD_ERROR = 2
_NOT_WRITTEN = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


class _LazyGroup(click.Group):
    """A group that imports a command's module when that command runs, so that `--help` is quick."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Runs the command line. Output that no disk takes ends it with one line; a closed pipe, silently.

        What a terminal's encoding has no sign for is written as an escape: pages hold any sign. JSON is UTF-8.
        """
        keep_standard_descriptors()
        if not os.environ.get("COLUMNS", "").lstrip("0"):
            os.environ.pop("COLUMNS", None)  # rich would take a width of nothing to the letter, and print nothing
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        try:
            return super().main(*args, **extra)
        except SystemExit as ended:
            of_process = (args[0] if args else extra.get("args")) is None  # else a program called this command
            if _is_address_space_short() or (of_process and sys.argv[1:2] == [_QUICKLY_ENDED]):
                _end_at_once(ended)
            raise
        except OSError as error:
            # What commands read and write themselves names its file, and they tell of it in their own words.
            if error.filename is not None or error.errno not in _NOT_WRITTEN:
                raise
            _forget_output()
            click.echo(
                f"the output cannot be written: {error.strerror}; send it elsewhere and run it again", err=True
            )
            sys.exit(1)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module, attribute, _ = _COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name not in _COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            raise click.UsageError(_unknown(args), ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in _COMMANDS.items()])


def _is_address_space_short() -> bool:
    """What interpreter and libraries tidy up at the end asks for memory, and ends in a SIGSEGV without it."""
    return sys.platform == "linux" and resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY


def _end_at_once(ended: SystemExit) -> None:
    """Ends the process here, all being said and done, and leaves what it holds to the system."""
    with suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(ended.code if isinstance(ended.code, int) else int(ended.code is not None))


def _forget_output() -> None:
    """Sends what is still to be written nowhere: the interpreter would fail on it once more at its end."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def keep_standard_descriptors() -> None:
    """Opens the null device as whichever of the first three descriptors is closed.

    The next file that is opened would get its number, a file of the index for example, and what libraries in C say
    on standard error would be written into it.
    """
    while (opened := os.open(os.devnull, os.O_RDWR)) <= _STANDARD_ERROR:
        os.set_inheritable(opened, True)  # children count on the three as well
    os.close(opened)


def _unknown(words: list[str]) -> str:
    """What to say to a command that does not exist; it is often a question, or misspelt."""
    near = get_close_matches(words[0], _COMMANDS, n=1)
    if near:
        return f"there is no such command; did you mean `footnoted {near[0]}`?"
    if len(words) > 1 or " " in words[0]:
        return "there is no such command; to ask a question, say: footnoted ask 'your question'"
    return "there is no such command; `footnoted --help` lists them"


def refuse_little_address_space(allowed: int) -> None:
    """Raises UsageError where a limit on the process (RLIMIT_AS) keeps the libraries from being loaded."""
    if allowed != resource.RLIM_INFINITY and allowed < LEAST_ADDRESS_SPACE:
        raise click.UsageError(
            f"this process may use {allowed // 10**6:,} MB of address space; its libraries need at least "
            f"{LEAST_ADDRESS_SPACE // 10**6:,}: raise `ulimit -v`, or limit the memory by a cgroup instead"
        )


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with: footnoted ingest FOLDER && footnoted ask 'your question'",
)
@click.version_option(version("footnoted"), prog_name="footnoted")
def main() -> None:
    """Questions answered from your own pages, each passage with a citation that anyone can check."""
    if sys.flags.optimize:
        raise click.UsageError("python -O removes checks that the libraries rely on; run without it")
    if sys.platform == "linux":
        refuse_little_address_space(resource.getrlimit(resource.RLIMIT_AS)[0])


if __name__ == "__main__":
    main(prog_name="footnoted")
