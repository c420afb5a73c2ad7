"""Shares of scores: who may read one beside its owner, where the role hierarchy grants nothing.

A share is a record of `Adoption_Score__Share`: the score, a user, *Read*. Making the same one again
makes no second. It reaches nobody above that user while *Grant Access Using Hierarchies* is off.
Source: https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_associated_objects_share.htm
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from service.salesforce.fields import AdoptionScore
from service.salesforce.soql import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from service.salesforce.gateway import Gateway
    from service.who_reads import Pair, Question

OBJECT = "Adoption_Score__Share"
#: Those that a user or a program made; the org keeps the owner's and those of its own rules.
SHARES = f"SELECT Id, ParentId, UserOrGroupId FROM {OBJECT} WHERE RowCause = 'Manual'"  # noqa: S608 - constants
#: The same by whose score it is.
SHARED = (
    f"SELECT Parent.{AdoptionScore.KEY}, UserOrGroupId FROM {OBJECT} "  # noqa: S608 - constants
    "WHERE RowCause = 'Manual'"
)
#: Who may own a score, or read one at all: that needs read on the object. Any permission set, group of
#: them or profile may grant it, so the grants are asked for, not our set.
#: Source: https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_objectpermissions.htm
READERS = (
    "SELECT AssigneeId FROM PermissionSetAssignment "  # noqa: S608 - constants
    "WHERE Assignee.IsActive = true AND PermissionSetId IN (SELECT ParentId FROM ObjectPermissions "
    f"WHERE SobjectType = {quoted(AdoptionScore.OBJECT)} AND PermissionsRead = true)"
)
#: What one question may be about.
#: Source: https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_userrecordaccess.htm
MOST_RECORDS = 200
#: Users whom one night, or the doctor, asks about before it gives up.
MOST_ASKED = 5


def share(score_id: str, user_id: str) -> dict[str, Any]:
    """A share as it is sent."""
    return {"ParentId": score_id, "UserOrGroupId": user_id, "AccessLevel": "Read"}


def may_read(gateway: Gateway, user_id: str, record_ids: Sequence[str]) -> frozenset[str]:
    """Which of at most MOST_RECORDS records the org shows to a user, for whatever reason."""
    ids = ", ".join(map(quoted, record_ids))
    rows = gateway.query(
        "SELECT RecordId, HasReadAccess FROM UserRecordAccess "  # noqa: S608 - quoted
        f"WHERE UserId = {quoted(user_id)} AND RecordId IN ({ids})"
    )
    return frozenset(str(row["RecordId"]) for row in rows if row["HasReadAccess"])


def reader_ids(rows: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Give them by the answer to READERS."""
    return frozenset(str(row["AssigneeId"]) for row in rows)


def own_scores(scores: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The ids of scores that their people own, by user id.

    Above whoever else owns one the hierarchy says nothing of its person's managers.
    """
    owner, key = AdoptionScore.OWNER, AdoptionScore.KEY
    return {str(row[key]): str(row["Id"]) for row in scores if row[owner] == row[key]}


def pairs_of(shares: Iterable[Mapping[str, Any]], scores: Iterable[Mapping[str, Any]]) -> set[Pair]:
    """The answer to SHARES by whose score it is."""
    whose = {row["Id"]: str(row[AdoptionScore.KEY]) for row in scores}
    return {(whose.get(row["ParentId"], ""), str(row["UserOrGroupId"])) for row in shares}


def hierarchy_shows(
    gateway: Gateway, asked: Iterable[Question], score_ids: Mapping[str, str]
) -> bool | None:
    """Whether the org shows a score to somebody whom only the role hierarchy could show it.

    A call for each question, at most MOST_ASKED: users who see everything (*View All*) tell nothing.
    None: nobody who was asked about tells it. `score_ids` are by user id.
    """
    for one in islice(asked, MOST_ASKED):
        ids = [score_ids[user] for user in (one.of, one.beside) if user]
        seen = may_read(gateway, one.reader, ids)
        if one.beside is None or score_ids[one.beside] not in seen:
            return score_ids[one.of] in seen
    return None


def shared_pairs(rows: Iterable[Mapping[str, Any]]) -> frozenset[Pair]:
    """Give them by the answer to SHARED."""
    return frozenset(
        (str(row["Parent"][AdoptionScore.KEY]), str(row["UserOrGroupId"])) for row in rows
    )
