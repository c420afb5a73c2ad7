"""Few people hidden among many, in every order of sizes: no subtraction tells them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from service.evidence.beside import Beside
from service.evidence.gaming import Gaming
from service.evidence.usage import User
from service.facts.facts import Member
from service.facts.teams import hierarchy
from service.report.adoption import words
from service.report.facts import Options, ReportFacts
from service.report.mending import Mending
from service.rules_file import read_rules
from service.scoring.result import WORDS, Score
from service.scoring.teams import spread

AS_OF = date(2026, 11, 20)


def a_member(number: int, word: str, manager: str | None = None) -> Member:
    user_id = f"005{number:015d}"
    user = User(user_id, f"User {number}", None, None, manager, True, True, None)
    value = None if word == WORDS[-1] else Decimal(90)
    return Member(user, Score(user_id, AS_OF, "1", word, value))


def some_facts(counts: dict[str, int], *, aggregate_only: bool = True) -> ReportFacts:
    listed = [word for word, count in counts.items() for _ in range(count)]
    return ReportFacts(
        options=Options((), Path("out")),
        aggregate_only=aggregate_only,
        as_of=AS_OF,
        rules=read_rules(None),
        members=tuple(a_member(at, word, "005m") for at, word in enumerate(listed)),
        unowned={},
        counted={},
        deals=(),
        rows_read={},
        left_out={},
        beside=Beside(),
        gaming=Gaming(),
        mending=Mending(),
        logins_known=True,
        rows_rejected={},
        gaps=(),
        absent_measures={},
        roles_known=True,
        managers_known=True,
        regions_known=False,
    )


def test_quartiles_lie_between_the_numbers_and_halves_go_up():
    found = spread([Decimal(one) for one in ("50.0", "60.1", "70.2", "80.0")], 4)
    assert (found.low, found.median, found.high) == (
        Decimal("57.6"),
        Decimal("65.2"),
        Decimal("72.7"),
    )
    assert spread([Decimal(50)] * 4, 5) is None


COUNTS = st.fixed_dictionaries({word: st.integers(0, 25) for word in WORDS})


@given(COUNTS)
def test_words_of_few_people_are_never_shown_nor_told_by_subtraction(counts):
    facts = some_facts(counts)
    shown = {part.label: part.count for part in words(facts)}
    assert all(count >= 10 for count in shown.values())
    scored = facts.shown_scored(facts.people)
    if scored is not None:
        assert all(one == 0 or one >= 10 for one in (scored, len(facts.people) - scored))
        told = sum(count for label, count in shown.items() if label != WORDS[-1])
        assert told in (0, scored)


@given(COUNTS)
def test_teams_say_how_many_are_scored_only_when_neither_part_is_small(counts):
    for team in hierarchy(some_facts(counts)).tops:
        assert team.people >= 10
        assert team.members == ()
        assert team.scored is None or all(
            one == 0 or one >= 10 for one in (team.scored, team.people - team.scored)
        )


@given(st.tuples(COUNTS, COUNTS, COUNTS))
def test_a_team_that_hides_how_many_are_scored_is_never_the_only_one(several):
    members = []
    for at, counts in enumerate(several):
        manager = a_member(90_000 + at, WORDS[-1])
        members.append(replace(manager, score=None))
        listed = [word for word, count in counts.items() for _ in range(count)]
        members += [
            a_member(1000 * at + number, word, manager.user.user_id)
            for number, word in enumerate(listed)
        ]
    found = hierarchy(replace(some_facts({}), members=tuple(members))).tops
    hidden = [team for team in found if team.scored is None]
    assert len(hidden) != 1 or len(found) == 1


@given(COUNTS)
def test_where_people_may_be_named_every_word_has_its_own_count(counts):
    shown = words(some_facts(counts, aggregate_only=False))
    assert {part.label: part.count for part in shown} == counts


def test_aggregates_show_the_level_that_tells_teams_apart_without_leaving_many_over():
    boss = a_member(1, "On track")
    leads = [a_member(at, "On track", boss.user.user_id) for at in range(10, 13)]
    members = [boss, *leads]
    for at, lead in enumerate(leads):
        low = [a_member(100 * (at + 1) + n, "On track", lead.user.user_id) for n in range(4)]
        members += low
        for n, one in enumerate(low):
            members += [
                a_member(1000 * (at + 1) + 20 * n + k, "On track", one.user.user_id)
                for k in range(12 if (at, n) == (0, 0) else 4)
            ]
    facts = replace(some_facts({}), members=tuple(members))
    found = hierarchy(facts).tops
    # By the lowest managers one team would be large enough, and 60 of 76 people left over.
    assert [(team.label, team.people) for team in found] == [
        ("Team 1", 28), ("Team 2", 20), ("Smaller teams together", 24),
    ]  # fmt: skip
