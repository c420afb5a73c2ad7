"""No window is judged that begins before its minimum was agreed, given or asked."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.scoring.evidence import Evidence
from service.scoring.rule_set import MinimumChange
from tests.scoring.builders import ANA, AS_OF, a_person, default_rules
from tests.scoring.test_standing import (
    DAYS,
    LAST,
    RULES,
    daily,
    of_measure,
    slack,
    standing,
    strip,
)  # fmt: skip

#: All of the slack weeks of `slack(*range(5, 13))` begin on this day.
SLACK_SINCE = LAST - timedelta(weeks=12) + timedelta(days=1)


def asked_from(day, said_by):
    """The rules of calls that are asked from a day on."""
    if said_by == "agreed_on":
        return replace(RULES, agreed_on=day)
    if said_by == "effective_from":
        return replace(
            RULES, measures=tuple(replace(m, effective_from=day) for m in RULES.measures)
        )
    if said_by == "a change":
        unasked = tuple(replace(m, weekly_minimums={"manager": 1}) for m in RULES.measures)
        change = MinimumChange("calls", "rep", Decimal(25), DAYS[0], day, "New for reps.")
        return replace(RULES, measures=unasked, minimum_changes=(change,))
    return RULES


@pytest.mark.parametrize("said_by", ["agreed_on", "role_since", "effective_from", "a change"])
@pytest.mark.parametrize(
    ("days_later", "state"),
    [(0, "cleared"), (1, "cleared"), (28, "heads_up"), (29, "heads_up"), (50, None)],
)
def test_weeks_before_a_minimum_was_agreed_or_given_are_not_judged(said_by, days_later, state):
    """Eight slack weeks: two windows of four. One that begins before the day is left out."""
    day = SLACK_SINCE + timedelta(days=days_later)
    person = a_person(role_since=day) if said_by == "role_since" else None
    rules = asked_from(day, said_by)
    found = of_measure(standing(slack(*range(5, 13)), rules=rules, person=person))
    assert (found.state if found else None) == state
    assert found is None or found.first.first >= day


@given(st.lists(st.integers(0, 8), min_size=20, max_size=20), st.integers(0, 139))
def test_no_window_begins_before_a_minimum_was_agreed(calls, after):
    day = DAYS[0] + timedelta(days=after)
    rows = daily(changed={on: calls[at // 5] for at, on in enumerate(DAYS)})
    judged = standing(rows, rules=replace(RULES, agreed_on=day))
    for one in judged.exceptions:
        assert min(one.first.first, one.second.first if one.second else day) >= day
    whole = standing(rows)
    assert len(judged.exceptions) <= len(whole.exceptions)
    assert judged.minimums[0].window == whole.minimums[0].window


def test_the_strip_says_that_the_minimum_is_younger_than_the_weeks():
    rules = replace(RULES, agreed_on=AS_OF - timedelta(days=26))
    found = strip(standing(daily(calls=1), rules=rules))
    assert found.is_met is None
    assert (
        found.why_not
        == "The minimum holds from 2026-03-01: weeks that began before are not judged."
    )
    rules = replace(RULES, agreed_on=AS_OF - timedelta(days=27))
    assert strip(standing(daily(calls=1), rules=rules)).is_met is False
    new = asked_from(AS_OF - timedelta(days=2), "effective_from")
    assert (
        strip(standing(daily(calls=1), rules=new)).is_met is None
    )  # four weeks against three days


def test_amounts_are_not_judged_before_their_minimum_was_agreed():
    own = replace(default_rules(), agreed_on=DAYS[0])
    rows = [*daily(), *(Evidence(ANA, "pipeline_created", on, done=1, seen=1) for on in DAYS)]
    judged = strip(standing(rows, rules=own), "pipeline_created")
    assert judged.is_met is False
    late = strip(standing(rows, rules=replace(own, agreed_on=DAYS[-60])), "pipeline_created")
    assert late.is_met is None
