"""The argument PATH...: the files and folders that hold the pages."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


class _PagesPath(click.Path):
    """A path that is not empty: `Path("")` is the folder that the command happens to run in."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not value:
            self.fail("a path is empty; give the path of a file or a folder", param, ctx)
        return super().convert(value, param, ctx)


def paths_argument(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a command the argument `paths`, one at least; an empty one, as of a variable not set, is refused."""
    kind = _PagesPath(path_type=Path)
    return click.argument("paths", nargs=-1, required=True, type=kind, metavar="PATH...")(command)
