"""What planted patterns gain, what the detectors find, and whom they leave in peace.

Each person is compared with themselves: the same months with and without the pattern, from the
zip to the score.
"""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from service.report.patterns import limits, patterns
from service.sample import write_sample
from tests.sample.facts import facts_of

AS_OF = date(2026, 11, 20)
USERS, WEEKS = 300, 20
#: habit -> the pattern that finds it, where it is one of people
FOUND_BY = {
    "burst_logger": "bulk_calls", "lead_burster": "bulk_calls", "one_contact": "repeated_contact",
    "task_closer": "closed_at_once", "meeting_stuffer": "meetings_at_once",
    "date_pusher": "pushed_dates", "loaded": "loaded_calls", "lazy": "loaded_calls",
}  # fmt: skip
OF_THE_COMPANY = ("just_enough", "deal_rounder")
GAMING = (*FOUND_BY, *OF_THE_COMPANY)
MOST_POINTS = 2


@pytest.fixture(scope="module")
def worlds(tmp_path_factory):
    """(the sample, its report's facts, those of the same company without any pattern)"""
    folder = tmp_path_factory.mktemp("gaming")
    samples = [
        write_sample(
            folder / f"{name}.zip", people=USERS, weeks=WEEKS, as_of=AS_OF, left_out=left_out
        )
        for name, left_out in (("without", GAMING), ("with", ()))
    ]  # fmt: skip
    without, with_patterns = (facts_of(one, folder / one.path.stem) for one in samples)
    return samples[1], with_patterns, without


def values(facts):
    return {one.user.user_id: one.score.value for one in facts.people}


def test_no_pattern_gains_more_than_two_points(worlds):
    sample, played, honest = worlds
    after, before = values(played), values(honest)
    gains = {}
    for habit in GAMING:
        people = [
            one.user_id for one in sample.with_habit(habit)
            if before[one.user_id] is not None and after[one.user_id] is not None
        ]  # fmt: skip
        assert people, habit
        gains[habit] = max(after[user] - before[user] for user in people)
    assert {habit: gain for habit, gain in gains.items() if gain > MOST_POINTS} == {}


def test_nobody_gets_a_score_or_loses_it_by_a_pattern(worlds):
    after, before = (values(facts) for facts in worlds[1:])
    changed = {user for user in after if (after[user] is None) != (before[user] is None)}
    assert changed == set()


def test_a_pattern_changes_nobody_elses_score(worlds):
    sample, played, honest = worlds
    after, before = values(played), values(honest)
    others = [one.user_id for one in sample.people if one.habit not in GAMING]
    assert [user for user in others if user in after and after[user] != before[user]] == []


def test_every_planted_pattern_is_found_and_nobody_else(worlds):
    sample, played, _ = worlds
    habits = {one.user_id: one.habit for one in sample.people}
    found = {(one.pattern, one.user_id) for one in played.gaming.seen}
    planted = {(FOUND_BY[habit], user) for user, habit in habits.items() if habit in FOUND_BY}
    planted |= {("loaded_meetings", user) for user, habit in habits.items() if habit == "loaded"}
    assert found == planted


def test_without_patterns_nothing_is_found(worlds):
    assert worlds[2].gaming.seen == ()
    assert [one.found.what for one in limits(worlds[2]) if one.found.is_found] == []
    assert patterns(worlds[2]) == []


def test_rows_are_those_that_were_planted(worlds):
    sample, played, _ = worlds
    rows = Counter()
    for one in played.gaming.seen:
        rows[one.pattern, one.user_id] = one.rows
    for person in sample.with_habit("loaded"):
        loaded = sample.truth[person.user_id].loaded
        assert rows["loaded_calls", person.user_id] == loaded["Task"]
        assert rows["loaded_meetings", person.user_id] == loaded["Event"]
    for habit, pattern in (("task_closer", "create_and_close"), ("one_contact", "one_contact")):
        for person in sample.with_habit(habit):
            planted = sample.truth[person.user_id].gaming[pattern]
            assert rows[FOUND_BY[habit], person.user_id] == planted


def test_calls_and_amounts_may_bunch_at_their_limits_and_without_the_pattern_do_not(worlds):
    for facts, expected in zip(worlds[1:], ({"calls", "Big_Deal"}, set()), strict=True):
        found = {one.what: one for one in facts.gaming.bunching}
        assert set(found) == {"calls", "meetings", "Big_Deal"}
        assert {name for name, one in found.items() if one.is_possible} == expected
        for one in found.values():
            around = (one.bins.below, one.bins.above)
            for people, numbers in zip(one.people, around, strict=True):
                assert min(1, numbers) <= people <= numbers
        calls = found["calls"]
        assert calls.people[1] < calls.bins.above, "the same people, week by week"


@pytest.mark.long
@pytest.mark.parametrize("seed", [2009, 1, 2])
def test_a_thousand_people_leave_no_doubt(tmp_path, seed):
    sample = write_sample(tmp_path / "s.zip", people=1000, weeks=WEEKS, as_of=AS_OF, seed=seed)
    facts = facts_of(sample, tmp_path / "work")
    found = {one.what: one for one in facts.gaming.bunching}
    assert {name for name, one in found.items() if one.is_found} == {"calls", "Big_Deal"}
    assert not found["meetings"].is_possible
    verdicts = [one.verdict for one in limits(facts)]
    assert verdicts == ["hardly chance", "hardly chance", "as chance has it"]
