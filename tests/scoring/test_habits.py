"""The mix of habits: shares of those who could be judged; jobs/week_mix.py says who is who."""

from __future__ import annotations

import pytest

from service.scoring.habits import Mix, mix


def test_it_is_in_per_cent_of_those_who_could_be_judged():
    assert mix(10, 3, 2) == Mix(30, 50, 20)
    assert mix(10, 10, 0) == Mix(100, 0, 0)


@pytest.mark.parametrize(("people", "told"), [(9, False), (10, True)])
def test_of_fewer_than_ten_people_nothing_is_told(people, told):
    assert (mix(people, people, 0) is not None) is told


def test_the_parts_make_a_hundred():
    found = mix(23, 7, 7)
    assert found.habit + found.forming + found.not_started == 100
