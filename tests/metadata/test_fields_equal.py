"""The constants in service/salesforce/fields.py and rule_fields.py are the fields of sfdx/, types and sizes included."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import get_args

import pytest

from localorg.metadata.reader import read_source
from service.scoring.exception_state import State

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = {one.key: one for one in read_source(ROOT / "sfdx").components}
SOURCES = [
    (ROOT / f"service/salesforce/{name}.py").read_text("utf-8")
    for name in ("fields", "rule_fields")
]
#: `NAME = "Api_Name"  #: Type(size), facts`; a type followed by "each" or "below" holds on.
LINE = re.compile(
    r'^    (?P<constant>[A-Z_]+) = (?:\(\s+)?"(?P<name>\w+)"(?:  #: (?P<comment>.*))?', re.MULTILINE
)
TYPE = re.compile(r"(?P<type>[A-Z]\w+)(?:\((?P<size>[^)]*)\))?")
TYPE_NAMES = {"picklist": "Picklist"}


def said_of(one):
    """`Number(4,1)` or `Text(18)` as fields.py writes types."""
    type_ = one.text("type")
    sizes = {
        "Number": ("precision", "scale"),
        "Currency": ("precision", "scale"),
        "Lookup": ("referenceTo",),
        "MasterDetail": ("referenceTo",),
    }
    size = ",".join(one.text(name) for name in sizes.get(type_, ("length",)) if one.text(name))
    return f"{type_}({size})" if size else type_


def declared():
    """(object, field, type as written) of every constant."""
    classes = (
        (source, node)
        for source in SOURCES
        for node in ast.parse(source).body
        if isinstance(node, ast.ClassDef)
    )
    for source, class_ in classes:
        lines = "\n".join(source.splitlines()[class_.lineno : class_.end_lineno])
        object_name, carried = "", None
        for said in LINE.finditer(lines):
            comment = said["comment"] or ""
            if said["constant"] == "OBJECT":
                object_name = said["name"]
            elif said["name"].endswith("__c"):
                type_ = written(comment) or carried
                carried = type_ if re.search(r"\beach\b|\bbelow\b", comment) else carried
                yield object_name, said["name"], type_, comment


def written(comment):
    words = comment.removeprefix("restricted ")
    for short, type_ in TYPE_NAMES.items():
        words = re.sub(rf"\A{short}\b", type_, words)
    said = TYPE.match(words)
    return said.group(0) if said else None


DECLARED = list(declared())


@pytest.mark.parametrize(
    ("object_name", "name", "type_", "comment"), DECLARED, ids=lambda part: str(part)[:40]
)
def test_constant_is_a_field_of_that_type(object_name, name, type_, comment):
    one = PACKAGE[("CustomField", f"{object_name}.{name}")]
    assert said_of(one) == type_
    for fact, element in (
        ("external id", "externalId"),
        ("unique", "unique"),
        ("case-sensitive", "caseSensitive"),
    ):
        assert fact not in comment or one.is_true(element)
    if "picklist" in comment:
        assert one.text("valueSet", "restricted") == "true"


def test_every_field_has_its_constant():
    fields = {name for type_, name in PACKAGE if type_ == "CustomField"}
    assert fields == {f"{object_name}.{name}" for object_name, name, _, _ in DECLARED}


def picklist(full_name):
    one = PACKAGE[("CustomField", full_name)]
    return [
        value.text for value in one.every("valueSet", "valueSetDefinition", "value", "fullName")
    ]


def test_picklists_hold_the_words_that_the_service_writes():
    words = ast.parse((ROOT / "service/scoring/result.py").read_text("utf-8")).body
    listed = next(
        node.value for node in words
        if isinstance(node, ast.Assign) and node.targets[0].id == "WORDS"
    )  # fmt: skip
    assert picklist("Adoption_Score__c.Word__c") == list(ast.literal_eval(listed))
    assert picklist("Adoption_Snapshot__c.Word__c") == list(ast.literal_eval(listed))


def test_an_exception_has_the_states_that_others_may_see_and_no_heads_up():
    states = list(get_args(State))
    assert states.pop(0) == "heads_up"
    assert picklist("Adoption_Exception__c.State__c") == states


@pytest.mark.parametrize("constant", ["STATUS", "KIND", "STATE", "TYPE", "OUTCOME", "CAUSE"])
def test_picklists_hold_the_values_that_the_comment_names(constant):
    checked = 0
    for object_name, name, _, comment in DECLARED:
        if name == f"{constant.title()}__c" and ": " in comment:
            assert picklist(f"{object_name}.{name}") == comment.partition(": ")[2].split(", ")
            checked += 1
    assert checked == {"STATUS": 3, "KIND": 2}.get(constant, 1)
