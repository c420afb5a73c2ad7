"""Who is asking, and what they may see and do before any record is looked at.

A field without field-level security looks exactly like a missing one, an object without access
like an unknown one:
https://developer.salesforce.com/docs/atlas.en-us.securityImplGuide.meta/securityImplGuide/
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from localorg import times
from localorg.rights.permissions import ObjectRight, Rights, rights_of

if TYPE_CHECKING:
    import sqlite3

    from localorg.object_type import Field, ObjectType
    from localorg.schema import Schema

ADMIN_PROFILE = "System Administrator"
_ALL = ObjectRight(True, True, True, True, True, True)
_READ = ObjectRight(read=True)
_READ_ALL = ObjectRight(read=True, view_all=True)
#: Objects that every internal user may read, whatever the permission sets say.
_OPEN_TO_ALL = frozenset({
    "Organization", "User", "Group", "CollaborationGroup", "CurrencyType", "RecordType", "Report",
    "Dashboard", "Period",
})  # fmt: skip
#: Objects that anyone may use as far as the feed's own rules allow.
_FEED = frozenset({"FeedItem", "CollaborationGroupMember"})
#: Of these everybody reads the rows that are about themselves.
OWN_ROWS = {"LoginHistory": "UserId"}
#: Objects with the user permissions of which one is needed to read all of their rows.
_NEEDED = {
    "UserRole": frozenset({"ViewRoles", "ViewSetup"}),
    "Profile": frozenset({"ViewSetup"}),
    "PermissionSet": frozenset({"ViewSetup"}),
    "PermissionSetAssignment": frozenset({"ViewSetup"}),
    "ObjectPermissions": frozenset({"ViewSetup"}),
    "FieldPermissions": frozenset({"ViewSetup"}),
    "LightningUsageByAppTypeMetrics": frozenset({"ViewSetup"}),
    "LoginHistory": frozenset({"ManageUsers", "MonitorLoginHistory"}),
    "ForecastingQuota": frozenset({"ViewAllForecasts"}),
    "ForecastingItem": frozenset({"ViewAllForecasts"}),
}
#: A user permission that contains others.
_CONTAINS = {
    "ModifyAllData": frozenset({"ViewAllData", "ViewAllForecasts"}),
    "ViewAllData": frozenset({"ViewAllForecasts"}),
    "ManageUsers": frozenset({"ViewSetup", "ManageInternalUsers", "ViewRoles", "AssignPermissionSets"}),
    "ViewSetup": frozenset({"ViewRoles"}),
}  # fmt: skip


@dataclass(frozen=True)
class Viewer:
    """One user with the sum of what profile and permission sets grant."""

    user_id: str
    rights: Rights
    is_admin: bool = False

    def has(self, permission: str) -> bool:
        """Whether the user holds a user permission, itself or within another."""
        held = self.rights.user
        inside = (_CONTAINS.get(one, frozenset()) for one in held)
        return self.is_admin or permission in held or any(permission in one for one in inside)

    def right(self, thing: ObjectType) -> ObjectRight:
        """What the user may do with an object."""
        if self.is_admin or (self.has("ModifyAllData") and not thing.setup):
            return _ALL
        needed = _NEEDED.get(thing.name)
        if needed is not None:
            own = _READ if thing.name in OWN_ROWS else ObjectRight()
            return _READ_ALL if any(map(self.has, needed)) else own
        right = self.rights.objects.get(thing.rights_of or thing.name, ObjectRight())
        if self.has("ViewAllData") and not thing.is_custom_metadata:
            right |= _READ_ALL
        if thing.name in _OPEN_TO_ALL:
            right |= _READ
        if thing.name in _FEED:
            right |= ObjectRight(read=True, create=True, edit=True, delete=True)
        if thing.name == "User" and self.has("ManageInternalUsers"):
            right |= _ALL
        return right

    def sees(self, thing: ObjectType, one: Field) -> bool:
        """Whether the field exists for this user."""
        if self.is_admin:
            return True
        if one.needs_permission and not self.has(one.needs_permission):
            return False
        return _always_seen(thing, one) or self._field_right(thing, one)[0]

    def edits(self, thing: ObjectType, one: Field) -> bool:
        """Whether the user may set the field."""
        return self.is_admin or _always_seen(thing, one) or self._field_right(thing, one)[1]

    def find_object(self, schema: Schema, name: str) -> ObjectType | None:
        """The object of that name, if it exists for this user."""
        thing = schema.find(name)
        return thing if thing and self.right(thing).read else None

    def find_field(self, thing: ObjectType, name: str) -> Field | None:
        """The field of that name, if it exists for this user."""
        one = thing.find(name)
        return one if one and self.sees(thing, one) else None

    def _field_right(self, thing: ObjectType, one: Field) -> tuple[bool, bool]:
        return self.rights.fields.get(f"{thing.name}.{one.name}", (False, False))


def viewer_of(db: sqlite3.Connection, user_id: str) -> Viewer:
    """The viewer that a user is now."""
    profile = db.execute(
        'SELECT p."Name" FROM "User" u LEFT JOIN "Profile" p ON p."Id" = u."ProfileId"'
        ' WHERE u."Id" = ?',
        (user_id,),
    ).fetchone()
    name = profile[0] if profile and profile[0] else ""
    rights = rights_of(db, f"profile:{name}")
    for holder in assigned_sets(db, user_id):
        rights |= rights_of(db, holder)
    return Viewer(user_id, rights, is_admin=name == ADMIN_PROFILE)


def assigned_sets(db: sqlite3.Connection, user_id: str) -> tuple[str, ...]:
    """API names of the permission sets that are assigned to a user and not expired."""
    rows = db.execute(
        'SELECT s."Name" FROM "PermissionSetAssignment" a'
        ' JOIN "PermissionSet" s ON s."Id" = a."PermissionSetId"'
        ' WHERE a."AssigneeId" = ? AND a."IsDeleted" = 0'
        ' AND (a."ExpirationDate" IS NULL OR a."ExpirationDate" > ?) ORDER BY s."Name"',
        (user_id, times.text(times.now())),
    )
    return tuple(row[0] for row in rows)


def _always_seen(thing: ObjectType, one: Field) -> bool:
    """Fields that no permission set can list: standard, required and master-detail ones."""
    return not one.custom or not one.nillable or one.cascade_delete or thing.is_custom_metadata
