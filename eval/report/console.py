"""Where tables are printed: as wide as a terminal is, or wide enough for them in a file."""

from rich.console import Console


def table_console(*, width: int = 140) -> Console:
    """Standard output for tables; `width` where it is no terminal, in characters."""
    return Console(highlight=False, width=None if Console().is_terminal else width)
