"""`bellwether report`: the trial that needs nothing but a weekly data export."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from service.cli_bar import bar
from service.cli_ending import ending_orderly
from service.cli_types import Day, Price
from service.parallel import ProcessLostError
from service.program import NAME, program
from service.rules_file import init_command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from decimal import Decimal

    from service.report.next_steps import Step
    from service.report.write import Finished


EXAMPLES = f"""\b
Examples:
  {program()} report WE_00D5g000000Sample_1.ZIP
  {program()} report WE_1.ZIP WE_2.ZIP --rules rules.toml --out report
  {program()} report WE_1.ZIP --license-price 150 --aggregate-only

The zips are those of Setup > Data Export, as they were downloaded; give all parts of one export
at once. `{program()} rules init` writes a rules file to begin with. Nothing leaves this machine.
"""


@click.command(epilog=EXAMPLES, short_help="Score a whole org from its weekly data export.")
@click.argument("exports", metavar="EXPORT.zip...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("adoption-report"),
    show_default=True,
    help="The folder to write: new, empty, or an earlier report's.",
)
@click.option(
    "--as-of",
    type=Day(),
    help="The last day that counts. Default: the newest creation date in the data.",
)
@click.option(
    "--rules", "rules_file", type=click.Path(path_type=Path), help="Your rule set (TOML)."
)
@click.option(
    "--people",
    "people_file",
    type=click.Path(path_type=Path),
    help="CSV: user, and any of role, segment, fte, start_date, role_since, country, manager, region.",
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
@click.option(
    "--memory-mb",
    type=click.IntRange(100, 100_000),
    default=256,
    show_default=True,
    help="What the rows may take in memory; the rest goes to disk. The program needs some 150 more.",
)
@click.option(
    "--max-unpacked-gb",
    type=click.FloatRange(min=0, min_open=True),
    default=200,
    show_default=True,
    help="What all the zips may unpack to.",
)
@click.option(
    "--max-ratio",
    type=click.IntRange(1),
    default=250,
    show_default=True,
    help="How many times its size a large file in a zip may unpack to; a zip bomb has about 1,000.",
)
def report(  # noqa: PLR0913 - one parameter for each option
    *,
    exports: tuple[Path, ...],
    out: Path,
    as_of: date | None,
    rules_file: Path | None,
    people_file: Path | None,
    absences_file: Path | None,
    encoding: str,
    naive_zone: str,
    license_price: Decimal | None,
    aggregate_only: bool | None,
    memory_mb: int,
    max_unpacked_gb: float,
    max_ratio: int,
) -> None:
    """Score a whole org from its weekly data export and write the report to a folder."""
    from duckdb import OutOfMemoryException  # noqa: PLC0415 - keeps --help fast

    from service.evidence.people import NoUsersError  # noqa: PLC0415
    from service.export import ExportError, Limits  # noqa: PLC0415
    from service.report.as_of import DayError  # noqa: PLC0415
    from service.report.facts import Options  # noqa: PLC0415
    from service.report.folder import OutputError  # noqa: PLC0415
    from service.report.write import write_report  # noqa: PLC0415
    from service.rules_file import RulesFileError  # noqa: PLC0415
    from service.sheet import SheetError  # noqa: PLC0415

    check_exports(exports)
    options = Options(
        exports=exports,
        out=out,
        as_of=as_of,
        rules_file=rules_file,
        people_file=people_file,
        absences_file=absences_file,
        encoding=encoding,
        naive_zone=naive_zone,
        license_price=license_price,
        aggregate_only=aggregate_only,
        memory_limit_mb=memory_mb,
        # A path from the root is of this machine: it runs nowhere else, and names its user.
        program=NAME if program().startswith("/") else program(),
        limits=Limits(ratio=max_ratio, total_bytes=int(max_unpacked_gb * 1e9)),
    )
    try:
        with ending_orderly(), bar() as watching:
            finished = write_report(options, watching)
    except OutOfMemoryException:
        _stop(
            f"{memory_mb} MB of memory do not suffice. Name more with --memory-mb {2 * memory_mb}."
        )
    except (
        DayError, ExportError, NoUsersError, RulesFileError, SheetError, OutputError,
        ProcessLostError, ValueError, OSError,
    ) as error:  # fmt: skip
        _stop(str(error))
    _say(finished, exports)


def _stop(message: str) -> NoReturn:
    click.secho(f"bellwether: {message}", fg="red", err=True)
    sys.exit(1)


def check_exports(exports: tuple[Path, ...]) -> None:
    """Refuse none at all, and a file named twice. Raises click.UsageError."""
    if not exports:
        raise click.UsageError(
            "Name the zip that Setup > Data Export made, for instance WE_00D5g000000Sample_1.ZIP."
        )
    resolved = [path.resolve() for path in exports]
    for path in exports:
        if path.is_dir():
            raise click.UsageError(f"{path} is a folder. Name the zip itself, or all its parts.")
        if resolved.count(path.resolve()) > 1:
            raise click.UsageError(
                f"{path} is named twice, and its rows would be too. Name it once."
            )


def _say_first(step: Step, exports: tuple[Path, ...]) -> None:
    """What must be done before people have a score, with a command that fits this very call."""
    click.secho(f"{step.deed}: {step.why}.", fg="yellow", err=True)
    if step.command:
        click.echo(f"  {init_command(exports, program())}", err=True)


def _set_aside(record: dict[str, Any]) -> Iterator[str]:
    """What was read but does not count, by object."""
    for name, rows in sorted(record["rows_rejected"].items()):
        of = record["rows_read"].get(name, 0)
        yield f"Set aside: {rows:,} of {of:,} rows of {name}, which cannot be read or stand there twice."
    for name, rows in sorted(record["values_rejected"].items()):
        yield f"Kept without a value that cannot be read: {rows:,} {'row' if rows == 1 else 'rows'} of {name}."


def _say(finished: Finished, exports: tuple[Path, ...]) -> None:
    seconds = finished.record["seconds"]["total"]
    click.echo(finished.folder / "report.html")
    if finished.first_of_all:
        _say_first(finished.first_of_all, exports)
    if finished.why_nobody_is_named:
        click.echo(finished.why_nobody_is_named, err=True)
    for line in _set_aside(finished.record):
        click.secho(line, fg="yellow", err=True)
    if any(finished.record[name] for name in ("rows_rejected", "values_rejected")):
        click.echo(
            f"  Why, with the file and the line: “Coverage and gaps” in {finished.folder / 'report.html'}",
            err=True,
        )
    scored = finished.record["scored"]  # None where it could tell few people
    click.echo(
        f"{finished.people} people, {'' if scored is None else f'{scored} scored, '}as of "
        f"{finished.as_of}; {sum(finished.record['rows_read'].values()):,} rows in {seconds:.1f} s.",
        err=True,
    )
