"""Where the data name no roles: one is confirmed for everybody, by the command that is printed."""

from __future__ import annotations

import shlex
from datetime import date, timedelta

from tests.export.zips import csv_text, write_zip
from tests.report.drafting import (
    confirm_one_role,
    run,
    text_of_folder,
)
from tests.report.world import EXPORT, count, read_csv, read_zip
from tests.shared_data import shared_path


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


def test_the_people_file_says_who_leads_where_the_data_name_no_roles(tmp_path):
    export, file, out = make_roleless(tmp_path / "we.zip"), tmp_path / "rules.toml", tmp_path / "o"
    run("rules", "init", export, "--out", file)
    confirm_one_role(file)
    told = tmp_path / "people.csv"
    told.write_text("user,role\n005000000000001AAA,manager\n")
    result = run("report", export, "--rules", file, "--people", told, "--out", out)
    assert result.exit_code == 0, result.output
    assert [one["role"] for one in read_csv(out / "scores.csv")] == ["manager", "rep"]
    page = text_of_folder(out)
    assert "whoever has none in the people file is measured as “rep”" in page
    assert "Front-line managers 1" in page
    assert "26 of 20" in page
    assert "so a leader may have more days with a footprint than working days" in page


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
