"""Rules of single standard objects that a write must keep: feeds, groups, assignments, users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localorg import posting, splits, stage_history
from localorg.errors import SalesforceError
from localorg.rights import shares, sharing

if TYPE_CHECKING:
    from localorg.object_type import ObjectType
    from localorg.records import Writer

Values = dict[str, Any]


def before_create(writer: Writer, thing: ObjectType, record: Values) -> None:
    """Refuse a new record that the platform would not take."""
    if thing.name == "FeedItem":
        _check_post(writer, record)
    elif thing.name == "CollaborationGroupMember":
        _check_member(writer, record)
    elif thing.name == "PermissionSetAssignment":
        _check_assignment(writer, record)
    elif shares.is_share(thing.name):
        shares.before_create(writer, record)


def before_update(writer: Writer, thing: ObjectType, before: Values, _said: Values) -> None:
    """Refuse a change that the platform would not take."""
    if thing.name == "FeedItem":
        _check_author(writer, before)


def after_create(writer: Writer, thing: ObjectType, record: Values) -> None:
    """Keep what the platform keeps of a new record."""
    if thing.name == "Opportunity":
        stage_history.keep(writer, None, record)
        splits.give_all_to_owner(writer, record)
    after_change(writer, thing, record)


def after_update(writer: Writer, thing: ObjectType, before: Values, after: Values) -> None:
    """Keep what the platform keeps of a change."""
    if thing.name == "Opportunity":
        stage_history.keep(writer, before, after)
    if thing.custom and before.get("OwnerId") != after.get("OwnerId"):
        shares.owner_changed(writer, thing, after)


def before_delete(writer: Writer, thing: ObjectType, before: Values) -> None:
    """Refuse to delete what the user may not delete."""
    if thing.name == "FeedItem":
        _check_author(writer, before)
    leaves = before.get("MemberId") == writer.viewer.user_id
    if thing.name == "CollaborationGroupMember" and not leaves:
        _check_all_data(writer)


def after_change(writer: Writer, thing: ObjectType, record: Values) -> None:
    """Keep counts that the platform keeps."""
    if thing.name == "CollaborationGroupMember":
        writer.db.execute(
            'UPDATE "CollaborationGroup" SET "MemberCount" = (SELECT COUNT(*) FROM'
            ' "CollaborationGroupMember" m WHERE m."CollaborationGroupId" = ?) WHERE "Id" = ?',
            (record["CollaborationGroupId"], record["CollaborationGroupId"]),
        )


def _check_author(writer: Writer, before: Values) -> None:
    if before["CreatedById"] != writer.viewer.user_id:
        _check_all_data(writer)


def _check_all_data(writer: Writer) -> None:
    if not writer.viewer.has("ModifyAllData"):
        raise sharing.no_access()


def _check_post(writer: Writer, record: Values) -> None:
    """The feed's own rules.

    https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_feeditem.htm
    """
    if record["Type"] != "TextPost":
        raise SalesforceError(
            "FIELD_INTEGRITY_EXCEPTION",
            f"this org only takes feed items of Type TextPost, not {record['Type']}",
            fields=["Type"],
        )
    if not record.get("Body"):
        raise SalesforceError(
            "REQUIRED_FIELD_MISSING", "Required fields are missing: [Body]", fields=["Body"]
        )
    group = writer.schema.get("CollaborationGroup")
    if record["ParentId"].startswith(group.key_prefix):
        _check_group_post(writer, record["ParentId"])
    posting.take(writer.db, writer.viewer.user_id)


def _check_group_post(writer: Writer, group_id: str) -> None:
    group = writer.get(writer.schema.get("CollaborationGroup"), group_id)
    if group["IsArchived"]:
        raise SalesforceError(
            "INSUFFICIENT_ACCESS_OR_READONLY",
            "You can't post to an archived group.",
            fields=["ParentId"],
        )
    member = writer.db.execute(
        'SELECT 1 FROM "CollaborationGroupMember" WHERE "CollaborationGroupId" = ?'
        ' AND "MemberId" = ?',
        (group_id, writer.viewer.user_id),
    ).fetchone()
    if not member and not writer.viewer.has("ModifyAllData"):
        raise SalesforceError(
            "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
            f"insufficient access rights on cross-reference id: {group_id[:15]}",
            fields=["ParentId"],
        )


def _check_member(writer: Writer, record: Values) -> None:
    doubled = writer.db.execute(
        'SELECT 1 FROM "CollaborationGroupMember" WHERE "CollaborationGroupId" = ?'
        ' AND "MemberId" = ?',
        (record["CollaborationGroupId"], record["MemberId"]),
    ).fetchone()
    if doubled:
        raise SalesforceError(
            "DUPLICATE_VALUE", "You're already a member of this group.", fields=["MemberId"]
        )
    group = writer.get(writer.schema.get("CollaborationGroup"), record["CollaborationGroupId"])
    allowed = group["OwnerId"] == writer.viewer.user_id or writer.viewer.has("ModifyAllData")
    joins = record["MemberId"] == writer.viewer.user_id and group["CollaborationType"] == "Public"
    if not allowed and not joins:
        raise sharing.no_access()


def _check_assignment(writer: Writer, record: Values) -> None:
    doubled = writer.db.execute(
        'SELECT 1 FROM "PermissionSetAssignment" WHERE "AssigneeId" = ? AND "PermissionSetId" = ?',
        (record["AssigneeId"], record["PermissionSetId"]),
    ).fetchone()
    if doubled:
        raise SalesforceError(
            "DUPLICATE_VALUE",
            f"Duplicate PermissionSetAssignment.  Assignee: {record['AssigneeId'][:15]};"
            f" Permission Set: {record['PermissionSetId'][:15]}",
            fields=["AssigneeId", "PermissionSetId"],
        )
