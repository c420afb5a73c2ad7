"""The CSV files: one row for each person, and no cell that a spreadsheet would run."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from statistics import median

import pytest

from service.report.facts import Options
from service.report.tables import harmless
from service.report.write import write_report
from tests.export.zips import csv_text, write_zip
from tests.report.world import read_csv, read_zip, write_rows


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1+1", "\uff0b1", "\uff0d1",
        "\uff20SUM(A1)", "\u3000=1+1", "\u2003\u200b=1+1", "\u202e=1+1", "\u2066\uff1d1+1",
    ],
)  # fmt: skip
def test_a_cell_that_would_run_is_made_a_text(text):
    assert harmless(text) == "'" + text


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        ("a=b", "a=b"),
        (Decimal("12.50"), "12.50"),
        (Decimal("1E+3"), "1000"),
        (0, "0"),
        (-1, "-1"),
        ("5-6", "5-6"),
        ("a; b", "a; b"),
        ("a; -b;=1+1", "a;' -b;'=1+1"),
        (" =1+1", "' =1+1"),
        ("x\n=1\r\n+1", "x\n'=1\r\n'+1"),
        ("x\ny", "x\ny"),
        (Decimal("-0.5"), "-0.5"),
        ("\x00=1+1", "'=1+1"),
        ("a\x00;\x1f =1\x7f", "a;' =1"),
        ("\u202eab", "\u202eab"),
    ],
)
def test_other_cells_are_left_as_they_are(cell, text):
    assert harmless(cell) == text


def test_a_formula_in_a_name_does_not_reach_a_spreadsheet(tmp_path):
    users = csv_text(
        ("Id", "Name", "Username", "CreatedDate"),
        ("005000000000001AAA", '\x00=HYPERLINK("https://x.example")', "a@x.example", "2020-01-01 00:00:00"),
    )  # fmt: skip
    export = write_zip(tmp_path / "WE_1.ZIP", {"User.csv": users})
    report = write_report(Options(exports=(export,), out=tmp_path / "report"))
    (row,) = read_csv(report.folder / "scores.csv")
    assert row["name"] == '\'=HYPERLINK("https://x.example")'
    assert "\x00" not in (report.folder / "report.html").read_text("utf-8")


#: object -> what its owners, buyers and admins write
WRITTEN = {
    "User": ("Name",), "UserRole": ("Name",), "Profile": ("Name",), "Opportunity": ("Name",),
    "Lead": ("Company",), "Campaign": ("Name",), "Account": ("Name",), "Task": ("Subject",),
}  # fmt: skip
HOSTILE = ("=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "a;=1")


def test_no_cell_of_any_file_begins_a_formula_and_numbers_stay_numbers(sample, tmp_path):
    rows = read_zip(sample.path)
    for name, columns in WRITTEN.items():
        for at, row in enumerate(rows[name]):
            for column in columns:
                row[column] = HOSTILE[at % len(HOSTILE)] + row[column]
    export = write_rows(tmp_path / "hostile.zip", rows)
    report = write_report(Options(exports=(export,), out=tmp_path / "report", aggregate_only=False))
    files = sorted(report.folder.glob("*.csv"))
    assert len(files) == 10
    cells = [cell for path in files for row in read_csv(path) for cell in row.values()]
    begins = [part for cell in cells for part in cell.split(";") if part.lstrip(" ")[:1] in set("=+-@\t\r")]  # fmt: skip
    assert [one for one in begins if not is_number(one)] == []
    assert sum(cell.startswith("'") for cell in cells) > 100, "the texts came through"


def is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return not text


def test_everybody_who_may_be_scored_has_one_row_by_id(sample_report):
    rows = read_csv(sample_report.folder / "scores.csv")
    ids = [row["user_id"] for row in rows]
    assert ids == sorted(set(ids))
    assert len(rows) == sample_report.people
    assert sum(bool(row["score"]) for row in rows) == sample_report.scored
    assert all(bool(row["score"]) != bool(row["not_scored_reason"]) for row in rows)


def test_the_points_of_a_row_add_up_to_its_score(sample_report):
    for row in read_csv(sample_report.folder / "scores.csv"):
        points = [Decimal(row[name]) for name in row if name.endswith("_points") and row[name]]
        if row["score"]:
            assert sum(points) == Decimal(row["score"])


def test_fixes_are_numbered_for_each_person(sample_report):
    rows = read_csv(sample_report.folder / "fixes.csv")
    by_user: dict[str, list[int]] = {}
    for row in rows:
        by_user.setdefault(row["user_id"], []).append(int(row["order"]))
    assert by_user
    assert all(orders == list(range(1, len(orders) + 1)) for orders in by_user.values())


def test_every_level_is_worked_out_from_its_people(sample, sample_report):
    """Who stands below whom, and what is typical of them, from the CSV files alone."""
    users = {user["Id"]: user for user in read_zip(sample.path)["User"]}
    below = defaultdict(list)
    for row in read_csv(sample_report.folder / "scores.csv"):
        above = users.get(users[row["user_id"]]["ManagerId"])
        while above:
            below[above["Name"]].append(row["score"])
            above = users.get(above["ManagerId"])
    teams = {row["team"]: row for row in read_csv(sample_report.folder / "teams.csv")}
    assert len(below) > 3
    for name, scores in below.items():
        team, numbers = teams[name], sorted(Decimal(one) for one in scores if one)
        assert (int(team["people"]), int(team["scored"])) == (len(scores), len(numbers)), name
        if len(numbers) >= 5:
            assert Decimal(team["median"]) == median(numbers).quantize(
                Decimal("0.1"), ROUND_HALF_UP
            )


def test_levels_stand_under_each_other(sample_report):
    rows = read_csv(sample_report.folder / "teams.csv")
    levels = {row["team"]: int(row["level"]) for row in rows}
    assert max(levels.values()) >= 2
    for row in rows:
        assert int(row["level"]) == (levels[row["under"]] + 1 if row["under"] else 1)
