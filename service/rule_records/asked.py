"""What is asked of whom: the records of minimums, in the measures that they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.rule_records import forms
from service.rule_records.records import NAME, place
from service.rule_records.shape import ASKED_IN, CHANGE, CHANGED_IN
from service.salesforce.rule_fields import AdoptionMinimum as Minimum

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from service.rule_records.records import Reading
    from service.rule_records.shape import Form

_NEEDED = (Minimum.MEASURE, Minimum.ROLE, Minimum.MINIMUM)


def read_minimums(
    reading: Reading,
    records: Iterable[Mapping[str, Any]],
    entries: Mapping[str, tuple[str, dict[str, Any]]],
    asleep: set[str],
) -> None:
    """Put each minimum where it belongs; those of measures that are `asleep` wait with them."""
    for _, entry in entries.values():
        asked_in = ASKED_IN.get(str(entry.get("kind")))
        if asked_in:
            entry[asked_in] = {}
    for record in records:
        name, here = record[Minimum.MEASURE], place(Minimum, record[NAME])
        if name in asleep or not _is_complete(reading, record, here):
            continue
        if name not in entries:
            remedy = f"there is no Adoption Measure named {name!r}; correct the name"
            reading.refuse(f"{here}, {Minimum.MEASURE}", remedy)
        elif any(record[cell.field] for cell in CHANGE):
            _change(reading, record, str(entries[name][1].get("kind")), here)
        else:
            _first(reading, record, *entries[name], here)


def _is_complete(reading: Reading, record: Mapping[str, Any], here: str) -> bool:
    empty = [field for field in _NEEDED if record[field] in (None, "")]
    for field in empty:
        reading.refuse(f"{here}, {field}", "is empty; fill it in, or delete the record")
    return not empty


def _first(
    reading: Reading, record: Mapping[str, Any], path: str, entry: dict[str, Any], here: str
) -> None:
    """A minimum that holds from the beginning."""
    role, segment = str(record[Minimum.ROLE]), record[Minimum.SEGMENT]
    asked_in = ASKED_IN.get(str(entry.get("kind")))
    if asked_in is None:
        remedy = f"{entry['name']} has no minimum; delete the record, or list the role in its roles"
        reading.refuse(f"{here}, {Minimum.MEASURE}", remedy)
        return
    if role not in reading.mapping["roles"]["defined"]:
        remedy = f"there is no Adoption Role named {role!r}; add it, or correct the name"
        reading.refuse(f"{here}, {Minimum.ROLE}", remedy)
        return
    keys = ("segment_minimums", role) if segment else (asked_in,)
    into, last = entry, segment or role
    for key in keys:
        into = into.setdefault(key, {})
    if last in into:
        reading.refuse(here, f"asks the same as {reading.places[_at(path, keys, last)]}; keep one")
    into[last] = forms.read("number", record[Minimum.MINIMUM])
    reading.places[_at(path, keys, last)] = f"{here}, {Minimum.MINIMUM}"


def _at(path: str, keys: tuple[str, ...], last: str) -> str:
    return ".".join(filter(None, (path, *keys, last)))


def _change(reading: Reading, record: Mapping[str, Any], kind: str, here: str) -> None:
    """A minimum that takes the place of another."""
    listed = reading.mapping.setdefault("minimum_changes", [])
    path = f"minimum_changes[{len(listed) + 1}]"
    cells: tuple[tuple[str, str, Form], ...] = (
        ("measure", Minimum.MEASURE, "text"), ("role", Minimum.ROLE, "text"),
        ("segment", Minimum.SEGMENT, "text"),
        (CHANGED_IN.get(kind, "weekly_minimum"), Minimum.MINIMUM, "number"),
        *((cell.key[-1], cell.field, cell.form) for cell in CHANGE),
    )  # fmt: skip
    entry = {}
    for key, field, form in cells:
        reading.places[f"{path}.{key}"] = f"{here}, {field}"
        try:
            value = forms.read(form, record[field])
        except forms.FormError as error:
            reading.refuse(f"{here}, {field}", str(error))
            continue
        if value is not None:
            entry[key] = value
    reading.places[path] = here
    listed.append(entry)
