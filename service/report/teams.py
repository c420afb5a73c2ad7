"""Teams: the people of one manager, what is typical of them and how far they lie apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from service.report.adoption import Share, shares, values, word_key
from service.report.facts import AGGREGATE_LEAST, TEAM_LEAST
from service.report.groups import grouped, manager_of
from service.scoring.result import WORDS
from service.scoring.teams import Spread, spread

if TYPE_CHECKING:
    from service.report.facts import Facts, Member

EVERYBODY = "Everybody"
SMALLER = "Smaller teams together"


@dataclass(frozen=True)
class Team:
    """One manager's people. `members` is empty where nobody may be named."""

    label: str
    people: int
    scored: int | None  #: None where it, or the rest, is too few to show
    spread: Spread | None  #: None when too few are scored
    words: tuple[Share, ...]
    members: tuple[Member, ...]

    @property
    def percent_scored(self) -> Decimal | None:
        """Per cent of the team that has a score."""
        if self.scored is None or not self.people:
            return None
        return round(Decimal(100 * self.scored) / self.people, 0)


def teams(facts: Facts) -> list[Team]:
    """By direct manager, ordered by name, never by score; one team where managers are unknown.

    Where only aggregates may be shown, teams have numbers for names and no people in them.
    """
    least = AGGREGATE_LEAST if facts.options.aggregate_only else TEAM_LEAST
    key = manager_of(facts) if facts.managers_known else lambda _: EVERYBODY
    found = grouped(facts.people, key, facts.least)
    if not facts.options.aggregate_only:
        return [_team(facts, one.label, one.members, least) for one in found]
    # The label of groups taken together would name their managers.
    return _masked(
        [
            _team(facts, f"Team {at}" if one.key else SMALLER, one.members, least)
            for at, one in enumerate(found, start=1)
        ]
    )


def _masked(found: list[Team]) -> list[Team]:
    """When one team hides how many are scored, so does the smallest other: the total is known."""
    shown = [team for team in found if team.scored is not None]
    if len(found) - len(shown) != 1 or not shown:
        return found
    other = min(shown, key=lambda team: team.people)
    return [replace(team, scored=None) if team is other else team for team in found]


def _team(facts: Facts, label: str, people: tuple[Member, ...], least: int) -> Team:
    is_open = not facts.options.aggregate_only
    counts = [
        sum(one.score is not None and one.score.word == word for one in people) for word in WORDS
    ]
    words = shares([(word_key(word), word, n) for word, n in zip(WORDS, counts, strict=True)])
    shown = sorted(people, key=lambda one: (one.user.name.casefold(), one.user.user_id))
    return Team(
        label=label,
        people=len(people),
        scored=facts.shown_scored(people),
        spread=spread(values(people), least),
        words=words if is_open else (),
        members=tuple(shown) if is_open else (),
    )


def company(facts: Facts) -> Spread | None:
    """The middle of all scores, from the people themselves and never from medians of teams."""
    least = AGGREGATE_LEAST if facts.options.aggregate_only else TEAM_LEAST
    return spread(values(facts.people), least)
