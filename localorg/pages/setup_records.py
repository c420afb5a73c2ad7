"""Custom metadata types and their records: the part of `PagesOrg` that Setup edits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from localorg.metadata import deployed, record_form
from localorg.metadata.apply import Applier
from localorg.metadata.checks import check
from localorg.metadata.model import Package

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from localorg.metadata.model import Component
    from localorg.metadata.record_form import FormField
    from localorg.org import Org

_SUFFIX = "__mdt"


@dataclass(frozen=True)
class MetadataType:
    """A custom metadata type with the sections of its form and its records, by name."""

    name: str
    label: str
    label_plural: str
    description: str
    sections: Sequence[tuple[str, Sequence[FormField]]]
    records: Mapping[str, Mapping[str, str]]  #: what each holds, as its form shows it


class SetupRecords:
    """Whoever calls these must be an administrator; the pages see to it."""

    _org: Org

    def metadata_types(self) -> Sequence[MetadataType]:
        """Every deployed custom metadata type, by label."""
        with self._org.read() as db:
            components = _components(db)
        found = (one for one in components if one.full_name.endswith(_SUFFIX))
        types = (_type(one, components) for one in found if one.type == "CustomObject")
        return sorted(types, key=lambda one: one.label)

    def metadata_type(self, name: str) -> MetadataType | None:
        """One of them."""
        return next((one for one in self.metadata_types() if one.name == name), None)

    def save_metadata_record(
        self, user_id: str, about: MetadataType, said: Mapping[str, str], *, is_new: bool
    ) -> Mapping[str, str]:
        """Save a record; gives what is wrong by field ("" for the whole), and then saves nothing."""
        wrong = record_form.mistakes(about.sections, said)
        name = said.get(record_form.NAME, "")
        if is_new and name.lower() in {one.lower() for one in about.records}:
            wrong[record_form.NAME] = "There is a record of this name already."
        if wrong:
            return wrong
        one = record_form.component_of(about.name, about.sections, said)
        with self._org.write() as db:
            problems = check(Package((one,)), _components(db))
            if problems:
                return {"": " ".join(problem.text for problem in problems)}
            Applier(db, self._org.schema, user_id).put([one])
        return {}

    def delete_metadata_record(self, user_id: str, about: MetadataType, name: str) -> None:
        """Delete a record."""
        full_name = f"{about.name.removesuffix(_SUFFIX)}.{name}"
        with self._org.write() as db:
            for one in _components(db):
                if one.key == ("CustomMetadata", full_name):
                    Applier(db, self._org.schema, user_id).take(one)


def _components(db: sqlite3.Connection) -> list[Component]:
    known = db.execute("SELECT 1 FROM sqlite_master WHERE name = '_component'").fetchone()
    return [one.component for one in deployed.stored(db)] if known else []


def _type(one: Component, components: Sequence[Component]) -> MetadataType:
    name, stem = one.full_name, one.full_name.removesuffix(_SUFFIX)
    records = {
        other.name: record_form.values_of(other)
        for other in components
        if other.type == "CustomMetadata" and other.parent == stem
    }
    return MetadataType(
        name,
        one.text("label"),
        one.text("pluralLabel"),
        one.text("description"),
        record_form.sections_of(components, name),
        records,
    )
