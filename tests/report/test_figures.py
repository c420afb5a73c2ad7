"""Aggregates only: a figure that is about one person is in no file, however many own such records."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest

from service.evidence.gaming_bunching import Bins, judge
from service.report.facts import Options
from service.report.patterns import limits
from service.report.write import write_report
from service.rules_file import read_rules
from tests.report.world import read_csv, read_zip, write_rows

LEAST = 10
AMOUNT = "765432"


@pytest.fixture(scope="module")
def world(company_of, tmp_path_factory):
    """Many have opportunities and leads; one alone has an amount, a won deal, a converted lead."""
    folder = tmp_path_factory.mktemp("figures")
    rows = read_zip(company_of(60).path)
    first = next(one for one in rows["Opportunity"] if one["CloseDate"].startswith("2026-1"))
    for deal in rows["Opportunity"]:
        deal.update(Amount="", IsWon="0")
    first.update(Amount=AMOUNT, IsClosed="1", IsWon="1", CurrencyIsoCode="USD", StageName="Closed Won")  # fmt: skip
    first.update(CreatedDate="2026-10-01 10:00:00", CloseDate="2026-10-20")
    for lead in rows["Lead"]:
        lead["IsConverted"] = "0"
    rows["Lead"][0].update(IsConverted="1", CreatedDate="2026-10-01 10:00:00")
    path = write_rows(folder / "export.zip", rows)
    options = Options(exports=(path,), out=folder / "report", aggregate_only=True)
    return rows, write_report(options)


def test_the_amount_of_one_person_is_in_no_file(world):
    rows, report = world
    assert len({one["OwnerId"] for one in rows["Opportunity"]}) > LEAST
    texts = [path.read_text("utf-8-sig").replace(",", "") for path in report.folder.iterdir()]
    assert not [one for one in texts if AMOUNT in one]


@pytest.mark.parametrize("columns", [("won", "amount_won"), ("converted",), ("pipeline_created",)])
def test_no_line_tells_what_one_person_won_or_converted(world, columns):
    shown = read_csv(world[1].folder / "results.csv")
    assert shown
    for row in shown:
        assert all(row[name] in ("", "0", "0.00") for name in columns), row


def test_what_is_about_enough_people_is_still_shown(world):
    (everybody,) = (row for row in read_csv(world[1].folder / "results.csv") if row["grouping"] == "all")  # fmt: skip
    assert everybody["hours_with_customers_percent"]
    page = (world[1].folder / "report.html").read_text("utf-8")
    assert "Leads, pipeline and wins by programme" in page


@pytest.mark.parametrize(
    ("people", "is_shown"), [((10, 10), True), ((10, 0), True), ((9, 30), False), ((30, 1), False)]
)
def test_numbers_around_a_limit_are_those_of_enough_people(people, is_shown):
    """However many weeks there are: one person may have most of them."""
    found = judge("calls", Decimal(25), Bins(20, 20, 40, 30), people)
    facts = SimpleNamespace(
        gaming=SimpleNamespace(bunching=(found,)), rules=read_rules(None), least=LEAST
    )
    assert (limits(facts) != []) is is_shown
    facts.least = 1
    assert limits(facts) != []
