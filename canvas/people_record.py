"""What a viewer may see of others, and what was found and done about them, as frozen values.

Whoever leads sees their people, the teams below and what reached them; whoever does not gets
empty answers, because Salesforce applies the viewer's sharing to every question. A record written
by another version may lack fields: what is there is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from canvas.act import REPLY
from canvas.acts_record import ShownAct, read_acts, reply_about
from canvas.exceptions_read import ShownException, read_exceptions
from canvas.ids import id18
from canvas.managers_read import escalated_of, read_managers
from canvas.people_questions import EXCEPTIONS, EXCEPTIONS_AT_MOST, VIEWS, WEEKS, WORDS
from canvas.plain import children, clean, is_cut, mapping, number, read_day, whole
from canvas.port import ReadingError
from canvas.review import RATED, REVIEWED
from canvas.trend import KIND
from service.salesforce.fields import AdoptionScore as Score
from service.salesforce.fields import AdoptionSnapshot as Week
from service.salesforce.fields import AdoptionTeam as Team
from service.salesforce.fields import AdoptionView as View
from service.salesforce.fields import BigDealAlert as Alert
from service.scoring.habits import WEEKS as HABIT_WEEKS
from service.scoring.habits import habit_of
from service.scoring.not_scored import asked_absence
from service.weeks import monday_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

    from canvas.managers_read import ShownManager
    from canvas.port import Answer
    from service.scoring.habits import Habit

#: What people record about themselves.
_THEIRS = (REPLY, RATED)


@dataclass(frozen=True, slots=True)
class OwnStanding:
    """What stands against the viewer, and who did what about it."""

    exceptions: tuple[ShownException, ...] = ()
    acts: tuple[ShownAct, ...] = ()
    looks: Mapping[date, tuple[str, ...]] = field(default_factory=dict)  #: who looked, by day
    user_id: str | None = None  #: whose score it is

    @property
    def unrated(self) -> tuple[ShownAct, ...]:
        """Deal reviews that the person has not rated since, the latest of each deal.

        What somebody else recorded as a rating is none.
        """
        found, seen = [], set()
        for one in filter(self._is_of_review, self.acts):  # the latest first
            if one.kind == REVIEWED and one.opportunity_id not in seen:
                found.append(one)
            seen.add(one.opportunity_id)
        return tuple(found)

    def _is_of_review(self, one: ShownAct) -> bool:
        is_theirs = one.kind == RATED and one.by_id is not None and one.by_id == self.user_id
        return one.opportunity_id is not None and (is_theirs or one.kind == REVIEWED)

    def away_told(self, exception_id: str | None) -> tuple[date, date] | None:
        """The days that the person gave for one exception."""
        reply = reply_about(self.acts, exception_id)
        return reply.away if reply else None


@dataclass(frozen=True, slots=True)
class ShownPerson:
    """One of the viewer's people."""

    record_id: str | None
    name: str
    word: str
    value: Decimal | None
    band: Decimal | None
    why_not: str
    reason: str  #: the heaviest one
    exceptions: tuple[ShownException, ...]
    last_act: ShownAct | None
    replies: tuple[ShownAct, ...] = ()  #: what the person said, the latest first
    user_id: str | None = None
    has_more_exceptions: bool = False  #: those that are here may not be all

    @property
    def asked_away(self) -> tuple[date, date] | None:
        """The days of which the night asks whether they were away: as they told them, if they did."""
        return (self.away_reply and self.away_reply.away) or asked_absence(self.why_not)

    @property
    def away_reply(self) -> ShownAct | None:
        """What they said to that: the latest reply to no exception about any of those days.

        One about other days answers an older question: approving it would excuse the wrong ones.
        """
        asked = asked_absence(self.why_not)
        general = (one for one in self.replies if asked and one.exception_id is None)
        return next((one for one in general if asked and _meets(one.away, asked)), None)


@dataclass(frozen=True, slots=True)
class ShownTeam:
    """A group without any person in it but its manager."""

    name: str
    kind: str
    manager_id: str | None
    people: int | None
    scored: int | None
    median: Decimal | None  #: None where too few have a score
    low: Decimal | None
    high: Decimal | None
    exceptions: int | None  #: people with one that is open
    words: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class ShownDeal:
    """A big deal that was announced."""

    opportunity_id: str | None
    name: str
    amount: Decimal | None
    closed_on: date | None
    owner: str
    record_id: str | None = None  #: of the alert
    owner_id: str | None = None


@dataclass(frozen=True, slots=True)
class Below:
    """All that the org handed over of others than the viewer."""

    people: tuple[ShownPerson, ...] = ()
    teams: tuple[ShownTeam, ...] = ()
    managers: tuple[ShownManager, ...] = ()  #: the viewer first, where they lead themselves
    escalated: tuple[ShownException, ...] = ()
    deals: tuple[ShownDeal, ...] = ()
    #: some of it is missing, and not because there is nothing
    is_partly_unread: bool = False


def _meets(told: tuple[date, date] | None, asked: tuple[date, date]) -> bool:
    return told is not None and told[0] <= asked[1] and told[1] >= asked[0]


def read_below(answers: Mapping[str, Answer], user_id: str, today: date) -> Below:
    """The answers to the questions about others; what was not asked is empty."""
    records = {name: one for name, one in answers.items() if not isinstance(one, ReadingError)}
    errors = [one for one in answers.values() if isinstance(one, ReadingError)]
    people = records.get("people", [])
    managers = read_managers(records.get("managers", []), user_id, today)
    has_all = all(EXCEPTIONS in one for one in people)
    return Below(
        tuple(map(read_person, people)),
        tuple(read_team(one) for one in records.get("teams", []) if one.get(Team.KIND) != KIND),
        managers,
        escalated_of(managers, user_id),
        tuple(map(read_deal, records.get("deals", []))),
        not has_all or any(one.state != "not_visible" for one in errors),
    )


def read_person(record: Mapping[str, Any]) -> ShownPerson:
    """One of the people, whatever their record lacks."""
    acts = read_acts(record)
    reasons = clean(str(record.get(Score.REASONS) or "").partition("\n")[0])
    return ShownPerson(
        record_id=id18(record.get("Id")),
        name=clean(mapping(record.get("User__r")).get("Name")),
        word=clean(record.get(Score.WORD)),
        value=number(record.get(Score.SCORE)),
        band=number(record.get(Score.BAND)),
        why_not=clean(record.get(Score.NOT_SCORED_REASON)),
        reason=reasons,
        exceptions=read_exceptions(record),
        last_act=next((one for one in acts if one.kind not in _THEIRS), None),
        replies=tuple(one for one in acts if one.kind == REPLY),
        user_id=id18(record.get(Score.USER)),
        has_more_exceptions=is_cut(record, EXCEPTIONS, EXCEPTIONS_AT_MOST),
    )


def read_own_standing(record: Mapping[str, Any], user_id: str | None) -> OwnStanding:
    """What stands against this user, from their score record."""
    return OwnStanding(read_exceptions(record), read_acts(record), read_looks(record), user_id)


def read_looks(record: Mapping[str, Any]) -> dict[date, tuple[str, ...]]:
    """Who looked at a score, by day, the latest first."""
    found: dict[date, tuple[str, ...]] = {}
    for one in children(record, VIEWS):
        on, name = read_day(one.get(View.SEEN_ON)), mapping(one.get("Viewer__r")).get("Name")
        if on is not None:
            found[on] = (*found.get(on, ()), clean(name))
    return found


def read_habit(record: Mapping[str, Any], today: date) -> Habit | None:
    """How somebody stands by the whole weeks before a day's, from their own score record."""
    monday = monday_of(today)
    first = monday - timedelta(weeks=HABIT_WEEKS)
    scores = [
        score
        for one in children(record, WEEKS)
        if (on := read_day(one.get(Week.WEEK_BEGINS))) and first <= on < monday
        if (score := number(one.get(Week.SCORE))) is not None
    ]
    return habit_of(scores)


def read_team(record: Mapping[str, Any]) -> ShownTeam:
    """One group."""
    return ShownTeam(
        name=clean(record.get("Name")),
        kind=clean(record.get(Team.KIND)),
        manager_id=id18(record.get(Team.MANAGER)),
        people=whole(record.get(Team.PEOPLE)),
        scored=whole(record.get(Team.SCORED)),
        median=number(record.get(Team.MEDIAN)),
        low=number(record.get(Team.LOW_QUARTILE)),
        high=number(record.get(Team.HIGH_QUARTILE)),
        exceptions=whole(record.get(Team.OPEN_EXCEPTIONS)),
        words={key: whole(record.get(name)) for key, name in WORDS.items()},
    )


def read_deal(record: Mapping[str, Any]) -> ShownDeal:
    """One announced deal."""
    return ShownDeal(
        opportunity_id=id18(record.get(Alert.OPPORTUNITY)),
        name=clean(mapping(record.get("Opportunity__r")).get("Name")),
        amount=number(record.get(Alert.AMOUNT)),
        closed_on=read_day(record.get(Alert.CLOSED_ON)),
        owner=clean(mapping(record.get("Deal_Owner__r")).get("Name")),
        record_id=id18(record.get("Id")),
        owner_id=id18(record.get(Alert.DEAL_OWNER)),
    )
