"""Healthy open opportunities, by `[healthy_opportunities]` of the rules (docs/rules.md).

Only the present state is read, so the evidence is dated on the as-of day and is right only for
a reading of about that day. A criterion that the data cannot decide is left out for everyone and
named as a gap; an opportunity is healthy when no criterion that was applied finds a fault.

How long a stage may last comes from the won deals of the same customer size (`stages`); where too
few of them show it, or the data have no history, the rule set's `stage_age_days` is the limit, as
it stands, and without one the age of that stage is not judged.
Fields: https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunity.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.evidence import findings, next_step, stages
from service.evidence.clocks import local_day
from service.evidence.ids import to_18
from service.evidence.segments import segment
from service.scoring.healthy import Limit, Yardstick
from service.tables import Gap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.evidence.staging import Scope
    from service.tables import Tables

MEASURE = "healthy_opportunities"
_ROWS_AT_ONCE = 10_000
_NEEDED = ("Id", "OwnerId", "IsClosed", "CloseDate")


def why_absent(tables: Tables) -> str | None:
    """Why no opportunity can be judged, or None."""
    missing = [name for name in _NEEDED if not tables.has("Opportunity", name)]
    return f"Opportunity lacks {', '.join(missing)}, so none can be judged." if missing else None


def reduce(scope: Scope) -> list[Gap]:
    """Add evidence (eligible, good) and findings for each owner; returns criteria left out."""
    any_activity = next_step.load(scope)
    stages.load(scope)
    criteria, gaps = _criteria(scope, any_activity=any_activity)
    scope.connection.execute(
        "CREATE TABLE healthy_by AS SELECT unnest(?::VARCHAR[]) AS criterion", [list(criteria)]
    )
    faults = ", ".join(f"CASE WHEN {sql} THEN '{code}' END" for code, sql in criteria.items())
    scope.connection.execute(f"""
        CREATE TABLE judged AS
        SELECT p.u, x.Id AS id, coalesce(x.Name, x.Id) AS name, x.corporate AS amount,
            list_filter([{faults}], lambda f : f IS NOT NULL) AS faults
        {_open(scope)}
    """)
    scope.connection.execute(
        "INSERT INTO evidence SELECT u, ?, ?, 0, count(*), count(*) FILTER (len(faults) = 0), count(*)"
        " FROM judged GROUP BY u",
        [MEASURE, scope.as_of],
    )
    findings.keep(scope.connection, MEASURE, "judged")
    return gaps


def _open(scope: Scope) -> str:
    """SQL: the open opportunities that are judged, with what they are judged by."""
    return f"""
        FROM staged_Opportunity x JOIN users p ON p.u = x.owner AND p.scored
        LEFT JOIN next_steps n ON n.opportunity = x.Id
        LEFT JOIN stage_now s ON s.id = x.Id
        LEFT JOIN staged_Account a ON a.Id = x.AccountId
        LEFT JOIN stage_medians m ON m.stage = x.StageName
            AND m.segment IS NOT DISTINCT FROM {segment("a.NumberOfEmployees", scope.rules)}
        WHERE NOT x.IsClosed AND coalesce({local_day("x.created", "p.clock")} <= DATE '{scope.as_of}', true)
    """  # values are dates and numbers


def judged(scope: Scope) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every open opportunity that was judged: its id and its faults, () where it is healthy."""
    found = scope.connection.cursor().execute("SELECT id, faults FROM judged ORDER BY id")
    while rows := found.fetchmany(_ROWS_AT_ONCE):
        yield from ((to_18(record_id), tuple(faults)) for record_id, faults in rows)


def yardstick(scope: Scope) -> Yardstick | None:
    """What the opportunities were judged by, for whoever judges a single one; None: they were not."""
    if why_absent(scope.tables):
        return None
    rules, ask = scope.rules, scope.connection.execute
    criteria = tuple(code for (code,) in ask("SELECT criterion FROM healthy_by").fetchall())
    limits = ask(f"""
        SELECT m.segment, m.stage, floor({stages.age_limit(scope)})::INTEGER AS days FROM stage_medians m
        WHERE m.deals >= {int(rules.healthy.stage_median_at_least)} ORDER BY ALL
    """).fetchall()  # noqa: S608 - numbers
    return Yardstick(
        criteria=criteria,
        next_step_within_days=rules.healthy.next_step_within_days,
        any_text_is_a_next_step=not next_step.any_activity(scope),
        pushes_below=rules.healthy.pushes_below,
        corporate_below=rules.corporate_below,
        limits=tuple(Limit(*one) for one in limits),
        other_days=rules.healthy.stage_age_days,
        texts={code: text for code, text in rules.fault_texts.items() if code in criteria},
    )


def _criteria(scope: Scope, *, any_activity: bool) -> tuple[dict[str, str], list[Gap]]:
    """Fault code -> SQL that is true when an opportunity has it; and what is left out."""
    gaps: list[Gap] = []
    found = {"close_date_past": f"x.CloseDate < DATE '{scope.as_of}'"}
    has_next, has_text = _has_next_step(scope, gaps, any_activity=any_activity)
    if has_next:
        found["no_next_step"] = f"NOT {has_next}"
    age = _too_old(scope, gaps)
    if age:
        found["stage_too_old"] = age
    if scope.tables.has("Opportunity", "Amount"):
        found["amount_missing"] = "x.Amount IS NULL"
    else:
        gaps.append(_left_out("Amount", "a missing amount"))
    pushes = _pushes(scope)
    if has_next and pushes:
        below = int(scope.rules.healthy.pushes_below)
        # A step of unknown age may be newer than the pushes, and so may any without a history.
        is_dated = (
            "s.pushes IS NOT NULL AND (n.opportunity IS NULL OR n.made IS NOT NULL)"
            f" AND (s.written IS NOT NULL OR NOT {has_text})"
        )
        found["pushed_twice"] = f"{pushes} >= {below} AND (NOT {has_next} OR ({is_dated}))"
    else:
        gaps.append(
            _left_out("PushCount", "a close date pushed again and again without a next step")
        )
    return found, gaps


def _left_out(column: str, what: str) -> Gap:
    return Gap(
        "Opportunity", column, f"The data cannot show {what}, so no opportunity is judged by it."
    )


def _has_next_step(scope: Scope, gaps: list[Gap], *, any_activity: bool) -> tuple[str | None, str]:
    """SQL: whether a next step is near (None: the data cannot show it); whether a written one is."""
    has_text = scope.tables.has("Opportunity", "NextStep")
    if not any_activity and not has_text:
        gaps.append(_left_out("NextStep", "a next step"))
        return None, "false"
    near = "n.opportunity IS NOT NULL"
    if not has_text:
        return f"({near})", "false"
    if not any_activity:
        gaps.append(
            Gap(
                "Opportunity",
                "NextStep",
                "No activity relates to an opportunity: any text in NextStep counts.",
            )
        )
        return "(x.NextStep IS NOT NULL)", "(x.NextStep IS NOT NULL)"
    text = f"coalesce({next_step.written_near(scope, 'x.NextStep')}, false)"
    return f"({near} OR {text})", text


def _too_old(scope: Scope, gaps: list[Gap]) -> str | None:
    fixed, has_history = scope.rules.healthy.stage_age_days, stages.has_stages(scope.tables)
    is_dated = has_history or scope.tables.has("Opportunity", "LastStageChangeDate")
    if not is_dated or (fixed is None and not stages.are_known(scope)):
        gaps.append(
            _left_out("LastStageChangeDate", "for how long an opportunity may stay in its stage")
        )
        return None
    if fixed is None and _is_any_undated(scope):
        gaps.append(_few_deals(scope))
    # The field stays empty until the stage changes for the first time.
    in_history = "CASE WHEN s.stage = x.StageName THEN s.entered END"
    entered = local_day(f"coalesce(x.LastStageChangeDate, {in_history}, x.created)", "p.clock")
    return f"DATE '{scope.as_of}' - {entered} > {stages.age_limit(scope)}"


def _is_any_undated(scope: Scope) -> bool:
    """Whether there is an open opportunity whose stage nobody knows the usual age of."""
    query = f"SELECT 1 {_open(scope)} AND {stages.age_limit(scope)} IS NULL LIMIT 1"
    return scope.connection.execute(query).fetchone() is not None


def _few_deals(scope: Scope) -> Gap:
    least = scope.rules.healthy.stage_median_at_least
    why = (
        f"An opportunity is judged by the age of its stage where {least} won deals of the same "
        "customer size show how long that stage takes; others are not."
    )
    return Gap("OpportunityHistory", None, why)


def _pushes(scope: Scope) -> str | None:
    """SQL: how often the close date was pushed, or None where the data do not show it."""
    has_field = scope.tables.has("Opportunity", "PushCount")
    if not stages.has_pushes(scope.tables):
        return "x.PushCount" if has_field else None
    return "coalesce(s.pushes, x.PushCount)" if has_field else "s.pushes"
