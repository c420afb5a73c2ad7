"""Reads `standard_objects.txt`, the compact table of the standard objects that this org has."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast, get_args

from localorg import system_fields
from localorg.object_type import Field, FieldType, ObjectType, new_field

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIELD = re.compile(
    r"  (?P<name>\w+) (?P<type>\w+)(?::(?P<size>[\d,]+))?(?P<flags>(?: [\w:]+)*)"
    r"(?: ->(?P<kinds>[\w,]+):(?P<relationship>\w*))?(?: <(?P<children>\w+))?"
    r"(?: = (?P<values>.+))?\Z"
)
_OBJECT = re.compile(
    r"(?P<name>\w+) (?P<prefix>\w{3})(?P<flags>(?: [\w:,]+)*) = (?P<label>.+) / (?P<plural>.+)\Z"
)
#: What an org has or has not, with flags of these names.
FEATURES = ("multicurrency", "splits")
_ID_LENGTH = 18
_REFUSED_USES = {
    "nofilter": ("filterable",),
    "nogroup": ("groupable",),
    "nosort": ("sortable",),
    "noaggregate": ("aggregatable",),
    "plain": ("filterable", "groupable", "sortable", "aggregatable"),
}


def standard_objects(feature: str | None = None) -> Iterator[ObjectType]:
    """The standard objects of every org, or those that only a feature brings: one of FEATURES."""
    text = (files("localorg") / "standard_objects.txt").read_text("utf-8")
    blocks = re.split(r"\n\s*\n", re.sub(r"(?m)^#.*\n?", "", text).strip())
    for block in blocks:
        head, *lines = block.splitlines()
        if next((one for one in FEATURES if f" {one} " in head), None) == feature:
            yield _object(head, [_field(line) for line in lines])


def _object(head: str, own: list[Field]) -> ObjectType:
    said = _match(_OBJECT, head)
    flags = said["flags"].split()
    kinds = [flag.partition(":")[2].split(",") for flag in flags if flag.startswith("owner:")]
    fields = [
        system_fields.identity()[0],
        *(() if "keep" in flags else (system_fields.deleted(),)),
        *own,
        *(system_fields.owner(*one) for one in kinds),
        *_audit(flags),
    ]
    writable = "fixed" not in flags
    parents = [flag.partition(":")[2] for flag in flags if flag.startswith("of:")]
    return ObjectType(
        name=said["name"], key_prefix=said["prefix"], label=said["label"],
        label_plural=said["plural"], fields={one.name: one for one in fields},
        rights_of=parents[0] if parents else "", feed_enabled="feed" in flags,
        setup="setup" in flags, createable=writable,
        updateable=writable and "locked" not in flags,
        deletable=writable and said["name"] not in {"User", "UserRole"},
    )  # fmt: skip


def _audit(flags: list[str]) -> tuple[Field, ...]:
    if "bare" in flags:
        return ()
    return system_fields.made() if "history" in flags else system_fields.audit()


def _field(line: str) -> Field:
    said = _match(_FIELD, line)
    flags = said["flags"].split()
    if said["type"] not in get_args(FieldType):
        raise ValueError(f"standard_objects.txt: unknown type in {line!r}")
    type_ = cast("FieldType", said["type"])
    about: dict[str, Any] = _size(type_, said["size"])
    about["nillable"] = "req" not in flags and type_ != "boolean"
    about["defaulted_on_create"] = "def" in flags
    about["createable"] = "ro" not in flags
    about["updateable"] = "ro" not in flags and "new" not in flags
    about["unique"] = "unique" in flags
    about["name_field"] = "name" in flags
    about["restricted"] = "restricted" in flags
    about["picklist"] = tuple((said["values"] or "").split("|")) if said["values"] else ()
    if said["kinds"]:
        about["reference_to"] = tuple(said["kinds"].split(","))
        about["relationship_name"] = said["relationship"] or None
        about["child_relationship_name"] = said["children"]
    return replace(new_field(said["name"], type_, _label(said["name"]), **about), **_uses(flags))


def _uses(flags: list[str]) -> dict[str, Any]:
    uses: dict[str, Any] = {use: False for flag in flags for use in _REFUSED_USES.get(flag, ())}
    for flag in flags:
        if flag.startswith("needs:"):
            uses["needs_permission"] = flag.partition(":")[2]
    return uses


def _size(type_: str, size: str | None) -> dict[str, Any]:
    if type_ in {"id", "reference"}:
        return {"length": _ID_LENGTH}
    if size and "," in size:
        precision, scale = size.split(",")
        return {"precision": int(precision), "scale": int(scale)}
    return {"length": int(size)} if size else {}


def _label(name: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return re.sub(r" Id\Z", " ID", words)


def _match(pattern: re.Pattern[str], line: str) -> re.Match[str]:
    said = pattern.match(line)
    if said is None:
        raise ValueError(f"standard_objects.txt: cannot read {line!r}")
    return said
