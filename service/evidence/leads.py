"""Leads answered in time: leads of the window and whether somebody answered within 24 business hours.

*An answer* is the first of these by a person (no integration user) once the lead exists: a task
about the lead or its converted contact that was finished (CompletedDateTime, else the moment of
its recording) and is no call in bulk, a meeting with them that began, a change of its status in LeadHistory, or its
conversion, which has a day only, so that all of the last day will do. Whose answer it is does not
matter; the lead is judged for its present owner, dated on the day it came in.

*Eligible* is a lead answered in time, or one whose time was over before the as-of day began and
of which it can be told that nobody answered. A lead whose status moved on, or that was converted,
at a time that the data do not show is nobody's fault and is not judged; so answering late changes
nothing, for better or worse. Hours: `business_hours`. Fields:
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_lead.htm
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_leadhistory.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.evidence import business_hours
from service.evidence.clocks import local_day, local_time
from service.evidence.pages import quoted
from service.tables import Gap

if TYPE_CHECKING:
    from service.evidence.staging import Scope
    from service.tables import Tables

MEASURE = "leads_answered"
_NEEDED = {
    "Lead": ("Id", "OwnerId", "CreatedDate", "Status"),
    "Task": ("WhoId", "IsClosed", "CreatedDate"),
}
#: Values of LeadHistory.Field: the field's API name, and the event of a conversion.
_CHANGES = "('Status', 'leadConverted')"


def why_absent(tables: Tables) -> str | None:
    """Why no lead can be judged, or None."""
    missing = [
        f"{name}.{column}"
        for name, columns in _NEEDED.items()
        for column in columns
        if not tables.has(name, column)
    ]
    return f"Without {', '.join(missing)} no answer to a lead can be seen." if missing else None


def gaps(tables: Tables) -> list[Gap]:
    """What else would count if the data could tell it."""
    if not tables.has("Lead"):
        return []
    moved = "a lead whose status moved on without an activity in time is not judged."
    wanted = (
        ("LeadHistory", "CreatedDate", f"When the status of a lead changed is not known: {moved}"),
        ("Lead", "ConvertedDate", "When a lead was converted is not known: no lead is judged by it."),
        ("Lead", "ConvertedContactId", "Activities with a converted lead's contact are not seen."),
        ("Task", "CompletedDateTime", "When a task about a lead was finished is not known: the moment of its recording stands in."),
    )  # fmt: skip
    return [Gap(name, column, why) for name, column, why in wanted if not tables.has(name, column)]


def reduce(scope: Scope) -> None:
    """Add evidence (eligible, good, seen = leads) for each owner and day on which leads came in."""
    business_hours.define(scope.connection)
    _load_leads(scope)
    _load_answers(scope)
    scope.connection.execute(f"""
        INSERT INTO evidence
        SELECT u, '{MEASURE}', day, 0, count(*) FILTER (answered OR (is_due AND told)),
            count(*) FILTER (answered), count(*)
        FROM (
            SELECT l.u, l.day, l.is_due, l.told,
                l.converted_in_time OR coalesce(a.took <= {allowed(scope)}, false) AS answered
            FROM leads l LEFT JOIN first_answers a ON a.id = l.id
        ) GROUP BY u, day
    """)  # noqa: S608


def _load_leads(scope: Scope) -> None:
    """The table `leads` of the window; `came` counts business seconds."""
    allowed_seconds, today = allowed(scope), f"DATE '{scope.as_of}'"
    day = local_day("x.created", "p.clock")
    moved = "false" if _has_history(scope) else f"NOT {is_untouched(scope)}"
    scope.connection.execute(f"""
        CREATE TABLE leads AS
        SELECT p.u, x.Id AS id, x.ConvertedContactId AS converted_contact, x.created, {day} AS day,
            CASE WHEN x.ConvertedDate <= {today} THEN x.ConvertedDate END AS converted_on,
            business_seconds({local_time("x.created", "p.clock")}) AS came,
            came + {allowed_seconds} <= business_seconds({today}) AS is_due,
            coalesce(x.ConvertedDate <= {today}
                AND business_seconds(x.ConvertedDate) <= came + {allowed_seconds}, false) AS converted_in_time,
            NOT ({moved}) AND NOT (coalesce(x.IsConverted, false) AND x.ConvertedDate IS NULL) AS told
        FROM staged_Lead x JOIN users p ON p.u = x.owner AND p.scored
        WHERE {scope.in_window("x.created")} AND {scope.days(day)}
    """)  # noqa: S608 - values are dates and numbers


def allowed(scope: Scope) -> int:
    """Business seconds from a lead's creation within which an answer is in time."""
    return int(scope.rules.leads.within_hours) * 3600


def _load_answers(scope: Scope) -> None:
    """The table `first_answers`: after how many business seconds each lead saw its first act.

    Business time never runs backwards, so the earliest act is the one that took least.
    """
    scope.connection.execute(f"""
        CREATE TABLE first_answers AS
        WITH keys AS (
            SELECT k.k, l.id, l.u, l.created, l.came FROM lead_keys k JOIN leads l ON l.id = k.id
            UNION ALL
            SELECT k.k, l.id, l.u, l.created, l.came FROM lead_keys k
            JOIN leads l ON l.converted_contact = k.id
        ), firsts AS (
            SELECT k.id, k.u, k.came, min(a.acted_at) AS acted_at
            FROM ({_acts(scope)}) a JOIN keys k ON k.k = a.asked
            WHERE a.acted_at >= k.created GROUP BY ALL
        )
        SELECT f.id, {local_time("f.acted_at", "p.clock")} AS seen_at, business_seconds(seen_at) - f.came AS took
        FROM firsts f JOIN users p ON p.u = f.u WHERE CAST(seen_at AS DATE) <= DATE '{scope.as_of}'
    """)  # noqa: S608


def _acts(scope: Scope) -> str:
    """SQL: who was answered (`lead_keys.k`) and when (UTC), by people."""
    creator, modifier = scope.actor("Task", "creator"), scope.actor("Task", "modifier")
    return f"""
        SELECT t.asked, coalesce(t.completed, t.created) AS acted_at
        FROM staged_Task t LEFT JOIN users c ON c.u = t.{creator} LEFT JOIN users m ON m.u = t.{modifier}
        WHERE t.asked IS NOT NULL AND t.is_done AND (NOT coalesce(c.robot, false)
            OR (t.modified > t.created AND NOT coalesce(m.robot, false)))
            AND NOT (t.is_call AND (t.owner, t.created) IN (
                SELECT (u, unnest(bulk_at)) FROM call_days))
        UNION ALL
        SELECT e.asked, e.started FROM staged_Event e LEFT JOIN users o ON o.u = e.owner
        WHERE e.asked IS NOT NULL AND e.is_row AND NOT e.all_day AND NOT e.away AND NOT coalesce(o.robot, false)
        UNION ALL
        SELECT k.k, h.CreatedDate FROM staged_LeadHistory h JOIN lead_keys k ON k.id = h.LeadId
        LEFT JOIN users c ON c.u = h.creator
        WHERE h.Field IN {_CHANGES} AND NOT coalesce(c.robot, false)
    """  # noqa: S608


def _has_history(scope: Scope) -> bool:
    """Whether the org tracks the status of its leads: then no change is missing."""
    if not scope.tables.has("LeadHistory", "LeadId", "Field", "CreatedDate"):
        return False
    query = "SELECT 1 FROM staged_LeadHistory WHERE Field = 'Status' LIMIT 1"
    return scope.connection.execute(query).fetchone() is not None


def is_untouched(scope: Scope) -> str:
    """SQL: whether the staged lead `x` has a status of the rule set's that nobody has worked on."""
    statuses = ", ".join(quoted(one.lower()) for one in scope.rules.leads.untouched_statuses)
    return f"coalesce(lower(trim(x.Status)) IN ({statuses or 'NULL'}), true)"
