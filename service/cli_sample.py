"""`bellwether sample`: an invented company in the layout of a weekly data export."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from service.cli_ending import ending_orderly

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.sample import SampleFacts
    from service.sample.company import Progress


@click.command()
@click.argument("out", metavar="OUT.zip", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--users", type=int, default=1000, show_default=True, help="Subscriptions: 36 or more."
)
@click.option(
    "--weeks", type=int, default=26, show_default=True, help="How far back it goes: 16 to 156."
)
@click.option(
    "--seed", type=int, default=2009, show_default=True, help="The same seed gives the same bytes."
)
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The newest day in it. Default: today (UTC)."
)
def sample(*, out: Path, users: int, weeks: int, seed: int, as_of: datetime | None) -> None:
    """Write an invented company as a weekly data export.

    Beside OUT.zip: truth.json (what was planted), people.csv and absences.csv (what such an
    export lacks, for --people and --absences of the report).
    """
    from service.sample import NotOursError, write_sample  # noqa: PLC0415 - keeps --help fast

    day = as_of.date() if as_of else datetime.now(UTC).date()
    try:
        with ending_orderly(), _bar() as progress:
            facts = write_sample(
                out, people=users, weeks=weeks, as_of=day, seed=seed, progress=progress
            )
    except (ValueError, NotOursError) as error:
        _stop(str(error))
    except OSError as error:
        _stop(f"{out} cannot be written: {error.strerror}. Name another file.")
    _say(facts, users)


def _stop(message: str) -> NoReturn:
    click.secho(f"bellwether: {message}", fg="red", err=True)
    sys.exit(1)


def _say(facts: SampleFacts, users: int) -> None:
    click.echo(facts.path)
    rows = sum(facts.rows.values())
    click.echo(
        f"{users:,} subscriptions, {rows:,} rows from {facts.first_day} to {facts.as_of}. Beside it: "
        "truth.json, people.csv, absences.csv.",
        err=True,
    )


@contextmanager
def _bar() -> Iterator[Progress]:
    """A bar on standard error: people, rows, and the time that remains."""
    from rich.console import Console  # noqa: PLC0415 - keeps --help fast
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415

    columns = (
        TextColumn("Inventing"),
        BarColumn(),
        TextColumn("{task.completed:,} people"),
        TextColumn("{task.fields[rows]:,} rows"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=None, rows=0)

        def show(people: int, of: int, rows: int) -> None:
            bar.update(task, completed=people, total=of, rows=rows)

        yield show
