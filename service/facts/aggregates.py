"""Every group of people that an org may keep a record of, with no number of too few people in it.

The teams are those of the report, at every level; the others are the company, roles, profiles,
regions and segments. Nobody is named but the manager whose team it is, and not even they where
only aggregates may be shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from service.facts.differences import teams_to_hide
from service.facts.facts import AGGREGATE_LEAST, TEAM_LEAST
from service.facts.groups import grouped, hide, ways_to_group
from service.facts.places import EVERYBODY, places
from service.facts.teams import hierarchy, masked, team_of, top_down
from service.scoring.result import WORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from service.facts.facts import Facts, Member
    from service.facts.teams import Team

#: Kinds other than teams, and the way of the report that they are.
_CUTS = {"Role": "role", "Profile": "profile", "Region": "region"}
NO_SEGMENT = "No segment"


@dataclass(frozen=True)
class Aggregate:
    """One group."""

    kind: str  #: Company, Team, Role, Profile, Region or Segment
    key: str  #: what it is found by among its kind
    team: Team  #: without people; `spread` and `scored` None where too few are scored
    manager_id: str | None = None
    #: how many people have each word, and an exception that is open for others; None: too few
    words: Mapping[str, int] | None = None
    with_exceptions: int | None = None


def aggregates(facts: Facts) -> Iterator[Aggregate]:
    """All groups, by kind. A group that is too small to have numbers is there without them."""
    yield _of(facts, "Company", EVERYBODY, EVERYBODY, facts.people)
    if facts.aggregate_only:
        for team in hierarchy(facts).tops:
            yield Aggregate("Team", team.label, team)
    else:
        yield from _teams(facts)
    ways = ways_to_group(facts)
    for kind, way in _CUTS.items():
        if way in ways:
            yield from _cut(facts, kind, ways[way])
    if any(_segment(one) != NO_SEGMENT for one in facts.people):
        yield from _cut(facts, "Segment", _segment)


def _teams(facts: Facts) -> Iterator[Aggregate]:
    found = places(facts)
    known = {one.user.user_id for one in facts.members} if found.way == "manager" else set()
    hidden = teams_to_hide(found.tops, facts.people, TEAM_LEAST)
    for _, unit in top_down(found.tops):
        one = _of(facts, "Team", unit.key or "none", found.label(unit.key), [*unit.everyone()])
        if unit.key in hidden:
            one = _without_counts(one)
        yield replace(one, manager_id=unit.key if unit.key in known else None)


def _cut(facts: Facts, kind: str, key: Callable[[Member], str]) -> list[Aggregate]:
    groups = grouped(facts.people, key, facts.least)
    if not facts.aggregate_only:
        hidden = hide([(len(one.members), _scored(one.members)) for one in groups], TEAM_LEAST)
        found = [_of(facts, kind, one.label, one.label, one.members) for one in groups]
        return [
            _without_counts(one) if is_hidden else one
            for one, is_hidden in zip(found, hidden, strict=True)
        ]
    counted = [
        (team_of(facts, one.label, one.members, AGGREGATE_LEAST), _scored(one.members))
        for one in groups
    ]
    return [Aggregate(kind, team.label, team) for team in masked(counted, facts.least)]


def _without_counts(group: Aggregate) -> Aggregate:
    """The group with its median alone: its counts would tell those of a smaller one."""
    team = replace(group.team, scored=None, words=())
    return replace(group, team=team, words=None, with_exceptions=None)


def _of(facts: Facts, kind: str, key: str, label: str, people: Collection[Member]) -> Aggregate:
    least = AGGREGATE_LEAST if facts.aggregate_only else TEAM_LEAST
    team = team_of(facts, label, people, least)
    if _scored(people) < least:
        return Aggregate(kind, key, replace(team, scored=None, words=()))
    if facts.aggregate_only:
        return Aggregate(kind, key, team)
    words = dict.fromkeys(WORDS, 0)
    for one in people:
        if one.score is not None:
            words[one.score.word] += 1
    opened = sum(bool(one.standing and one.standing.opened) for one in people)
    return Aggregate(kind, key, team, words=words, with_exceptions=opened)


def _scored(people: Collection[Member]) -> int:
    return sum(one.has_number for one in people)


def _segment(member: Member) -> str:
    return (member.standing and member.standing.segment) or NO_SEGMENT
