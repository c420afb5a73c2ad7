"""Exceptions in the report: two windows with their numbers, and no name of a heads-up anywhere."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from click.testing import CliRunner

from service.cli import main
from service.scoring.exception_replay import said
from tests.export.zips import csv_text, write_zip
from tests.report.world import read_csv

AS_OF = date(2026, 11, 20)  # a Friday
LAST = date(2026, 11, 15)  # the Sunday before
ANA, RAJ, ZOE, MIA, TOM = (f"00500000000000{number}AAA" for number in range(1, 6))
NAMES = {ANA: "Ana Slow", RAJ: "Raj Fine", ZOE: "Zoe Lately", MIA: "Mia Absent", TOM: "Tom There"}
DAYS = [
    AS_OF - timedelta(days=back)
    for back in range(130)
    if (AS_OF - timedelta(days=back)).weekday() < 5
]


def calls_on(user: str, day: date) -> int:
    """Ana makes three calls a day of five, Zoe only since five weeks; Mia, who leads them, none."""
    if user == MIA:
        return 0
    if user == ANA or (user == ZOE and day > LAST - timedelta(weeks=5)):
        return 3
    return 6


def tasks():
    at = 0
    for day in DAYS:
        for user in NAMES:
            for number in range(calls_on(user, day)):
                at += 1
                who = f"003{at:012d}AAA"
                yield (
                    f"00T{at:012d}AAA",
                    user,
                    user,
                    f"{day} {10 + number}:30:00",
                    "Call",
                    "1",
                    who,
                )


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    head = (
        "Id",
        "Name",
        "UserRoleId",
        "ManagerId",
        "UserType",
        "IsActive",
        "CreatedDate",
        "LocaleSidKey",
    )
    rep, lead = "00E000000000001AAA", "00E000000000002AAA"
    row = ("Standard", "1", "2020-01-01 00:00:00", "en_GB")
    users = [
        (user, NAMES[user], rep, MIA if user in (ANA, ZOE) else TOM, *row)
        for user in (ANA, RAJ, ZOE)
    ]
    users += [(user, NAMES[user], lead, "", *row) for user in (MIA, TOM)]
    task = ("Id", "OwnerId", "CreatedById", "CreatedDate", "TaskSubtype", "IsClosed", "WhoId")
    files = {
        "User.csv": csv_text(head, *users),
        "UserRole.csv": csv_text(("Id", "Name"), (rep, "Sales Rep"), (lead, "Sales Manager")),
        "Task.csv": csv_text(task, *tasks()),
    }
    return write_zip(tmp_path_factory.mktemp("exceptions") / "a.zip", files)


@pytest.fixture(scope="module")
def report(export, tmp_path_factory):
    return run(export, tmp_path_factory.mktemp("out") / "report", "--named")


def run(export, out, *options):
    result = CliRunner().invoke(
        main, ["report", str(export), "--out", str(out), *map(str, options)]
    )
    assert result.exit_code == 0, result.output
    return out


def calls_between(user, first, last):
    days = [date.fromisoformat(text) for text in (first, last)]
    return sum(calls_on(user, day) for day in DAYS if days[0] <= day <= days[1])


def section(out):
    html = (out / "report.html").read_text("utf-8")
    found = re.search(r'<section class="card" id="exceptions".*?</section>', html, re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0])) if found else None


def test_the_file_has_the_exception_with_both_windows_counted_again(report):
    (row,) = read_csv(report / "exceptions.csv")
    assert (row["name"], row["measure"], row["state"]) == ("Ana Slow", "calls", "open")
    for window in ("first", "second"):
        first, last = row[f"{window}_from"], row[f"{window}_to"]
        assert int(row[f"{window}_actual"]) == calls_between(ANA, first, last)
        assert (date.fromisoformat(last) - date.fromisoformat(first)).days == 27
        assert Decimal(row[f"{window}_minimum"]) == 100
        assert (row[f"{window}_working_days"], row[f"{window}_days_off"]) == ("20", "0")
        assert row[f"{window}_false_flag_percent"] == "20.5"
        assert row[f"{window}_false_flag_percent_by_luck"] == "10.4"
    assert date.fromisoformat(row["second_from"]) - date.fromisoformat(
        row["first_to"]
    ) == timedelta(1)
    assert row["false_exception_percent"] == "4.2"
    assert row["question"].endswith("?")
    opened, manager = (
        date.fromisoformat(row["opened_on"]),
        date.fromisoformat(row["manager_sees_from"]),
    )
    assert opened.weekday() == 6
    assert (manager - opened).days >= 3
    assert date.fromisoformat(row["executives_see_from"]) - manager == timedelta(days=7)


def test_the_inactive_manager_is_named_before_their_people(report):
    (row,) = read_csv(report / "exceptions.csv")
    assert (row["manager"], row["manager_inactive"]) == ("Mia Absent", "no_use")
    text = section(report)
    assert text.index("Mia Absent") < text.index("Ana Slow")
    assert "Ask first: Mia Absent" in text
    assert "Tom There" not in text


def test_a_heads_up_is_a_number_and_nobodys_name(report):
    assert "1 person has a heads-up" in section(report)
    assert "Zoe Lately" not in section(report)
    assert "Zoe" not in (report / "exceptions.csv").read_text("utf-8-sig")


def test_the_numbers_of_the_page_are_those_of_the_file(report):
    (row,) = read_csv(report / "exceptions.csv")
    text = section(report)
    for window in ("first", "second"):
        assert f"{row[f'{window}_actual']} of 100" in text
    assert row["question"] in text
    assert "false for 4.2 %" in text


def test_every_minimum_of_everybody_is_in_a_file(report):
    rows = {(row["name"], row["measure"]): row for row in read_csv(report / "minimums.csv")}
    raj = rows["Raj Fine", "calls"]
    assert (raj["in_force"], raj["per"]) == ("25", "week")
    assert int(raj["actual"]) == calls_between(RAJ, raj["from"], raj["to"])
    assert raj["to"] == str(AS_OF)
    assert "is_met" not in raj
    assert rows["Raj Fine", "meetings"]["why_not_judged"].startswith("Event lacks")
    assert ("Tom There", "calls") not in rows  # a manager is not asked for calls


def test_everybodys_own_line_on_the_page_says_the_same(report):
    page = (report / "report.html").read_text("utf-8")
    for row in read_csv(report / "minimums.csv"):
        if row["measure"] == "calls":
            said = f"Minimums of the last weeks: Calls {row['actual']} of {Decimal(row['minimum']):.0f}<"
            assert said in page, row["name"]


def test_days_off_are_shown_and_lower_the_minimum(export, tmp_path):
    absences = tmp_path / "absences.csv"
    absences.write_text(f"user,from,to\n{ANA},2026-10-26,2026-10-30\n")
    (row,) = read_csv(
        run(export, tmp_path / "out", "--named", "--absences", absences) / "exceptions.csv"
    )
    windows = {
        row[f"{window}_days_off"]: row[f"{window}_minimum"]
        for window in ("first", "second", "latest")
    }
    assert windows["5"] == "75.00"
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert re.search(r"Minimums of the last weeks: Calls \d+ of 75, 5 days off<", page)


def test_where_nobody_may_be_named_there_is_neither_section_nor_file(export, tmp_path):
    out = run(export, tmp_path / "out", "--aggregate-only")
    assert section(out) is None
    assert not {"exceptions.csv", "minimums.csv"} & {path.name for path in out.iterdir()}
    assert "#exceptions" not in (out / "report.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("kind", "number", "text"),
    [("money", Decimal("295384.62"), "295,385"), ("count", Decimal("57.60"), "57.6")],
)
def test_an_amount_is_asked_about_in_whole_units(kind, number, text):
    assert said(number, kind) == text
