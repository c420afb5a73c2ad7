"""From field paths in a query to columns in SQL, joining parents as needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from localorg.errors import SalesforceError
from localorg.object_type import new_field
from localorg.rights.sharing import visible
from localorg.soql.parse import pointed
from localorg.tables import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from localorg.object_type import Field, ObjectType
    from localorg.rights.access import Viewer
    from localorg.schema import Schema
    from localorg.soql.tree import Path, Query

_APPEND_OBJECT = (
    "If you are attempting to use a custom object, be sure to append the '__c' after the entity"
    " name. Please reference your WSDL or the describe call for the appropriate names."
)
_APPEND_FIELD = (
    "If you are attempting to use a custom field, be sure to append the '__c' after the custom"
    " field name. Please reference your WSDL or the describe call for the appropriate names."
)
#: What a polymorphic parent shows without TYPEOF: the fields of the Name object.
#: https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_name.htm
_NAME_FIELDS = frozenset(
    {"alias", "email", "firstname", "id", "isactive", "lastname", "name", "phone", "profileid",
     "title", "username", "userroleid"}
)  # fmt: skip
_DEEPEST = 5


@dataclass(frozen=True)
class Parent:
    """One parent that a query reaches: its path, and for each kind it may be, the alias."""

    path: tuple[str, ...]  #: relationship names in canonical case
    kinds: tuple[tuple[ObjectType, str], ...]

    @property
    def id_sql(self) -> str:
        """The parent's id, or null."""
        return _first(f'{alias}."Id"' for _, alias in self.kinds)

    @property
    def type_sql(self) -> str:
        """The parent's object name, or null."""
        cases = " ".join(
            f"WHEN {alias}.\"Id\" IS NOT NULL THEN '{kind.name}'" for kind, alias in self.kinds
        )
        return f"CASE {cases} END"


@dataclass(frozen=True)
class Column:
    """A field as the query reaches it."""

    field: Field
    sql: str
    parent: tuple[str, ...] = ()  #: the path of the parent, empty for the object itself


class Columns:
    """The columns of one query, and the joins they need."""

    def __init__(self, schema: Schema, viewer: Viewer, query: Query, prefix: str = "t") -> None:
        self._schema, self._viewer, self._query, self._prefix = schema, viewer, query, prefix
        found = viewer.find_object(schema, query.source)
        if found is None or not found.queryable:
            raise unknown_object(query)
        self.thing: ObjectType = found
        self.alias = f"{prefix}0"
        self.parents: dict[tuple[str, ...], Parent] = {}
        self._joins: list[str] = []
        self.join_parameters: list[str] = []

    @property
    def from_sql(self) -> str:
        """The FROM clause; its parameters are `join_parameters`."""
        return " ".join([f"{quoted(self.thing.name)} {self.alias}", *self._joins])

    def find(self, path: Path) -> Column:
        """The column of a path; `INVALID_FIELD` if it does not exist for the viewer."""
        parts = path.parts
        if len(parts) > 1 and self._names_source(parts[0]):
            parts = parts[1:]
        if len(parts) > _DEEPEST + 1:
            raise self._no_relationship(path, parts[_DEEPEST])
        parent = self._walk(path, parts[:-1])
        if parent is None:
            one = self._viewer.find_field(self.thing, parts[-1])
            if one is None:
                raise self._no_column(path, parts[-1], self.thing.name)
            return Column(one, f"{self.alias}.{quoted(one.name)}")
        return self._in_parent(path, parent, parts[-1])

    def _names_source(self, first: str) -> bool:
        known = {(self._query.alias or "").lower(), self.thing.name.lower()}
        return first.lower() in known

    def _walk(self, path: Path, names: tuple[str, ...]) -> Parent | None:
        parent: Parent | None = None
        for name in names:
            parent = self._join(path, parent, name)
        return parent

    def _join(self, path: Path, parent: Parent | None, name: str) -> Parent:
        kinds = parent.kinds if parent else ((self.thing, self.alias),)
        for kind, alias in kinds:
            link = kind.relationship(name)
            if link is not None and self._viewer.sees(kind, link):
                return self._joined(parent, link, f"{alias}.{quoted(link.name)}")
        raise self._no_relationship(path, name)

    def _joined(self, parent: Parent | None, link: Field, sql: str) -> Parent:
        where = (*(parent.path if parent else ()), link.relationship_name or "")
        if where in self.parents:
            return self.parents[where]
        kinds = []
        for name in link.reference_to:
            kind = self._viewer.find_object(self._schema, name)
            if kind is not None:
                alias = f"{self._prefix}{len(self._joins) + 1}"
                kinds.append((kind, alias))
                self._joins.append(self._join_sql(kind, alias, sql))
        made = Parent(where, tuple(kinds))
        self.parents[where] = made
        return made

    def _join_sql(self, kind: ObjectType, alias: str, sql: str) -> str:
        condition = visible(self._schema, self._viewer, kind, alias)
        seen = f" AND {condition[0]}" if condition else ""
        self.join_parameters += condition[1] if condition else []
        return f'LEFT JOIN {quoted(kind.name)} {alias} ON {alias}."Id" = {sql}{seen}'

    def _in_parent(self, path: Path, parent: Parent, name: str) -> Column:
        if len(parent.kinds) != 1:
            return self._in_polymorphic(path, parent, name)
        kind, alias = parent.kinds[0]
        one = self._viewer.find_field(kind, name)
        if one is None:
            raise self._no_column(path, name, kind.name)
        return Column(one, f"{alias}.{quoted(one.name)}", parent.path)

    def _in_polymorphic(self, path: Path, parent: Parent, name: str) -> Column:
        if name.lower() == "type" and parent.kinds:
            return Column(new_field("Type", "string", length=40), parent.type_sql, parent.path)
        found = [(self._viewer.find_field(kind, name), alias) for kind, alias in parent.kinds]
        seen = [(one, alias) for one, alias in found if one is not None]
        if name.lower() not in _NAME_FIELDS or not seen:
            raise self._no_column(path, name, "Name")
        sql = _first(f"{alias}.{quoted(one.name)}" for one, alias in seen)
        return Column(seen[0][0], sql, parent.path)

    def _no_column(self, path: Path, name: str, entity: str) -> SalesforceError:
        message = f"No such column '{name}' on entity '{entity}'. {_APPEND_FIELD}"
        return SalesforceError("INVALID_FIELD", pointed(self._query.text, path.at, message))

    def _no_relationship(self, path: Path, name: str) -> SalesforceError:
        message = (
            f"Didn't understand relationship '{name}' in field path. If you are attempting to use a"
            " custom relationship, be sure to append the '__r' after the custom relationship name."
            " Please reference your WSDL or the describe call for the appropriate names."
        )
        return SalesforceError("INVALID_FIELD", pointed(self._query.text, path.at, message))


def unknown_object(query: Query) -> SalesforceError:
    """An object that does not exist, or not for this user."""
    message = f"sObject type '{query.source}' is not supported. {_APPEND_OBJECT}"
    return SalesforceError("INVALID_TYPE", pointed(query.text, query.from_at, message))


def _first(columns: Iterable[str]) -> str:
    listed = list(columns)
    if not listed:
        return "NULL"
    return listed[0] if len(listed) == 1 else f"COALESCE({', '.join(listed)})"
