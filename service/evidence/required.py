"""Required fields: of a person's open records, those in which no field of the rule set's list is empty.

Opportunities are open until they are closed, leads until they are converted, accounts always. A
field that is empty in every row, or hidden from us, proves nothing about anybody: it is left out
and named. A record made after the as-of day is not judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.evidence import findings
from service.evidence.pages import quoted
from service.evidence.typed import local_day
from service.tables import Gap

if TYPE_CHECKING:
    from service.evidence.staging import Scope

MEASURE = "required_fields"
#: object -> SQL of an open row, the column it needs, the column that names a record
_OPEN = {
    "Account": ("true", "Id", "Name"),
    "Lead": ("NOT coalesce(r.IsConverted, false)", "IsConverted", "Company"),
    "Opportunity": ("NOT coalesce(r.IsClosed, false)", "IsClosed", "Name"),
}


def listed(scope: Scope, name: str) -> tuple[str, ...]:
    """The required fields of an object that this reading can judge."""
    needed = ("Id", "OwnerId", _OPEN[name][1]) if name in _OPEN else ()
    if not needed or not scope.tables.has(name, *needed):
        return ()
    fields = scope.rules.required_fields.get(name, ())
    return tuple(field for field in fields if scope.tables.has(name, field))


def columns(scope: Scope, name: str) -> tuple[str, ...]:
    """Columns to stage an object with, beside those that other measures need."""
    fields = listed(scope, name)
    return ("Id", *_OPEN[name][1:], *fields) if fields else ()


def when(scope: Scope, name: str) -> str:
    """SQL: rows that are judged, whenever they were made."""
    return _OPEN[name][0] if listed(scope, name) else "false"


def keeps(scope: Scope, name: str) -> str:
    """SQL: select list of a staged object; `lacks` is NULL for what is not judged."""
    faults = _faults(name, listed(scope, name))
    if not faults:
        return (
            "NULL::VARCHAR[] AS lacks, NULL::VARCHAR AS lacking_id, NULL::VARCHAR AS lacking_name"
        )
    title = f'coalesce(r."{_OPEN[name][2]}", r.Id)'
    return f"""
        CASE WHEN {_OPEN[name][0]} THEN {faults} END AS lacks,
        CASE WHEN len(lacks) > 0 THEN r.Id END AS lacking_id,
        CASE WHEN len(lacks) > 0 THEN {title} END AS lacking_name
    """


def _faults(name: str, fields: tuple[str, ...]) -> str:
    cases = ", ".join(
        f"""CASE WHEN r."{field}" IS NULL THEN {quoted(f"{name}.{field}")} END"""
        for field in fields
    )
    return f"list_filter([{cases}], lambda f : f IS NOT NULL)" if cases else ""


def why_absent(scope: Scope) -> str | None:
    """Why no record can be judged, or None."""
    if not scope.rules.required_fields:
        return "The rule set requires no field."
    if any(listed(scope, name) for name in scope.rules.required_fields):
        return None
    return "The data has none of the fields that the rule set requires."


def gaps(scope: Scope) -> list[Gap]:
    """Required fields that are left out for everyone."""
    return [
        Gap(name, field, f"Nobody is asked to fill in {name}.{field}: the data cannot show it.")
        for name, fields in scope.rules.required_fields.items()
        for field in fields
        if field not in listed(scope, name)
    ]


def reduce(scope: Scope) -> None:
    """Add evidence (eligible, good) and findings for each owner, dated on the as-of day."""
    names = [name for name in _OPEN if listed(scope, name)]
    rows = " UNION ALL ".join(_judged(scope, name) for name in names)
    scope.connection.execute(f"CREATE TABLE judged_fields AS {rows}")
    scope.connection.execute(
        "INSERT INTO evidence SELECT u, ?, ?, 0, count(*), count(*) FILTER (len(faults) = 0), count(*)"
        " FROM judged_fields GROUP BY u",
        [MEASURE, scope.as_of],
    )
    findings.keep(scope.connection, MEASURE, "judged_fields")


def _judged(scope: Scope, name: str) -> str:
    amount = "x.corporate" if name == "Opportunity" else "NULL::DECIMAL(18, 2)"
    made = local_day("x.created", "p.zone")
    return f"""
        SELECT p.u, x.lacking_id AS id, x.lacking_name AS name, {amount} AS amount, x.lacks AS faults
        FROM staged_{name} x JOIN users p ON p.u = x.owner AND p.scored
        WHERE x.lacks IS NOT NULL AND coalesce({made} <= DATE '{scope.as_of}', true)
    """  # noqa: S608 - names are ours
