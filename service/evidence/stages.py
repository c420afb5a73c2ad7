"""The way of opportunities through their stages, from OpportunityHistory: medians and pushes.

OpportunityHistory has one row for each save that touched stage, amount, probability or close
date, the first from the day the opportunity was made. *The age of a stage* is whole days on the
owner's clock from entering it to leaving it, one at least; several visits of one deal add up.
*Its median* is taken over the won deals of one customer size, whoever owns them: a first pass over
the company, before anybody is judged. *A push* moves the close date to a later calendar month, as
Opportunity.PushCount counts them, and counts until the next step is written anew, where the org
tracks that field.
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunityhistory.htm
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunityfieldhistory.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.evidence.clocks import exact_day
from service.evidence.pages import quoted
from service.evidence.rows import rows
from service.evidence.segments import segment

if TYPE_CHECKING:
    from service.evidence.staging import Scope
    from service.tables import Tables

_STAGES = ("OpportunityId", "StageName", "CreatedDate")


def has_stages(tables: Tables) -> bool:
    """Whether the data show when opportunities entered their stages."""
    return tables.has("OpportunityHistory", *_STAGES)


def has_pushes(tables: Tables) -> bool:
    """Whether the data show when close dates were moved."""
    return tables.has("OpportunityHistory", *_STAGES, "CloseDate")


def load(scope: Scope) -> None:
    """Make `stage_now` (id, stage, entered, written, pushes) and `stage_medians` (segment, stage, deals, days).

    Both are empty without a history. Needs `next_steps`. `written` is when the next step was last
    written anew, where the org tracks that; pushes count since then, and since the newest activity
    that is near was made. `segment` is NULL for customers of unknown size.
    """
    _load_moves(scope)
    _load_now(scope)
    _load_medians(scope)


def _load_moves(scope: Scope) -> None:
    """The table `stage_moves`: saves by the as-of day with what the one before said."""
    history = rows("OpportunityHistory", ("Id", *_STAGES, "CloseDate"))
    day = exact_day("h.CreatedDate", f"coalesce(p.zone, {quoted(scope.tables.naive_zone)})")
    scope.connection.execute(f"""
        CREATE TABLE stage_moves AS
        SELECT h.OpportunityId AS id, h.StageName AS stage, h.CreatedDate AS moved, {day} AS day,
            h.CloseDate AS closes, row_number() OVER w AS place, lag(h.StageName) OVER w AS stage_before, lag(h.CloseDate) OVER w AS closed_before
        FROM ({history}) h JOIN staged_Opportunity x ON x.Id = h.OpportunityId
        LEFT JOIN users p ON p.u = x.owner
        WHERE h.CreatedDate IS NOT NULL AND {day} <= DATE '{scope.as_of}'
        WINDOW w AS (PARTITION BY h.OpportunityId ORDER BY h.CreatedDate, h.Id)
    """)  # noqa: S608 - values are dates and quoted texts


def _load_now(scope: Scope) -> None:
    written = rows("OpportunityFieldHistory", ("OpportunityId", "Field", "CreatedDate"))
    scope.connection.execute(f"""
        CREATE TABLE stage_now AS
        WITH steps AS (
            SELECT OpportunityId AS id, max(CreatedDate) AS written FROM ({written})
            WHERE Field = 'NextStep' GROUP BY OpportunityId
        )
        SELECT m.id, arg_max(m.stage, m.place) AS stage,
            max(m.moved) FILTER (m.stage_before IS DISTINCT FROM m.stage) AS entered,
            max(s.written) AS written,
            count(*) FILTER (
                date_trunc('month', m.closes) > date_trunc('month', m.closed_before)
                AND coalesce(m.moved > s.written, true) AND coalesce(m.moved > n.made, true)
            ) AS pushes
        FROM stage_moves m LEFT JOIN steps s ON s.id = m.id
        LEFT JOIN next_steps n ON n.opportunity = m.id GROUP BY m.id
    """)  # noqa: S608 - names are ours


def _load_medians(scope: Scope) -> None:
    scope.connection.execute(f"""
        CREATE TABLE stage_medians AS
        WITH entries AS (
            SELECT id, stage, day, lead(day) OVER (PARTITION BY id ORDER BY place) AS until
            FROM stage_moves WHERE stage_before IS DISTINCT FROM stage
        ), visits AS (
            SELECT id, stage, greatest(1, sum(until - day)) AS days
            FROM entries WHERE until IS NOT NULL AND stage IS NOT NULL GROUP BY id, stage
        )
        SELECT {segment("a.NumberOfEmployees", scope.rules)} AS segment, v.stage, count(*) AS deals, median(v.days) AS days
        FROM visits v JOIN staged_Opportunity x ON x.Id = v.id AND x.IsWon
        LEFT JOIN staged_Account a ON a.Id = x.AccountId
        GROUP BY 1, 2
    """)  # noqa: S608 - values are numbers


def are_known(scope: Scope) -> bool:
    """Whether enough won deals show the age of any stage."""
    least = int(scope.rules.healthy.stage_median_at_least)
    query = f"SELECT 1 FROM stage_medians WHERE deals >= {least} LIMIT 1"  # noqa: S608 - a number
    return scope.connection.execute(query).fetchone() is not None


def age_limit(scope: Scope) -> str:
    """SQL: days in a stage at most, from the median `m` of its segment; NULL where none is known."""
    healthy = scope.rules.healthy
    fixed = "NULL" if healthy.stage_age_days is None else str(int(healthy.stage_age_days))
    return (
        f"CASE WHEN m.deals >= {int(healthy.stage_median_at_least)}"
        f" THEN m.days::DECIMAL(18, 1) * {healthy.stage_age_factor:f} ELSE {fixed} END"
    )
