"""Reads the rule set out of the records of an org: the mapping of a rules file, and the same checks.

Nothing is judged here that `service.scoring.validate` judges; what it finds wrong is told with
the record and field that the value came from.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from service.rule_records import forms
from service.rule_records.asked import read_minimums
from service.rule_records.records import LABEL, NAME, Reading, RuleRecordsError, place
from service.rule_records.shape import DEAL, MEASURE, SETTING
from service.salesforce.fields import BigDealRule as Deal
from service.salesforce.rule_fields import AdoptionMeasure as Measure
from service.salesforce.rule_fields import AdoptionRole as Role
from service.salesforce.rule_fields import AdoptionSetting as Setting
from service.scoring.roles import same_name
from service.scoring.validate import RuleSetError, big_deal_rules, rule_set

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from service.rule_records.records import Records
    from service.rule_records.shape import Cell
    from service.scoring.rule_set import BigDealRule, RuleSet

T = TypeVar("T")
SOURCE = "custom metadata of the org"
_SETUP = "Mend it in Setup > Custom Metadata Types; the next run takes it."
#: What the checks say of a rules file, and what that is here.
_WORDS = (
    ("no role name is mapped to", "there is no Adoption Role named"),
    ("; add one to roles.names", "; add it, or correct the name"),
    ("is empty: say which role names are which role, or nobody is scored",
     "there is no Adoption Role: make one for each role"),
)  # fmt: skip


def rules_from(records: Records) -> RuleSet:
    """The rule set that these records hold. Raises RuleRecordsError with all that is wrong."""
    reading = Reading()
    _settings(reading, records.settings)
    _roles(reading, records.roles)
    entries = _measures(reading, records.measures)
    asleep = {str(one[NAME]) for one in records.measures} - entries.keys()
    read_minimums(reading, records.minimums, entries, asleep)
    _big_deals(reading, records.big_deals)
    found: RuleSet | None = None
    try:
        found = rule_set(reading.mapping)
    except RuleSetError as error:
        reading.errors += [_told(line, reading.places) for line in error.errors]
    return replace(_sound(found, reading), source=SOURCE)


def big_deals_from(records: Sequence[Mapping[str, Any]]) -> tuple[BigDealRule, ...]:
    """The active big deal rules of an org. Raises RuleRecordsError with all that is wrong."""
    reading = Reading()
    _big_deals(reading, records)
    found: tuple[BigDealRule, ...] | None = None
    try:
        found = big_deal_rules(reading.mapping)
    except RuleSetError as error:
        reading.errors += [_told(line, reading.places) for line in error.errors]
    return _sound(found, reading)


def _sound(found: T | None, reading: Reading) -> T:
    if found is None or reading.errors:
        lines = "\n".join(dict.fromkeys(reading.errors))
        raise RuleRecordsError(f"{lines}\n{_SETUP}")
    return found


def _settings(reading: Reading, records: Sequence[Mapping[str, Any]]) -> None:
    if not records:
        reading.refuse(str(Setting.OBJECT), "there is no record; make one, named Rules")
    elif len(records) > 1:
        names = " and ".join(str(one[NAME]) for one in records)
        reading.refuse(str(Setting.OBJECT), f"there are {names}; keep one of them")
    for record in records[:1]:
        here = place(Setting, record[NAME])
        _read_cells(reading, SETTING, record, reading.mapping, "", here)
        reading.places |= {cell.key[0]: here for cell in SETTING if len(cell.key) > 1}


def _read_cells(
    reading: Reading,
    cells: Iterable[Cell],
    record: Mapping[str, Any],
    into: dict[str, Any],
    path: str,
    here: str,
) -> None:
    for cell in cells:
        field = f"{here}, {cell.field}"
        reading.places[".".join(filter(None, (path, *cell.key)))] = field
        try:
            value = forms.read(cell.form, record[cell.field])
        except forms.FormError as error:
            reading.refuse(field, str(error))
            continue
        if value is not None:
            *outer, last = cell.key
            target = into
            for key in outer:
                target = target.setdefault(key, {})
            target[last] = value


def in_order(records: Iterable[Mapping[str, Any]], field: str) -> list[Mapping[str, Any]]:
    """By their order, those without one last, and then by name."""
    last = float("inf")
    return sorted(
        records, key=lambda one: (last if one[field] is None else one[field], str(one[NAME]))
    )


def _roles(reading: Reading, records: Iterable[Mapping[str, Any]]) -> None:
    said = reading.mapping.setdefault("roles", {})
    said["defined"], said["names"], said["profiles"] = [], {}, {}
    reading.places |= {f"roles.{key}": str(Role.OBJECT) for key in ("defined", "names", "profiles")}
    holders: dict[tuple[str, str], str] = {}
    for record in in_order(records, Role.ORDER):
        role = str(record[NAME])
        said["defined"].append(role)
        for key, field in (("names", Role.ROLE_NAMES), ("profiles", Role.PROFILE_NAMES)):
            here = place(Role, role, field)
            for name in forms.read("lines", record[field]) or ():
                other = holders.setdefault((key, same_name(name)), role)
                if name in said[key] or other != role:
                    reading.refuse(here, f"{name!r} is there twice (see {other}); keep one")
                said[key][name] = role


def _measures(
    reading: Reading, records: Iterable[Mapping[str, Any]]
) -> dict[str, tuple[str, dict[str, Any]]]:
    """The active measures, by name: key path and entry."""
    entries: dict[str, tuple[str, dict[str, Any]]] = {}
    listed = reading.mapping.setdefault("measures", [])
    reading.places["measures"] = f"{Measure.OBJECT}, {Measure.WEIGHT}"
    for record in in_order(records, Measure.ORDER):
        if not record[Measure.ACTIVE]:
            continue
        name, path = str(record[NAME]), f"measures[{len(listed) + 1}]"
        entry: dict[str, Any] = {"name": name, "label": record[LABEL]}
        here = place(Measure, name)
        reading.places |= {path: here, f"{path}.name": f"{here}, {NAME}"}
        reading.places[f"{path}.label"] = f"{here}, {LABEL}"
        _read_cells(reading, MEASURE, record, entry, path, here)
        if entry.get("kind") == "share":
            entry.setdefault("roles", [])  # an empty field: nobody is judged by it
        entries[name] = (path, entry)
        listed.append(entry)
    return entries


def _big_deals(reading: Reading, records: Iterable[Mapping[str, Any]]) -> None:
    listed = reading.mapping.setdefault("big_deals", [])
    for record in records:
        if not record[Deal.ACTIVE]:
            continue
        path, here = f"big_deals[{len(listed) + 1}]", place(Deal, record[NAME])
        reading.places |= {path: here, f"{path}.name": f"{here}, {NAME}"}
        entry: dict[str, Any] = {"name": str(record[NAME])}
        _read_cells(reading, DEAL, record, entry, path, here)
        listed.append(entry)


def _told(line: str, places: Mapping[str, str]) -> str:
    """An error of the checks with the record and field in place of the key."""
    path, colon, words = line.partition(": ")
    for said, here in _WORDS:
        words = words.replace(said, here)
    at = path
    while at and at not in places:
        at = at[: max(at.rfind("."), at.rfind("["), 0)]
    return f"{places[at]}: {words}" if at and colon else line
