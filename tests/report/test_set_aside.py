"""What is set aside is counted and named, the person is kept, and aggregates quote no record."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from service.cli import main
from service.report.facts import Options
from service.report.write import write_report
from tests.report.world import read_csv, read_zip, write_rows

BAD_DAY, BAD_FLAG = "never ever 31.12.", "perhaps, says Ann"


@pytest.fixture(scope="module")
def company(company_of):
    """The rows of a company of 36."""
    return read_zip(company_of(36).path)


@pytest.fixture(scope="module")
def damaged(company, tmp_path_factory):
    """One login cannot be read, one account's flag neither, and a lead stands there twice."""
    users = [dict(user) for user in company["User"]]
    users[4]["LastLoginDate"] = BAD_DAY
    deals = [dict(deal) for deal in company["Opportunity"]]
    deals[2]["IsClosed"] = BAD_FLAG
    leads = [*company["Lead"], company["Lead"][0]]
    rows = company | {"User": users, "Opportunity": deals, "Lead": leads}
    return write_rows(tmp_path_factory.mktemp("damaged") / "export.zip", rows)


@pytest.fixture(scope="module")
def said(damaged, tmp_path_factory):
    """(folder, record, what the terminal says) of a report that names people."""
    folder = tmp_path_factory.mktemp("said") / "report"
    done = CliRunner().invoke(main, ["report", str(damaged), "--out", str(folder), "--named"])
    assert done.exit_code == 0, done.output
    return folder, json.loads((folder / "run.json").read_text()), done.stderr


def test_an_unreadable_login_is_counted_and_the_person_is_kept(company, said):
    folder, record, _ = said
    assert record["values_rejected"] == {"User": 1}
    assert record["rows_rejected"] == {"Opportunity": 1, "Lead": 1}
    assert record["users"] == len(company["User"])
    (why,) = (gap["why"] for gap in record["gaps"] if "kept without" in gap["why"])
    assert why.startswith("1 row was kept without a value that cannot be read; for instance export.zip: User.csv row 5 (line 6): LastLoginDate is 'never ever 31.12.', not a time")  # fmt: skip
    names = {row["name"]: row for row in read_csv(folder / "scores.csv")}
    assert names[company["User"][4]["Name"]]["last_login_on"] == ""


def test_whose_login_cannot_be_read_never_counts_as_never_logged_in(said):
    page = (said[0] / "report.html").read_text("utf-8")
    assert '<th scope="col" class="number">Not known</th>' in page


def test_the_terminal_says_what_was_set_aside_and_where_to_look(company, said):
    folder, _, text = said
    deals, leads = len(company["Opportunity"]), len(company["Lead"]) + 1
    for line in (
        f"Set aside: 1 of {deals:,} rows of Opportunity",
        f"Set aside: 1 of {leads:,} rows of Lead",
        "Kept without a value that cannot be read: 1 row of User.",
        f"“Coverage and gaps” in {folder / 'report.html'}",
    ):
        assert line in text.replace("\n", " "), text


def test_aggregates_quote_neither_a_text_nor_an_id(company, damaged, tmp_path):
    options = Options(exports=(damaged,), out=tmp_path / "report", aggregate_only=True)
    report = write_report(options)
    texts = [path.read_text("utf-8-sig") for path in report.folder.iterdir()]
    quoted = (BAD_DAY, BAD_FLAG, company["Lead"][0]["Id"][:15])
    assert not [one for one in quoted for text in texts if one in text]
    whys = [gap["why"] for gap in report.record["gaps"]]
    assert "1 row was set aside as repeated; for instance export.zip: Lead.csv row " in " ".join(
        whys
    )
    assert any("row 5 (line 6): LastLoginDate is not a time such as" in why for why in whys)


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [
        ("IsActive", "si", "IsActive is not 0 or 1"),
        ("Id", "", "the column Id is empty in every row"),
    ],
)
def test_without_one_readable_user_nothing_is_written(company, tmp_path, column, text, reason):
    users = [user | {column: text} for user in company["User"]]
    path = write_rows(tmp_path / "export.zip", company | {"User": users})
    done = CliRunner().invoke(main, ["report", str(path), "--out", str(tmp_path / "report")])
    assert done.exit_code == 1
    assert f"None of the {len(users)} users can be read: " in done.stderr
    assert reason in done.stderr
    if text:
        assert "User.csv row 1 (line 2)" in done.stderr
    assert "do not edit the files" in done.stderr
    assert not (tmp_path / "report").exists()
