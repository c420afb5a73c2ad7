"""What a Lightning app must agree on with the tabs.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_customapplication.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from localorg.metadata import check_pages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from localorg.metadata.model import Component, Problem
    from localorg.metadata.universe import Universe

LONGEST_LABEL = 40
#: The standard tabs that this org knows, in the spelling of files that real orgs gave out.
_STANDARD_TABS = frozenset({
    "standard-home", "standard-Dashboard", "standard-report", "standard-Account", "standard-Contact",
    "standard-Opportunity", "standard-Lead", "standard-Chatter", "standard-Task",
})  # fmt: skip


def check_application(one: Component, universe: Universe) -> Iterator[Problem]:
    """Every tab exists, once; the app has a form and a name."""
    if not one.text("label"):
        yield one.problem("Required field is missing: label")
    if len(one.text("label")) > LONGEST_LABEL:
        yield one.problem(f"Value too long for field: label maximum length is:{LONGEST_LABEL}")
    if one.text("uiType") == "Lightning" and next(one.every("formFactors"), None) is None:
        yield one.problem("A Lightning app needs formFactors")
    seen: set[str] = set()
    for element in one.every("tabs"):
        name = (element.text or "").strip()
        if name in seen:
            yield one.problem(f"The tab is in the app twice: {name}", element)
        seen.add(name)
        if name not in _STANDARD_TABS and universe.find("CustomTab", name) is None:
            yield one.problem(f"In field: tab - no CustomTab named {name} found", element)
    yield from check_pages.check_overrides(one, universe)
