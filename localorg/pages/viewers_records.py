"""Records as one viewer sees them: every page reads by a query of its viewer.

Sharing and field-level security are therefore those of the org's own query engine; nothing is
decided here a second time.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from localorg.errors import SalesforceError
from localorg.ids import is_id, widen
from localorg.pages.port import Feed, FieldInfo, ObjectInfo, Post
from localorg.rights import access
from localorg.soql import query
from localorg.wire import Request

if TYPE_CHECKING:
    from localorg.org import Org

#: Objects whose records are known by another field than their name field.
_KNOWN_BY = {"Case": "CaseNumber", "Task": "Subject", "Event": "Subject"}
_REFUSALS = frozenset({"INVALID_TYPE", "INVALID_FIELD"})


class ViewersRecords:
    """The part of `PagesOrg` that is about objects and records."""

    def __init__(self, org: Org) -> None:
        self._org = org

    def object_of_id(self, record_id: str) -> str | None:
        """The API name of the object whose key prefix the id has."""
        thing = self._org.schema.by_prefix(record_id[:3])
        return thing.name if thing else None

    def describe(self, user_id: str, object_name: str) -> ObjectInfo | None:
        """The object, or None if there is none that the user may read."""
        with self._org.read() as db:
            viewer = access.viewer_of(db, user_id)
        thing = viewer.find_object(self._org.schema, object_name)
        if thing is None or not thing.queryable:
            return None
        known_by = _KNOWN_BY.get(thing.name)
        fields = tuple(
            FieldInfo(
                one.name, one.label, one.type, one.scale, one.name_field or one.name == known_by
            )
            for one in thing.fields.values()
            if viewer.sees(thing, one)
        )
        return ObjectInfo(thing.name, thing.label, thing.label_plural, fields)

    def record(self, user_id: str, object_name: str, record_id: str) -> dict[str, Any] | None:
        """One record with the readable fields, or None if the user may not see it."""
        info = self.describe(user_id, object_name)
        if info is None or not is_id(record_id):
            return None
        found = self._find(user_id, info, _names(info), f"WHERE Id = {_literal(widen(record_id))}")
        return found[0] if found else None

    def records(self, user_id: str, object_name: str, *, limit: int) -> list[dict[str, Any]]:
        """The newest records that the user may see, with the readable fields."""
        info = self.describe(user_id, object_name)
        if info is None:
            return []
        has_date = any(one.name == "CreatedDate" for one in info.fields)
        newest = "CreatedDate DESC, Id DESC" if has_date else "Id DESC"
        return self._find(user_id, info, _names(info), f"ORDER BY {newest} LIMIT {limit}")

    def record_name(self, user_id: str, record_id: str) -> str | None:
        """The name of a record that the user may see, else None."""
        object_name = self.object_of_id(record_id)
        info = self.describe(user_id, object_name) if object_name else None
        if info is None or info.name_field is None:
            return None
        which = f"WHERE Id = {_literal(widen(record_id))}"
        found = self._find(user_id, info, info.name_field, which)
        return str(found[0][info.name_field] or info.label) if found else None

    def feed(self, user_id: str, group: str, *, limit: int) -> Feed | None:
        """The feed of the group of that id or name, or None if the user may not see it."""
        field, value = ("Id", widen(group)) if is_id(group) else ("Name", group)
        groups = self._query(
            user_id,
            "SELECT Id, Name, CollaborationType FROM CollaborationGroup",
            f"WHERE {field} = {_literal(value)}",
        )
        if not groups:
            return None
        group_id = _literal(groups[0]["Id"])
        rows = self._query(
            user_id,
            "SELECT MemberId FROM CollaborationGroupMember",
            f"WHERE CollaborationGroupId = {group_id}",
        )
        members = {one["MemberId"] for one in rows}
        if groups[0]["CollaborationType"] != "Public" and user_id not in members:
            return None
        posts = self._query(
            user_id,
            "SELECT Id, Body, LinkUrl, CreatedDate, CreatedBy.Name FROM FeedItem",
            f"WHERE ParentId = {group_id} ORDER BY CreatedDate DESC, Id DESC LIMIT {limit}",
        )
        return Feed(groups[0]["Id"], groups[0]["Name"], len(members), tuple(map(_post, posts)))

    def _find(self, user_id: str, info: ObjectInfo, names: str, rest: str) -> list[dict[str, Any]]:
        return self._query(user_id, "SELECT", names, "FROM", info.name, rest)

    def _query(self, user_id: str, *soql: str) -> list[dict[str, Any]]:
        """A query's first page as that user; what they may not ask for has no records."""
        with self._org.read() as db:
            viewer = access.viewer_of(db, user_id)
            request = Request(self._org, db, "GET", "/query", viewer=viewer)
            try:
                records: list[dict[str, Any]] = query.run(request, " ".join(soql))["records"]
            except SalesforceError as refusal:
                if refusal.code in _REFUSALS:
                    return []
                raise
        return records


def _names(info: ObjectInfo) -> str:
    return ", ".join(one.name for one in info.fields)


def _literal(text: str) -> str:
    """A text as a SOQL literal."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _post(record: dict[str, Any]) -> Post:
    author = record.get("CreatedBy") or {}
    return Post(
        id=record["Id"],
        author=author.get("Name") or "Somebody",
        body=record.get("Body") or "",
        created_at=datetime.fromisoformat(record["CreatedDate"]),
        link_url=record.get("LinkUrl"),
    )
