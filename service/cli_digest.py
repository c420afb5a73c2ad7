"""`bellwether digest --preview`: what somebody's weekly digest says now, without sending it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click


@click.command()
@click.option(
    "--preview",
    "username",
    required=True,
    metavar="USERNAME",
    help="Of which manager or executive.",
)
@click.option(
    "--at",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]),
    help="The moment (UTC) as of which it is written. Default: now.",
)
def digest(username: str, at: datetime | None) -> None:
    """Show the digest that a manager or an executive would get. Sends and writes nothing.

    What keeps it from going out at that moment is said on standard error. Costs two API calls or
    a few more.
    """
    from jobs.digest import NoSuchLeaderError, preview  # noqa: PLC0415 - keeps --help fast
    from jobs.run import NEEDED  # noqa: PLC0415
    from service.logs import configure  # noqa: PLC0415
    from service.rules_file import RulesError  # noqa: PLC0415
    from service.salesforce.errors import SalesforceError  # noqa: PLC0415
    from service.salesforce.gateway import Gateway  # noqa: PLC0415
    from service.settings import SettingsError, read_settings  # noqa: PLC0415

    configure()
    now = at.replace(tzinfo=UTC) if at else datetime.now(UTC)
    try:
        settings = read_settings(only=NEEDED)
        why_not, text = preview(Gateway(settings), settings, username, now)
    except (SettingsError, RulesError, SalesforceError, NoSuchLeaderError) as error:
        click.secho(f"bellwether: {error}", fg="red", err=True)
        sys.exit(1)
    click.echo(text)
    if why_not:
        click.echo(f"It would not go out at this moment: {why_not}.", err=True)
