"""One sentence says how it stands, and in aggregates it tells nobody."""

from __future__ import annotations

import pytest
from hypothesis import given

from service.report.headline import headline
from tests.report.test_small_cells import COUNTS, some_facts


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((34, 50, 12, 4), "34 of 100 people are on track; 12 need help, 4 have no score yet."),
        ((1, 0, 1, 1), "1 of 3 people is on track; 1 needs help, 1 has no score yet."),
        ((0, 7, 3, 0), "7 of 10 people are building up; 3 need help."),
        ((0, 0, 1, 0), "1 of 1 person is in need of help."),
        ((0, 0, 0, 11), "None of 11 people has a score yet."),
        ((5, 0, 0, 0), "5 of 5 people are on track."),
    ],
)
def test_what_it_says(counts, said):
    words = ("On track", "Building", "Needs help", "Not scored")
    facts = some_facts(dict(zip(words, counts, strict=True)), aggregate_only=False)
    assert headline(facts) == said


@given(COUNTS)
def test_in_aggregates_no_count_below_ten_is_said(counts):
    facts = some_facts(counts)
    numbers = [int(one) for one in headline(facts).replace(";", "").split() if one.isdigit()]
    assert all(one >= 10 or one == len(facts.people) for one in numbers)
