"""Progress of long work: a bar with rate and time left on a terminal, a line now and then elsewhere."""

import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

LINE_EVERY_S = 10.0


class Progress:
    """Tells a person on standard error how far the work is; use it as a context manager."""

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        self._console = console
        self._quiet = quiet
        self._bars = Bars(
            TextColumn("{task.description:<11}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[unit]} {task.fields[rate]}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
            disable=quiet or not console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}
        self._began: dict[str, float] = {}
        self._last_line = 0.0

    def __enter__(self) -> "Progress":
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def say(self, message: str) -> None:
        """One line that stays."""
        if not self._quiet:
            self._console.print(message, style="dim", markup=False, highlight=False, soft_wrap=True)

    def update(self, stage: str, done: int, total: int, unit: str) -> None:
        """`done` of `total` units of a stage are done."""
        now = time.monotonic()
        if stage not in self._began:
            self._began[stage] = self._last_line = now
        began = self._began[stage]
        rate = f"{done / (now - began):,.0f}/s" if done and now - began > 1 else ""
        if self._console.is_terminal:
            if stage not in self._tasks:
                self._tasks[stage] = self._bars.add_task(stage, total=total, unit=unit, rate="")
            self._bars.update(self._tasks[stage], completed=done, total=total, rate=rate)
        elif now - self._last_line >= LINE_EVERY_S and 0 < done < total:
            self._last_line = now
            left = (now - began) / done * (total - done)
            self.say(f"{stage}: {done:,} of {total:,} {unit}, {rate}, about {left:,.0f} s left")
