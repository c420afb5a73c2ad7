"""The form of the files in sfdx/: as the CLI writes them; what differs is named with its line."""

from __future__ import annotations

import pytest

from localorg.metadata.source_form import check_form
from tests.metadata.test_source_tree import PROJECT

GOOD = """<?xml version="1.0" encoding="UTF-8"?>
<CustomTab xmlns="http://soap.sforce.com/2006/04/metadata">
    <description>One &amp;
two &lt;lines&gt;</description>
    <values>
        <value xsi:nil="true"/>
        <label>Two</label>
    </values>
</CustomTab>
"""


def found(folder, text):
    (folder / "X.tab-meta.xml").write_bytes(text.encode())
    return [one.line for one in check_form(folder)]


def test_ours_have_it():
    assert list(check_form(PROJECT)) == []


def test_texts_of_several_lines_and_empty_elements_are_fine(tmp_path):
    assert found(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('<?xml version="1.0" encoding="UTF-8"?>\n', "", 1),
        ("        <label>", "      <label>", 7),
        ("        <label>", "\t\t<label>", 7),
        ("    </values>", "        </values>", 8),
        ("Two</label>", "Two</label> ", 7),
        ("<label>Two</label>", "<label>Two</label><value>b</value>", 7),
        ("<values>\n", "<values><value>a</value>\n", 5),
        ("\n    <values>", "\n\n    <values>", 5),
        ("</CustomTab>\n", "</CustomTab>", 9),
        ("</CustomTab>\n", "</CustomTab>\n\n", 10),
        ("\n", "\r\n", 1),
    ],
)
def test_another_form_is_named_with_its_line(tmp_path, old, new, line):
    assert found(tmp_path, GOOD.replace(old, new)) == [line]
