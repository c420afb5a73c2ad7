"""Says what is going on, step by step, on standard error; standard output stays for results."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Iterator


class Steps:
    """Shows each step with a spinner while it runs and its time when it is done."""

    def __init__(self) -> None:
        self.console = Console(stderr=True, highlight=False)
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str, sentence: str) -> Iterator[None]:
        """Time one step; `seconds[name]` has its seconds afterwards."""
        started = time.monotonic()
        if self.console.is_terminal:
            with self.console.status(f"{sentence} …"):
                yield
        else:
            self.console.print(f"  … {sentence}")
            yield
        self.seconds[name] = round(time.monotonic() - started, 2)
        self.console.print(f"  [green]✓[/] {sentence} [dim]({self.seconds[name]:.1f} s)[/]")

    def say(self, text: str) -> None:
        """Text for a person, as it is: a command in it can be pasted."""
        self.console.print(text, markup=False, soft_wrap=True)
