"""`bellwether rules init`: a file that the product accepts, and that judges nobody untouched."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections import Counter
from datetime import date, timedelta

import pytest
from click.testing import CliRunner

from service.cli import main
from service.evidence.roles import Holders
from service.rules_draft import draft
from service.rules_file import read_rules
from tests.export.zips import csv_text, write_zip
from tests.report.test_counts import text_of
from tests.report.world import EXPORT, count, read_csv, read_zip
from tests.shared_data import shared_path

TODAY = date(2026, 11, 23)
HOSTILE = ('He said "no" \\ never', "tab\there", "Ünïcode 角色", "del\x7f", "] = 1 #", "new\nline")


def run(*arguments: object):
    return CliRunner().invoke(main, [str(one) for one in arguments])


@pytest.fixture
def drafted(sample, tmp_path):
    file = tmp_path / "rules.toml"
    result = run("rules", "init", sample.path, "--out", file)
    assert result.exit_code == 0, result.output
    assert result.stdout == f"{file}\n"
    return file


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


def test_a_report_with_the_untouched_file_scores_nobody_and_says_what_to_do(sample, drafted):
    out = drafted.parent / "out"
    result = run("report", sample.path, "--rules", drafted, "--out", out)
    assert result.exit_code == 0, result.output
    people = read_csv(out / "scores.csv")
    assert {one["not_scored_code"] for one in people} == {"role_not_defined"}
    assert "Confirm in your rules file who has which role" in text_of_folder(out)


def take_the_minimums(text):
    """As the comment says: the "# " of the next line away, and the line below it removed."""
    return re.sub(r"(?m)^# offered, not agreed yet: .*\n# (.*)\n.* = \{\}$", r"\1", text)


def confirm_all_roles(text):
    return re.sub(r'(?m)^("[^"]+") = ""( +# .*, perhaps ("\w+"))$', r"\1 = \3\2", text)


DEED = "Take or change the offered minimums"


def confirm_roles_and_report(sample, file, *options):
    """The command, and the terminal's words of a report by confirmed roles alone."""
    file.write_text(confirm_all_roles(file.read_text("utf-8")), encoding="utf-8")
    command = ("report", sample.path, "--rules", file, "--out", file.parent / "out", *options)
    result = run(*command)
    assert result.exit_code == 0, result.output
    assert " people, 0 scored, " in result.stderr
    return command, result.stderr


def test_roles_alone_score_nobody_and_the_report_says_to_take_the_minimums(sample, drafted):
    """The whole road of an admin: confirm the roles, be told what is missing, take it, have scores."""
    command, terminal = confirm_roles_and_report(sample, drafted, "--named")
    out = drafted.parent / "out"
    before = Counter(one["not_scored_code"] for one in read_csv(out / "scores.csv"))
    waiting = before["not_enough_evidence"]
    said = f"nobody is asked for calls, meetings, and {waiting} people have too few measures"
    assert f"{DEED}: {said} for a score; in rules.toml take away the" in terminal
    assert f"What to do next {DEED} {said} for a score" in text_of_folder(out)
    drafted.write_text(take_the_minimums(drafted.read_text("utf-8")), encoding="utf-8")
    result = run(*command)
    assert result.exit_code == 0, result.output
    assert DEED not in result.stderr + text_of_folder(out)
    after = [one for one in read_csv(out / "scores.csv") if one["not_scored_code"] != ""]
    assert len(after) == sum(before.values()) - waiting + 1
    assert [one["role"] for one in after if one["not_scored_code"] == "not_enough_evidence"] == [
        "executive"
    ], "of whom the offers ask neither calls nor meetings"


def test_without_names_the_minimums_to_take_are_said_and_no_small_count(sample, drafted):
    _, terminal = confirm_roles_and_report(sample, drafted, "--aggregate-only")
    said = "nobody is asked for calls, meetings, and nobody has a score; in rules.toml"
    assert f"{DEED}: {said}" in terminal
    assert f"What to do next {DEED} {said}" in text_of_folder(drafted.parent / "out")


def text_of_folder(folder):
    return text_of(type("Report", (), {"folder": folder}))


def test_a_role_that_is_confirmed_is_judged_by_what_was_agreed(sample, drafted):
    text = drafted.read_text("utf-8")
    name, guess = re.search(r'(?m)^"([^"]+)" = "" .*perhaps "(\w*rep)"$', text).groups()
    text = text.replace(f'"{name}" = ""', f'"{name}" = "{guess}"')
    drafted.write_text(text, encoding="utf-8")
    out = drafted.parent / "out"
    assert run("report", sample.path, "--rules", drafted, "--out", out).exit_code == 0
    people = read_csv(out / "scores.csv")
    judged = [one for one in people if one["not_scored_code"] != "role_not_defined"]
    assert judged
    assert {(one["salesforce_role"], one["role"]) for one in judged} == {(name, guess)}
    assert {one["calls_asked"] for one in judged} == {""}, "no minimum of calls was agreed"


def test_the_day_of_confirmation_is_offered_and_read_when_taken(tmp_path):
    text = draft([Holders("Rep", None, 1)], "x", TODAY)
    offered = "# agreed_on = 2026-11-23 "
    assert text.count(offered) == 1
    file = tmp_path / "rules.toml"
    for content, agreed_on in ((text, None), (text.replace(offered, offered[2:]), TODAY)):
        file.write_text(content, encoding="utf-8")
        assert read_rules(file).agreed_on == agreed_on


def test_names_of_every_kind_are_keys_of_valid_toml():
    holders = [Holders(name, None, 1) for name in HOSTILE]
    names = tomllib.loads(draft(holders, "x", TODAY))["roles"]["names"]
    assert names == dict.fromkeys(HOSTILE, "")


def test_names_that_differ_in_case_or_spacing_are_one():
    holders = [Holders("Sales  Rep", None, 2), Holders("SALES REP", "P", 3), Holders(None, None, 4)]
    text = draft(holders, "x", TODAY)
    assert tomllib.loads(text)["roles"]["names"] == {"SALES REP": ""}
    assert '"SALES REP" = ""                       # 5 active users, perhaps "rep"' in text


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


@pytest.mark.parametrize(
    ("name", "guess"),
    [
        ("Account Executive Nordics", "rep"), ("Regional Sales Manager", "manager"),
        ("RVP Field Sales EMEA", "manager"), ("SVP Sales", "executive"), ("CEO", "executive"),
        ("SDR Team Berlin", "inbound_rep"), ("BDR", "outbound_rep"), ("Inside Sales Rep UK", "corporate_rep"),
        ("Field Sales Rep", "field_rep"), ("Marketing", None), ("Customer Support", None),
    ],
)  # fmt: skip
def test_obvious_names_are_guessed_in_a_comment(name, guess):
    line = next(
        one for one in draft([Holders(name, None, 1)], "x", TODAY).splitlines() if name in one
    )
    assert line.endswith(f'perhaps "{guess}"' if guess else "# 1 active user")


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


def confirm_one_role(file):
    offered = '# when_unknown = "rep"'
    text = file.read_text("utf-8")
    assert text.count(offered) == 1
    file.write_text(text.replace(offered, offered.removeprefix("# ")), encoding="utf-8")


def test_without_roles_nobody_is_judged_and_the_report_says_first_what_to_run(tmp_path):
    """The very command that it names is run, and leads to scores: the whole road of an admin."""
    export, out = make_roleless(tmp_path / "my export.zip"), tmp_path / "out"
    result = run("report", export, "--out", out)
    assert result.exit_code == 0, result.output
    scores = read_csv(out / "scores.csv")
    assert {one["not_scored_code"] for one in scores} == {"role_not_defined"}
    assert read_csv(out / "exceptions.csv") == read_csv(out / "minimums.csv") == []
    first, command, *_ = [
        line for line in result.stderr.splitlines() if "Confirm" in line or "init" in line
    ]
    assert first.startswith("Confirm one role for everybody: 2 people have no role in these data")
    page = text_of_folder(out)
    assert "None of 2 people has a score yet: the data name no roles." in page
    steps = page[page.index("What to do next") :]
    assert steps.startswith("What to do next Confirm one role for everybody 2 people have no role")
    assert "bellwether rules init 'my export.zip'" in steps
    program, *arguments = shlex.split(command)
    assert program == "bellwether"
    assert run(*arguments, "--out", tmp_path / "rules.toml").exit_code == 0
    confirm_one_role(tmp_path / "rules.toml")
    result = run("report", export, "--rules", tmp_path / "rules.toml", "--out", out)
    assert "no role in these data" not in result.stderr
    scores = read_csv(out / "scores.csv")
    assert {(one["role"], one["not_scored_code"] == "role_not_defined") for one in scores} == {
        ("rep", False)
    }


def make_roleless(path):
    """Two users without any role, one of whom logs a task a day."""
    ids = ("005000000000001AAA", "005000000000002AAA")
    days = [date(2026, 11, 20) - timedelta(days=back) for back in range(60)]
    tasks = [(f"00T{at:012d}AAA", ids[0], ids[0], f"{day} 15:00:00") for at, day in enumerate(days)]
    users = [
        (one, name, "Standard", "1", "2020-01-01 00:00:00")
        for one, name in zip(ids, ("Ana", "Raj"), strict=True)
    ]
    header = ("Id", "OwnerId", "CreatedById", "CreatedDate")
    who = ("Id", "Name", "UserType", "IsActive", "CreatedDate")
    return write_zip(
        path, {"User.csv": csv_text(who, *users), "Task.csv": csv_text(header, *tasks)}
    )


def test_the_trial_export_with_one_role_confirmed_for_everyone(tmp_path):
    """It has no roles, managers or logins: the draft offers one role for all, and gaps name the rest."""
    export, file, out = shared_path(EXPORT), tmp_path / "rules.toml", tmp_path / "out"
    assert run("rules", "init", export, "--out", file).exit_code == 0
    untouched = run("report", export, "--rules", file, "--out", out)
    assert untouched.exit_code == 0, untouched.output
    assert "set when_unknown under [roles] in rules.toml" in untouched.stderr
    assert {one["not_scored_code"] for one in read_csv(out / "scores.csv")} == {"role_not_defined"}
    confirm_one_role(file)
    result = run("report", export, "--rules", file, "--out", out)
    assert result.exit_code == 0, result.output
    people = read_csv(out / "scores.csv")
    assert {one["as_of"] for one in people} == {"2021-04-16"}
    assert len(people) == 11
    assert {one["role"] for one in people} == {"rep"}
    expected = count(read_zip(export), date(2021, 4, 16))
    for one in people:
        for kind in ("accounts", "contacts", "opportunities", "leads", "activities"):
            total, recent = expected.get((one["user_id"], kind), (0, 0))
            assert int(one[f"{kind}_total"]) == total
            assert one[f"{kind}_last_30_days"] in ("", str(recent))
    page = text_of_folder(out)
    for said in (
        "The export has no UserRole.csv", "ManagerId", "When people logged in is not known",
        "268 of 3,900 leads are not converted",
    ):  # fmt: skip
        assert said in page
