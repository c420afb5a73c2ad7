"""A move to another role, manager, region or clock changes no score and no exception by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.scoring.evidence import PersonEvidence
from service.scoring.standing import standing_of
from tests.scoring.builders import ANA, AS_OF, COMPLETE, PLAIN, a_person, default_rules
from tests.scoring.test_properties import judged, situations
from tests.scoring.test_standing import daily, slack

RULES = default_rules()
MOVES = {
    "reorganisation": {"manager_id": "005000000000099AAA"},
    "region": {"region": "North"},
    "segment": {"segment": "corporate"},
    "name": {"name": "Ann", "username": "ann@x.example"},
    "profile": {"profile": "Sales User"},
    "time zone": {"time_zone": "Pacific/Auckland"},
}


def _as_of(minimums, role, other):
    return minimums | ({role: minimums[other]} if other in minimums else {})


def like(role, other):
    """The rules with a new role of which the same is asked as of another."""
    measures = tuple(
        replace(
            one,
            roles=(*one.roles, role) if other in one.roles else one.roles,
            weekly_minimums=_as_of(one.weekly_minimums, role, other),
            monthly_minimums=_as_of(one.monthly_minimums, role, other),
        )
        for one in RULES.measures
    )
    return replace(RULES, measures=measures, role_names={**RULES.role_names, "Mover": role})


@given(situations(), st.sampled_from(sorted(MOVES)))
def test_a_move_changes_no_score(situation, move):
    person, *rest = situation
    assert judged((replace(person, **MOVES[move]), *rest)) == judged(situation)


@given(situations())
def test_a_move_to_a_role_of_the_same_minimums_changes_no_score(situation):
    person, rows, found, _ = situation
    rules = like("mover", "rep")
    before = judged((replace(person, role="Sales Rep"), rows, found, rules))
    after = judged((replace(person, role="Mover"), rows, found, rules))
    assert replace(after, role="rep") == before


@pytest.mark.parametrize("move", [*sorted(MOVES), "role"])
@pytest.mark.parametrize("rows", [daily(), slack(*range(1, 9)), slack(2, 3, 4)])
def test_a_move_changes_no_exception(move, rows):
    person = a_person(role="Sales Rep")
    moved = replace(person, **MOVES.get(move, {"role": "Mover"}))
    found = [
        standing_of(PersonEvidence.of_rows(one, rows), COMPLETE, like("mover", "rep"), AS_OF, PLAIN)
        for one in (person, moved)
    ]
    assert found[0].exceptions == found[1].exceptions
    assert found[0].minimums == found[1].minimums
    assert {one.user_id for one in found} == {ANA}
