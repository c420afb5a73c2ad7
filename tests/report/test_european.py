"""Where most users are in the European Union, nobody is named unless it is asked for."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from service.cli import main
from service.facts.european import is_in_the_eu, naming
from tests.export.zips import csv_text, write_zip
from tests.report.test_counts import text_of


@pytest.mark.parametrize("country", ["DE", "de", "DE-BY", "Germany", "Deutschland", " FRANCE ", "EL", "España"])  # fmt: skip
def test_member_states_by_code_and_name(country):
    assert is_in_the_eu(country)


@pytest.mark.parametrize("country", ["US", "GB", "CH", "NO", "United Kingdom", "Georgia", "", "D"])
def test_other_countries(country):
    assert not is_in_the_eu(country)


@pytest.mark.parametrize(
    ("asked", "countries", "aggregate_only"),
    [
        (None, ["DE", "FR", "US"], True),
        (None, ["DE", "US"], False),  # half is not most
        (None, ["DE", None, None], True),  # who is not known does not count
        (None, [None], False),
        (None, [], False),
        (False, ["DE"], False),
        (True, ["US"], True),
    ],
)
def test_most_decides_unless_it_was_said(asked, countries, aggregate_only):
    found = naming(asked, countries)
    assert found.aggregate_only == aggregate_only
    assert bool(found.why) == (asked is None and aggregate_only)


@pytest.fixture
def export(tmp_path):
    """Two in Germany by address, one by locale; one in the United States; a robot that does not count."""
    row = ("Standard", "1", "2020-01-01 00:00:00")
    users = csv_text(
        ("Id", "Name", "Username", "UserType", "IsActive", "CreatedDate", "Country", "LocaleSidKey"),
        ("005000000000001AAA", "Anouk", "a@x.example", *row, "Germany", "en_US"),
        ("005000000000002AAA", "Bruno", "b@x.example", *row, "DE", "en_US"),
        ("005000000000003AAA", "Carla", "c@x.example", *row, "", "de_DE"),
        ("005000000000004AAA", "Dylan", "d@x.example", *row, "US", "de_DE"),
        *((f"00500000000001{at}AAA", "Robot", f"r{at}@x.example", "Guest", *row[1:], "US", "") for at in range(5)),
    )  # fmt: skip
    return write_zip(tmp_path / "a.zip", {"User.csv": users})


def run(export, out, *options):
    result = CliRunner().invoke(main, ["report", str(export), "--out", str(out), *options])
    assert result.exit_code == 0, result.output
    return result, text_of(type("Report", (), {"folder": out}))


def test_the_report_names_nobody_and_page_and_terminal_say_why(export, tmp_path):
    result, page = run(export, tmp_path / "out")
    said = "Most users are in the European Union (3 of the 4 whose country is known)"
    assert said in " ".join(result.stderr.split())
    assert "--named" in result.stderr
    assert said in page
    assert "Anouk" not in page
    assert not (tmp_path / "out" / "scores.csv").exists()


def test_named_names(export, tmp_path):
    result, page = run(export, tmp_path / "out", "--named")
    assert "European Union" not in result.stderr + page
    assert "Anouk" in page
    assert (tmp_path / "out" / "scores.csv").exists()


def test_the_people_file_says_better_where_somebody_is(export, tmp_path):
    people = tmp_path / "people.csv"
    people.write_text("user,country\na@x.example,US\nb@x.example,GB\n")
    _, page = run(export, tmp_path / "out", "--people", str(people))
    assert "Anouk" in page
