"""Everything that a component may refer to: what is deployed, what comes now, what is standard."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING

from localorg import system_fields
from localorg.metadata import model
from localorg.standard_objects import standard_objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from localorg.metadata.model import Component
    from localorg.object_type import Field, ObjectType

ACTIVITY = "Activity"
_ACTIVITY = ("Subject", "ActivityDate", "Status", "Priority", "IsClosed", "CreatedDate", "OwnerId")
RELATIONSHIP_TYPES = frozenset({"Lookup", "MasterDetail", "Hierarchy", "MetadataRelationship"})


@dataclass(frozen=True)
class FieldFacts:
    """What other components need to know of a field."""

    object: str
    name: str
    type: str  #: metadata type of a custom field ("LongTextArea"), describe type of a standard one
    custom: bool
    required: bool = False
    reference_to: tuple[str, ...] = ()
    hop: str = ""  #: how report types walk through it: `Owner`, `Manager`, `Contact__c`
    child_relationship: str = ""  #: how the parent names its children: `Adoption_Scores__r`
    values: tuple[str, ...] | None = None  #: of a restricted picklist

    @property
    def always_visible(self) -> bool:
        """Required and master-detail fields have no field permissions of their own."""
        return self.required or self.type == "MasterDetail"


class Universe:
    """All components that will exist after the deployment, over the standard objects."""

    def __init__(self, components: Iterable[Component]) -> None:
        self._by_key = {one.key: one for one in components}
        self._standard = _standard()

    def __iter__(self) -> Iterator[Component]:
        return iter(self._by_key.values())

    def find(self, type_: str, full_name: str) -> Component | None:
        """The component of that type and name."""
        return self._by_key.get((type_, full_name))

    def of_type(self, type_: str) -> Iterator[Component]:
        """Every component of that type."""
        return (one for one in self if one.type == type_)

    def has_object(self, name: str) -> bool:
        """Whether it is a standard object or one of the components."""
        return name in self._standard or self.find("CustomObject", name) is not None

    def fields(self, object_name: str) -> Mapping[str, FieldFacts]:
        """The fields of an object by name; nothing if there is no such object."""
        return self._fields.get(object_name, {})

    def field(self, object_name: str, name: str) -> FieldFacts | None:
        """One field of one object."""
        return self.fields(object_name).get(name)

    def walk(self, object_name: str, path: str) -> FieldFacts | None:
        """The field at the end of `Owner.Manager.Email` or `User__c`, as report types name fields.

        Standard lookups go without `Id`, in the middle and at the end.
        """
        *hops, last = path.split(".")
        for hop in hops:
            through = self._hop(object_name, hop)
            if through is None or not through.reference_to:
                return None
            object_name = through.reference_to[0]
        found = self.field(object_name, last)
        if found is not None and (found.custom or not found.reference_to):
            return found
        return self._hop(object_name, last)

    def child_object(self, object_name: str, relationship: str) -> str | None:
        """The object behind a child relationship: `Adoption_Snapshots__r` or `Account$OwnerId`."""
        name, _, lookup = relationship.partition("$")
        if lookup:
            found = self.field(name, lookup)
            return name if found and object_name in found.reference_to else None
        return next(
            (
                field.object
                for fields in self._fields.values()
                for field in fields.values()
                if field.child_relationship == relationship and object_name in field.reference_to
            ),
            None,
        )

    def _hop(self, object_name: str, hop: str) -> FieldFacts | None:
        return next((one for one in self.fields(object_name).values() if one.hop == hop), None)

    @cached_property
    def _fields(self) -> dict[str, dict[str, FieldFacts]]:
        found = {
            name: {one.name: _standard_facts(name, one) for one in thing.fields.values()}
            for name, thing in self._standard.items()
        }
        found[ACTIVITY] = _activity(found["Task"])
        for thing in self.of_type("CustomObject"):
            if thing.full_name not in found:
                found[thing.full_name] = _system_facts(thing)
        for one in self.of_type("CustomField"):
            if one.parent in found:
                found[one.parent][one.name] = _custom_facts(one)
        return found


def _activity(task: dict[str, FieldFacts]) -> dict[str, FieldFacts]:
    """Tasks and events in one, as report types join them to users."""
    shared = (replace(task[name], object=ACTIVITY, child_relationship="") for name in _ACTIVITY)
    is_task = FieldFacts(ACTIVITY, "IsTask", "boolean", custom=False)
    return {one.name: one for one in (*shared, is_task)}


@cache
def _standard() -> Mapping[str, ObjectType]:
    return {one.name: one for one in standard_objects()}


def _system_facts(thing: Component) -> dict[str, FieldFacts]:
    name, label = thing.full_name, thing.text("label")
    if name.endswith("__mdt"):
        made = system_fields.custom_metadata_type(name, label, label)
    else:
        owned = thing.text("sharingModel") != "ControlledByParent"
        model_ = "Private" if owned else "ControlledByParent"
        made = system_fields.custom_object(name, label, label, sharing_model=model_)  # type: ignore[arg-type]  # one of the two
    return {one.name: _standard_facts(name, one) for one in made.fields.values()}


def _standard_facts(object_name: str, one: Field) -> FieldFacts:
    return FieldFacts(
        object_name, one.name, one.type, custom=False,
        required=not one.nillable and one.type != "boolean",
        reference_to=one.reference_to, hop=one.relationship_name or "",
        child_relationship=one.child_relationship_name or "",
    )  # fmt: skip


def _custom_facts(one: Component) -> FieldFacts:
    related = one.text("type") in RELATIONSHIP_TYPES
    child = one.text("relationshipName")
    restricted = one.text("valueSet", "restricted") == "true"
    values = tuple(
        model.text(value, "fullName")
        for value in one.every("valueSet", "valueSetDefinition", "value")
    )
    return FieldFacts(
        one.parent, one.name, one.text("type"), custom=True, required=one.is_true("required"),
        reference_to=(one.text("referenceTo"),) if related else (),
        hop=one.name if related else "",
        child_relationship=f"{child}__r" if child else "",
        values=values if restricted else None,
    )  # fmt: skip
