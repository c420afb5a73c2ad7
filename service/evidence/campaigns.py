"""From campaign to pipeline: leads, opportunities, amounts and wins by programme. Never scored.

A programme is a campaign. Its *leads* are the leads among its members, on the day they became so;
a lead of two campaigns counts for both. Its *opportunities* are those whose primary campaign
source it is (`Opportunity.CampaignId`), on the day they were made: each counts once. Where the
data have no campaigns, the lead source of leads and opportunities stands in for the programme.
Days are those of the clock that times without a zone are read in.
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_campaignmember.htm
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from service.evidence.clocks import exact_day
from service.evidence.pages import quoted
from service.evidence.rows import rows
from service.tables import Gap

if TYPE_CHECKING:
    from service.evidence.staging import Scope
    from service.tables import Tables

WEEKS = 13
By = Literal["campaign", "lead source"]
_CAMPAIGN = ("Id", "Name")
_MEMBER = ("CampaignId", "LeadId")
_WEEK = "date_trunc('week', day)::DATE"


@dataclass(frozen=True, slots=True)
class Owners:
    """How many people stand behind each figure; owners who are not in the data count as one."""

    leads: int
    opportunities: int
    amounts: int  #: of opportunities with an amount
    won: int
    lost: int
    won_amounts: int


@dataclass(frozen=True, slots=True)
class Counts:
    """One programme in one stretch of time. Amounts are hundredths of the corporate currency."""

    programme: str  #: "" for what belongs to none
    starts: date | None  #: the first day of a week or a month; None: the whole time
    leads: int
    opportunities: int
    pipeline: int  #: of all its opportunities, open and closed
    won: int
    lost: int
    won_amount: int
    owners: int  #: people who own any of it
    behind: Owners


@dataclass(frozen=True, slots=True)
class Campaigns:
    """Every programme that had a lead or an opportunity since a day."""

    by: By
    since: date
    leads_known: bool
    names: dict[str, str]  #: programme -> name
    whole: tuple[Counts, ...]
    weeks: tuple[Counts, ...]
    months: tuple[Counts, ...]
    everything: tuple[Counts, ...]  #: whatever the programme, the whole time; one, or none
    every_week: tuple[Counts, ...]  #: whatever the programme


def by_what(tables: Tables) -> By | None:
    """What stands for a programme in these data."""
    if tables.has("Campaign", *_CAMPAIGN) and tables.has("Opportunity", "CampaignId"):
        return "campaign"
    if tables.has("Opportunity", "LeadSource") or tables.has("Lead", "LeadSource"):
        return "lead source"
    return None


def gaps(tables: Tables) -> list[Gap]:
    """What cannot be shown of programmes."""
    by = by_what(tables)
    if by == "campaign":
        if tables.has("CampaignMember", *_MEMBER):
            return []
        why = "The members of campaigns are not in the data, so their leads are not counted."
        return [Gap("CampaignMember", None, why)]
    instead = "the lead source stands in for them" if by else "no programme can be shown"
    what = "Campaign" if not tables.has("Campaign") else "Opportunity"
    column = None if what == "Campaign" else "CampaignId"
    return [Gap(what, column, f"Which campaign an opportunity comes from is not known; {instead}.")]


def read(scope: Scope, since: date) -> Campaigns | None:
    """Count them from a day to the as-of day; None where the data name no programme."""
    by = by_what(scope.tables)
    if by is None:
        return None
    _load(scope, by, since)
    week = scope.as_of - timedelta(days=scope.as_of.weekday() + 7 * (WEEKS - 1))
    return Campaigns(
        by=by,
        since=since,
        leads_known=by == "lead source" or scope.tables.has("CampaignMember", *_MEMBER),
        names=_names(scope) if by == "campaign" else {},
        whole=_counts(scope, "programme", "NULL::DATE", since),
        weeks=_counts(scope, "programme", _WEEK, week),
        months=_counts(scope, "programme", "date_trunc('month', day)::DATE", since),
        everything=_counts(scope, "''", "NULL::DATE", since),
        every_week=_counts(scope, "''", _WEEK, week),
    )


def _load(scope: Scope, by: By, since: date) -> None:
    """The table `touches`: one row for each lead or opportunity of a programme."""
    zone = quoted(scope.tables.naive_zone)
    made = exact_day("x.created", zone)
    window = f"BETWEEN DATE '{since}' AND DATE '{scope.as_of}'"
    programme = "x.CampaignId" if by == "campaign" else "trim(x.LeadSource)"
    scope.connection.execute(f"""
        CREATE TABLE touches AS
        SELECT coalesce({programme}, '') AS programme, {made} AS day, x.owner, NULL AS lead,
            true AS is_deal, x.corporate, coalesce(x.IsClosed, false) AS closed,
            coalesce(x.IsClosed AND x.IsWon, false) AS won
        FROM staged_Opportunity x WHERE {made} {window}
        UNION ALL
        SELECT programme, day, owner, lead, false, NULL, false, false
        FROM ({_leads(scope, by)}) WHERE day {window}
    """)  # noqa: S608 - values are dates and quoted texts


def _leads(scope: Scope, by: By) -> str:
    """SQL: the leads of programmes; every lead once for each, and those of none."""
    zone = quoted(scope.tables.naive_zone)
    if by == "lead source":
        day = exact_day("x.created", zone)
        return f"SELECT coalesce(trim(x.LeadSource), '') AS programme, {day} AS day, x.owner, x.Id AS lead FROM staged_Lead x"  # noqa: S608
    members = rows("CampaignMember", (*_MEMBER, "CreatedDate"))
    return f"""
        SELECT m.CampaignId AS programme, min({exact_day("m.CreatedDate", zone)}) AS day,
            any_value(x.owner) AS owner, m.LeadId AS lead
        FROM ({members}) m LEFT JOIN staged_Lead x ON x.Id = m.LeadId
        WHERE m.LeadId IS NOT NULL AND m.CampaignId IS NOT NULL
        GROUP BY m.CampaignId, m.LeadId
    """  # noqa: S608


def _counts(scope: Scope, programme: str, starts: str, since: date) -> tuple[Counts, ...]:
    """Owner by owner first, so that whoever stands behind a figure is counted once."""
    found = scope.connection.execute(f"""
        WITH own AS (
            SELECT {programme} AS programme, {starts} AS starts, owner, count(lead) AS leads,
                count(*) FILTER (is_deal) AS deals, {_cents("is_deal")} AS amount,
                count(*) FILTER (won) AS won, count(*) FILTER (closed AND NOT won) AS lost,
                {_cents("won")} AS won_amount
            FROM touches WHERE day >= DATE '{since}' GROUP BY ALL
        )
        SELECT programme, starts, sum(leads)::BIGINT, sum(deals)::BIGINT, sum(amount)::HUGEINT,
            sum(won)::BIGINT, sum(lost)::BIGINT, sum(won_amount)::HUGEINT, count(*),
            count(*) FILTER (leads > 0), count(*) FILTER (deals > 0),
            count(*) FILTER (amount <> 0), count(*) FILTER (won > 0), count(*) FILTER (lost > 0),
            count(*) FILTER (won_amount <> 0)
        FROM own GROUP BY 1, 2 ORDER BY 1, 2
    """).fetchall()  # noqa: S608 - values are dates
    return tuple(_counted(*row) for row in found)


def _counted(programme: str, starts: date | None, *numbers: int, plain: int = 7) -> Counts:
    """`numbers` are those of Counts, then those of Owners."""
    leads, deals, amount, won, lost, won_amount, owners = numbers[:plain]
    behind = Owners(*numbers[plain:])
    return Counts(programme, starts, leads, deals, amount, won, lost, won_amount, owners, behind)


def _cents(which: str) -> str:
    return f"coalesce((sum(corporate) FILTER ({which}) * 100)::HUGEINT, 0)"


def _names(scope: Scope) -> dict[str, str]:
    found = scope.connection.execute(f"""
        SELECT Id, min(Name) FROM ({rows("Campaign", _CAMPAIGN)})
        WHERE Id IN (SELECT programme FROM touches) GROUP BY Id
    """).fetchall()  # noqa: S608 - names are ours
    return {record: name for record, name in found if name}
