"""Teams: everybody under one manager, what is typical of them and how far they lie apart.

Every level rests on its people and never on the medians of the levels below.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from service.facts.facts import AGGREGATE_LEAST, TEAM_LEAST
from service.facts.groups import grouped, hide
from service.facts.places import EVERYBODY, places
from service.facts.shares import Share, shares, values, word_key
from service.scoring.result import WORDS
from service.scoring.teams import Spread, spread

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from service.facts.facts import Facts, Member
    from service.facts.places import Places
    from service.scoring.teams import Unit

SMALLER = "Smaller teams together"
#: A level of the tree tells teams apart when no larger share of the people is left over.
MOST_LEFT_OVER = Fraction(1, 10)
TOP = "At the top"


@dataclass(frozen=True)
class Team:
    """Everybody under one place. Nobody is in it where nobody may be named."""

    label: str
    people: int
    scored: int | None  #: None where it, or the rest, is too few to show
    spread: Spread | None  #: None when too few are scored
    words: tuple[Share, ...]
    members: tuple[Member, ...] = ()  #: those directly under it who lead nobody, by name
    leader: Member | None = None
    level: int = 1
    under: str | None = None  #: the label of the team above
    below: tuple[Team, ...] = ()

    @property
    def percent_scored(self) -> Decimal | None:
        """Per cent of the team that has a score."""
        if self.scored is None or not self.people:
            return None
        return round(Decimal(100 * self.scored) / self.people, 0)


#: A team, and how many of it are scored, shown or not.
Counted = tuple[Team, int]


@dataclass(frozen=True)
class Hierarchy:
    """The tree of teams, and what was wrong with it."""

    way: str  #: "manager", "role" or "" where the data show neither
    tops: tuple[Team, ...]
    loops: tuple[tuple[str, ...], ...] = ()  #: the labels of circles, each cut at its first
    gone: tuple[tuple[str, int], ...] = ()  #: managers who have left, and how many name them

    def teams(self) -> Iterator[Team]:
        """Every team, each before the teams below it."""
        for step, team in walk(self.tops):
            if step == "open":
                yield team


def walk(tops: Sequence[Team]) -> Iterator[tuple[str, Team]]:
    """The steps of drawing a tree: ("open", team), what is below it, ("close", team)."""
    steps = [("open", team) for team in reversed(tops)]
    while steps:
        step, team = steps.pop()
        yield step, team
        if step == "open":
            steps.append(("close", team))
            steps += [("open", one) for one in reversed(team.below)]


def hierarchy(facts: Facts) -> Hierarchy:
    """Teams in the order of names, never of scores.

    Where only aggregates may be shown, teams have numbers for names, no people and no levels.
    """
    found = places(facts)
    if facts.aggregate_only:
        return Hierarchy(found.way, tuple(_anonymous(facts, found)))
    loops = tuple(tuple(found.label(key) for key in loop) for loop in found.loops)
    gone = sorted((found.label(key), count) for key, count in found.gone.items())
    return Hierarchy(found.way, _named(facts, found), loops, tuple(gone))


def _named(facts: Facts, found: Places) -> tuple[Team, ...]:
    leaders = {one.user.user_id: one for one in facts.members} if found.way == "manager" else {}
    made: dict[str, Team] = {}
    units = list(top_down(found.tops))
    for above, unit in reversed(units):
        below = sorted((made[one.key] for one in unit.below), key=lambda one: one.label.casefold())
        leads = {one.key for one in unit.below} & leaders.keys()
        team = team_of(facts, found.label(unit.key), tuple(unit.everyone()), TEAM_LEAST)
        made[unit.key] = replace(
            team,
            members=_by_name(one for one in unit.directly if one.user.user_id not in leads),
            leader=leaders.get(unit.key),
            level=unit.level,
            under=found.label(above.key) if above else None,
            below=tuple(below),
        )
    tops = (made[unit.key] for above, unit in units if above is None)
    # Those who stand under nobody come last.
    return tuple(sorted(tops, key=lambda one: (not one.leader and found.way == "manager", one.label.casefold())))  # fmt: skip


def top_down(
    tops: Sequence[Unit[Member]],
) -> Iterator[tuple[Unit[Member] | None, Unit[Member]]]:
    """Every unit of a tree: (the unit above, the unit), each before those below it."""
    units: list[tuple[Unit[Member] | None, Unit[Member]]] = [(None, one) for one in reversed(tops)]
    while units:
        above, unit = units.pop()
        yield above, unit
        units += [(unit, one) for one in reversed(unit.below)]


def _by_name(members: Iterator[Member]) -> tuple[Member, ...]:
    return tuple(sorted(members, key=lambda one: (one.user.name.casefold(), one.user.user_id)))


def _anonymous(facts: Facts, found: Places) -> list[Team]:
    """Everybody once, at the level of the tree that tells teams apart best.

    That is the one with the most teams among those that leave few people over, in teams that are
    too small to be shown; where none does, the one that leaves the fewest.
    """
    deepest = max((unit.level for _, unit in top_down(found.tops)), default=1)
    levels = [_teams_at(facts, found, level) for level in range(1, deepest + 1)]
    few = MOST_LEFT_OVER * len(facts.people)

    def worth(teams: list[Counted]) -> tuple[Fraction, int]:
        return -max(few, Fraction(_left_over(teams))), len(teams)

    return masked(max(levels, key=worth), facts.least)


def _left_over(teams: Sequence[Counted]) -> int:
    return sum(team.people for team, _ in teams if team.label == SMALLER)


def _teams_at(facts: Facts, found: Places, level: int) -> list[Counted]:
    label_of: dict[str, str] = {}
    for _, unit in top_down(found.tops):
        if unit.level <= level:  # lower ones come later and say it anew
            label_of |= {one.user.user_id: found.label(unit.key) for one in unit.everyone()}
    # Whoever leads from the top stands under nobody, yet is one of the people.
    groups = grouped(facts.people, lambda one: label_of.get(one.user.user_id, TOP), facts.least)
    # The label of groups taken together would name their managers.
    return [
        (
            team_of(facts, _number(found, at, is_pool=not one.key), one.members, AGGREGATE_LEAST),
            sum(member.has_number for member in one.members),
        )
        for at, one in enumerate(groups, start=1)
    ]


def _number(found: Places, at: int, *, is_pool: bool) -> str:
    if is_pool:
        return SMALLER
    return f"Team {at}" if found.way else EVERYBODY


def masked(found: list[Counted], least: int) -> list[Team]:
    """Hide how many are scored where it, or the rest, is too few; all teams' totals are known."""
    is_few = hide([(scored, team.people - scored) for team, scored in found], least)
    return [
        replace(team, scored=None) if few else team
        for (team, _), few in zip(found, is_few, strict=True)
    ]


def team_of(facts: Facts, label: str, people: Collection[Member], least: int) -> Team:
    """Some people under a label; without a median where fewer than `least` are scored."""
    counts = dict.fromkeys(WORDS, 0)
    for one in people:
        if one.score is not None:
            counts[one.score.word] += 1
    words = shares([(word_key(word), word, count) for word, count in counts.items()])
    return Team(
        label=label,
        people=len(people),
        scored=facts.shown_scored(people),
        spread=spread(values(people), least),
        words=() if facts.aggregate_only else words,
    )


def company(facts: Facts) -> Spread | None:
    """The middle of all scores, from the people themselves and never from medians of teams."""
    least = AGGREGATE_LEAST if facts.aggregate_only else TEAM_LEAST
    return spread(values(facts.people), least)
