"""Whoever left no footprint for long is asked, and an answer in a file settles it."""

from __future__ import annotations

import csv
from datetime import date, timedelta

import pytest
from click.testing import CliRunner

from service.cli import main
from tests.export.zips import csv_text, write_zip
from tests.one_role import one_role
from tests.report.test_counts import text_of
from tests.report.world import read_csv

AS_OF = date(2026, 11, 20)  # a Friday
ANA, RAJ = "005000000000001AAA", "005000000000002AAA"


@pytest.fixture
def export(tmp_path):
    """Ana and Raj log a task on every weekday; Raj's last ten days are missing."""
    days = [AS_OF - timedelta(days=back) for back in range(70)]
    tasks = [
        (f"00T{at:06d}{number:06d}AAA", user, user, f"{day} 15:00:00")
        for at, day in enumerate(days)
        for number, user in enumerate((ANA, RAJ))
        if day.weekday() < 5 and not (user == RAJ and day > date(2026, 11, 6))
    ]
    row = ("Standard", "1", "2020-01-01 00:00:00")
    users = csv_text(
        ("Id", "Name", "Username", "UserType", "IsActive", "CreatedDate", "LocaleSidKey"),
        (ANA, "Ana", "ana@x.example", *row, "en_GB"),
        (RAJ, "Raj", "raj@x.example", *row, "en_GB"),
    )
    header = ("Id", "OwnerId", "CreatedById", "CreatedDate")
    return write_zip(tmp_path / "a.zip", {"User.csv": users, "Task.csv": csv_text(header, *tasks)})


def run(export, out, *options):
    """Under rules that confirm one role for both of them: the data name none."""
    rules = ("--rules", one_role(export.parent))
    result = CliRunner().invoke(
        main, ["report", str(export), "--out", str(out), *map(str, (*rules, *options))]
    )
    assert result.exit_code == 0, result.output
    return {row["user_id"]: row for row in read_csv(out / "scores.csv")}


def page(out):
    return text_of(type("Report", (), {"folder": out}))


def test_the_list_says_who_about_which_days_and_what_to_do(export, tmp_path):
    found = run(export, tmp_path / "out")
    assert found[RAJ]["not_scored_code"] == "away"
    assert found[ANA]["not_scored_code"] != "away"
    (line,) = read_csv(tmp_path / "out" / "away.csv")
    assert line == {
        "user": "raj@x.example",
        "from": "2026-11-09",
        "to": "2026-11-20",
        "kind": "Raj",
    }
    said = page(tmp_path / "out")
    assert "Answer who was away 1 person left no footprint" in said
    assert "Raj 10 , 9 Nov 2026 to 20 Nov 2026" in said
    assert "raj@x.example,2026-11-09,2026-11-20,away" in said


def test_the_file_as_it_is_says_that_they_were_away(export, tmp_path):
    run(export, tmp_path / "out")
    answers = tmp_path / "answers.csv"
    answers.write_bytes((tmp_path / "out" / "away.csv").read_bytes())
    found = run(export, tmp_path / "out", "--absences", answers)
    assert found[RAJ]["window_from"] < found[ANA]["window_from"]
    assert read_csv(tmp_path / "out" / "away.csv") == []
    assert "Nobody is asked" in page(tmp_path / "out")


def test_whoever_was_there_is_asked_for_those_days(export, tmp_path):
    run(export, tmp_path / "out")
    (line,) = read_csv(tmp_path / "out" / "away.csv")
    answers = tmp_path / "answers.csv"
    with answers.open("w", newline="") as file:
        csv.writer(file).writerows([line, (line | {"kind": "present"}).values()])
    found = run(export, tmp_path / "out", "--absences", answers)
    assert found[RAJ]["window_from"] == found[ANA]["window_from"]
    assert (found[RAJ]["footprint_days_done"], found[ANA]["footprint_days_done"]) == ("10", "20")


def test_nobody_is_named_where_only_aggregates_may_be(export, tmp_path):
    out = tmp_path / "out"
    result = CliRunner().invoke(
        main, ["report", str(export), "--out", str(out), "--aggregate-only"]
    )
    assert result.exit_code == 0, result.output
    assert not (out / "away.csv").exists()
    assert "Raj" not in page(out)
