"""What a run's record says of gaps: with an example of a record only where people may be named."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from jobs.score_org import _gaps
from service.evidence.rejects import REPEATED, Rejected, gaps

ID = "00Q5g00000ABCDE"


@pytest.mark.parametrize("aggregate_only", [True, False])
def test_the_record_of_a_run_quotes_a_record_only_where_people_may_be_named(aggregate_only):
    place = "Lead-1.csv row 3 (line 4)"
    example = f"{place}: the record {ID} was there before"
    found = gaps((Rejected("Lead", 1, example, f"{place}: its Id was there before", REPEATED),))
    options = SimpleNamespace(aggregate_only=aggregate_only)
    facts = SimpleNamespace(gaps=found, options=options, why_aggregate="Nobody is named.")
    told = _gaps(facts)
    assert (ID in told[0]) is not aggregate_only
    assert place in told[0]
    assert told[1:] == ("Nobody is named.",)
