"""The command line: `bellwether …`. Results go to standard output, everything else to standard error."""

from __future__ import annotations

import json
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from service.cli_digest import digest
from service.cli_operations import doctor, plan, status
from service.cli_report import report
from service.cli_rules import rules
from service.cli_sample import sample
from service.cli_types import Day
from service.program import program

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from redis import Redis
    from rq.job import Job

    from service.demo.road import Road

WRONG = 1


def _stop(message: str, code: int = WRONG) -> NoReturn:
    click.secho(f"bellwether: {message}", fg="red", err=True)
    sys.exit(code)


class ZoneName(click.ParamType[str]):
    """An IANA time zone name."""

    name = "zone"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Accept it when the time zone database knows it."""
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            self.fail(f"{value!r} is not a time zone; write one like Europe/Berlin", param, ctx)
        return value


BEGIN = f"""\b
To begin, without connecting anything:
  {program()} report EXPORT.zip    what Setup > Data Export made
  {program()} sample company.zip   no export at hand: an invented company
"""


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=BEGIN)
@click.version_option(package_name="bellwether")
def main() -> None:
    """Adoption scores for Salesforce: exact, explainable, fair, native."""


@main.command(short_help="Show everything on this machine, in a stand-in org.")
@click.option("--once", is_flag=True, help="Run the road once and stop, instead of staying up.")
@click.option(
    "--json", "as_json", is_flag=True, help="With --once: one JSON object on standard output."
)
@click.option(
    "--export",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A weekly data export (zip). Default: an invented company.",
)
@click.option(
    "--users",
    type=click.IntRange(36, 5000),
    default=1000,
    show_default=True,
    help="How many subscriptions the invented company has.",
)
@click.option(
    "--rules",
    "rules_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Your rule set (TOML). Default: the examples, which know no role where the data have none.",
)
@click.option(
    "--naive-zone",
    type=ZoneName(),
    default="UTC",
    show_default=True,
    help="The time zone of times in the export that carry none.",
)
@click.option(
    "--encoding",
    default="utf-8",
    show_default=True,
    help="The encoding chosen for the export, for instance iso-8859-1.",
)
@click.option(
    "--page-port",
    type=click.IntRange(1, 65535),
    default=None,
    help="The port of the org's pages. Default: a free one.",
)
@click.option(
    "--var",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var/demo"),
    show_default=True,
    help="Where the demo keeps its files.",
)
def demo(  # noqa: PLR0913 - one parameter for each option
    *,
    once: bool,
    as_json: bool,
    export: Path | None,
    users: int,
    rules_file: Path | None,
    naive_zone: str,
    encoding: str,
    page_port: int | None,
    folder: Path,
) -> None:
    """Take the whole road on this machine, in a stand-in org (not a real one)."""
    from service.demo.main import DemoError, run_demo  # noqa: PLC0415 - keeps --help fast

    if as_json and not once:
        raise click.UsageError("--json needs --once")
    _end_orderly()
    try:
        result = run_demo(
            folder.resolve(),
            export=export,
            users=users,
            rules_file=rules_file,
            naive_zone=naive_zone,
            encoding=encoding,
            page_port=page_port or 0,
            stay=None if once else _stay,
        )
    except DemoError as error:
        _stop(str(error))
    except KeyboardInterrupt:
        _stop("stopped; everything that was started has ended", 130)
    if as_json:
        click.echo(json.dumps(result))


@main.command("run-night", short_help="Enqueue the night's run: once a day.")
@click.option(
    "--as-of",
    type=Day(),
    help="The last day that counts. Default: scores up to yesterday, deals up to today (UTC).",
)
def run_night(as_of: date | None) -> None:
    """Enqueue the night's run; call it once a day (Heroku Scheduler, cron)."""
    from jobs.enqueue import enqueue_night  # noqa: PLC0415 - keeps --help fast

    day = as_of.isoformat() if as_of else None
    run_key = f"night-{day or datetime.now(UTC).date().isoformat()}"
    _enqueue(lambda connection, org_id: enqueue_night(connection, org_id, run_key, day))


@main.command("run-deals", short_help="Enqueue a look at the deals won lately.")
def run_deals() -> None:
    """Enqueue a look at the deals won lately; the clock process does it every 15 minutes.

    Announces the big ones. For whoever runs no clock process: call it from cron.
    """
    from jobs.clock import run_key  # noqa: PLC0415 - keeps --help fast
    from jobs.enqueue import enqueue_deal_look  # noqa: PLC0415

    name = run_key(datetime.now(UTC))
    _enqueue(lambda connection, org_id: enqueue_deal_look(connection, org_id, name))


@main.command("run-digest", short_help="Enqueue a look at whose weekly digest is due.")
def run_digest() -> None:
    """Enqueue a look at whose weekly digest is due; the clock process does it four times a day.

    For whoever runs no clock process: call it from cron, every six hours.
    """
    from jobs.clock import digest_key  # noqa: PLC0415 - keeps --help fast
    from jobs.enqueue import enqueue_digest  # noqa: PLC0415

    name = digest_key(datetime.now(UTC))
    _enqueue(lambda connection, org_id: enqueue_digest(connection, org_id, name))


@main.command(short_help="Enqueue the deletion of what is too old.")
@click.option("--dry-run", is_flag=True, help="Count what would be deleted, and delete nothing.")
@click.option("--json", "as_json", is_flag=True, help="With --dry-run: one JSON object.")
def purge(*, dry_run: bool, as_json: bool) -> None:
    """Enqueue the deletion of what is too old; the clock process does it every Saturday.

    Deletes records of persons older than BELLWETHER_RETENTION_MONTHS; the figures of each week
    stay as a group's record. The run's record says what was deleted.
    """
    from jobs.clock import purge_key  # noqa: PLC0415 - keeps --help fast
    from jobs.enqueue import enqueue_purge  # noqa: PLC0415
    from service.cli_purge import show_due  # noqa: PLC0415

    if dry_run:
        show_due(as_json=as_json)
        return
    name = f"{purge_key(datetime.now(UTC))}-by-hand"
    _enqueue(lambda connection, org_id: enqueue_purge(connection, org_id, name))


def _enqueue(enqueue: Callable[[Redis, str], Job]) -> None:
    from redis.exceptions import RedisError  # noqa: PLC0415 - keeps --help fast

    from service.redis_queue import connect  # noqa: PLC0415
    from service.settings import SettingsError, read_settings  # noqa: PLC0415

    try:
        settings = read_settings(only=("org_id", "redis_url"))
    except SettingsError as error:
        _stop(f"settings are missing or wrong:\n{error}")
    try:
        job = enqueue(connect(settings.redis_url), settings.org_id)
    except RedisError as error:
        _stop(f"the broker that REDIS_URL names does not answer: {error}")
    click.echo(f"enqueued {job.id}")


for command in (report, rules, sample, plan, status, doctor, digest):
    main.add_command(command)


def _end_orderly() -> None:
    """A kill and a closed terminal stop what was started, as Ctrl-C does."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup's wish is respected
            signal.signal(number, lambda got, _: sys.exit(128 + got))


def _stay(road: Road) -> None:
    try:
        click.secho(f"\n  Open {road.org.page_url}\n", bold=True)
        click.echo("  Press Ctrl-C to stop.", err=True)
        while True:
            road.restart_dead_worker()
            time.sleep(1)
    except KeyboardInterrupt:
        click.echo("\n  Stopping …", err=True)


if __name__ == "__main__":
    main()
