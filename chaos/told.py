"""What is shown: a bar while it lasts, tables at the end, the same as JSON."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from chaos.plan import BOTH, HORSE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from chaos.run import Outcome


#: Without a terminal the bar is a line after so many kills.
EVERY = 20


@contextmanager
def bar(name: str, total: int) -> Iterator[Callable[[Outcome], None]]:
    """Show the kills on standard error while the block runs; gives what to tell."""
    columns = (
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[amount]}"),
        TimeRemainingColumn(), TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(name, total=total, amount="starting the org")

        said = 0

        def told(outcome: Outcome) -> None:
            nonlocal said
            amount = f"{outcome.kills} of {total} kills, {outcome.rounds} runs"
            progress.update(task, completed=outcome.kills, amount=amount)
            if not progress.console.is_terminal and outcome.kills >= said + EVERY:
                said = outcome.kills
                progress.console.print(f"{name}: {amount}")

        yield told


def show(outcome: Outcome) -> None:
    """Print the tables of one run."""
    console = Console()
    console.print(_landings(outcome))
    console.print(_faults(outcome))
    console.print(
        f"seed {outcome.plan.seed}: {outcome.kills} SIGKILLs in {outcome.rounds} rounds, "
        f"{outcome.open_announcements} of them while an announcement's composite was open; "
        f"{outcome.deals} big deals; {outcome.dropped} replies dropped, the broker restarted "
        f"{outcome.restarts} times and emptied {outcome.flushes} times; {outcome.seconds:.0f} s"
    )
    lost, double, told = (len(outcome.wrong(what)) for what in ("lost", "double", "told_twice"))
    console.print(f"lost posts {lost}, double posts {double}, double bells and mails {told}")
    for problem in outcome.problems:
        console.print(f"WRONG: {problem}", markup=False)


def _landings(outcome: Outcome) -> Table:
    table = Table(title="Where the kills landed")
    for name, side in (("where", "left"), (HORSE, "right"), (BOTH, "right")):
        table.add_column(name, justify=side)  # type: ignore[arg-type]
    every = [one for score in outcome.scores for one in score.landings]
    counts = Counter((one.is_open, one.what, one.victim) for one in every)
    for is_open, what in sorted({key[:2] for key in counts}, reverse=True):
        where = f"while open: {what}" if is_open else f"after: {what}"
        table.add_row(where, *(str(counts[is_open, what, who]) for who in (HORSE, BOTH)))
    table.add_section()
    table.add_row("all", *(str(sum(one.victim == who for one in every)) for who in (HORSE, BOTH)))
    return table


def _faults(outcome: Outcome) -> Table:
    table = Table(title="What else went wrong")
    table.add_column("fault")
    table.add_column("rounds", justify="right")
    for name, rounds in sorted(outcome.faults.items()):
        table.add_row(name, str(rounds))
    return table


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Give one run as plain data."""
    every = [one for score in outcome.scores for one in score.landings]
    return {
        "seed": outcome.plan.seed,
        "bug": outcome.bug,
        "kills": outcome.kills,
        "of_both": sum(one.victim == BOTH for one in every),
        "in_open_announcements": outcome.open_announcements,
        "landings": [vars(one) for one in every],
        "rounds": outcome.rounds,
        "faults": outcome.faults,
        "broker_restarts": outcome.restarts,
        "broker_flushes": outcome.flushes,
        "dropped_replies": outcome.dropped,
        "deals": outcome.deals,
        "seconds": round(outcome.seconds, 1),
        "problems": outcome.problems,
        **{what: outcome.wrong(what) for what in ("lost", "double", "stray", "told_twice", "runs")},
    }
