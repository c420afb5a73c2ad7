"""Lead response: how long the first human answer to a lead took. Reported, never scored.

What an answer is, and whose, is said in `leads`. Time is business time: hours of Monday to Friday
on the owner's clock. The leads are those that came in during the last 13 weeks, or as far back as
evidence goes where that is less.

*Within 24 hours* is judged exactly as the measure judges it. *Within an hour* needs the moment of
the answer, so a conversion, which has a day only, does not count; a lead that may have been
answered in that hour at a time that the data do not show is not judged. *The time taken* is known
where the first act is surely the first: not where a conversion came on an earlier day, nor where
the status moved on at an unknown time and the first act that the data show came late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from service.evidence import leads
from service.evidence.clocks import local_day
from service.evidence.ids import to_18

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from service.evidence.staging import Scope

DAYS = 91  #: 13 weeks, the as-of day being the last of them
HOUR = 3600
#: Late leads listed for each person, the latest to come in first; counts stay exact.
LISTED_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Response:
    """How one person's leads of the period were answered. Times are business seconds."""

    user_id: str
    leads: int
    took: tuple[int, ...]  #: ascending, of every lead whose first answer has a known moment
    hour_good: int
    hour_judged: int
    day_good: int
    day_judged: int
    unanswered: int  #: of those judged, without any answer up to the as-of day
    unclear: int  #: their time is over, and the data do not show when they were answered


@dataclass(frozen=True, slots=True)
class LateLead:
    """One lead that was not answered within the rule set's hours."""

    user_id: str
    lead_id: str
    company: str | None
    came_on: date
    took: int | None  #: business seconds; None: still without an answer


@dataclass(frozen=True, slots=True)
class LeadResponse:
    """Everybody's, by user id; a person without leads in the period is not in it."""

    since: date
    within_hours: int  #: the rule set's business hours
    by_user: Mapping[str, Response]
    late: tuple[LateLead, ...]  #: by user id, the latest to come in first
    owned_by_nobody: int  #: leads of the period whose owner is nobody who may be scored


def read(scope: Scope, absent_measures: Collection[str]) -> LeadResponse | None:
    """How leads were answered; None where the data cannot show it."""
    if leads.MEASURE in absent_measures:
        return None
    _load(scope)
    return LeadResponse(
        since=_since(scope),
        within_hours=scope.rules.leads.within_hours,
        by_user={one.user_id: one for one in _responses(scope)},
        late=_late(scope),
        owned_by_nobody=_owned_by_nobody(scope),
    )


def _since(scope: Scope) -> date:
    """The first day on which a lead may have come in."""
    return max(scope.since, scope.as_of - timedelta(days=DAYS - 1))


def _load(scope: Scope) -> None:
    """Make the table `responses`, one row for each lead of the period.

    Needs the tables that `leads.reduce` makes.
    """
    today, allowed = f"DATE '{scope.as_of}'", leads.allowed(scope)
    in_hour = f"coalesce(took <= {HOUR}, false)"
    hour_is_over = f"came + {HOUR} <= business_seconds({today})"
    # A conversion on a day that ended before the hour was over may have come within it.
    is_first = f"(l.told OR a.took <= {allowed}) AND coalesce(l.converted_on >= CAST(a.seen_at AS DATE), true)"
    maybe = f"coalesce(business_seconds(converted_on) <= came + {HOUR}, false)"
    scope.connection.execute(f"""
        CREATE TABLE responses AS
        WITH found AS (
            SELECT l.*, CASE WHEN {is_first} THEN a.took END AS took
            FROM leads l LEFT JOIN first_answers a ON a.id = l.id
            WHERE l.day >= DATE '{_since(scope)}'
        )
        SELECT u, id, day, took, {in_hour} AS hour_good,
            {in_hour} OR ({hour_is_over} AND told AND NOT {maybe}) AS hour_judged,
            converted_in_time OR coalesce(took <= {allowed}, false) AS day_good,
            day_good OR (is_due AND told) AS day_judged,
            day_judged AND NOT day_good AND took IS NULL AND converted_on IS NULL AS unanswered,
            is_due AND NOT day_judged AS unclear
        FROM found
    """)  # noqa: S608 - values are dates and numbers


def _responses(scope: Scope) -> tuple[Response, ...]:
    """Everybody who had leads, by user id."""
    rows = scope.connection.execute("""
        SELECT p.id, count(*), coalesce(list(r.took ORDER BY r.took) FILTER (r.took IS NOT NULL), []),
            count(*) FILTER (r.hour_good), count(*) FILTER (r.hour_judged),
            count(*) FILTER (r.day_good), count(*) FILTER (r.day_judged),
            count(*) FILTER (r.unanswered), count(*) FILTER (r.unclear)
        FROM responses r JOIN users p ON p.u = r.u GROUP BY p.id ORDER BY p.id
    """).fetchall()
    return tuple(Response(to_18(user), n, tuple(took), *rest) for user, n, took, *rest in rows)


def _late(scope: Scope) -> tuple[LateLead, ...]:
    """Leads judged late, by user id, the latest to come in first."""
    rows = scope.connection.execute(f"""
        SELECT p.id, r.id, x.company, r.day, r.took
        FROM responses r JOIN users p ON p.u = r.u JOIN staged_Lead x ON x.id = r.id
        WHERE r.day_judged AND NOT r.day_good
        QUALIFY row_number() OVER (PARTITION BY r.u ORDER BY r.day DESC, r.id) <= {LISTED_AT_MOST}
        ORDER BY p.id, r.day DESC, r.id
    """).fetchall()  # noqa: S608 - a number of ours
    return tuple(
        LateLead(to_18(user), to_18(lead), company, day, took)
        for user, lead, company, day, took in rows
    )


def _owned_by_nobody(scope: Scope) -> int:
    """Leads of queues, of users who left and of integration users, by the day in their zone."""
    day = local_day("x.created", "p.clock")
    (count,) = scope.connection.execute(f"""
        SELECT count(*) FROM staged_Lead x JOIN owners p ON p.u = coalesce(x.owner, 0)
        WHERE NOT p.scored AND {day} BETWEEN DATE '{_since(scope)}' AND DATE '{scope.as_of}'
    """).fetchall()[0]  # noqa: S608 - values are dates
    return int(count)
