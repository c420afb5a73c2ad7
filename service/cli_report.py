"""`bellwether report`: the trial that needs nothing but a weekly data export."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from service.export import Progress
    from service.report import Finished


class Price(click.ParamType[Decimal]):
    """An amount of money that is not negative."""

    name = "amount"

    def convert(
        self, value: str | Decimal, param: click.Parameter | None, ctx: click.Context | None
    ) -> Decimal:
        """Accept a decimal number."""
        try:
            amount = Decimal(value)
        except InvalidOperation:
            self.fail(f"{value!r} is not a number; write one like 150 or 99.50", param, ctx)
        if not amount.is_finite() or amount < 0:
            self.fail(f"{value!r} is not a price", param, ctx)
        return amount


@click.command()
@click.argument(
    "exports",
    metavar="EXPORT.zip...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("adoption-report"),
    show_default=True,
    help="The folder to write: new, empty, or an earlier report's.",
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The last day that counts. Default: the newest creation date in the data.",
)
@click.option(
    "--rules", "rules_file", type=click.Path(path_type=Path), help="Your rule set (TOML)."
)
@click.option(
    "--people",
    "people_file",
    type=click.Path(path_type=Path),
    help="CSV: user, and any of role, segment, fte, start_date, country, manager, region.",
)
@click.option(
    "--absences",
    "absences_file",
    type=click.Path(path_type=Path),
    help="CSV: user, from, to, kind. Days in it ask nothing.",
)
@click.option(
    "--encoding", default="utf-8", show_default=True, help="The one chosen for the export."
)
@click.option(
    "--naive-zone",
    default="UTC",
    show_default=True,
    help="The time zone of times in the export that carry none.",
)
@click.option("--license-price", type=Price(), help="What one licence costs a month.")
@click.option(
    "--aggregate-only/--named",
    default=None,
    help="Name nobody and show no group of fewer than 10, or name people. "
    "Default: people are named unless most users are in the European Union.",
)
def report(  # noqa: PLR0913 - one parameter for each option
    *,
    exports: tuple[Path, ...],
    out: Path,
    as_of: datetime | None,
    rules_file: Path | None,
    people_file: Path | None,
    absences_file: Path | None,
    encoding: str,
    naive_zone: str,
    license_price: Decimal | None,
    aggregate_only: bool | None,
) -> None:
    """Score a whole org from its weekly data export and write the report to a folder."""
    from service.evidence import NoUsersError  # noqa: PLC0415 - keeps --help fast
    from service.export import ExportError  # noqa: PLC0415
    from service.report import Options, OutputError, write_report  # noqa: PLC0415
    from service.rules_file import RulesFileError  # noqa: PLC0415
    from service.sheet import SheetError  # noqa: PLC0415

    options = Options(
        exports=exports,
        out=out,
        as_of=as_of.date() if as_of else None,
        rules_file=rules_file,
        people_file=people_file,
        absences_file=absences_file,
        encoding=encoding,
        naive_zone=naive_zone,
        license_price=license_price,
        aggregate_only=aggregate_only,
    )
    try:
        with _ending_orderly(), _bar() as progress:
            finished = write_report(options, progress)
    except (
        ExportError, NoUsersError, RulesFileError, SheetError, OutputError, ValueError, OSError
    ) as error:  # fmt: skip
        click.secho(f"bellwether: {error}", fg="red", err=True)
        sys.exit(1)
    _say(finished)


@contextmanager
def _ending_orderly() -> Iterator[None]:
    """Ctrl-C, a kill and a closed terminal leave nothing behind; nohup's wish is respected.

    DuckDB answers whatever a signal raises inside a query with a RuntimeError of its own.
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
    except (RuntimeError, SystemExit):
        if not got:
            raise
        click.echo("bellwether: stopped; nothing was written", err=True)
        sys.exit(128 + got[0])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say(finished: Finished) -> None:
    seconds = finished.record["seconds"]["total"]
    click.echo(finished.folder / "report.html")
    if finished.why_aggregate:
        click.echo(finished.why_aggregate, err=True)
    click.echo(
        f"{finished.people} people, {finished.scored} scored, as of {finished.as_of}; "
        f"{sum(finished.record['rows_read'].values()):,} rows in {seconds:.1f} s.",
        err=True,
    )


@contextmanager
def _bar() -> Iterator[Progress]:
    """A bar on standard error: rows, rows a second, and what remains of the reading."""
    from rich.console import Console  # noqa: PLC0415 - keeps --help fast
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar  # noqa: PLC0415

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[rows]:,} rows"),
        TextColumn("{task.fields[rate]:,.0f} rows/s"),
        TimeRemainingColumn(),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("Reading", total=None, rows=0, rate=0.0)

        def show(rows: int, bytes_done: int, bytes_total: int) -> None:
            elapsed = bar.tasks[0].elapsed or 0
            rate = rows / elapsed if elapsed else 0.0
            done = "Scoring" if bytes_done >= bytes_total else "Reading"
            bar.update(
                task,
                completed=bytes_done,
                total=bytes_total,
                rows=rows,
                rate=rate,
                description=done,
            )

        yield show
