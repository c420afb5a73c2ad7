"""Bundles: folders of files that make one component together, and what they must agree on.

Only what a Canvas app in Lightning needs is known: markup and controller of an Aura component.
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_auradefinitionbundle.htm
"""

from __future__ import annotations

import base64
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from lxml import etree

from localorg.metadata import model
from localorg.metadata.kinds import BUNDLE_PARTS, BY_TYPE, NAMESPACE
from localorg.metadata.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from localorg.metadata.model import Component, Element
    from localorg.metadata.universe import Universe

#: Markup uses these prefixes without saying so.
_PREFIXES = ("aura", "force", "flexipage", "lightning", "ui", "c")
_CANVAS = "{force}canvasApp"


def element_of(file: PurePosixPath) -> str | None:
    """The element that holds this file of a bundle in the API, or None for a file that is not known."""
    end = file.name.removeprefix(file.parent.name)
    return BUNDLE_PARTS.get(end) if end != file.name else None


def complete(components: Sequence[Component], parts: Mapping[str, bytes]) -> Iterator[Problem]:
    """Put each bundle's files into its component; files without a bundle are problems."""
    bundles = {
        str(PurePosixPath(one.file).parent): one
        for one in components
        if one.type in BY_TYPE and BY_TYPE[one.type].is_bundle
    }
    for path, content in parts.items():
        file = PurePosixPath(path)
        one = bundles.get(str(file.parent))
        if one is None:
            words = f"No {file.parent.name}.cmp-meta.xml stands beside this file"
            yield Problem("AuraDefinitionBundle", file.parent.name, path, words)
            continue
        _hold(one.xml, str(element_of(file)), base64.b64encode(content).decode())


def _hold(bundle: Element, name: str, text: str) -> None:
    """Add an element where the API's order has it: by the alphabet."""
    at = sum(model.local_name(one) < name for one in bundle)
    held = etree.Element(f"{{{NAMESPACE}}}{name}")
    held.text = text
    bundle.insert(at, held)


def check_aura(one: Component, universe: Universe) -> Iterator[Problem]:
    """The markup is whole, and a Canvas app in it is one that may stand in Lightning."""
    if not one.text("markup"):
        yield one.problem(f"The bundle has no {one.name}.cmp")
        return
    try:
        names = canvas_apps(one)
    except (ValueError, etree.XMLSyntaxError) as error:
        yield one.problem(f"{one.name}.cmp: {error}")
        return
    for name in names:
        if universe.find("ExternalClientApplication", name) is None:
            words = f"{one.name}.cmp: no external client app named {name} found"
            yield one.problem(words, style=True)  # an org looks for it when the page is drawn
        elif not _may_be_in_lightning(universe, name):
            yield one.problem(
                f"{one.name}.cmp: the canvas app {name} does not list the location Aura"
            )


def canvas_apps(one: Component) -> list[str]:
    """The Canvas apps that an Aura component holds, by the names of their external client apps."""
    root = _markup(base64.b64decode(one.text("markup")).decode())
    return [canvas.get("developerName") or "" for canvas in root.iter(_CANVAS)]


def _markup(text: str) -> Element:
    names = " ".join(f'xmlns:{prefix}="{prefix}"' for prefix in _PREFIXES)
    return model.parse(f"<bundle {names}>{text}</bundle>".encode())


def _may_be_in_lightning(universe: Universe, app: str) -> bool:
    return any(
        (location.text or "").strip() == "Aura"
        for one in universe
        if one.type == "ExtlClntAppCanvasSettings" and one.text("externalClientApplication") == app
        for location in one.every("canvasLocationOptions")
    )
