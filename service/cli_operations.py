"""`bellwether doctor`, `status` and `plan`: what an admin asks when something is wrong, or before."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import click

from service.program import program

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.doctor import Finding, Level
    from service.salesforce.gateway import Gateway
    from service.salesforce.plan import ReadingPlan
    from service.settings import Settings

_MARKS: dict[Level, tuple[str, str]] = {
    "ok": ("ok", "green"),
    "warning": ("warning", "yellow"),
    "failed": ("FAILED", "red"),
    "skipped": ("skipped", "bright_black"),
}
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")


def _stop(message: str) -> NoReturn:
    click.secho(f"bellwether: {message}", fg="red", err=True)
    sys.exit(1)


@click.command(short_help="Say what keeps the service from working, and the remedy.")
@_JSON
def doctor(*, as_json: bool) -> None:
    """Say what keeps the service from working, and what to do about it.

    Looks at the settings, the rules, the disk, the broker and its workers, the connection to the
    org, our metadata and rights there, its limits, the big deal rules and the last night. Reads
    the settings from the environment, writes nothing. Ends with 1 if anything failed.
    """
    from service.doctor import examine  # noqa: PLC0415 - keeps --help fast

    _log_quietly()
    found = []
    for finding in examine():
        found.append(finding)
        if not as_json:
            _say(finding)
    failed = sum(finding.level == "failed" for finding in found)
    if as_json:
        click.echo(json.dumps({"failed": failed, "findings": [one.as_dict() for one in found]}))
    else:
        click.secho(f"\n{failed} failed." if failed else "\nNothing failed.", bold=True)
    sys.exit(1 if failed else 0)


def _say(finding: Finding) -> None:
    mark, colour = _MARKS[finding.level]
    click.echo(f"{click.style(f'{mark:8}', fg=colour)} {finding.check:12} {finding.what}")
    if finding.remedy:
        click.echo(f"{'':21} → {finding.remedy}")


@click.command(short_help="Show the last runs, and what waits in the queue.")
@_JSON
def status(*, as_json: bool) -> None:
    """Show the last runs as the org has them, and what waits in the queue.

    And whether exceptions come back less often after somebody acted, once some have cleared.
    """
    from service.doctor.runs import after_action, last_runs  # noqa: PLC0415 - keeps --help fast

    settings = _settings()
    waiting = _waiting(settings)
    runs, after = _ask(settings, lambda gateway: (last_runs(gateway), after_action(gateway)))
    if as_json:
        click.echo(json.dumps({"queue": waiting, "runs": runs, "after_action": after}))
        return
    click.echo(", ".join(f"{count} {name}" for name, count in waiting.items()) + "\n")
    _table(
        ("run", "status", "started (UTC)", "scored", "written", "posts", "calls"),
        [_row(run) for run in runs],
    )
    if not runs:
        click.echo(f"No run yet: {program()} run-night enqueues one.")
    if after:
        click.echo(f"\n{after}")


def _row(run: dict[str, Any]) -> tuple[str, ...]:
    from service.salesforce.fields import AdoptionRun as Fields  # noqa: PLC0415

    counts = (Fields.SCORED, Fields.RECORDS_WRITTEN, Fields.POSTS_MADE, Fields.API_CALLS)
    return (
        str(run[Fields.KEY]),
        str(run[Fields.STATUS]),
        str(run[Fields.STARTED_AT])[:16].replace("T", " "),
        *("" if run[name] is None else f"{run[name]:,.0f}" for name in counts),
    )


@click.command(short_help="Count the org's objects: how a night would read each.")
@_JSON
def plan(*, as_json: bool) -> None:
    """Count the org's objects and show how a night would read each, without reading a row."""
    found = _ask(_settings(), lambda gateway: gateway.plan_reading())
    if as_json:
        reads = [read.as_dict() for read in found.reads]
        from service.salesforce.plan import FURTHER, NOT_READ  # noqa: PLC0415 - keeps --help fast

        told = {"calls": found.calls, "reads": reads, "not_read": dict(NOT_READ)}
        told["further"] = list(FURTHER)
        click.echo(json.dumps(told))
        return
    _show_plan(found)


def _show_plan(found: ReadingPlan) -> None:
    from service.salesforce.plan import told_beside  # noqa: PLC0415 - keeps --help fast

    rows = [
        (
            read.object_name,
            "not counted" if read.rows is None else f"{read.rows:,}",
            read.way,
            str(read.calls),
            read.why,
        )
        for read in found.reads
    ]
    _table(("object", "rows", "way", "calls", "why"), rows)
    shared = found.calls_shared
    less = (
        f"; {shared} fewer than each object alone, since first pages share calls" if shared else ""
    )
    click.echo(f"\n{found.calls} API calls, {found.calls_to_plan} of them to plan{less}.")
    click.echo(told_beside())


def _log_quietly() -> None:
    """Send what libraries say to standard error, without secrets; the answer stands alone."""
    from service.logs import configure  # noqa: PLC0415 - keeps --help fast

    configure()


def _settings() -> Settings:
    from jobs.run import NEEDED  # noqa: PLC0415 - keeps --help fast
    from service.settings import SettingsError, read_settings  # noqa: PLC0415

    _log_quietly()
    try:
        return read_settings(only=NEEDED)
    except SettingsError as error:
        _stop(f"settings are missing or wrong:\n{error}")


def _waiting(settings: Settings) -> dict[str, int]:
    from redis.exceptions import RedisError  # noqa: PLC0415 - keeps --help fast

    from service.redis_queue import connect, jobs_by_state  # noqa: PLC0415

    try:
        counts = jobs_by_state(connect(settings.redis_url))
        return {state.replace("_", " "): count for state, count in counts.items()}
    except RedisError as error:
        _stop(f"the broker that REDIS_URL names does not answer ({type(error).__name__})")


def _ask(settings: Settings, question: Any) -> Any:  # noqa: ANN401 - gives what the question gives
    from service.salesforce.errors import SalesforceError  # noqa: PLC0415 - keeps --help fast
    from service.salesforce.gateway import Gateway  # noqa: PLC0415

    gateway: Gateway = Gateway(settings)
    try:
        return question(gateway)
    except SalesforceError as error:
        _stop(f"{error} `{program()} doctor` looks at everything.")


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Print columns as wide as they need to be; figures stand to the right."""
    widths = [max(len(row[at]) for row in (heads, *rows)) for at in range(len(heads))]
    for row in (heads, *rows):
        cells = [
            cell.rjust(width) if cell.replace(",", "").isdigit() else cell.ljust(width)
            for cell, width in zip(row, widths, strict=True)
        ]
        click.echo("  ".join(cells).rstrip())
