"""What a leader's screen says: whom to talk to, about what, and how the teams stand.

No arithmetic beyond drawing and counting: medians and quartiles are what the nightly run wrote.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from canvas.acts_record import reply_about
from canvas.managers_read import MANAGERS_AT_MOST
from canvas.people_questions import PEOPLE_AT_MOST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from canvas.acts_record import ShownAct
    from canvas.catalogue import Catalogue
    from canvas.exceptions_read import ShownException
    from canvas.formats import Formats
    from canvas.managers_read import ShownManager, Waiting
    from canvas.people_record import Below, ShownDeal, ShownPerson, ShownTeam

#: People that a manager is asked to talk to at a time.
TALK_TO_AT_MOST: Final = 3
#: Of fewer people nothing is passed on: it would be somebody's.
SMALL_TEAM: Final = 5
_NEEDS_HELP: Final = "Needs help"
#: What nobody acted on comes before what somebody is at work on; what came back before all.
_URGENCY: Final = {"recurred": 0, "open": 1, "seen": 2, "acted": 3}
_COMPANY: Final = "Company"


@dataclass(frozen=True, slots=True)
class TalkTo:
    """One person: a fact, and a question to open with."""

    person: ShownPerson
    exception: ShownException | None
    fact: str
    question: str
    reply: ShownAct | None = None  #: what the person said to this exception


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a bar: which word, how many people, where it starts and how wide it is (0..100)."""

    key: str
    people: int
    start: Decimal
    width: Decimal


@dataclass(frozen=True, slots=True)
class LeaderScreen:
    """Everything below a leader's own score."""

    people: tuple[ShownPerson, ...]
    talk_to: tuple[TalkTo, ...]
    asked_away: tuple[ShownPerson, ...]  #: of whom the night asks whether they were away
    own_team: ShownTeam | None
    managers: tuple[ShownTeam, ...]  #: teams of the managers below; most open exceptions first
    company: ShownTeam | None
    looks: tuple[ShownManager, ...]  #: who lead below the viewer, and the viewer first
    waiting: Mapping[str, Waiting]  #: by the user id of a manager below
    escalated: tuple[ShownException, ...]
    deals: tuple[ShownDeal, ...]
    update: str  #: a text about the team to pass on; "" without a team
    is_partly_unread: bool

    def own_of(self, team: ShownTeam) -> ShownPerson | None:
        """The team's manager among the viewer's people: their own use comes before their team's."""
        managers = (one for one in self.people if one.user_id and one.user_id == team.manager_id)
        return next(managers, None)

    @property
    def leads(self) -> bool:
        """Whether there is anybody or anything below the viewer."""
        return bool(self.people or self.own_team or self.managers)


def leader_screen(below: Below, user_id: str, texts: Catalogue, formats: Formats) -> LeaderScreen:
    """Put together what a leader may see."""
    talk_to = _talk_to(below.people, texts, formats)
    named = {one.person.record_id for one in talk_to}
    own = next((one for one in below.teams if one.manager_id == user_id), None)
    managers = [one for one in below.teams if one.kind != _COMPANY and one is not own]
    return LeaderScreen(
        people=below.people,
        talk_to=talk_to,
        asked_away=tuple(
            one for one in below.people if one.asked_away and one.record_id not in named
        ),
        own_team=own,
        managers=tuple(sorted(managers, key=lambda one: (-(one.exceptions or 0), one.name))),
        company=next((one for one in below.teams if one.kind == _COMPANY), None),
        looks=_looks(below.managers, user_id),
        waiting={one.user_id: one.waiting for one in below.managers if one.user_id and one.waiting},
        escalated=below.escalated,
        deals=below.deals,
        update=_update(own, below.people, texts, formats),
        is_partly_unread=below.is_partly_unread
        or len(below.people) >= PEOPLE_AT_MOST
        or len(below.managers) >= MANAGERS_AT_MOST,
    )


def _looks(managers: Sequence[ShownManager], user_id: str) -> tuple[ShownManager, ...]:
    """Direct reports who lead, after the viewer; nobody where no look of theirs is kept."""
    direct = [one for one in managers if one.is_direct]
    if not any(one.looks for one in direct):
        return ()
    return (*(one for one in managers if one.user_id == user_id), *direct)


def parts_of(team: ShownTeam) -> tuple[Part, ...]:
    """The words of a group as parts of one bar; () where the run left them out."""
    known = {key: count for key, count in team.words.items() if count}
    total = sum(known.values())
    parts, start = [], Decimal(0)
    for key, count in known.items():
        width = Decimal(100 * count) / total
        parts.append(Part(key, count, start, width))
        start += width
    return tuple(parts)


def _talk_to(
    people: Sequence[ShownPerson], texts: Catalogue, formats: Formats
) -> tuple[TalkTo, ...]:
    """Those with something open, the most urgent first; then those who need help, lowest first."""
    asked = [one for one in people if one.exceptions or one.word == _NEEDS_HELP]
    return tuple(_ask(one, texts, formats) for one in sorted(asked, key=_urgency)[:TALK_TO_AT_MOST])


def _urgency(person: ShownPerson) -> tuple[int, date, Decimal, str]:
    found = _first(person)
    if found is None:
        return len(_URGENCY), date.max, person.value or Decimal(0), person.name
    return _of_state(found), found.opened_on or date.max, Decimal(0), person.name


def _first(person: ShownPerson) -> ShownException | None:
    """The exception to begin with."""
    return min(
        person.exceptions,
        key=lambda one: (_of_state(one), one.opened_on or date.max),
        default=None,
    )


def _of_state(found: ShownException) -> int:
    return _URGENCY.get(found.state, len(_URGENCY))


def _ask(person: ShownPerson, texts: Catalogue, formats: Formats) -> TalkTo:
    found = _first(person)
    if found is None:
        return TalkTo(person, None, person.reason, texts("team.question"))
    fact = texts(
        "team.fact",
        label=found.label,
        found=formats.quantity(found.found),
        expected=formats.quantity(found.expected),
    )
    question = found.evidence[-1] if found.evidence else texts("team.question")
    return TalkTo(person, found, fact, question, reply_about(person.replies, found.record_id))


def _update(
    team: ShownTeam | None, people: Sequence[ShownPerson], texts: Catalogue, formats: Formats
) -> str:
    """A few sentences about the team to be passed on, in which nobody can be recognised.

    Nothing of a small team, of one person, of all of them, or of a list that was cut; the median
    only where it is of these very people (a team record counts everybody below).
    """
    of = len(people)
    if not SMALL_TEAM <= of < PEOPLE_AT_MOST:
        return ""
    scored = sum(one.value is not None for one in people)
    standing = sum(bool(one.exceptions) for one in people)
    sentences = [texts("team.update.scored", scored=scored, people=of)]
    if team is not None and team.median is not None and team.people == of:
        sentences.append(texts("team.update.median", median=formats.number(team.median)))
    if not standing:
        sentences.append(texts("team.update.none_standing"))
    elif 1 < standing < of:
        sentences.append(texts("team.update.standing", standing=standing))
    return " ".join(sentences)
