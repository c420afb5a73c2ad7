from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.scoring.evidence import Evidence, PersonEvidence
from service.scoring.habits import HABITS, Mix, habit_of, mix_of
from service.scoring.stay_in import LeaderWeek, StayInIndex, stay_in, weeks_used
from tests.scoring.builders import ANA, AS_OF, a_person, footprints


@pytest.mark.parametrize(
    ("weekly", "expected"),
    [
        ([75] * 6 + [0, 0], "habit"), ([75] * 5 + [74] * 3, "forming"), ([100] * 8, "habit"),
        ([39] * 6 + [90, 90], "not_started"), ([39] * 5 + [40] * 3, "forming"),
        ([None] * 3 + [39] * 5, None), ([None] * 2 + [39] * 6, "not_started"),
        ([None] * 2 + [75] * 6, "habit"), ([None] * 8, None), ([None, None, *[80] * 5, 70], "forming"), ([75] * 7, None), ([], None),
        ([0] * 20 + [75] * 8, "habit"),
    ],
)  # fmt: skip
def test_six_of_eight_weeks_decide(weekly, expected):
    scores = [None if one is None else Decimal(one) for one in weekly]
    assert habit_of(scores) == expected


def test_a_mix_stands_beside_the_usual_and_is_never_forced():
    found = mix_of(["habit"] * 3 + ["forming"] * 3 + ["not_started"] + [None] * 2)
    assert found == Mix((3, 3, 1), (43, 43, 14), 2)


@pytest.mark.parametrize(("people", "is_shown"), [(4, False), (5, True)])
def test_a_small_team_has_no_mix(people, is_shown):
    assert (mix_of(["forming"] * people) is not None) is is_shown


def test_where_nobody_may_be_named_no_small_group_can_be_told():
    assert mix_of(["forming"] * 9, aggregate_only=True) is None
    assert mix_of(["forming"] * 10, aggregate_only=True) is not None
    assert mix_of(["forming"] * 40 + ["habit"] * 3, aggregate_only=True) is None
    assert mix_of(["forming"] * 40 + ["habit"] * 10, aggregate_only=True) is not None


@given(st.lists(st.sampled_from([*HABITS, None]), max_size=60))
def test_counts_and_percents_add_up(habits):
    found = mix_of(habits)
    if found is not None:
        assert sum(found.counts) + found.unknown == len(habits)
        assert sum(found.percents) == 100


def test_of_an_export_only_the_own_use_is_known():
    weeks = [LeaderWeek(used=used) for used in (True, True, False, True, True, True, True, True)]
    assert stay_in(weeks) == StayInIndex(7, None, None, 7, is_whole=False)


def test_a_week_counts_when_every_known_part_was_done():
    whole = LeaderWeek(used=True, opened_view=True, coached=True)
    no_coaching = LeaderWeek(used=True, opened_view=True, coached=False)
    found = stay_in([no_coaching] * 9 + [whole] * 5)
    assert found == StayInIndex(8, 8, 5, 5, is_whole=True)


def test_a_part_that_is_unknown_in_one_week_is_not_counted_as_a_no():
    found = stay_in(
        [LeaderWeek(used=True, opened_view=None)] + [LeaderWeek(used=True, opened_view=True)] * 7
    )
    assert (found.opened_view, found.index) == (None, 8)


def test_where_nothing_is_known_there_is_no_index():
    assert stay_in([LeaderWeek(used=None)] * 8) == StayInIndex(
        None, None, None, None, is_whole=False
    )
    assert stay_in([]) == StayInIndex(None, None, None, None, is_whole=False)


def test_weeks_are_stretches_of_seven_days_up_to_the_day():
    days = [AS_OF, AS_OF - timedelta(days=6), AS_OF - timedelta(days=7), AS_OF - timedelta(days=55)]
    rows = [*footprints(days), Evidence(ANA, "footprint_days", AS_OF - timedelta(days=20), done=0)]
    rows += footprints([AS_OF - timedelta(days=56), AS_OF + timedelta(days=1)])
    found = weeks_used(PersonEvidence.of_rows(a_person(), rows), AS_OF)
    assert found == (True, False, False, False, False, False, True, True)
