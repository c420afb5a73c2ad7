"""Measures of the rules' own: rows of one object for which conditions hold, counted by owner.

Every query is put together here from shapes that the rule set's validation has made: names of
objects and fields from a list or of a strict form, operators from a list, values as literals.
Count and money measures leave out what an excluded user, or one that is no person, created
(`seen` has it); amounts below zero and those that cannot be converted are not added. The rows of
recurring series are never counted, nor are records that were made after the as-of day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.evidence import findings, own_fields, typed
from service.evidence.clocks import local_day
from service.evidence.pages import quoted
from service.evidence.staging import start_day
from service.scoring.composition import DaysFromToday
from service.tables import Gap

if TYPE_CHECKING:
    from service.evidence.staging import Scope
    from service.scoring.composition import Composition, Condition, Value
    from service.scoring.rule_set import Measure

_OWNERS = {"OwnerId": "owner", "CreatedById": "creator", "LastModifiedById": "modifier"}
_TITLES = {"User": "Name", "Account": "Name", "Lead": "Company", "Opportunity": "Name"}
_COMPARE = {"is": "=", "at_least": ">=", "at_most": "<="}
_DAYS = ("date", "datetime")


def why_absent(scope: Scope, counts: Composition) -> str | None:
    """Why the measure cannot be counted for anyone, or None."""
    name = counts.object_name
    if not scope.tables.has(name):
        return f"The data have no {name}."
    fields = [counts.owner_field, *(one.field for one in counts.conditions)]
    fields += [one for one in (counts.day_field, counts.amount_field) if one]
    missing = [one for one in dict.fromkeys(fields) if not _has(scope, name, one)]
    return f"{name} lacks {', '.join(missing)}, so it cannot be counted." if missing else None


def _has(scope: Scope, name: str, field: str) -> bool:
    if field not in own_fields.custom(scope.rules, name):
        return scope.tables.has(name, field)
    query = f'SELECT 1 FROM staged_{name} WHERE "own_{field}" IS NOT NULL LIMIT 1'  # noqa: S608 - of a strict form
    return scope.connection.execute(query).fetchone() is not None


def reduce(scope: Scope, measure: Measure, counts: Composition) -> list[Gap]:
    """Add evidence of one measure, and findings of a share; returns what could not be read."""
    if measure.kind == "share":
        _share(scope, measure, counts)
    elif measure.kind == "hygiene":
        _hygiene(scope, measure, counts)
    else:
        _by_day(scope, measure, counts)
    return _unreadable(scope, measure, counts)


def _by_day(scope: Scope, measure: Measure, counts: Composition) -> None:
    """One row a person and day: acts, or hundredths and deals."""
    done, seen = "count(*) FILTER (NOT loaded)", "count(*)"
    if measure.kind == "money":
        added = "NOT loaded AND amount > 0"
        done = f"coalesce(sum(amount * 100) FILTER ({added}), 0)::BIGINT"
        seen = f"count(*) FILTER ({added})"
    amount = "e.corporate" if measure.kind == "money" else "NULL::DECIMAL(18, 2)"
    scope.connection.execute(f"""
        INSERT INTO evidence
        SELECT u, '{measure.name}', day, {done}, 0, 0, {seen} FROM (
            SELECT p.u, {_day(counts)} AS day, {_loaded(scope, counts)} AS loaded, {amount} AS amount
            {_rows(scope, counts)} AND {_all_hold(scope, counts, counts.predicate)}
        ) WHERE {scope.days("day", scope.checked_since if measure.kind == "money" else None)}
        GROUP BY u, day HAVING {done} > 0 OR {seen} > 0
    """)  # noqa: S608 - see above


def _share(scope: Scope, measure: Measure, counts: Composition) -> None:
    """Good of all, dated on the as-of day, and the records that are not good."""
    name, table = counts.object_name, f"judged_{measure.name}"
    record = 'e."own_Id"' if name in own_fields.STAGED else "e.Id"
    title = f'coalesce(e."{_TITLES[name]}", {record})' if name in _TITLES else record
    amount = "e.corporate" if name == "Opportunity" else "NULL::DECIMAL(18, 2)"
    scope.connection.execute(f"""
        CREATE TABLE {table} AS
        SELECT p.u, left({record}, 15) AS id, {title} AS name, {amount} AS amount,
            CASE WHEN {_all_hold(scope, counts, counts.good)} THEN [] ELSE ['{measure.name}'] END AS faults
        {_rows(scope, counts)} AND {_all_hold(scope, counts, counts.predicate)} AND {_is_made(scope, counts)};
        INSERT INTO evidence
        SELECT u, '{measure.name}', DATE '{scope.as_of}', 0, count(*), count(*) FILTER (len(faults) = 0), count(*)
        FROM {table} GROUP BY u
    """)  # noqa: S608
    findings.keep(scope.connection, measure.name, table)


def _hygiene(scope: Scope, measure: Measure, counts: Composition) -> None:
    """Records out of order, dated on the as-of day."""
    scope.connection.execute(f"""
        INSERT INTO evidence
        SELECT p.u, '{measure.name}', DATE '{scope.as_of}', count(*), 0, 0, count(*)
        {_rows(scope, counts)} AND {_all_hold(scope, counts, counts.predicate)} AND {_is_made(scope, counts)}
        GROUP BY p.u
    """)


def _rows(scope: Scope, counts: Composition) -> str:
    """SQL: the staged rows `e`, their owner `p` and their creator `c`."""
    name = counts.object_name
    owner = "p.id = e.Id" if name == "User" else f"p.u = e.{_OWNERS[counts.owner_field]}"
    creator = "LEFT JOIN users c ON c.u = e.creator" if _tells_creator(scope, counts) else ""
    is_row = "e.is_row" if name in own_fields.STAGED else "true"
    return f"FROM staged_{name} e JOIN users p ON {owner} AND p.scored {creator} WHERE {is_row}"


def _tells_creator(scope: Scope, counts: Composition) -> bool:
    return scope.tables.has(counts.object_name, "CreatedById")


def _loaded(scope: Scope, counts: Composition) -> str:
    return "coalesce(c.robot, false)" if _tells_creator(scope, counts) else "false"


def _is_made(scope: Scope, counts: Composition) -> str:
    """SQL: the record was not made after the as-of day."""
    if not scope.tables.has(counts.object_name, "CreatedDate"):
        return "true"
    made = "e.CreatedDate" if counts.object_name == "User" else "e.created"
    return f"coalesce({local_day(made, 'p.clock')} <= DATE '{scope.as_of}', true)"


def _day(counts: Composition) -> str:
    """SQL: the day on which a row counts, on its owner's clock."""
    name, field = counts.object_name, counts.day_field or ""
    staged = own_fields.STAGED.get(name, {}).get(field, f'e."{field}"')
    return _local(name, field, staged, typed.kinds(name)[field])


def _local(name: str, field: str, staged: str, kind: str) -> str:
    if (name, field) == ("Event", "StartDateTime"):
        return start_day("p.clock")
    return local_day(staged, "p.clock") if kind == "datetime" else staged


def _all_hold(scope: Scope, counts: Composition, conditions: tuple[Condition, ...]) -> str:
    return " AND ".join(_holds(scope, counts, one) for one in conditions) or "true"


def _holds(scope: Scope, counts: Composition, condition: Condition) -> str:
    """SQL that is true or false, never NULL: an empty field equals nothing."""
    value = _value(scope, counts, condition)
    if condition.operator == "is_empty":
        empty = (
            f"coalesce(trim({value}), '') = ''" if condition.kind == "text" else f"{value} IS NULL"
        )
        return f"({empty})" if condition.values[0] else f"(NOT ({empty}))"
    literals = ", ".join(_literal(scope, condition, one) for one in condition.values)
    if condition.kind == "text":
        value = f"lower(trim({value}))"
    if condition.kind == "boolean":
        value = f"coalesce({value}, false)"
    if condition.operator in ("in", "is", "is_not"):
        found = f"coalesce({value} IN ({literals}), false)"
        return f"(NOT {found})" if condition.operator == "is_not" else f"({found})"
    return f"(coalesce({value} {_COMPARE[condition.operator]} {literals}, false))"


def _value(scope: Scope, counts: Composition, condition: Condition) -> str:
    """SQL of the field: a custom field as what the condition takes it for, a time as its day."""
    name = counts.object_name
    value = own_fields.staged(name, condition, scope.rules)
    if condition.is_custom:
        value = _cast(scope, condition, value)
    if condition.kind == "id":
        value = f"left({value}, 15)"
    if condition.kind in _DAYS and condition.operator != "is_empty":
        return _local(name, condition.field, value, condition.kind)
    return value


def _cast(scope: Scope, condition: Condition, text: str) -> str:
    """SQL of a custom field's text as what a condition takes it for; NULL where it is none."""
    filled = f"nullif(trim({text}), '')"
    if condition.kind in ("number", "rate"):
        return f"TRY_CAST({filled} AS DECIMAL(36, 10))"
    return typed.cast(condition.kind, filled, scope.tables.naive_zone)


def _literal(scope: Scope, condition: Condition, value: Value) -> str:
    if condition.kind == "boolean":
        return "true" if value else "false"
    if condition.kind in ("number", "rate"):
        return f"{value:f}"
    if condition.kind in _DAYS:
        day = value.on(scope.as_of) if isinstance(value, DaysFromToday) else value
        return f"DATE '{day}'"
    text = quoted(str(value)[:15] if condition.kind == "id" else str(value))
    return text if condition.kind == "id" else f"lower(trim({text}))"


def _unreadable(scope: Scope, measure: Measure, counts: Composition) -> list[Gap]:
    """Custom fields with texts that are not what a condition takes them for: they count as empty."""
    found = []
    for one in counts.conditions:
        if not one.is_custom or one.kind == "text":
            continue
        raw = own_fields.staged(counts.object_name, one, scope.rules)
        value = _cast(scope, one, raw)
        (count,) = scope.connection.execute(f"""
            SELECT count(*) FROM staged_{counts.object_name} e WHERE trim({raw}) <> '' AND ({value}) IS NULL
        """).fetchall()[0]  # noqa: S608
        if count:
            why = f"{count} values of {one.field} are no {one.kind} and count as empty for {measure.label}."
            found.append(Gap(counts.object_name, one.field, why))
    return found
