"""Tasks on time: of a person's tasks with a due date, those that are not overdue.

*Eligible* are open tasks with a due date, and tasks finished in the last days (the rule set's
number, 28) that had one: finishing an overdue task so turns a bad one into a good one and never
costs a good one. A task is judged from the day after it was made, on its owner's clock, so that
what is logged as done, or made and closed on one day, counts for nothing.
*Good* is what is finished, or due on the as-of day or later. The rows of recurring series are
left out; their occurrences have rows of their own.
CompletedDateTime is set when a task is saved as closed:
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_task.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.evidence import findings
from service.evidence.clocks import local_day
from service.tables import Gap

if TYPE_CHECKING:
    from service.evidence.staging import Scope
    from service.tables import Tables

MEASURE = "tasks_on_time"
FAULT = "task_overdue"
_NEEDED = ("Id", "OwnerId", "IsClosed", "ActivityDate")


def why_absent(tables: Tables) -> str | None:
    """Why no task can be judged, or None."""
    missing = [name for name in _NEEDED if not tables.has("Task", name)]
    return f"Task lacks {', '.join(missing)}, so none can be overdue." if missing else None


def gaps(tables: Tables) -> list[Gap]:
    """What else would count if the data could tell it."""
    if not tables.has("Task") or tables.has("Task", "CompletedDateTime"):
        return []
    why = "When a task was finished is not known: only open tasks can be on time or overdue."
    return [Gap("Task", "CompletedDateTime", why)]


def reduce(scope: Scope) -> None:
    """Add evidence (eligible, good) and findings for each owner, dated on the as-of day."""
    made, done = local_day("t.created", "p.clock"), local_day("t.completed", "p.clock")
    today, days = f"DATE '{scope.as_of}'", int(scope.rules.tasks.closed_within_days)
    is_late = f"t.open_id IS NOT NULL AND t.due < {today}"
    judged = f"""
        FROM staged_Task t JOIN users p ON p.u = t.owner AND p.scored
        WHERE t.due IS NOT NULL AND t.is_row AND CASE
            WHEN t.is_done THEN {done} > {made} AND {done} BETWEEN {today} - {days - 1} AND {today}
            ELSE coalesce({made} < {today}, true) END
    """
    scope.connection.execute(
        f"INSERT INTO evidence SELECT p.u, ?, ?, 0, count(*), count(*) FILTER (NOT ({is_late})), count(*)"
        f" {judged} GROUP BY p.u",
        [MEASURE, scope.as_of],
    )
    late = f"""(
        SELECT p.u, t.open_id AS id, coalesce(t.subject, 'Task') AS name,
            NULL::DECIMAL(18, 2) AS amount, ['{FAULT}'] AS faults {judged} AND {is_late})
    """
    findings.keep(scope.connection, MEASURE, late)
