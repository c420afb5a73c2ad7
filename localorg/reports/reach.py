"""The tables of one report: its object, the children joined to it, the parents it looks up.

Every table is read with the viewer's sharing, every field with their field-level security. The
names of roles and profiles are shown in reports to everybody: the permission that the API wants
for them is about Setup.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from localorg import times
from localorg.metadata import model
from localorg.object_type import Field, ObjectType, new_field
from localorg.reports.definition import RefusedError
from localorg.rights.permissions import Rights
from localorg.rights.sharing import visible
from localorg.tables import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from localorg.metadata.model import Component
    from localorg.reports.types import ReportType
    from localorg.rights.access import Viewer
    from localorg.schema import Schema

_SHOWN_TO_ALL = Rights(user=frozenset({"ViewSetup", "ViewRoles"}))
#: What tasks and events have in common: the fields of Activity that reports of this org use.
_ACTIVITY = {
    "Id": "Id", "OwnerId": "OwnerId", "Subject": "Subject", "ActivityDate": "ActivityDate",
    "CreatedDate": "CreatedDate", "LastModifiedDate": "LastModifiedDate", "IsDeleted": "IsDeleted",
    "AccountId": "AccountId", "WhatId": "WhatId", "WhoId": "WhoId",
}  # fmt: skip
_TASK_ONLY = ("Status", "Priority", "IsClosed")


@dataclass(frozen=True)
class Reached:
    """A column: what it holds and where it is. `key_sql` names the record behind a name."""

    field: Field
    sql: str
    key_sql: str
    label: str
    words: Mapping[str, str] = dataclasses.field(
        default_factory=dict
    )  #: labels of a custom picklist's values


@dataclass(frozen=True)
class _Table:
    thing: ObjectType
    alias: str


class Reach:
    """Collects the joins of one report for one viewer."""

    def __init__(
        self,
        schema: Schema,
        viewer: Viewer,
        type_: ReportType,
        deployed: Mapping[tuple[str, str], Component],
    ) -> None:
        self._schema, self._type, self._deployed = schema, type_, deployed
        self._viewer = replace(viewer, rights=viewer.rights | _SHOWN_TO_ALL)
        self._joins: list[str] = []
        self._join_parameters: list[str] = []
        self._conditions: list[str] = []
        self._parameters: list[str] = []
        self._parents: dict[tuple[str, str], list[_Table]] = {}
        self._next = 0
        self._tables = {"": self._base()}
        for join in type_.joins:
            parent = "" if join.parent == type_.object else join.parent
            self._tables[join.table] = self._child(
                self._tables[parent], join.relationship, outer=join.outer
            )

    @property
    def base(self) -> str:
        """The alias of the report type's own object."""
        return self._tables[""].alias

    @property
    def from_sql(self) -> str:
        """FROM and WHERE of the report, without its filter."""
        return f"{' '.join(self._joins)} WHERE {' AND '.join(self._conditions)}"

    @property
    def parameters(self) -> list[str]:
        """What is bound in `from_sql`, in its order."""
        return [*self._join_parameters, *self._parameters]

    def column(self, name: str) -> Reached | None:
        """The column of that name; None if the viewer may not see it. `RefusedError` if unknown."""
        place = self._type.columns.get(name)
        if place is None:
            raise RefusedError(f"This org cannot draw the column {name} of {self._type.name}")
        tables = [self._tables[place.table]]
        *hops, last = place.path.split(".")
        for hop in hops:
            tables = self._parents_of(tables, hop, name)
        return self._field(tables, last, place.label, name)

    def field(self, name: str) -> str | None:
        """The SQL of a field of the report type's own object."""
        one = self._tables[""].thing.find(name)
        return f"{self.base}.{quoted(one.name)}" if one else None

    def _field(self, tables: list[_Table], last: str, label: str, name: str) -> Reached | None:
        for table in tables:
            link = _lookup(table.thing, last)
            if link is not None and table.thing.find(last) in (None, link):
                if not self._viewer.sees(table.thing, link):
                    return None
                found = self._field(self._parents_of(tables, last, name), "Name", label, name)
                return replace(found, label=label or _lookup_label(link)) if found else None
        known = [(table, table.thing.find(last)) for table in tables]
        if not any(one for _, one in known):
            raise RefusedError(f"This org cannot draw the column {name}: there is no field {last}")
        seen = [(t, one) for t, one in known if one and self._viewer.sees(t.thing, one)]
        if not seen:
            return None
        first = seen[0][1]
        sql = _first([f"{table.alias}.{quoted(one.name)}" for table, one in seen])
        key = _first([f'{table.alias}."Id"' for table, _ in seen]) if first.name_field else sql
        words = _words(self._deployed.get(("CustomField", f"{seen[0][0].thing.name}.{first.name}")))
        return Reached(first, sql, key, label or first.label, words)

    def _base(self) -> _Table:
        table, sql, parameters = self._read(self._type.object)
        self._joins.append(f"FROM {sql}")
        self._join_parameters += parameters
        self._conditions.append(f'{table.alias}."IsDeleted" = 0')
        return table

    def _child(self, parent: _Table, relationship: str, *, outer: bool) -> _Table:
        object_name, lookup = _child_of(self._schema, parent.thing, relationship)
        table, sql, parameters = self._read(object_name)
        kind = "LEFT JOIN" if outer else "JOIN"
        on = f'{table.alias}.{quoted(lookup)} = {parent.alias}."Id" AND {table.alias}."IsDeleted" = 0'
        self._joins.append(f"{kind} {sql} ON {on}")
        self._join_parameters += parameters
        return table

    def _parents_of(self, tables: list[_Table], hop: str, name: str) -> list[_Table]:
        found: list[_Table] = []
        for table in tables:
            link = _lookup(table.thing, hop)
            if link is None or not self._viewer.sees(table.thing, link):
                continue
            key = (table.alias, link.name)
            if key not in self._parents:
                self._parents[key] = [self._parent(table, link, one) for one in link.reference_to]
            found += self._parents[key]
        if not found:
            raise RefusedError(f"This org cannot draw the column {name}: nothing behind {hop}")
        return found

    def _parent(self, table: _Table, link: Field, object_name: str) -> _Table:
        parent, sql, parameters = self._read(object_name)
        self._joins.append(
            f'LEFT JOIN {sql} ON {parent.alias}."Id" = {table.alias}.{quoted(link.name)}'
        )
        self._join_parameters += parameters
        return parent

    def _read(self, name: str) -> tuple[_Table, str, list[str]]:
        """A table, its SQL with the viewer's sharing inside, and what is bound there."""
        alias = f"r{self._next}"
        self._next += 1
        if name == "Activity":
            thing, sql, parameters = self._activity()
            return _Table(thing, alias), f"({sql}) {alias}", parameters
        found = self._viewer.find_object(self._schema, name)
        if found is None:
            raise RefusedError(f"You have no access to {name}, which this report shows")
        condition = visible(self._schema, self._viewer, found, "x")
        if condition is None:
            return _Table(found, alias), f"{quoted(name)} {alias}", []
        sql = f"SELECT x.* FROM {quoted(name)} x WHERE {condition[0]}"  # noqa: S608  # quoted
        return _Table(found, alias), f"({sql}) {alias}", condition[1]

    def _activity(self) -> tuple[ObjectType, str, list[str]]:
        """Tasks and events as one object. An event is closed when it is over."""
        parts, parameters = [], []
        now = times.text(times.now())
        events = ("NULL", "NULL", 'COALESCE(x."EndDateTime" < ?, 0)')
        tasks = tuple(f"x.{quoted(one)}" for one in _TASK_ONLY)
        for name, is_task, more in (("Task", 1, tasks), ("Event", 0, events)):
            thing = self._viewer.find_object(self._schema, name)
            if thing is None:
                raise RefusedError(f"You have no access to {name}, which this report shows")
            shared = [f"x.{quoted(source)} AS {quoted(to)}" for to, source in _ACTIVITY.items()]
            own = [f"{sql} AS {quoted(to)}" for to, sql in zip(_TASK_ONLY, more, strict=True)]
            condition = visible(self._schema, self._viewer, thing, "x") or ("1", [])
            columns = ", ".join([*shared, *own, f'{is_task} AS "IsTask"'])
            parts.append(f"SELECT {columns} FROM {quoted(name)} x WHERE {condition[0]}")  # noqa: S608  # quoted
            parameters += [] if is_task else [now]
            parameters += condition[1]
        return _activity_type(self._schema), " UNION ALL ".join(parts), parameters


def _activity_type(schema: Schema) -> ObjectType:
    task = schema.get("Task")
    fields = {name: task.fields[name] for name in (*_ACTIVITY, *_TASK_ONLY)}
    fields["IsTask"] = new_field("IsTask", "boolean", "Task")
    return ObjectType("Activity", "Activity", "Activities", fields=fields)


def _words(one: Component | None) -> dict[str, str]:
    values = one.every("valueSet", "valueSetDefinition", "value") if one else ()
    return {model.text(value, "fullName"): model.text(value, "label") for value in values}


def _lookup(thing: ObjectType, name: str) -> Field | None:
    """The lookup that report types call `Owner`, `UserRole` or `User__c`."""
    if name.endswith("__c"):
        one = thing.find(name)
        return one if one and one.reference_to else None
    return thing.relationship(name)


def _lookup_label(link: Field) -> str:
    return link.label.removesuffix(" ID")


def _child_of(schema: Schema, parent: ObjectType, relationship: str) -> tuple[str, str]:
    """The object and the field behind a child relationship."""
    if "$" in relationship:
        object_name, _, lookup = relationship.partition("$")
        return object_name, lookup
    for thing in schema:
        for one in thing.fields.values():
            if one.child_relationship_name == relationship and parent.name in one.reference_to:
                return thing.name, one.name
    raise RefusedError(f"This org knows no relationship {relationship} of {parent.name}")


def _first(columns: list[str]) -> str:
    return columns[0] if len(columns) == 1 else f"COALESCE({', '.join(columns)})"
