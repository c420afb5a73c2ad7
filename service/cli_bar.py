"""The bar of `bellwether report`: what is being done, rows a second, and what remains."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress


class Bar:
    """A report on its way, on standard error: one line for each step."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks = {"Reading": progress.add_task("Reading", total=None, amount="")}
        self._rows = 0

    def reading(self, rows: int, bytes_done: int, bytes_total: int) -> None:
        """Show rows and rows a second; the bytes say how much of the reading remains."""
        task = self._tasks["Reading"]
        elapsed = self._progress.tasks[task].elapsed or 0
        self._rows = max(rows, self._rows)
        rate = f", {self._rows / elapsed:,.0f} a second" if elapsed else ""
        amount = f"{self._rows:,} rows{rate}"
        self._progress.update(task, completed=bytes_done, total=bytes_total, amount=amount)

    def step(self, name: str, done: int = 0, total: int | None = None) -> None:
        """Begin a step, or show how far it is; the steps before it are done."""
        if name not in self._tasks:
            self.finish()
            self._tasks[name] = self._progress.add_task(name, total=total, amount="")
        amount = f"{done:,} of {total:,}" if total else ""
        self._progress.update(self._tasks[name], completed=done, total=total, amount=amount)

    def finish(self) -> None:
        """Show that every step so far is done."""
        for name, task in self._tasks.items():
            total = self._progress.tasks[task].total
            self._progress.update(task, completed=total or 1, total=total or 1)
            if total and name != "Reading":
                self._progress.update(task, amount=f"{total:,.0f} of {total:,.0f}")
            self._progress.stop_task(task)


@contextmanager
def bar() -> Iterator[Bar]:
    """Show a bar while the block runs; without a terminal, its lines as they stand at the end."""
    from rich.console import Console  # noqa: PLC0415 - keeps --help fast
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415
    from rich.progress import TimeRemainingColumn as Remaining  # noqa: PLC0415

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[amount]}"),
        Remaining(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        shown = Bar(progress)
        yield shown
        shown.finish()
