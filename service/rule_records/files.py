"""Writes rule records as metadata that the Salesforce CLI deploys.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_custommetadata.htm
"""

from __future__ import annotations

import shutil
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from service.rule_records.records import TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from service.rule_records.shape import Form
    from service.rule_records.to_records import NewRecord

VERSION = "66.0"
FOLDER = "customMetadata"
_NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_XSI = (
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
)
_XSD: dict[str, str] = {"whole": "double", "number": "double", "day": "date", "truth": "boolean"}


def text_of(record: NewRecord) -> str:
    """The file of a record, its fields in the order of their names, as an org would give it."""
    values = "".join(
        f"    <values>\n        <field>{name}</field>\n"
        f'        <value xsi:type="xsd:{_XSD.get(form, "string")}">{_said(form, value)}</value>\n'
        "    </values>\n"
        for name, (form, value) in sorted(record.values.items())
    )
    return (
        f'{_HEAD}<CustomMetadata xmlns="{_NAMESPACE}" {_XSI}>\n'
        f"    <label>{escape(record.label)}</label>\n    <protected>false</protected>\n"
        f"{values}</CustomMetadata>\n"
    )


def _said(form: Form, value: Any) -> str:  # noqa: ANN401 - a value of any form
    kind = _XSD.get(form)
    if kind == "double":
        plain = f"{Decimal(value):f}"
        return plain if "." in plain else f"{plain}.0"
    if kind == "boolean":
        return "true" if value else "false"
    return value.isoformat() if kind == "date" else escape(value)


def full_name(record: NewRecord) -> str:
    """How metadata names the record: `Adoption_Role.rep`."""
    return f"{record.object_name.removesuffix('__mdt')}.{record.name}"


def write_source(folder: Path, records: Iterable[NewRecord]) -> None:
    """Write them in source format into `customMetadata` of a package directory.

    Rule records that were there before go, so that the folder has these rules and no others.
    """
    there = folder / FOLDER
    there.mkdir(parents=True, exist_ok=True)
    for one in TYPES:
        for old in there.glob(f"{one.OBJECT.removesuffix('__mdt')}.*.md-meta.xml"):
            old.unlink()
    for record in records:
        (there / f"{full_name(record)}.md-meta.xml").write_text(text_of(record), encoding="utf-8")


def write_package(folder: Path, records: Sequence[NewRecord], gone: Iterable[str]) -> None:
    """Write a folder for `sf project deploy start --metadata-dir`, which must not exist yet.

    `gone` are full names of records that are to be deleted in the org where it has them.
    """
    folder.mkdir(parents=True)
    try:
        _write_into(folder, records, gone)
    except BaseException:
        shutil.rmtree(folder)
        raise


def _write_into(folder: Path, records: Sequence[NewRecord], gone: Iterable[str]) -> None:
    (folder / FOLDER).mkdir()
    for record in records:
        path = folder / FOLDER / f"{full_name(record)}.md"
        path.write_text(text_of(record), encoding="utf-8")
    names = sorted(map(full_name, records))
    (folder / "package.xml").write_text(_manifest(names), encoding="utf-8")
    left = sorted(set(gone).difference(names))
    if left:
        path = folder / "destructiveChangesPost.xml"
        path.write_text(_manifest(left), encoding="utf-8")


def _manifest(names: Iterable[str]) -> str:
    members = "".join(f"        <members>{name}</members>\n" for name in names)
    return (
        f'{_HEAD}<Package xmlns="{_NAMESPACE}">\n    <types>\n{members}'
        f"        <name>CustomMetadata</name>\n    </types>\n    <version>{VERSION}</version>\n"
        "</Package>\n"
    )
