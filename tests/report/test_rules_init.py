"""`bellwether rules init`: a file that the product accepts, and what is wrong with its inputs."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from datetime import date

import pytest

from service.evidence.roles import Holders
from service.rules_draft import draft
from service.rules_file import read_rules
from tests.export.zips import csv_text, write_zip
from tests.report.drafting import (
    run,
    take_the_minimums,
)
from tests.report.world import read_zip

TODAY = date(2026, 11, 23)


def test_every_role_is_listed_with_its_users_and_none_is_confirmed(sample, drafted):
    rows = read_zip(sample.path)
    names = {row["Id"]: row["Name"] for row in rows["UserRole"]}
    users = Counter(
        names[user["UserRoleId"]]
        for user in rows["User"]
        if user["UserRoleId"] and user["IsActive"] == "1" and user["UserType"] == "Standard"
    )
    text = drafted.read_text("utf-8")
    by_role, _, by_profile = text.partition("[roles.profiles]")
    line = re.compile(r'^"([^"]+)" = "" +# (\d+) active users?\b', re.MULTILINE)
    assert {name: int(number) for name, number in line.findall(by_role)} == users
    assert line.findall(by_profile) == [("Sales User", "1")]  # whoever has no role
    rules = read_rules(drafted)
    assert (dict(rules.role_names), dict(rules.profile_roles)) == ({}, {})
    assert rules.role_when_unknown is None


def test_the_numbers_of_2009_are_offered_and_not_assumed(drafted):
    rules, shipped = read_rules(drafted), read_rules(None)
    asked = {one.name: one.weekly_minimums for one in rules.measures if one.kind == "count"}
    assert asked["calls"] == asked["meetings"] == {}
    assert rules.big_deals == ()
    text = drafted.read_text("utf-8")
    assert "\n# weekly_minimums = { rep = 25," in text
    accepted = take_the_minimums(text)
    accepted = re.sub(
        r"(?m)^# (\[\[big_deals\]\]|name|amount|closed|group|bell|mail|leaders|version)",
        r"\1",
        accepted,
    )
    drafted.write_text(accepted, encoding="utf-8")
    taken = read_rules(drafted)
    assert taken.measures == shipped.measures
    assert taken.big_deals == shipped.big_deals


def test_the_day_of_confirmation_is_offered_and_read_when_taken(tmp_path):
    text = draft([Holders("Rep", None, 1)], "x", TODAY)
    offered = "# agreed_on = 2026-11-23 "
    assert text.count(offered) == 1
    file = tmp_path / "rules.toml"
    for content, agreed_on in ((text, None), (text.replace(offered, offered[2:]), TODAY)):
        file.write_text(content, encoding="utf-8")
        assert read_rules(file).agreed_on == agreed_on


def test_profiles_are_listed_for_those_without_a_role(tmp_path):
    users = csv_text(
        ("Id", "Name", "ProfileId", "UserRoleId"),
        ("005000000000001AAA", "Ana", "00e000000000001AAA", ""),
        ("005000000000002AAA", "Raj", "00e000000000001AAA", ""),
    )
    profiles = csv_text(("Id", "Name"), ("00e000000000001AAA", "Inside Sales"))
    export = write_zip(tmp_path / "a.zip", {"User.csv": users, "Profile.csv": profiles})
    assert run("rules", "init", export, "--out", tmp_path / "r.toml").exit_code == 0
    roles = tomllib.loads((tmp_path / "r.toml").read_text("utf-8"))["roles"]
    assert roles["profiles"] == {"Inside Sales": ""}


def test_a_file_that_exists_is_left_alone(sample, tmp_path):
    file = tmp_path / "rules.toml"
    file.write_text("mine")
    result = run("rules", "init", sample.path, "--out", file)
    assert result.exit_code == 1
    assert f"{file} exists already" in result.stderr
    assert file.read_text() == "mine"


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"no zip", "is not a zip file"), ({"Task.csv": "Id\n"}, "holds none of User.csv")],
)
def test_what_is_wrong_is_said_and_nothing_is_written(tmp_path, content, said):
    export, file = tmp_path / "export.zip", tmp_path / "rules.toml"
    if isinstance(content, dict):
        write_zip(export, content)
    else:
        export.write_bytes(content)
    result = run("rules", "init", export, "--out", file)
    assert result.exit_code == 1
    assert said in result.stderr
    assert not file.exists()
