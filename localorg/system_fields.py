"""The fields that the platform itself puts on every object, and the makers of custom objects.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/system_fields.htm
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from localorg.object_type import Field, ObjectType, SharingModel, new_field

if TYPE_CHECKING:
    from collections.abc import Iterable


def identity() -> tuple[Field, ...]:
    """`Id` and `IsDeleted`."""
    return (_system("Id", "id", "Record ID", length=18), deleted())


def deleted() -> Field:
    """`IsDeleted`: present where a record goes to the recycle bin first."""
    return _system("IsDeleted", "boolean", "Deleted")


def owner(*kinds: str) -> Field:
    """`OwnerId`, to the kinds of owner that the object allows."""
    return new_field(
        "OwnerId", "reference", "Owner ID", length=18, nillable=False, defaulted_on_create=True,
        reference_to=kinds, relationship_name="Owner",
    )  # fmt: skip


def made() -> tuple[Field, ...]:
    """Who created the record, and when."""
    return (
        _system("CreatedDate", "datetime", "Created Date"),
        _by("CreatedById", "Created By ID", "CreatedBy"),
    )


def audit() -> tuple[Field, ...]:
    """Who created and changed the record, and when."""
    return (
        *made(),
        _system("LastModifiedDate", "datetime", "Last Modified Date"),
        _by("LastModifiedById", "Last Modified By ID", "LastModifiedBy"),
        _system("SystemModstamp", "datetime", "System Modstamp"),
    )


def custom_object(
    name: str, label: str, label_plural: str, *, sharing_model: SharingModel,
    name_field: Field | None = None, fields: Iterable[Field] = (), hierarchy_access: bool = True,
) -> ObjectType:  # fmt: skip
    """A custom object (`X__c`) with its system fields. A child of a master has no owner."""
    named = name_field or new_field("Name", "string", f"{label} Name", length=80)
    named = replace(
        named, name="Name", name_field=True, defaulted_on_create=True,
        createable=not named.auto_number, updateable=not named.auto_number,
    )  # fmt: skip
    owned = () if sharing_model == "ControlledByParent" else (owner("User", "Group"),)
    every = (*identity()[:1], *owned, deleted(), named, *audit(), *fields)
    return ObjectType(
        name=name, label=label, label_plural=label_plural, sharing_model=sharing_model,
        hierarchy_access=hierarchy_access, fields={one.name: one for one in every},
    )  # fmt: skip


def custom_metadata_type(
    name: str, label: str, label_plural: str, fields: Iterable[Field] = ()
) -> ObjectType:
    """A custom metadata type (`X__mdt`): readable by query, written by deployment only.

    https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_custommetadatatype__mdt.htm
    """
    fixed = (
        identity()[0],
        _text("DeveloperName", "Custom Metadata Record Name", 40),
        replace(_text("MasterLabel", "Label", 40), name_field=False),
        _text("Language", "Master Language", 40),
        _text("NamespacePrefix", "Namespace Prefix", 15),
        replace(_text("Label", "Label", 40), name_field=True),
        _text("QualifiedApiName", "Qualified API Name", 70),
        _system("SystemModstamp", "datetime", "System Modstamp"),
    )
    readable = (replace(one, createable=False, updateable=False) for one in fields)
    return ObjectType(
        name=name, label=label, label_plural=label_plural, sharing_model="Read",
        createable=False, updateable=False, deletable=False,
        fields={one.name: one for one in (*fixed, *readable)},
    )  # fmt: skip


def _system(name: str, type_: str, label: str, length: int = 0) -> Field:
    return new_field(
        name, type_, label, length=length, nillable=False, defaulted_on_create=True,  # type: ignore[arg-type]  # the callers pass literals
        createable=False, updateable=False,
    )  # fmt: skip


def _by(name: str, label: str, relationship: str) -> Field:
    return new_field(
        name, "reference", label, length=18, nillable=False, defaulted_on_create=True,
        createable=False, updateable=False, reference_to=("User",), relationship_name=relationship,
    )  # fmt: skip


def _text(name: str, label: str, length: int) -> Field:
    return new_field(name, "string", label, length=length, createable=False, updateable=False)
