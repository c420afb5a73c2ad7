"""What the runs left in the org: when the last night was, what failed, which deals wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from jobs.deals.ahead import NOTIFICATION_TYPE
from jobs.deals.posts import find_group
from jobs.org_rules import rules_in_force
from service.finding import Finding, doubtful, good, unseen, wrong
from service.last_runs import LATE
from service.program import program
from service.rules_file import RulesError
from service.salesforce.actions import notification_type
from service.salesforce.errors import AdminActionNeededError
from service.salesforce.fields import AdoptionDigest, AdoptionRun, AdoptionTeam, BigDealAlert
from service.salesforce.times import literal, moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from service.salesforce.gateway import Gateway
    from service.scoring.rule_set import BigDealRule
    from service.settings import Settings

#: A mark that is so old was left by a run that died.
UNSURE_AFTER = timedelta(minutes=15)
#: So far back digests are looked at.
WATCHED = timedelta(weeks=4)
_SHOWN = 200  #: characters of a run's detail; the record has it whole


def rules(gateway: Gateway, settings: Settings) -> Iterator[Finding]:
    """Say which rules hold where no file is named, and whether anybody has a role in them."""
    if settings.rules_file is not None:
        return
    try:
        found = rules_in_force(gateway, None)
    except RulesError as error:
        yield wrong("rules", str(error))
        return
    yield good("rules", f"{found.source[0].upper()}{found.source[1:]}: version {found.version}.")
    if not (found.role_names or found.profile_roles or found.role_when_unknown):
        yield doubtful(
            "rules",
            "No role is confirmed, so nobody is scored.",
            "Fill in the role names: Setup > Custom Metadata Types > Adoption Role.",
        )


def deals(gateway: Gateway, settings: Settings) -> Iterator[Finding]:
    """Say whether each big deal rule can post, and whether posts failed."""
    try:
        rules = rules_in_force(gateway, settings.rules_file).big_deals
    except RulesError:
        yield unseen("big deals", "Not looked at: it needs the rules.")
        return
    for rule in rules:
        try:
            find_group(gateway, rule)
        except AdminActionNeededError as error:
            yield wrong("big deals", str(error))
        else:
            yield good("big deals", f"{rule.name} posts to the group {rule.group_name}.")
    if not rules:
        yield doubtful(
            "big deals",
            "No rule is active, so no deal is announced.",
            "Switch one on: Setup > Custom Metadata Types > Big Deal Rule.",
        )
    yield from _notices(gateway, rules)
    yield from _failed(gateway)


def _notices(gateway: Gateway, rules: Sequence[BigDealRule]) -> Iterator[Finding]:
    """Say whether the bell can ring, and of which deals nobody knows whether it did."""
    if any(rule.bell for rule in rules):
        try:
            notification_type(gateway, NOTIFICATION_TYPE)
        except AdminActionNeededError as error:
            yield wrong("big deals", str(error))
    since = datetime.now(UTC) - UNSURE_AFTER
    state = BigDealAlert.NOTIFIED
    soql = (
        f"SELECT COUNT() FROM {BigDealAlert.OBJECT} WHERE {state} = 'Unconfirmed' "  # noqa: S608 - constants
        f"OR ({state} = 'Sending' AND CreatedDate < {literal(since)})"
    )
    count = next(page.total for page in gateway.pages(soql))
    if count:
        yield doubtful(
            "big deals",
            f"Of {count} it is unconfirmed whether bell and mail were sent; they are posted.",
            "They are never sent again. Tell the team where it matters, then set Notified to Sent.",
        )


def _failed(gateway: Gateway) -> Iterator[Finding]:
    soql = f"SELECT COUNT() FROM {BigDealAlert.OBJECT} WHERE {BigDealAlert.STATUS} = 'Failed'"  # noqa: S608 - constants
    count = next(page.total for page in gateway.pages(soql))
    if count:
        yield doubtful(
            "big deals",
            f"{count} could not be posted.",
            "Mend what Detail__c of the Big Deal Alert says, then delete the alert: the next "
            "run announces it.",
        )


def digests(gateway: Gateway, settings: Settings) -> Iterator[Finding]:
    """Say whether the weekly digest is on, and which digests of the last weeks did not go out."""
    if not settings.sends_digests:
        yield good(
            "digest",
            "Switched off; BELLWETHER_PUBLIC_URL and BELLWETHER_LINK_SECRET switch it on.",
        )
        return
    of = AdoptionDigest
    now = datetime.now(UTC)
    rows = gateway.query(
        f"SELECT {of.STATUS}, {of.DETAIL}, CreatedDate FROM {of.OBJECT} "  # noqa: S608 - constants and a day
        f"WHERE {of.STATUS} != 'Sent' AND {of.WEEK_BEGINS} >= {(now - WATCHED).date().isoformat()}"
    )
    open_ends = [row for row in rows if not _is_under_way(row, now)]
    unsure = sum(row[of.STATUS] != "Failed" for row in open_ends)
    if unsure:
        yield doubtful(
            "digest",
            f"Of {unsure} it is unconfirmed whether they were sent.",
            "They are never sent again. Delete the record of a person and week to send that one.",
        )
    failed = [str(row[of.DETAIL] or "") for row in open_ends if row[of.STATUS] == "Failed"]
    if failed:
        yield doubtful(
            "digest",
            f"{len(failed)} did not go out whole. The first: {failed[0]}"[:_SHOWN],
            "Mend what it says; to send one anew in its week, delete its Adoption Digest.",
        )
    if not open_ends:
        yield good("digest", "On; none of the last weeks is open.")


def _is_under_way(row: dict[str, Any], now: datetime) -> bool:
    made = moment(row["CreatedDate"])
    return row[AdoptionDigest.STATUS] == "Sending" and now - made < UNSURE_AFTER


def last_runs(gateway: Gateway, most: int = 10) -> list[dict[str, Any]]:
    """Give the last runs, the newest first, as the org's records."""
    names = (
        AdoptionRun.KEY, AdoptionRun.KIND, AdoptionRun.STATUS, AdoptionRun.STARTED_AT,
        AdoptionRun.FINISHED_AT, AdoptionRun.AS_OF, AdoptionRun.SCORED, AdoptionRun.NOT_SCORED,
        AdoptionRun.RECORDS_WRITTEN, AdoptionRun.POSTS_MADE, AdoptionRun.API_CALLS,
        AdoptionRun.GAPS, AdoptionRun.DETAIL,
    )  # fmt: skip
    return list(
        gateway.query(
            f"SELECT {', '.join(names)} FROM {AdoptionRun.OBJECT} "  # noqa: S608 - constants
            f"ORDER BY {AdoptionRun.STARTED_AT} DESC LIMIT {most}"
        )
    )


def after_action(gateway: Gateway) -> str | None:
    """Give what the company's record says of exceptions that cleared; None where it says nothing."""
    of = AdoptionTeam
    soql = f"SELECT {of.AFTER_ACTION} FROM {of.OBJECT} WHERE {of.KIND} = 'Company' LIMIT 1"  # noqa: S608 - constants
    company = next(iter(gateway.query(soql)), None)
    return str(company[of.AFTER_ACTION]) if company and company[of.AFTER_ACTION] else None


def night(gateway: Gateway, now: datetime) -> Finding:
    """Say how the last night's run ended, and whether one is missing."""
    nights = (run for run in last_runs(gateway, 50) if run[AdoptionRun.KIND] == "Night")
    last = next(nights, None)
    if last is None:
        return doubtful(
            "night", "No night has run yet.", f"Enqueue one: {program()} run-night, once a day."
        )
    detail = str(last[AdoptionRun.DETAIL] or "").strip()[:_SHOWN]
    status = last[AdoptionRun.STATUS]
    if status != "Finished":
        return wrong("night", f"The last night's run is {status}. {detail}".strip())
    ended = moment(last[AdoptionRun.FINISHED_AT])
    if now - ended > LATE:
        return wrong(
            "night",
            f"The last night's run ended on {ended:%Y-%m-%d %H:%M} UTC.",
            "Let the scheduler run it daily: heroku addons:open scheduler.",
        )
    gaps = len(str(last[AdoptionRun.GAPS] or "").splitlines())
    about = (
        f"{last[AdoptionRun.API_CALLS] or 0:.0f} API calls, {gaps} {'gap' if gaps == 1 else 'gaps'}"
    )
    return good("night", f"The last one ended on {ended:%Y-%m-%d %H:%M} UTC: {about}.")
