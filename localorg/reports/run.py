"""Runs a report as one user: with their sharing, their fields, in their time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from localorg.metadata import deployed
from localorg.reports import types
from localorg.reports.criteria import compile_filter
from localorg.reports.definition import Definition, Grouping, RefusedError
from localorg.reports.reach import Reach, Reached
from localorg.reports.result import MOST_ROWS, Result, Row, Shown, Tally
from localorg.rights import access
from localorg.rights.sharing import below

if TYPE_CHECKING:
    import sqlite3

    from localorg.object_type import Field
    from localorg.rights.access import Viewer
    from localorg.schema import Schema

#: Scopes of all records, of the viewer's own, and of the viewer and those below their role.
_ALL = frozenset({"organization", "org"})
_OWN, _TEAM = "user", "team"
#: The parameters of standard report types, with the condition each value means; None: no limit.
#: https://help.salesforce.com/s/articleView?id=sf.reports_filtering_standard.htm
_PARAMETERS: dict[str, dict[str, dict[str, tuple[str, int] | None]]] = {
    "User": {"active": {"active": ("IsActive", 1), "all": None}},
    "Opportunity": {
        "open": {
            "all": None, "open": ("IsClosed", 0), "closed": ("IsClosed", 1),
            "closedwon": ("IsWon", 1),
        },
        "probability": {">0": None, "0": None},
    },
    "Activity": {
        "closed": {"all": None, "open": ("IsClosed", 0), "closed": ("IsClosed", 1)},
        "type": {"te": None, "t": ("IsTask", 1), "e": ("IsTask", 0)},
    },
}  # fmt: skip
RUN_REPORTS = "RunReports"


@dataclass
class _Run:
    """One report on its way: its tables, its columns, its condition."""

    definition: Definition
    reach: Reach
    zone: ZoneInfo
    condition: str = "1"
    bound: tuple[object, ...] = ()

    def column(self, name: str) -> Reached:
        """A column that the report cannot do without."""
        found = self.reach.column(name)
        if found is None:
            raise RefusedError(f"You have no access to {name}, by which this report works")
        return found

    def rows(self, db: sqlite3.Connection, selected: list[str], tail: str) -> list[Any]:
        """What the report selects of the records that pass its filter."""
        sql = f"SELECT {', '.join(selected)} {self.reach.from_sql} AND {self.condition} {tail}"
        return db.execute(sql, [*self.reach.parameters, *self.bound]).fetchall()


def run(
    schema: Schema,
    db: sqlite3.Connection,
    definition: Definition,
    user_id: str,
    *,
    details: bool = True,
) -> Result:
    """Run a report as that user. `RefusedError` for what cannot be drawn, or not for them."""
    viewer = access.viewer_of(db, user_id)
    if not viewer.has(RUN_REPORTS):
        raise RefusedError("You may not run reports: the permission Run Reports is missing")
    components = {one.component.key: one.component for one in deployed.stored(db)}
    type_ = types.find(definition.report_type, components)
    reach = Reach(schema, viewer, type_, components)
    one = _Run(definition, reach, _zone(db, user_id))
    columns = {name: reach.column(name) for name in definition.columns}
    groups = [one.column(grouping.column) for grouping in definition.groupings]
    one.condition, one.bound = _condition(one, type_, viewer)
    _register(db, one.zone)
    seen = {name: found for name, found in columns.items() if found is not None}
    cells, labels = _tally(db, one, groups, seen)
    rows = _details(db, one, groups, seen) if details else ()
    names = list(seen)
    aggregates = tuple(
        (at, kind, _shown(name, seen[name]))
        for at, (name, kind) in enumerate(_summarised(definition, seen))
    )
    return Result(
        definition=definition,
        columns=tuple(_shown(name, seen[name]) for name in names),
        groupings=tuple(
            _shown(grouping.column, found)
            for grouping, found in zip(definition.groupings, groups, strict=True)
        ),
        aggregates=aggregates,
        cells=cells,
        labels=labels,
        rows=rows[:MOST_ROWS],
        complete=len(rows) <= MOST_ROWS,
    )


def _zone(db: sqlite3.Connection, user_id: str) -> ZoneInfo:
    row = db.execute('SELECT "TimeZoneSidKey" FROM "User" WHERE "Id" = ?', (user_id,)).fetchone()
    return ZoneInfo((row and row[0]) or "UTC")


def _register(db: sqlite3.Connection, zone: ZoneInfo) -> None:
    def local_day(moment: str | None) -> str | None:
        if not moment:
            return None
        return datetime.fromisoformat(moment).astimezone(zone).date().isoformat()

    db.create_function("local_day", 1, local_day)


def _condition(
    one: _Run, type_: types.ReportType, viewer: Viewer
) -> tuple[str, tuple[object, ...]]:
    parts, bound = [], []
    if type_.standard:
        for name, value in one.definition.params.items():
            parts.append(_parameter(one, type_, name, value))
    sql, more = _scope(one, viewer)
    parts.append(sql)
    bound += more

    def column(name: str) -> tuple[Field, str]:
        found = one.column(name)
        return found.field, found.sql

    sql, filtered = compile_filter(one.definition, column, one.zone)
    return " AND ".join([*parts, sql]), (*bound, *filtered)


def _parameter(one: _Run, type_: types.ReportType, name: str, value: str) -> str:
    if name == "co":  # "show me", a leftover: 1 in every report of every org
        return "1"
    known = _PARAMETERS.get(type_.name, {}).get(name, {})
    if value not in known:
        raise RefusedError(f"This org cannot draw the parameter {name} = {value} of {type_.name}")
    said = known[value]
    return f"{one.reach.field(said[0])} = {said[1]}" if said else "1"


def _scope(one: _Run, viewer: Viewer) -> tuple[str, list[object]]:
    """https://help.salesforce.com/s/articleView?id=sf.reports_filtering_standard.htm."""
    scope, owner = one.definition.scope, one.reach.field("OwnerId")
    if scope in _ALL or owner is None:
        return "1", []
    if scope == _OWN:
        return f"{owner} = ?", [viewer.user_id]
    if scope == _TEAM:
        return f"({owner} = ? OR {owner} IN ({below()}))", [viewer.user_id, viewer.user_id]
    raise RefusedError(f"This org cannot draw the scope {scope}")


def _key(grouping: Grouping, found: Reached) -> str:
    """What makes a group: the record behind a name, the day, month or year of a date."""
    if found.field.type not in {"date", "datetime"}:
        return found.key_sql
    day = f"local_day({found.sql})" if found.field.type == "datetime" else found.sql
    length = {"Day": 10, "Month": 7, "Year": 4}[grouping.granularity]
    return f"substr({day}, 1, {length})"


def _label(found: Reached, key: Any, said: Any) -> str:  # noqa: ANN401  # as stored
    if key is None or said is None:
        return "-"
    if found.field.type == "boolean":
        return "True" if said else "False"
    if found.field.type in {"date", "datetime"}:
        return _period(str(key))
    if found.words:
        return found.words.get(str(said), str(said))
    if isinstance(said, float) and said.is_integer():
        return str(int(said))
    return str(said)


def _period(key: str) -> str:
    if len(key) == len("2026-11"):
        return date.fromisoformat(f"{key}-01").strftime("%B %Y")
    return key


def _summarised(definition: Definition, seen: dict[str, Reached]) -> list[tuple[str, str]]:
    return [(name, kind) for name, kind in definition.aggregates if name in seen]


def _tally(
    db: sqlite3.Connection, one: _Run, groups: list[Reached], seen: dict[str, Reached]
) -> tuple[dict[tuple[Any, ...], Tally], tuple[dict[Any, str], ...]]:
    keys = [_key(g, found) for g, found in zip(one.definition.groupings, groups, strict=True)]
    selected = [*keys, *(f"MIN({found.sql})" for found in groups), "COUNT(*)"]
    for name, _ in _summarised(one.definition, seen):
        sql = seen[name].sql
        selected += [f"TOTAL({sql})", f"COUNT({sql})", f"MIN({sql})", f"MAX({sql})"]
    tail = f"GROUP BY {', '.join(keys)}" if keys else ""
    cells: dict[tuple[Any, ...], Tally] = {}
    labels: tuple[dict[Any, str], ...] = tuple({} for _ in groups)
    for row in one.rows(db, selected, tail):
        many = len(groups)
        at, said, count, stats = (
            row[:many],
            row[many : 2 * many],
            row[2 * many],
            row[2 * many + 1 :],
        )
        for level, (key, text) in enumerate(zip(at, said, strict=True)):
            labels[level][key] = _label(groups[level], key, text)
        fours = tuple(tuple(stats[start : start + 4]) for start in range(0, len(stats), 4))
        if count:
            cells[tuple(at)] = Tally(count, fours)
    return cells, labels


def _details(
    db: sqlite3.Connection, one: _Run, groups: list[Reached], seen: dict[str, Reached]
) -> tuple[Row, ...]:
    keys = [_key(g, found) for g, found in zip(one.definition.groupings, groups, strict=True)]
    found = list(seen.values())
    selected = [*keys, *(column.sql for column in found), *(column.key_sql for column in found)]
    order = f'{one.reach.base}."Id"'
    if one.definition.sort_column in seen:
        direction = "DESC" if one.definition.sort_descending else "ASC"
        order = f"{seen[one.definition.sort_column].sql} {direction}, {order}"
    tail = f"ORDER BY {order} LIMIT {MOST_ROWS + 1}"
    rows = []
    for row in one.rows(db, selected or ["1"], tail):
        at, many = len(keys), len(found)
        values, behind = row[at : at + many], row[at + many : at + 2 * many]
        values = [column.words.get(one, one) for column, one in zip(found, values, strict=True)]
        ids = tuple(
            key if column.field.name_field else None
            for column, key in zip(found, behind, strict=True)
        )
        rows.append(Row(tuple(row[:at]), tuple(values), ids))
    return tuple(rows)


def _shown(name: str, found: Reached) -> Shown:
    return Shown(name, found.label, found.field.type, found.field.scale)
