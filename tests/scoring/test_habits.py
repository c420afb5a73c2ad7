"""Who keeps a good score over weeks: by criteria, over those who could be judged."""

from __future__ import annotations

from decimal import Decimal

import pytest

from service.scoring.habits import Mix, mix

GOOD, FAIR, LOW = Decimal(75), Decimal("74.9"), Decimal("39.9")
HABIT = [GOOD] * 6 + [LOW] * 2
NOT_STARTED = [LOW] * 6 + [GOOD] * 2


def test_six_weeks_of_eight_decide():
    people = [HABIT] * 3 + [NOT_STARTED] * 2 + [[GOOD] * 5 + [FAIR] * 3] * 5
    assert mix(people) == Mix(30, 50, 20)


def test_who_was_there_for_fewer_than_six_weeks_is_not_in_it():
    assert mix([HABIT] * 10 + [[LOW] * 5] * 90) == Mix(100, 0, 0)


@pytest.mark.parametrize(("people", "told"), [(9, False), (10, True)])
def test_of_fewer_than_ten_people_nothing_is_told(people, told):
    assert (mix([HABIT] * people) is not None) is told


def test_the_parts_make_a_hundred():
    found = mix([HABIT] * 7 + [NOT_STARTED] * 7 + [[FAIR] * 8] * 9)
    assert found.habit + found.forming + found.not_started == 100
