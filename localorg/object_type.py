"""One object and its fields, as describe shows them.

Types carry the names that describe uses ("string", "textarea", "double" …), not those of the
metadata files ("Text", "LongTextArea", "Number" …).

Shapes follow the sObject Describe resource:
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_describe.htm
and the recorded describes in github.com/SFDO-Tooling/CumulusCI (cumulusci/tests/shared_cassettes).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

FieldType = Literal[
    "id", "reference", "string", "textarea", "boolean", "int", "double", "currency", "percent",
    "date", "datetime", "picklist", "multipicklist", "combobox", "email", "phone", "url",
]  # fmt: skip
SharingModel = Literal["Private", "Read", "ReadWrite", "ControlledByParent"]

#: The longest text that SOQL can still filter; describe calls longer ones textarea.
LONGEST_FILTERABLE_TEXT = 255
#: What describe says of a type: filterable, groupable, sortable, aggregatable.
_USES: Mapping[str, tuple[bool, bool, bool, bool]] = {
    "boolean": (True, True, True, False),
    "double": (True, False, True, True),
    "currency": (True, False, True, True),
    "percent": (True, False, True, True),
    "datetime": (True, False, True, True),
    "combobox": (True, False, True, True),
    "multipicklist": (True, False, False, False),
}


class SchemaError(Exception):
    """A change of the schema that an org would refuse; the message says which and why."""


@dataclass(frozen=True)
class Field:
    """One field, as describe shows it. Make them with `new_field`, which knows the defaults."""

    name: str
    type: FieldType
    label: str
    length: int = 0  #: characters, for texts
    precision: int = 0  #: digits in all, for numbers
    scale: int = 0  #: digits after the decimal point, for numbers
    nillable: bool = True
    unique: bool = False
    external_id: bool = False
    case_sensitive: bool = False
    picklist: tuple[str, ...] = ()  #: the active values
    restricted: bool = False  #: a value outside `picklist` is refused
    reference_to: tuple[str, ...] = ()
    relationship_name: str | None = None  #: child to parent: `Owner`, `User__r`
    child_relationship_name: str | None = None  #: parent to child: `Adoption_Scores__r`
    cascade_delete: bool = False  #: master-detail
    read_of_master: bool = False  #: read on the master is enough to write a detail
    filterable: bool = True
    groupable: bool = True
    sortable: bool = True
    aggregatable: bool = True
    createable: bool = True
    updateable: bool = True
    defaulted_on_create: bool = False
    default_value: str | None = None
    auto_number: str | None = None  #: display format, `A-{0000}`
    name_field: bool = False
    needs_permission: str | None = None  #: user permission without which the field is unseen

    @property
    def custom(self) -> bool:
        """Whether an admin made it."""
        return self.name.endswith("__c")

    @property
    def storage(self) -> str:
        """The SQLite column type and collation; texts compare as SOQL compares them."""
        if self.type in {"boolean", "int"}:
            return "INTEGER"
        if self.type in {"double", "currency", "percent"}:
            return "REAL"
        exact = self.case_sensitive or self.type in {"id", "reference", "date", "datetime"}
        return "TEXT" if exact else "TEXT COLLATE NOCASE"


def new_field(name: str, type_: FieldType, label: str | None = None, **about: Any) -> Field:  # noqa: ANN401  # Field's own
    """A field whose uses (filterable, groupable …) follow its type unless `about` says otherwise."""
    uses = _USES.get(type_, (True, True, True, True))
    if type_ == "textarea" and int(about.get("length", 0)) > LONGEST_FILTERABLE_TEXT:
        uses = (False, False, False, False)
    said = dict(zip(("filterable", "groupable", "sortable", "aggregatable"), uses, strict=True))
    return Field(name=name, type=type_, label=label or name, **{**said, **about})


@dataclass(frozen=True)
class ObjectType:
    """One object. Custom objects are made with `new_object`, which adds the system fields."""

    name: str
    label: str
    label_plural: str
    key_prefix: str = ""  #: three characters; `Schema.add_object` gives a free one if empty
    fields: Mapping[str, Field] = field(default_factory=dict)  #: by API name, in describe's order
    sharing_model: SharingModel = "ReadWrite"
    hierarchy_access: bool = True  #: "Grant access using hierarchies"
    rights_of: str = ""  #: the object whose rights decide; empty: its own
    feed_enabled: bool = False
    queryable: bool = True
    createable: bool = True
    updateable: bool = True
    deletable: bool = True
    setup: bool = False  #: not to be written with other objects in one transaction

    @property
    def custom(self) -> bool:
        """Whether an admin made it."""
        return self.name.endswith(("__c", "__mdt"))

    @property
    def is_custom_metadata(self) -> bool:
        """Readable by query, written by deployment only."""
        return self.name.endswith("__mdt")

    def find(self, name: str) -> Field | None:
        """The field of that API name, in any case."""
        found = self.fields.get(name)
        if found:
            return found
        wanted = name.lower()
        return next((one for one in self.fields.values() if one.name.lower() == wanted), None)

    def relationship(self, name: str) -> Field | None:
        """The reference field whose child-to-parent relationship has that name, in any case."""
        wanted = name.lower()
        for one in self.fields.values():
            if one.relationship_name and one.relationship_name.lower() == wanted:
                return one
        return None

    @property
    def name_field(self) -> Field | None:
        """The field that names a record, where there is one."""
        return next((one for one in self.fields.values() if one.name_field), None)
