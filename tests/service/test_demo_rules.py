"""The demo's rules: the admin's own, less the stand-in's administrator; and what it says of roles."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.demo.rules import who_has_no_role, write_rules
from service.processes import ChildError
from service.rules_file import DEFAULT_RULES, read_rules

ADMIN = 'ad"min@x.example'


def test_the_default_changes_in_nothing_but_the_administrator(tmp_path):
    written = read_rules(write_rules(tmp_path, None, ADMIN))
    assert written == replace(read_rules(None), excluded_usernames=(ADMIN,))


@pytest.mark.parametrize(
    ("said", "left_out"),
    [
        ('excluded_usernames = ["robot@x.example"]', (ADMIN, "robot@x.example")),
        ('excluded_usernames = [\n  "robot@x.example",\n]', (ADMIN, "robot@x.example")),
        ("", (ADMIN,)),
    ],
)
def test_whom_the_admin_leaves_out_stays_left_out(tmp_path, said, left_out):
    text = DEFAULT_RULES.read_text("utf-8")
    own = tmp_path / "own.toml"
    line = next(line for line in text.splitlines() if line.startswith("excluded_usernames"))
    own.write_text(text.replace(line, said), "utf-8")
    written = read_rules(write_rules(tmp_path, own, ADMIN))
    assert written == replace(read_rules(own), excluded_usernames=left_out)


def test_rules_without_people_get_the_line(tmp_path):
    text = DEFAULT_RULES.read_text("utf-8")
    start, stop = text.index("[people]"), text.index("# Which role in Salesforce")
    own = tmp_path / "own.toml"
    own.write_text(text[:start] + text[stop:], "utf-8")
    assert read_rules(write_rules(tmp_path, own, ADMIN)).excluded_usernames == (ADMIN,)


def test_a_file_that_writes_it_another_way_is_refused(tmp_path):
    text = DEFAULT_RULES.read_text("utf-8").replace(
        "excluded_usernames =", '"excluded_usernames" ='
    )
    own = tmp_path / "own.toml"
    own.write_text(text, "utf-8")
    with pytest.raises(ChildError, match=r"own\.toml: write excluded_usernames = "):
        write_rules(tmp_path, own, ADMIN)


def test_people_without_a_role_are_told_with_the_command_that_mends_it(tmp_path):
    result, export = {"not_scored": {"role_not_defined": 11}}, tmp_path / "my export.zip"
    said = who_has_no_role(result, export, None)
    assert said.startswith("11 people have no role that the rules know, so nobody judges them.")
    assert f"bellwether rules init '{export}'" in said
    assert f"bellwether demo --export '{export}' --rules rules.toml" in said
    assert who_has_no_role(result, export, tmp_path / "own.toml").endswith("own.toml.")
    assert who_has_no_role({"not_scored": {"away": 1}}, export, None) is None
