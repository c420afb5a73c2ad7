"""What a list view must say beyond the schema: columns and filters by fields that are there.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/customobject.htm (ListView)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from localorg.metadata import model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from localorg.metadata.model import Component, Element, Problem
    from localorg.metadata.universe import FieldFacts, Universe

#: How list views of custom objects call what every record has, in public projects.
_STANDARD = frozenset(
    {"NAME", "OWNER.ALIAS", "CREATED_DATE", "CREATEDBY_USER", "LAST_UPDATE", "UPDATEDBY_USER"}
)
_OWNER = "OWNER.ALIAS"
_LABEL_LENGTH = 40


def check_list_view(one: Component, universe: Universe) -> Iterator[Problem]:
    """Its object exists, columns and filters name fields of it, and who owns nothing has no owner."""
    if not universe.has_object(one.parent):
        yield one.problem(f"In field: object - no CustomObject named {one.parent} found")
        return
    fields = universe.fields(one.parent)
    named = [(str(element.text), element) for element in one.every("columns")]
    named += [(model.text(element, "field"), element) for element in one.every("filters")]
    for name, element in named:
        if (name not in fields and name not in _STANDARD) or (
            name == _OWNER and "OwnerId" not in fields
        ):
            yield one.problem(f"Could not resolve list view column: {name}", element)
    if one.text("filterScope") == "Mine" and "OwnerId" not in fields:
        yield one.problem(f"Records of {one.parent} have no owner: filterScope Mine is not valid")
    for element in one.every("filters"):
        yield from _check_values(one, fields.get(model.text(element, "field")), element)
    if len(one.text("label")) > _LABEL_LENGTH:
        yield one.problem(f"label maximum length is:{_LABEL_LENGTH}")


def _check_values(one: Component, field: FieldFacts | None, element: Element) -> Iterator[Problem]:
    """A filter by a restricted picklist takes its values, several apart by commas."""
    if field is None or field.values is None:
        return
    for value in filter(None, model.text(element, "value").split(",")):
        if value not in field.values:
            yield one.problem(f"{value} is no value of {field.name}", element)
