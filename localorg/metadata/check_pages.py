"""What a Lightning page must say beyond the schema: its regions, its components, its object.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_flexipage.htm
"""

from __future__ import annotations

import base64
from collections import Counter
from typing import TYPE_CHECKING

from localorg.metadata import model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from localorg.metadata.model import Component, Element, Problem
    from localorg.metadata.universe import Universe

#: By template: the type of its pages and the regions that these have.
_TEMPLATES = {
    "flexipage:defaultAppHomeTemplate": ("AppPage", ("main",)),
    "flexipage:appHomeTemplateHeaderTwoColumnsLeftSidebar": ("AppPage", ("region1", "region2", "region3")),
    "flexipage:recordHomeTemplateDesktop": ("RecordPage", ("header", "main", "sidebar")),
    "home:desktopTemplate": ("HomePage", ("top", "bottomLeft", "bottomRight", "sidebar")),
}  # fmt: skip
#: Salesforce's own components that this org knows; the others are many.
_STANDARD = frozenset({"force:detailPanel", "force:highlightsPanel"})
#: What a component of one's own must implement to stand on a page of the type.
_INTERFACES = {
    "AppPage": ("flexipage:availableForAllPageTypes",),
    "HomePage": ("flexipage:availableForAllPageTypes",),
    "RecordPage": ("flexipage:availableForAllPageTypes", "flexipage:availableForRecordHome"),
}


def check_page(one: Component, universe: Universe) -> Iterator[Problem]:
    """Its template has the regions, its components and its object exist, and names are there once."""
    template, type_ = one.text("template", "name"), one.text("type")
    wanted, regions = _TEMPLATES.get(template, ("", ()))
    if not wanted:
        yield one.problem(f"Template {template} doesn't exist.")
    elif wanted != type_:
        yield one.problem(f"The template {template} is for pages of type {wanted}, not {type_}")
    yield from _check_object(one, universe)
    for region in one.every("flexiPageRegions"):
        name, kind = model.text(region, "name"), model.text(region, "type")
        if wanted and (kind != "Region" or name not in regions):
            yield one.problem(f"The '{name}' region (type {kind}) doesn't exist.", region)
    yield from _check_names(one)
    for component in one.every("flexiPageRegions", "itemInstances", "componentInstance"):
        yield from _check_component(one, component, universe)


def _check_object(one: Component, universe: Universe) -> Iterator[Problem]:
    name, is_record_page = one.text("sobjectType"), one.text("type") == "RecordPage"
    if is_record_page and not name:
        yield one.problem("Required field is missing: sobjectType")
    elif name and not is_record_page:
        yield one.problem(f"A page of type {one.text('type')} has no sobjectType")
    elif name and not universe.has_object(name):
        yield one.problem(f"In field: sobjectType - no CustomObject named {name} found")


def _check_names(one: Component) -> Iterator[Problem]:
    """Regions, and the identifiers of what stands in them, are unique within the page."""
    regions = [model.text(each, "name") for each in one.every("flexiPageRegions")]
    items = [
        model.text(each, "identifier")
        for each in one.every("flexiPageRegions", "itemInstances", "componentInstance")
    ]
    for what, names in (("region", regions), ("identifier", items)):
        for name, times in Counter(names).items():
            if times > 1:
                yield one.problem(f"Duplicate {what} in the page: {name}")
    if "" in items:
        yield one.problem("Required field is missing: identifier")


def _check_component(one: Component, element: Element, universe: Universe) -> Iterator[Problem]:
    name = model.text(element, "componentName")
    if name in _STANDARD:
        return
    bundle = universe.find("AuraDefinitionBundle", name)
    if bundle is None:
        yield one.problem(
            f"We couldn't retrieve the design time component information for component {name}.",
            element,
        )
    elif not any(each in _implements(bundle) for each in _INTERFACES.get(one.text("type"), ())):
        yield one.problem(f"The component {name} is not available for {one.text('type')}", element)


def _implements(bundle: Component) -> tuple[str, ...]:
    """The interfaces that an Aura component's markup names."""
    markup = base64.b64decode(bundle.text("markup")).decode(errors="replace")
    said = markup.partition('implements="')[2].partition('"')[0]
    return tuple(part.strip() for part in said.split(","))


def check_tab(one: Component, universe: Universe) -> Iterator[Problem]:
    """A tab that shows a Lightning page: it has a label, and the page is one of an app."""
    name = one.text("flexiPage")
    page = universe.find("FlexiPage", name)
    if page is None:
        yield one.problem(f"In field: flexiPage - no FlexiPage named {name} found")
    elif page.text("type") != "AppPage":
        yield one.problem(
            f"A tab shows a page of type AppPage, and {name} is a {page.text('type')}"
        )
    if not one.text("label"):
        yield one.problem("Required field is missing: label")


def check_overrides(one: Component, universe: Universe) -> Iterator[Problem]:
    """A page that an app shows for an object exists, and is a record page of that object."""
    for element in one.every("actionOverrides"):
        name, of = model.text(element, "content"), model.text(element, "pageOrSobjectType")
        if (
            model.text(element, "type") != "Flexipage"
            or model.text(element, "actionName") != "View"
        ):
            yield one.problem("Only a Lightning page for View is known here", element)
            continue
        page = universe.find("FlexiPage", name)
        if page is None:
            yield one.problem(f"In field: content - no FlexiPage named {name} found", element)
        elif page.text("sobjectType") != of:
            yield one.problem(
                f"{name} is a page of {page.text('sobjectType')}, not of {of}", element
            )
