"""The section on campaigns: it adds up, and in aggregates no programme of few owners is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from service.evidence.campaigns import Campaigns, Counts, Owners
from service.report.programmes import LISTED, programmes
from tests.report.world import read_csv, read_zip


def some_counts(programme, owners, pipeline, starts=None):
    amounts = owners if pipeline else 0
    behind = Owners(owners, owners, amounts, 0, 0, 0)
    return Counts(programme, starts, owners, owners, pipeline, 0, 0, 0, owners, behind)


def together(counts):
    """Whatever the programme: nobody stands in two of these."""
    if not counts:
        return ()
    owners, pipeline = sum(one.owners for one in counts), sum(one.pipeline for one in counts)
    return (some_counts("", owners, pipeline),)


class _Facts:
    def __init__(self, whole, least):
        self.least = least
        months = tuple(replace(one, starts=date(2021, 4, 1)) for one in whole)
        found = Campaigns(
            "campaign", date(2020, 4, 1), True, {}, whole, months, months, together(whole), ()
        )
        self.beside = type("Beside", (), {"campaigns": found})


WHOLE = st.lists(
    st.tuples(st.sampled_from(["", *(f"7{at}" for at in range(40))]), st.integers(1, 30), st.integers(0, 9)),
    max_size=40, unique_by=lambda one: one[0],
)  # fmt: skip


@given(WHOLE)
def test_named_rows_add_up_to_everything(whole):
    found = programmes(_Facts(tuple(some_counts(*one) for one in whole), least=1))
    if not whole:
        assert found is None
        return
    assert sum(row.opportunities for row in found.rows) == found.total.opportunities
    assert sum(row.pipeline for row in found.rows) == found.total.pipeline
    assert len(found.rows) <= LISTED + 2
    (start,) = found.months
    assert start == date(2021, 4, 1)
    assert sum(one.cells[0][1] for one in found.by_month) == found.total.opportunities


@given(WHOLE)
def test_in_aggregates_every_row_has_ten_owners(whole):
    found = programmes(_Facts(tuple(some_counts(*one) for one in whole), least=10))
    for row in found.rows if found else ():
        assert "leads" in row.hidden or row.leads >= 10  # here each owner has one lead


MONTHS_OF = st.dictionaries(
    st.sampled_from(["", *(f"7{at}" for at in range(8))]),
    st.lists(st.one_of(st.just(0), st.integers(1, 30)), min_size=8, max_size=8),
    max_size=9,
)


@given(MONTHS_OF)
def test_in_aggregates_no_month_of_few_owners_is_told(owners):
    """The same people stand behind every programme and month, as far as they reach."""
    months = tuple(
        some_counts(name, count, at, date(2021, at + 1, 1))
        for name, counts in owners.items()
        for at, count in enumerate(counts)
        if count
    )
    whole = tuple(
        some_counts(name, max(counts), 1) for name, counts in owners.items() if any(counts)
    )
    facts = _Facts(whole, least=10)
    facts.beside.campaigns = replace(facts.beside.campaigns, months=months)
    found = programmes(facts)
    if found is None:
        return
    shown = [one for one in found.by_month if "opportunities" not in one.hidden]
    assert all(count == 0 or count >= 10 for one in shown for _, count in one.cells)
    # What is hidden of a month, in all: that of so many people at least, unless nothing is shown.
    hidden = [one for one in found.by_month if "opportunities" in one.hidden]
    for at in range(len(found.months)):
        most = max((one.cells[at][1] for one in hidden), default=0)
        assert most == 0 or most >= 10 or not shown
    for row, one in zip(found.rows, found.by_month, strict=True):
        assert one.hidden >= row.hidden & {"leads", "opportunities"}


def test_a_week_of_few_owners_is_hidden_and_so_is_what_would_tell_it():
    whole = (some_counts("71", 30, 1),)
    days = [date(2021, 4, 5), date(2021, 4, 12), date(2021, 4, 19)]
    facts = _Facts(whole, least=10)
    weeks = tuple(
        some_counts("", owners, 1, day) for owners, day in zip((3, 12, 30), days, strict=True)
    )
    facts.beside.campaigns = replace(
        facts.beside.campaigns,
        weeks=tuple(some_counts("71", 1, 1, day) for day in days),
        every_week=weeks,
    )
    found = programmes(facts)
    assert found is not None
    both = {"leads", "opportunities"}
    hidden = dict(zip(found.weeks, found.hidden_weeks, strict=True))
    assert [both <= hidden[day] for day in days] == [True, True, False]


def test_a_figure_is_decided_by_its_own_people():
    """Thirty people own opportunities of a campaign, but one of them has the only amount."""
    one = some_counts("71", 30, 5_000_000)
    whole = (
        replace(one, won=1, won_amount=5_000_000, behind=Owners(2, 30, 1, 1, 12, 1)),
        some_counts("72", 30, 7),
    )
    found = programmes(_Facts(whole, least=10))
    assert found is not None
    first, second = found.rows
    assert first.hidden == {"leads", "pipeline", "won", "won_amount"}
    # what is hidden of a column could be told from the total otherwise
    assert second.hidden >= {"leads", "pipeline"}
    assert "opportunities" not in first.hidden | second.hidden


def test_campaigns_csv_adds_up_to_every_opportunity(sample, sample_report):
    deals = read_zip(sample.path)["Opportunity"]
    made = [deal for deal in deals if "2025-10-01" <= deal["CreatedDate"][:10] <= "2026-11-20"]
    rows = read_csv(sample_report.folder / "campaigns.csv")
    for stretch in ("all", "month"):
        own = [row for row in rows if row["stretch"] == stretch]
        assert sum(int(row["opportunities"]) for row in own) == len(made) > 100
