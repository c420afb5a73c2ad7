"""Custom metadata records as Setup edits them: which fields a form has, and what it may hold.

A record that is saved becomes the component that a deployment would have sent, and is judged and
kept as that one is, so that a later retrieve gives what was edited here.
https://help.salesforce.com/s/articleView?id=platform.custommetadatatypes_ui_populate.htm
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from lxml import etree

from localorg.metadata import model
from localorg.metadata.check_layouts import object_of
from localorg.metadata.kinds import NAMESPACE
from localorg.metadata.model import Component

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

LABEL, NAME = "MasterLabel", "DeveloperName"
_SUFFIX = "__mdt"
_API_NAME = re.compile(r"[A-Za-z](?!\w*__)\w{0,39}(?<!_)", re.ASCII)
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)", re.ASCII)
_LONGEST_LABEL = 40
_TEXT_AREA = 255
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_XSD = "http://www.w3.org/2001/XMLSchema"
_VALUE_TYPES = {"Checkbox": "boolean", "Number": "double", "Percent": "double", "Date": "date"}
#: What XML cannot hold.
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True)
class FormField:
    """One field of a form."""

    name: str
    label: str
    type: str  #: metadata type: "Text", "LongTextArea", "Number" …
    help: str = ""
    required: bool = False
    length: int = 0
    precision: int = 0
    scale: int = 0
    values: tuple[str, ...] = ()  #: of a picklist


def sections_of(
    components: Iterable[Component], type_name: str
) -> Sequence[tuple[str, Sequence[FormField]]]:
    """The fields of a type by the sections of its layout; in one section where it has none."""
    listed = list(components)
    fields = {
        one.name: _field(one)
        for one in listed
        if one.type == "CustomField" and one.parent == type_name
    }
    layout = next(
        (one for one in listed if one.type == "Layout" and object_of(one) == type_name), None
    )
    if layout is None:
        return [("Information", list(fields.values()))]
    found = [
        (model.text(section, "label"), [fields[name] for name in _items(section) if name in fields])
        for section in layout.every("layoutSections")
    ]
    return [(label, own) for label, own in found if own]


def _items(section: model.Element) -> list[str]:
    return [
        model.text(item, "field") for item in model.every(section, "layoutColumns", "layoutItems")
    ]


def _field(one: Component) -> FormField:
    def number(name: str) -> int:
        return int(one.text(name) or 0)

    values = (
        model.text(v, "fullName") for v in one.every("valueSet", "valueSetDefinition", "value")
    )
    return FormField(
        one.name, one.text("label"), one.text("type"), one.text("inlineHelpText"),
        one.is_true("required"),
        number("length") or (_TEXT_AREA if one.text("type") == "TextArea" else 0),
        number("precision"), number("scale"), tuple(values),
    )  # fmt: skip


def values_of(record: Component) -> dict[str, str]:
    """What a record holds, as a form shows it: 20, where the metadata has 20.0."""
    shown = {LABEL: record.text("label"), NAME: record.name}
    for one in record.every("values"):
        text = model.text(one, "value")
        type_ = next(model.every(one, "value")).get(f"{{{_XSI}}}type", "")
        is_number = type_.endswith(":double")
        shown[model.text(one, "field")] = re.sub(r"\.0+\Z", "", text) if is_number else text
    return shown


def mistakes(
    sections: Sequence[tuple[str, Sequence[FormField]]], said: Mapping[str, str]
) -> dict[str, str]:
    """What is wrong with a form, by field; nothing where it may be saved."""
    found = {}
    if not 1 <= len(said.get(LABEL, "")) <= _LONGEST_LABEL:
        found[LABEL] = f"Enter a label of at most {_LONGEST_LABEL} characters."
    if not _API_NAME.fullmatch(said.get(NAME, "")):
        found[NAME] = (
            "The name can only contain letters, digits and underscores, must begin with a letter, "
            "not end with an underscore, and not contain two of them in a row."
        )
    for _, fields in sections:
        for field in fields:
            words = _mistake(field, said.get(field.name, ""))
            if words:
                found[field.name] = words
    return found


def _mistake(field: FormField, text: str) -> str | None:
    if not text:
        return "Complete this field." if field.required else None
    if _NO_XML.search(text):
        return "Remove the signs that cannot be seen."
    if field.length and len(text) > field.length:
        return f"Use at most {field.length} characters; these are {len(text)}."
    if field.values and text not in field.values:
        return f"Choose one of {', '.join(field.values)}."
    if field.type in {"Number", "Percent"}:
        return _no_number(field, text)
    return _no_date(text) if field.type == "Date" else None


def _no_number(field: FormField, text: str) -> str | None:
    if not _NUMBER.fullmatch(text):
        return "Enter a number, like 20 or 0.25."
    number = Decimal(text)
    before = field.precision - field.scale
    if abs(number) >= Decimal(10) ** before:
        return f"Use at most {before} digits before the decimal point."
    if number != round(number, field.scale):
        return f"Use at most {field.scale} decimal places."
    return None


def _no_date(text: str) -> str | None:
    try:
        is_day = date.fromisoformat(text).isoformat() == text
    except ValueError:
        is_day = False
    return None if is_day else "Enter a date, like 2026-11-23."


def component_of(
    type_name: str, sections: Sequence[tuple[str, Sequence[FormField]]], said: Mapping[str, str]
) -> Component:
    """The record of a form without mistakes, as a deployment would send it."""
    stem = type_name.removesuffix(_SUFFIX)
    root = etree.Element(
        f"{{{NAMESPACE}}}CustomMetadata", nsmap={None: NAMESPACE, "xsi": _XSI, "xsd": _XSD}
    )
    _add(root, "label", said[LABEL])
    _add(root, "protected", "false")
    by_name = {field.name: field for _, fields in sections for field in fields}
    for name in sorted(by_name):
        text = said.get(name, "")
        if text or by_name[name].type == "Checkbox":
            _add_value(root, by_name[name], text)
    full_name = f"{stem}.{said[NAME]}"
    xml = model.parse(etree.tostring(root, pretty_print=True))
    return Component("CustomMetadata", full_name, f"customMetadata/{full_name}.md", xml)


def _add(parent: model.Element, name: str, text: str) -> model.Element:
    made = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    made.text = text
    return made


def _add_value(root: model.Element, field: FormField, text: str) -> None:
    values = etree.SubElement(root, f"{{{NAMESPACE}}}values")
    _add(values, "field", field.name)
    type_ = _VALUE_TYPES.get(field.type, "string")
    if type_ == "boolean":
        text = "true" if text == "true" else "false"
    if type_ == "double":
        plain = f"{Decimal(text):f}"
        text = plain if "." in plain else f"{plain}.0"
    _add(values, "value", text).set(f"{{{_XSI}}}type", f"xsd:{type_}")
