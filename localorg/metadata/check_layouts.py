"""What a page layout must say beyond the schema: fields that are there, each of them once.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_layouts.htm
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from localorg.metadata import model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from localorg.metadata.model import Component, Problem
    from localorg.metadata.universe import Universe

#: What layouts of custom metadata types name besides fields of the object, in public projects.
_STANDARD = frozenset({"IsProtected", "CreatedById", "LastModifiedById", "NamespacePrefix"})
_NAME_COLUMN = "NAME"  #: as a related list calls the record's name
_COLUMNS = {"OneColumn": 1, "TwoColumnsTopToBottom": 2, "TwoColumnsLeftToRight": 2}


def object_of(one: Component) -> str:
    """The object of a layout: `Adoption_Role__mdt` of `Adoption_Role__mdt-Adoption Role Layout`."""
    return one.full_name.partition("-")[0]


def check_layout(one: Component, universe: Universe) -> Iterator[Problem]:
    """Its object and fields exist, none is there twice, and none that must be filled in is left out."""
    object_name = object_of(one)
    if not universe.has_object(object_name):
        yield one.problem(f"In field: fullName - no CustomObject named {object_name} found")
        return
    fields = universe.fields(object_name)
    items = [
        (model.text(item, "field"), item)
        for item in one.every("layoutSections", "layoutColumns", "layoutItems")
    ]
    counts = Counter(name for name, _ in items)
    for name, item in items:
        if name not in fields and name not in _STANDARD:
            yield one.problem(
                f"In field: field - no CustomField named {object_name}.{name} found", item
            )
        elif counts[name] > 1:
            yield one.problem(f"Duplicate field in the layout: {name}", item)
    for name, field in fields.items():
        if field.custom and field.required and name not in counts:
            yield one.problem(f"Layout must contain an item for required layout field: {name}")
    yield from _check_columns(one)
    yield from _check_related(one, object_name, universe)


def _check_related(one: Component, object_name: str, universe: Universe) -> Iterator[Problem]:
    """A related list of custom records is named by their object and its lookup to this one."""
    for element in one.every("relatedLists"):
        listed = model.text(element, "relatedList")
        child, _, lookup = listed.partition(".")
        if not child.endswith("__c"):
            continue
        field = universe.field(child, lookup)
        if field is None or object_name not in field.reference_to:
            yield one.problem(f"Cannot find related list: {listed}", element)
            continue
        for column in (str(one.text) for one in model.every(element, "fields")):
            if column != _NAME_COLUMN and column not in universe.fields(child):
                yield one.problem(
                    f"In field: fields - no CustomField named {child}.{column} found", element
                )


def _check_columns(one: Component) -> Iterator[Problem]:
    for section in one.every("layoutSections"):
        wanted = _COLUMNS.get(model.text(section, "style"))
        found = len(list(model.every(section, "layoutColumns")))
        if wanted is not None and found != wanted:
            words = f"The section {model.text(section, 'label')} has {found} columns, not {wanted}"
            yield one.problem(words, section)
