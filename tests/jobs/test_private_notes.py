"""What of a night is for one person alone: worked out as the ladder says, by whose it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.night import _leave_notes
from jobs.records.private_notes import ALIKE_AT_LEAST, heads_ups_of, roles_of
from service.night_notes import NightNotes
from service.redis_queue import connect
from service.scoring.ladder import Ladder
from service.scoring.result import Score
from service.scoring.standing_result import ExceptionResult, Standing, WindowResult

TODAY = date(2026, 3, 31)
WINDOW = WindowResult(date(2026, 3, 2), date(2026, 3, 29), Decimal(61), Decimal(100), 20, 20, 0, 0)


def found(state, manager_from=None):
    return ExceptionResult(
        "calls", "Calls", "count", state, WINDOW, None, WINDOW, date(2026, 4, 26),
        Ladder(TODAY, manager_from, None), life=None,
    )  # fmt: skip


def notes_of(*exceptions):
    standing = Standing("005", TODAY, exceptions=exceptions)
    members = [
        SimpleNamespace(user=SimpleNamespace(user_id="005"), standing=one)
        for one in (standing, None)
    ]
    return heads_ups_of(SimpleNamespace(people=members)).get("005", [])


def test_a_heads_up_is_the_persons():
    (note,) = notes_of(found("heads_up"))
    assert (note["label"], note["found"], note["expected"]) == ("Calls", "61", "100")
    assert (note["decided_on"], note["manager_from"]) == ("2026-04-26", None)


def test_so_are_an_exceptions_first_days_and_then_it_is_a_record():
    tomorrow = TODAY + timedelta(days=1)
    (note,) = notes_of(found("open", tomorrow))
    assert note["manager_from"] == tomorrow.isoformat()
    assert notes_of(found("open", TODAY)) == []
    assert notes_of(found("cleared"), found("excused")) == []


@given(
    st.lists(st.tuples(st.sampled_from(["rep", "manager", ""]), st.none() | st.integers(0, 100)))
)
def test_only_roles_of_enough_people_are_compared_with(people):
    scores = [
        replace(Score("005", TODAY, "1", "Building", role=role), value=None if value is None else Decimal(value))
        for role, value in people
    ]  # fmt: skip
    told = roles_of(scores)
    for role in ("rep", "manager"):
        values = [value for of, value in people if of == role and value is not None]
        assert (role in told) == (len(values) >= ALIKE_AT_LEAST)
        if role in told:
            assert told[role]["people"] == len(values)
            assert (
                min(values)
                <= Decimal(told[role]["low"])
                <= Decimal(told[role]["high"])
                <= max(values)
            )
    assert "" not in told


def role_of(*values):
    return [Score("005", TODAY, "1", "Building", Decimal(one), role="rep") for one in values]


def test_of_nine_people_nobodys_score_is_told_to_its_last_place():
    told = roles_of(role_of("11.1", "22.2", "33.3", "44.4", "55.5", "66.6", "77.7", "88.8", "99.9"))
    assert told["rep"] == {"people": 9, "median": "56", "low": "33", "high": "78"}


@pytest.mark.parametrize(("people", "is_told"), [(7, False), (8, True)])
def test_eight_people_of_a_role_are_enough(people, is_told):
    assert ("rep" in roles_of(role_of(*["50"] * people))) is is_told


@pytest.mark.parametrize(
    ("compares", "aggregate_only", "is_told", "is_compared"),
    [
        (True, False, True, True), (None, False, True, False), (False, False, True, False),
        (True, True, False, False),
    ],
)  # fmt: skip
def test_a_comparison_is_left_where_an_administrator_allows_it(
    redis_url, compares, aggregate_only, is_told, is_compared
):
    settings = SimpleNamespace(redis_url=redis_url, compares=compares, private_key="a key")
    people = [
        SimpleNamespace(
            user=SimpleNamespace(user_id="005"),
            standing=Standing("005", TODAY, exceptions=(found("heads_up"),)),
        )
    ]
    facts = SimpleNamespace(aggregate_only=aggregate_only, people=people)
    notes = NightNotes(connect(redis_url), "00D5g0000000001", "a key")
    notes.write({"005": [{"label": "of the night before"}]}, {"rep": {"people": 99}})
    _leave_notes(
        SimpleNamespace(settings=settings, org_id="00D5g0000000001"),
        SimpleNamespace(facts=facts, scores=role_of(*range(30, 40))),
    )
    left = notes.read("005", "rep")
    assert [one["label"] for one in left.heads_ups] == (["Calls"] if is_told else [])
    assert (left.role or {}).get("people") == (10 if is_compared else None)
