"""Turns deployed objects and fields into what the org's schema says of them.

The types that describe shows for metadata types:
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_field_types.htm and
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/field_types.htm
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from localorg import system_fields
from localorg.metadata import model
from localorg.object_type import new_field

if TYPE_CHECKING:
    from localorg.metadata.model import Component
    from localorg.object_type import Field, FieldType, ObjectType, SharingModel

_TYPES: dict[str, FieldType] = {
    "Text": "string",
    "AutoNumber": "string",
    "TextArea": "textarea",
    "LongTextArea": "textarea",
    "Html": "textarea",
    "Number": "double",
    "Currency": "currency",
    "Percent": "percent",
    "Checkbox": "boolean",
    "Date": "date",
    "DateTime": "datetime",
    "Picklist": "picklist",
    "MultiselectPicklist": "multipicklist",
    "Email": "email",
    "Phone": "phone",
    "Url": "url",
    "Lookup": "reference",
    "MasterDetail": "reference",
    "Hierarchy": "reference",
    "MetadataRelationship": "string",
}
_SHARING: dict[str, SharingModel] = {
    "Private": "Private",
    "Read": "Read",
    "ReadWrite": "ReadWrite",
    "ReadWriteTransfer": "ReadWrite",
    "ControlledByParent": "ControlledByParent",
}
#: Lengths that describe shows where the metadata has none.
_LENGTHS = {
    "TextArea": 255,
    "Picklist": 255,
    "Email": 80,
    "Phone": 40,
    "Url": 255,
    "AutoNumber": 30,
}
_ID_LENGTH = 18


def is_known_type(type_: str) -> bool:
    """Whether this org can hold fields of that metadata type."""
    return type_ in _TYPES


def object_type(one: Component) -> ObjectType:
    """A custom object or custom metadata type with its system fields and no others."""
    label, plural = one.text("label"), one.text("pluralLabel")
    if one.full_name.endswith("__mdt"):
        return system_fields.custom_metadata_type(one.full_name, label, plural)
    named = next(one.every("nameField"))
    number = (
        model.text(named, "displayFormat") if model.text(named, "type") == "AutoNumber" else None
    )
    length = _LENGTHS["AutoNumber"] if number else int(model.text(named, "length") or 80)
    name_field = new_field(
        "Name",
        "string",
        model.text(named, "label"),
        length=length,
        nillable=False,
        auto_number=number,
    )
    made = system_fields.custom_object(
        one.full_name, label, plural, sharing_model=_SHARING[one.text("sharingModel")],
        name_field=name_field,
    )  # fmt: skip
    return replace(made, feed_enabled=one.is_true("enableFeeds"))


def field(one: Component) -> Field:
    """A custom field as describe shows it."""
    type_ = one.text("type")
    about: dict[str, Any] = {
        "length": int(one.text("length") or _LENGTHS.get(type_, 0)),
        "precision": int(one.text("precision") or 0),
        "scale": int(one.text("scale") or 0),
        "nillable": not one.is_true("required") and type_ not in {"Checkbox", "MasterDetail"},
        "unique": one.is_true("unique"),
        "external_id": one.is_true("externalId"),
        "case_sensitive": one.is_true("caseSensitive"),
    }
    default = one.text("defaultValue")
    if default:
        about |= {"default_value": default, "defaulted_on_create": True}
    if type_ in {"Picklist", "MultiselectPicklist"}:
        about |= _picklist(one)
    if _TYPES[type_] == "reference":
        about |= _reference(one, type_)
    if one.parent.endswith("__mdt"):
        about |= {"createable": False, "updateable": False}
    return new_field(one.name, _TYPES[type_], one.text("label"), **about)


def _picklist(one: Component) -> dict[str, Any]:
    values = list(one.every("valueSet", "valueSetDefinition", "value"))
    shown = (value for value in values if model.text(value, "isActive") != "false")
    first = (
        model.text(value, "fullName") for value in values if model.text(value, "default") == "true"
    )
    default = next(first, None)
    return {
        "picklist": tuple(model.text(value, "fullName") for value in shown),
        "restricted": one.text("valueSet", "restricted") == "true",
        "default_value": default,
        "defaulted_on_create": default is not None,
    }


def _reference(one: Component, type_: str) -> dict[str, Any]:
    children = one.text("relationshipName")
    return {
        "length": _ID_LENGTH,
        "reference_to": (one.text("referenceTo"),),
        "relationship_name": one.name.removesuffix("__c") + "__r",
        "child_relationship_name": f"{children}__r" if children else None,
        "cascade_delete": type_ == "MasterDetail",
        "updateable": type_ != "MasterDetail" or one.is_true("reparentableMasterDetail"),
        "read_of_master": one.is_true("writeRequiresMasterRead"),
    }
