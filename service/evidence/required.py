"""Required fields: of a person's open records, those in which no field of the rule set's list is empty.

Opportunities are open until they are closed, leads until they are converted, accounts always. A
field that is empty in every row, or hidden from us, proves nothing about anybody: it is left out
and named. A record made after the as-of day is not judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.evidence import findings
from service.evidence.clocks import local_day
from service.evidence.pages import quoted
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


def _faults(name: str, fields: tuple[str, ...]) -> str:
    cases = ", ".join(
        f"""CASE WHEN r."{field}" IS NULL THEN {quoted(f"{name}.{field}")} END"""
        for field in fields
    )
    return f"list_filter([{cases}], lambda f : f IS NOT NULL)"


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
    is_open, _, title = _OPEN[name]
    amount = "r.corporate" if name == "Opportunity" else "NULL::DECIMAL(18, 2)"
    made = local_day("r.created", "p.clock")
    return f"""
        SELECT p.u, r.Id AS id, coalesce(r."{title}", r.Id) AS name, {amount} AS amount,
            {_faults(name, listed(scope, name))} AS faults
        FROM staged_{name} r JOIN users p ON p.u = r.owner AND p.scored
        WHERE {is_open} AND coalesce({made} <= DATE '{scope.as_of}', true)
    """  # noqa: S608 - names are ours
