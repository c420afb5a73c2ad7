"""The component that holds the panel in Lightning, and what would be wrong with one."""

from __future__ import annotations

import json
import re

import pytest

from localorg.metadata.checks import check
from localorg.metadata.reader import read_files
from tests.metadata.test_source_tree import PACKAGE, PROJECT

FOLDER = PROJECT / "force-app/main/default/aura/bellwetherPanel"
FILES = {f"aura/bellwetherPanel/{one.name}": one.read_bytes() for one in FOLDER.iterdir()}
MARKUP = "aura/bellwetherPanel/bellwetherPanel.cmp"
MANIFEST = b"""<?xml version="1.0" encoding="UTF-8"?>
<Package xmlns="http://soap.sforce.com/2006/04/metadata"><types><members>bellwetherPanel</members>
<name>AuraDefinitionBundle</name></types><version>66.0</version></Package>"""


def problems(changes):
    """What is wrong with the bundle after these changes; None takes a file away."""
    files = {**FILES, "package.xml": MANIFEST, **changes}
    package = read_files({path: content for path, content in files.items() if content is not None})
    return [one.text for one in check(package, PACKAGE.components)]


def test_ours_is_whole():
    assert problems({}) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({MARKUP: None}, "The bundle has no bellwetherPanel.cmp"),
        ({MARKUP: b"<aura:component>"}, "bellwetherPanel.cmp: "),
        ({MARKUP: FILES[MARKUP].replace(b"Bellwether_Panel", b"Other")}, "no external client app named Other"),
        ({MARKUP: FILES[MARKUP].replace(b"Bellwether_Panel", b"Bellwether_Jobs")}, "does not list the location Aura"),
        ({"aura/bellwetherPanel/bellwetherPanel.odd": b""}, "bellwetherPanel.odd is not known"),
        ({f"{MARKUP}-meta.xml": None}, "No bellwetherPanel.cmp-meta.xml stands beside"),
        ({f"{MARKUP}-meta.xml": FILES[f"{MARKUP}-meta.xml"].replace(b"description", b"about")}, "about"),
    ],
)  # fmt: skip
def test_a_planted_mistake_is_found(changes, told):
    found = problems(changes)
    assert [one for one in found if told in one], found


def test_it_passes_what_the_panel_reads():
    controller = FILES["aura/bellwetherPanel/bellwetherPanelController.js"].decode()
    assert set(re.findall(r"(\w+): component\.get", controller)) == {"recordId", "sObjectName"}
    assert (
        json.loads((PROJECT / "sfdx-project.json").read_text("utf-8"))["sourceApiVersion"] == "66.0"
    )
