"""How far the asking of questions is: a progress bar for people, a line for a log."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress


@contextmanager
def asking(questions: int, label: str = "asking") -> Iterator[Callable[[], None]]:
    """A progress bar while questions are asked, or a line where stderr is no terminal; gives what counts them."""
    console = Console(stderr=True)
    if not console.is_terminal:
        console.print(f"{label}: {questions:,} question{'' if questions == 1 else 's'}", soft_wrap=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(label, total=questions)
        yield lambda: progress.advance(task)
