"""The section on campaigns: it adds up, and in aggregates no programme of few owners is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from service.evidence.campaigns import Campaigns, Counts
from service.report.programmes import LISTED, programmes
from tests.report.world import read_csv, read_zip


def some_counts(programme, owners, pipeline, starts=None):
    return Counts(programme, starts, owners, owners, pipeline, 0, 0, 0, owners)


class _Facts:
    def __init__(self, whole, least):
        self.least = least
        months = tuple(replace(one, starts=date(2021, 4, 1)) for one in whole)
        found = Campaigns("campaign", date(2020, 4, 1), True, {}, whole, months, months)
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
        assert row.leads >= 10  # here each owner has one lead


def test_campaigns_csv_adds_up_to_every_opportunity(sample, sample_report):
    deals = read_zip(sample.path)["Opportunity"]
    made = [deal for deal in deals if "2025-10-01" <= deal["CreatedDate"][:10] <= "2026-11-20"]
    rows = read_csv(sample_report.folder / "campaigns.csv")
    for stretch in ("all", "month"):
        own = [row for row in rows if row["stretch"] == stretch]
        assert sum(int(row["opportunities"]) for row in own) == len(made) > 100
