"""`bellwether purge --dry-run`: what would be deleted, and what our records take of the storage."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime

import click


def show_due(*, as_json: bool) -> None:
    """Count and print; deletes nothing. Costs three API calls. Ends the program on an error."""
    from jobs.purge import RECORD_KB, count_due, months_before  # noqa: PLC0415 - keeps --help fast
    from jobs.run import NEEDED  # noqa: PLC0415
    from service.logs import configure  # noqa: PLC0415
    from service.salesforce.errors import SalesforceError  # noqa: PLC0415
    from service.salesforce.gateway import Gateway  # noqa: PLC0415
    from service.settings import SettingsError, read_settings  # noqa: PLC0415

    configure()
    try:
        settings = read_settings(only=NEEDED)
        before = months_before(datetime.now(UTC).date(), settings.retention_months)
        found = count_due(Gateway(settings), before)
    except (SettingsError, SalesforceError) as error:
        click.secho(f"bellwether: {error}", fg="red", err=True)
        sys.exit(1)
    if as_json:
        rows = [
            {"object": one.object_name, "there": one.there, "due": one.due, "kb": one.kb}
            for one in found
        ]
        click.echo(json.dumps({"before": before.isoformat(), "objects": rows}))
        return
    click.echo(f"Older than {before.isoformat()} ({settings.retention_months} months):\n")
    for one in found:
        click.echo(f"{one.object_name:24} {one.due:>9,} of {one.there:>9,}   {one.kb:>9,} KB")
    click.echo(f"\nNothing was deleted. KB: all records there, {RECORD_KB} KB each.")
