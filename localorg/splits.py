"""Opportunity splits: who shares the credit of a deal, in an org that turned the feature on.

An administrator turns it on in Setup, and every opportunity's owner gets all of it.
https://help.salesforce.com/s/articleView?id=sales.teamselling_opp_splits_enable.htm
https://developer.salesforce.com/docs/platform/object-reference/references/standard-objects/object-opportunitysplit.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localorg import ids, times
from localorg.standard_objects import standard_objects
from localorg.tables import next_number

if TYPE_CHECKING:
    import sqlite3

    from localorg.records import Writer
    from localorg.schema import Schema

SPLIT, TYPE = "OpportunitySplit", "OpportunitySplitType"
#: The two that every such org begins with, and whether their splits must total 100 %.
_TYPES = (("Revenue", 1), ("Overlay", 0))
_ALL = 100


def is_on(schema: Schema) -> bool:
    """Whether the org splits opportunities."""
    return schema.find(SPLIT) is not None


def add_objects(schema: Schema, db: sqlite3.Connection) -> None:
    """Let the org know splits; their types and owners are for whoever loads an export to bring."""
    for thing in standard_objects("splits"):
        schema.add_object(db, thing)


def turn_on(writer: Writer) -> None:
    """What the switch in Setup does; nothing where it was done before."""
    schema, db = writer.schema, writer.db
    if is_on(schema):
        return
    add_objects(schema, db)
    for name, is_validated in _TYPES:
        said = {"DeveloperName": name, "MasterLabel": name, "IsActive": 1, "IsTotalValidated": is_validated}  # fmt: skip
        _insert(writer, TYPE, said)
    deals = db.execute('SELECT "Id", "OwnerId" FROM "Opportunity" WHERE "IsDeleted" = 0').fetchall()
    for row in deals:
        give_all_to_owner(writer, dict(row))


def give_all_to_owner(writer: Writer, opportunity: dict[str, Any]) -> None:
    """The split that a new opportunity gets by itself."""
    revenue = _revenue(writer.db) if is_on(writer.schema) else None
    if revenue is not None:
        _insert(writer, SPLIT, {
            "OpportunityId": opportunity["Id"], "SplitOwnerId": opportunity["OwnerId"],
            "SplitTypeId": revenue, "SplitPercentage": _ALL,
        })  # fmt: skip


def _revenue(db: sqlite3.Connection) -> str | None:
    row = db.execute(f'SELECT "Id" FROM "{TYPE}" WHERE "DeveloperName" = \'Revenue\'').fetchone()  # noqa: S608 - a constant
    return str(row[0]) if row else None


def _insert(writer: Writer, name: str, said: dict[str, Any]) -> None:
    thing, moment = writer.schema.get(name), times.text(times.now())
    by = dict.fromkeys(("CreatedById", "LastModifiedById"), writer.viewer.user_id)
    at = dict.fromkeys(("CreatedDate", "LastModifiedDate", "SystemModstamp"), moment)
    record_id = ids.make(thing.key_prefix, next_number(writer.db, thing.key_prefix))
    writer.insert(thing, {"Id": record_id, "IsDeleted": 0, **said, **by, **at})
