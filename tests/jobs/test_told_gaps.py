"""What a run's record says of gaps: with an example of a record only where people may be named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jobs.score_org import told_gaps
from service.evidence.rejects import REPEATED, Rejected, gaps
from tests.report.test_small_cells import some_facts

ID = "00Q5g00000ABCDE"


@pytest.mark.parametrize("aggregate_only", [True, False])
def test_the_record_of_a_run_quotes_a_record_only_where_people_may_be_named(aggregate_only):
    place = "Lead-1.csv row 3 (line 4)"
    example = f"{place}: the record {ID} was there before"
    found = gaps((Rejected("Lead", 1, example, f"{place}: its Id was there before", REPEATED),))
    facts = replace(some_facts({}, aggregate_only=aggregate_only), gaps=found)
    (told,) = told_gaps(facts)
    assert (ID in told) is not aggregate_only
    assert place in told


def test_the_record_of_a_run_says_why_nobody_is_named_and_which_setting_changes_that():
    facts = replace(some_facts({}), why_aggregate="Most users are in the European Union.")
    (told,) = told_gaps(facts)
    assert told.startswith(facts.why_aggregate)
    assert "BELLWETHER_AGGREGATE_ONLY" in told
