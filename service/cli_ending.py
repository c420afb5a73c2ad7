"""How a command of the shell ends that somebody stops while it writes."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def ending_orderly() -> Iterator[None]:
    """Ctrl-C, a kill and a closed terminal leave nothing behind; nohup's wish is respected.

    DuckDB answers whatever a signal raises inside a query with an error of its own, and files
    on their way may be missed while everything is taken down.
    """
    got: list[int] = []

    def stop(number: int, _: object) -> None:
        got.append(number)
        sys.exit(128 + number)

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    try:
        for number in numbers:
            if before[number] is not signal.SIG_IGN:
                signal.signal(number, stop)
        yield
    except (Exception, SystemExit):
        if not got:
            raise
        click.echo("bellwether: stopped; nothing was written", err=True)
        sys.exit(128 + got[0])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
