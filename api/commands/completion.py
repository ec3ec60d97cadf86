"""`footnoted completion`: the script with which a shell completes commands, options and paths."""

import click
from click.shell_completion import get_completion_class

PROGRAM = "footnoted"
VARIABLE = "_FOOTNOTED_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the script for SHELL; a new shell then completes `footnoted` with the Tab key.

    \b
    footnoted completion bash \\
        > ~/.local/share/bash-completion/completions/footnoted
    footnoted completion zsh > "${fpath[1]}/_footnoted"
    footnoted completion fish > ~/.config/fish/completions/footnoted.fish

    bash needs version 4.4 or newer and the package bash-completion; without it, add to ~/.bashrc:
    eval "$(footnoted completion bash)"
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError("this version of click has no completion for that shell; install a newer one")
    click.echo(kind(context.find_root().command, {}, PROGRAM, VARIABLE).source())
