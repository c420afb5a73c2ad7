"""Says which records an org needs to have the rules of a file: one for each thing an admin edits."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from service.rule_records import forms
from service.rule_records.from_records import rules_from
from service.rule_records.records import (
    LABEL,
    NAME,
    TYPES,
    Records,
    RuleRecordsError,
    query_fields,
)
from service.rule_records.shape import (
    ASKED_IN,
    CHANGE,
    CHANGED_IN,
    DEAL,
    MEASURE,
    SETTING,
    SETTINGS_NAME,
)
from service.rules_file import DEFAULT_RULES, read_mapping
from service.salesforce.fields import BigDealRule as Deal
from service.salesforce.rule_fields import AdoptionMeasure as Measure
from service.salesforce.rule_fields import AdoptionMinimum as Minimum
from service.salesforce.rule_fields import AdoptionRole as Role
from service.salesforce.rule_fields import AdoptionSetting as Setting
from service.scoring.measure_rules import MEASURES
from service.scoring.validate import rule_set

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from service.rule_records.shape import Cell, Form
    from service.salesforce.custom_object import CustomObject

#: Salesforce's names of records: letters, digits and single underscores, at most 40.
_NAME = re.compile(r"[A-Za-z](?!\w*__)\w{0,39}(?<!_)", re.ASCII)
_LONGEST = 40


@dataclass
class NewRecord:
    """A record to make: what `values` does not name stays empty."""

    type: type[CustomObject]  #: one of TYPES
    name: str
    label: str
    values: dict[str, tuple[Form, Any]] = field(default_factory=dict)  #: by field

    @property
    def object_name(self) -> str:
        """The API name of its type."""
        return self.type.OBJECT

    def row(self) -> dict[str, Any]:
        """The record as a query would give it."""
        said = {name: value for name, (_, value) in self.values.items()}
        return dict.fromkeys(query_fields(self.type)) | {NAME: self.name, LABEL: self.label} | said


def records_of(mapping: Mapping[str, Any]) -> list[NewRecord]:
    """The records that hold the rules of a mapping.

    Raises RuleSetError where the rules are wrong, and RuleRecordsError naming every value that a
    record cannot hold; what is given is proved to read back as the very same rules.
    """
    wanted, errors = rule_set(mapping), list[str]()
    made = [
        *_settings(mapping, errors),
        *_roles(mapping, errors),
        *_measures(mapping, errors),
        *_minimums(mapping, errors),
        *_big_deals(mapping, errors),
    ]
    errors += _alike(made)
    if errors:
        raise RuleRecordsError("\n".join(errors))
    if rules_from(as_read(made)) != wanted:
        raise RuleRecordsError(
            "Records cannot hold these rules: a list that is empty on purpose is one thing that "
            "they cannot say. Leave the key out, or keep the rules file."
        )
    return made


def _alike(made: Iterable[NewRecord]) -> list[str]:
    """Names that are one name in an org, where case does not count."""
    seen: dict[tuple[str, str], str] = {}
    found = []
    for one in made:
        other = seen.setdefault((one.object_name, one.name.lower()), one.name)
        if other != one.name:
            found.append(
                f"{one.object_name}: {other!r} and {one.name!r} are one name in an org; rename one."
            )
    return found


def as_read(made: Iterable[NewRecord]) -> Records:
    """The records as an org that has them would give them."""
    rows: dict[type, list[dict[str, Any]]] = {one: [] for one in TYPES}
    for record in made:
        rows[record.type].append(record.row())
    return Records(*(rows[one] for one in TYPES))


def _fill(
    record: NewRecord,
    cells: Iterable[Cell],
    mapping: Mapping[str, Any],
    where: str,
    errors: list[str],
) -> NewRecord:
    for cell in cells:
        value: Any = mapping
        for key in cell.key:
            value = value.get(key) if value is not None else None
        if value in (None, "", [], {}, ()):
            continue
        _put(record, cell.field, cell.form, value, where + ".".join(cell.key), errors)
    return record


def _put(
    record: NewRecord,
    field_name: str,
    form: Form,
    value: Any,  # noqa: ANN401
    where: str,
    errors: list[str],
) -> None:
    try:
        record.values[field_name] = (form, forms.write(form, value))
    except forms.FormError as error:
        errors.append(f"{where}: {error}.")


def _named(
    kind: type[CustomObject], name: str, label: str, where: str, errors: list[str]
) -> NewRecord:
    if not _NAME.fullmatch(name):
        errors.append(
            f"{where}: {name!r} cannot name a record; write at most {_LONGEST} letters, digits and "
            "single underscores, beginning with a letter."
        )
    if not 1 <= len(label) <= _LONGEST or label != label.strip():
        errors.append(f"{where}: the label {label!r} must have 1 to {_LONGEST} characters.")
    return NewRecord(kind, name, label)


def _settings(mapping: Mapping[str, Any], errors: list[str]) -> Iterator[NewRecord]:
    yield _fill(NewRecord(Setting, SETTINGS_NAME, "Rules"), SETTING, mapping, "", errors)


def _roles(mapping: Mapping[str, Any], errors: list[str]) -> Iterator[NewRecord]:
    said = mapping.get("roles", {})
    maps = {Role.ROLE_NAMES: said.get("names", {}), Role.PROFILE_NAMES: said.get("profiles", {})}
    last = [said["when_unknown"]] if said.get("when_unknown") else []
    used = [role for one in maps.values() for role in one.values() if role]
    defined = said.get("defined") or list(dict.fromkeys((*used, *last)))
    for place, role in enumerate(defined, start=1):
        where = f"roles, {role}"
        record = _named(
            Role, role, role.replace("_", " ").capitalize()[:_LONGEST].strip(), where, errors
        )
        _put(record, Role.ORDER, "whole", place, where, errors)
        for field_name, names in maps.items():
            own = [name for name, of in names.items() if of == role]
            if own:
                _put(record, field_name, "lines", own, where, errors)
        yield record


def _measures(mapping: Mapping[str, Any], errors: list[str]) -> Iterator[NewRecord]:
    for place, entry in enumerate(mapping["measures"], start=1):
        where = f"measures[{place}]"
        record = _named(Measure, entry["name"], entry["label"], where, errors)
        record.values |= {Measure.ACTIVE: ("truth", True), Measure.ORDER: ("whole", place)}
        yield _fill(record, MEASURE, entry, f"{where}.", errors)


def _minimums(mapping: Mapping[str, Any], errors: list[str]) -> Iterator[NewRecord]:
    taken: set[str] = set()
    for entry in mapping["measures"]:
        name = entry["name"]
        kind = MEASURES.get(name, entry["kind"])
        for role, least in entry.get(ASKED_IN.get(kind, ""), {}).items():
            yield _minimum(taken, errors, name, role, None, least)
        for role, by_segment in entry.get("segment_minimums", {}).items():
            for segment, least in by_segment.items():
                yield _minimum(taken, errors, name, role, segment, least)
    for change in mapping.get("minimum_changes", ()):
        least = next(change[key] for key in CHANGED_IN.values() if key in change)
        asked = (change["measure"], change["role"], change.get("segment"), least)
        record = _minimum(taken, errors, *asked, change["effective_on"].isoformat())
        yield _fill(record, CHANGE, change, "minimum_changes, ", errors)


def _minimum(
    taken: set[str], errors: list[str], measure: str, role: str, segment: str | None, least: Any,  # noqa: ANN401
    day: str = "",
) -> NewRecord:  # fmt: skip
    parts = [part for part in (measure, role, segment, day.replace("-", "")) if part]
    label = " ".join(parts).replace("_", " ").capitalize()[:_LONGEST].strip()
    record = NewRecord(Minimum, _free("_".join(parts), taken), label)
    record.values |= {Minimum.MEASURE: ("text", measure), Minimum.ROLE: ("text", role)}
    if segment:
        record.values[Minimum.SEGMENT] = ("text", segment)
    _put(record, Minimum.MINIMUM, "number", least, f"the minimum of {measure} for {role}", errors)
    return record


def _free(wanted: str, taken: set[str]) -> str:
    """A name that no record of the type has yet, short enough."""
    name, number = wanted[:_LONGEST].rstrip("_"), 1
    while name.lower() in taken:  # names that differ in case only are one name in an org
        number += 1
        end = f"_{number}"
        name = wanted[: _LONGEST - len(end)].rstrip("_") + end
    taken.add(name.lower())
    return name


def _big_deals(mapping: Mapping[str, Any], errors: list[str]) -> Iterator[NewRecord]:
    for place, entry in enumerate(mapping.get("big_deals", ()), start=1):
        where = f"big_deals[{place}]"
        label = entry["name"].replace("_", " ")
        record = _named(Deal, entry["name"], label, where, errors)
        record.values[Deal.ACTIVE] = ("truth", True)
        yield _fill(record, DEAL, entry, f"{where}.", errors)


def seed_records() -> list[NewRecord]:
    """The examples that ship with Bellwether, with no role confirmed: nobody is judged by them."""
    mapping = read_mapping(DEFAULT_RULES)
    roles = dict.fromkeys(mapping["roles"]["names"].values())
    return records_of({**mapping, "roles": {"defined": list(roles)}})
