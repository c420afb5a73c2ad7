"""What objects, fields, tabs and custom metadata records must say beyond the schema.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/customobject.htm
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/customfield.htm
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_custommetadata.htm
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from localorg.metadata import check_pages, model
from localorg.metadata.schema_check import SIMPLE
from localorg.metadata.universe import RELATIONSHIP_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from localorg.metadata.model import Component, Element, Problem
    from localorg.metadata.universe import FieldFacts, Universe

_API_NAME = re.compile(r"[A-Za-z](?!\w*__)\w{0,39}(?<!_)")
_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_XSI_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_XSD = "http://www.w3.org/2001/XMLSchema"
_OBJECT_NEEDS = ("label", "pluralLabel", "nameField", "deploymentStatus", "sharingModel")
_METADATA_TYPE_SAYS = {"label", "pluralLabel", "description", "visibility", "fields"}
#: https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/customfield.htm
_NEEDS = {
    "Text": ("length",),
    "Number": ("precision", "scale"),
    "Currency": ("precision", "scale"),
    "Percent": ("precision", "scale"),
    "LongTextArea": ("length", "visibleLines"),
    "Html": ("length", "visibleLines"),
    "Picklist": ("valueSet",),
    "MultiselectPicklist": ("valueSet", "visibleLines"),
    "Lookup": ("referenceTo", "relationshipName"),
    "MasterDetail": ("referenceTo", "relationshipName"),
    "Checkbox": ("defaultValue",),
    "AutoNumber": ("displayFormat",),
}
_NEVER = {"TextArea": ("length",), "MasterDetail": ("deleteConstraint", "required")}
_LONGEST = {"label": 40, "description": 1000, "inlineHelpText": 510}
_TEXT_LENGTH = {"Text": (1, 255), "LongTextArea": (256, 131_072), "Html": (256, 131_072)}
MOST_DIGITS = 18
#: Which `xsi:type` a custom metadata value has for a field's type.
_VALUE_TYPES = {
    "Checkbox": ("boolean",),
    "Number": ("double", "int"),
    "Percent": ("double", "int"),
    "Date": ("date",),
    "DateTime": ("dateTime",),
}


def check_object(one: Component, universe: Universe) -> Iterator[Problem]:
    """Required parts of a custom object, and what its parts must agree on."""
    if one.full_name.endswith("__mdt"):
        for element in one.xml:
            if model.local_name(element) not in _METADATA_TYPE_SAYS:
                words = f"Can not specify '{model.local_name(element)}' for a custom metadata type"
                yield one.problem(words, element)
    elif one.full_name.endswith("__c"):
        for name in _absent(one, _OBJECT_NEEDS):
            yield one.problem(f"Must specify a non-empty {name} for the CustomObject")
        yield from _check_settings(one, universe)


def _check_settings(one: Component, universe: Universe) -> Iterator[Problem]:
    named = {name: one.text("nameField", name) for name in ("type", "displayFormat")}
    if named["type"] == "AutoNumber" and "{0" not in named["displayFormat"]:
        yield one.problem("Must specify 'displayFormat' for a CustomField of type AutoNumber")
    if len({one.text(f"enable{name}") for name in ("BulkApi", "Sharing", "StreamingApi")}) > 1:
        yield one.problem("enableBulkApi, enableSharing and enableStreamingApi must be the same")
    fields = universe.fields(one.full_name).values()
    has_master = any(field.type == "MasterDetail" for field in fields)
    if has_master != (one.text("sharingModel") == "ControlledByParent"):
        words = (
            "Cannot set sharingModel: ControlledByParent goes with master-detail, and only with it"
        )
        yield one.problem(words)


def _absent(one: Component, names: Iterable[str]) -> list[str]:
    return [name for name in names if next(one.every(name), None) is None]


def check_field(one: Component, universe: Universe) -> Iterator[Problem]:
    """A custom field by its type, and the object that it points to."""
    type_ = one.text("type")
    if not universe.has_object(one.parent):
        yield one.problem(f"no CustomObject named {one.parent} found")
    if not one.name.endswith("__c") or not _API_NAME.fullmatch(one.name.removesuffix("__c")):
        yield one.problem(f"Invalid field name: {one.name}")
    for name in _absent(one, ("label", "type")):
        yield one.problem(f"Required field is missing: {name}")
    needed, never = _NEEDS.get(type_, ()), _NEVER.get(type_, ())
    for name in _absent(one, needed):
        yield one.problem(f"Must specify '{name}' for a CustomField of type {type_}")
    for name in set(never).difference(_absent(one, never)):
        yield one.problem(f"Can not specify '{name}' for a CustomField of type {type_}")
    for name, most in _LONGEST.items():
        if len(one.text(name)) > most:
            yield one.problem(f"Value too long for field: {name} maximum length is:{most}")
    yield from _check_size(one, type_)
    yield from _check_relationship(one, type_, universe)


def _check_size(one: Component, type_: str) -> Iterator[Problem]:
    if type_ in _TEXT_LENGTH and (length := _number(one, "length")) is not None:
        least, most = _TEXT_LENGTH[type_]
        if not least <= length <= most:
            yield one.problem(f"Length must be between {least} and {most}: {length}")
    precision, scale = _number(one, "precision"), _number(one, "scale")
    if precision is not None and scale is not None and not scale <= precision <= MOST_DIGITS:
        yield one.problem(
            f"Precision must be at most {MOST_DIGITS} and no less than scale: {precision}"
        )
    if (
        one.is_true("unique")
        and one.is_true("externalId")
        and type_ not in {"Text", "Number", "Email", "AutoNumber"}
    ):
        yield one.problem(f"Can not specify 'externalId' for a CustomField of type {type_}")


def _number(one: Component, name: str) -> int | None:
    said = one.text(name)
    return int(said) if said.isdigit() else None


def _check_relationship(one: Component, type_: str, universe: Universe) -> Iterator[Problem]:
    if type_ not in RELATIONSHIP_TYPES:
        return
    parent = one.text("referenceTo")
    if not universe.has_object(parent):
        yield one.problem(f"In field: referenceTo - no CustomObject named {parent} found")
    child = one.text("relationshipName")
    rivals = [
        other.full_name
        for other in universe.of_type("CustomField")
        if other.text("referenceTo") == parent and other.text("relationshipName") == child
    ]
    if child and len(rivals) > 1:
        yield one.problem(
            f"The relationshipName {child} is used on {parent} by {' and '.join(sorted(rivals))}"
        )
    if one.is_true("required") and one.text("deleteConstraint") == "SetNull":
        yield one.problem("Can not specify 'deleteConstraint' SetNull for a required lookup")


def check_tab(one: Component, universe: Universe) -> Iterator[Problem]:
    """A custom object's tab is named like the object; another one shows a Lightning page."""
    if not one.is_true("customObject"):
        yield from check_pages.check_tab(one, universe)
    elif universe.find("CustomObject", one.full_name) is None:
        yield one.problem(f"In field: customObject - no CustomObject named {one.full_name} found")
    if not re.fullmatch(r"Custom\d+: .+", one.text("motif")):
        yield one.problem(f"Invalid motif: {one.text('motif')}")


def check_notification_type(one: Component, _universe: Universe) -> Iterator[Problem]:
    """A custom notification type reaches somebody somewhere."""
    if not any(one.is_true(place) for place in ("desktop", "mobile")):
        yield one.problem("Select at least one supported channel: desktop or mobile")


def check_record(one: Component, universe: Universe) -> Iterator[Problem]:
    """A custom metadata record: its type and fields exist, its values fit them."""
    type_ = f"{one.parent}__mdt"
    if universe.find("CustomObject", type_) is None:
        yield one.problem(f"In field: fullName - no CustomObject named {type_} found")
        return
    if not _API_NAME.fullmatch(one.name):
        yield one.problem(f"Invalid custom metadata record name: {one.name}")
    if not 1 <= len(one.text("label")) <= _LONGEST["label"]:
        yield one.problem(f"The label must have 1 to {_LONGEST['label']} characters")
    for values in one.every("values"):
        name = model.text(values, "field")
        field = universe.field(type_, name)
        if field is None or not field.custom:
            yield one.problem(
                f"In field: field - no CustomField named {type_}.{name} found", values
            )
        else:
            yield from _check_record_value(one, field, next(model.every(values, "value")))


def _check_record_value(one: Component, field: FieldFacts, value: Element) -> Iterator[Problem]:
    if value.get(_XSI_NIL) == "true":
        return
    prefix, _, type_ = (value.get(_XSI_TYPE) or "").rpartition(":")
    wanted = _VALUE_TYPES.get(field.type, ("string",))
    said = (value.text or "").strip()
    if value.nsmap.get(prefix) != _XSD or type_ not in wanted:
        words = (
            f"The value of {field.name} must be of type xsd:{wanted[0]}, not {value.get(_XSI_TYPE)}"
        )
        yield one.problem(words, value)
    elif f"xsd:{type_}" in SIMPLE and not SIMPLE[f"xsd:{type_}"].fullmatch(said):
        yield one.problem(f"'{said}' is not a valid value for the type xsd:{type_}", value)
    elif field.values is not None and said not in field.values:
        yield one.problem(f"bad value for restricted picklist field: {said}", value)
