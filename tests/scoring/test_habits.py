"""The mix of habits: shares of those who could be judged; jobs/records/week_mix.py says who is who. One person's own word."""

from __future__ import annotations

from decimal import Decimal

import pytest

from service.scoring.habits import Mix, habit_of, mix


def test_it_is_in_per_cent_of_those_who_could_be_judged():
    assert mix(10, 3, 2) == Mix(30, 50, 20)
    assert mix(10, 10, 0) == Mix(100, 0, 0)


@pytest.mark.parametrize(("people", "told"), [(9, False), (10, True)])
def test_of_fewer_than_ten_people_nothing_is_told(people, told):
    assert (mix(people, people, 0) is not None) is told


def test_the_parts_make_a_hundred():
    found = mix(23, 7, 7)
    assert found.habit + found.forming + found.not_started == 100


@pytest.mark.parametrize(
    ("scores", "word"),
    [
        ("75 75 75 75 75 75 0 0", "habit"),
        ("75 75 75 75 75 74.9 0 0", "forming"),
        ("39.9 39 0 0 0 0 100 100", "not_started"),
        ("40 39 0 0 0 0 100 100", "forming"),
        ("90 90 90 90 90 90", "habit"),
        ("90 90 90 90 90", None),  # the other weeks were away: nobody can say
    ],
)
def test_a_persons_own_word_needs_six_weeks_of_eight(scores, word):
    assert habit_of([Decimal(one) for one in scores.split()]) == word
