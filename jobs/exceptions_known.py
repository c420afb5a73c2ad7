"""Exceptions as the org has them: where each stood after the last run, and what people did since.

What people did is read from `Adoption_Action__c`. Who did it is the record's creator, which nobody
can set; what somebody records about themselves moves nothing, and a reply or a rating is the person's own.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, get_args

from jobs import absences, exceptions_ended
from jobs.records.exception_shape import SHAPE
from service.people_files import Absences
from service.salesforce.errors import SalesforceError
from service.salesforce.fields import AdoptionAction as Action
from service.salesforce.fields import AdoptionException as Fields
from service.salesforce.fields import AdoptionScore as Score
from service.salesforce.soql import quoted
from service.scoring.exception_state import STANDING, Event, ExceptionState, Kind, State
from service.scoring.exception_told import Told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from service.salesforce.gateway import Gateway
    from service.scoring.recidivism import Ended

#: What is over for longer can neither come back nor excuse a window: twice the longest window.
KEPT = timedelta(weeks=26)
#: What people record about themselves, whoever made the record.
_OWN = frozenset({"Reply", "Rated"})
_KINDS: Mapping[str, Kind] = {"Seen": "seen", "Excused": "excused"}  #: any other type: acted
NO_REASON = "No reason was given."


@dataclass(frozen=True)
class Act:
    """One action about an exception."""

    record_id: str
    event: Event
    outcome: str | None  #: as the org has it


@dataclass(frozen=True)
class Known:
    """One exception of the org."""

    record: Mapping[str, Any]  #: as read, by field
    told: Told
    acts: tuple[Act, ...] = ()

    @property
    def key(self) -> str:
        """The exception's key."""
        return str(self.record[Fields.KEY])

    @property
    def user_id(self) -> str:
        """Whose it is."""
        return self.key.partition(":")[0]

    @property
    def stands(self) -> bool:
        """Whether it stood after the last run."""
        return self.record[Fields.STATE] in STANDING


@dataclass(frozen=True)
class KnownExceptions:
    """The newest exception of each person and measure."""

    by_person: Mapping[str, Mapping[str, Known]] = field(default_factory=dict)
    ended: tuple[Ended, ...] = ()  #: every one that cleared, whoever's and however often
    absences: Absences = field(default_factory=Absences)  #: that somebody approved

    def told(self, user_id: str) -> dict[str, Told]:
        """What to judge a person with, by measure."""
        return {name: one.told for name, one in self.by_person.get(user_id, {}).items()}

    def __iter__(self) -> Iterator[Known]:
        for own in self.by_person.values():
            yield from own.values()


def read_known(gateway: Gateway, as_of: date) -> KnownExceptions:
    """Read exceptions that may still matter, and what people did about them, in one call."""
    first = as_of - KEPT
    since = first.isoformat()
    states = ", ".join(map(quoted, STANDING))
    where = (
        f"({{of}}{Fields.STATE} IN ({states}) OR {{of}}{Fields.CLEARED_ON} >= {since}"
        f" OR {{of}}{Fields.EXCUSED_ON} >= {since})"
    )
    queries = [SHAPE.query(where=where.format(of="")), _ACTS + where.format(of="Exception__r.")]
    answers = gateway.query_together([
        *queries, *exceptions_ended.QUERIES, absences.query(first)
    ])  # fmt: skip
    for answer in answers:
        if isinstance(answer, SalesforceError):
            raise answer
    records, rows, *ended, away = (one for one in answers if not isinstance(one, SalesforceError))
    acts = _acts(rows)
    found: defaultdict[str, dict[str, Known]] = defaultdict(dict)
    for record in records:
        known = _known(record, acts.get(str(record[Fields.KEY]), []), as_of)
        own, measure = found[known.user_id], str(record[Fields.MEASURE])
        if measure not in own or _began(own[measure]) < _began(known):
            own[measure] = known
    return KnownExceptions(found, exceptions_ended.ended_of(*ended), absences.absences_of(away))


_ACTS = (
    f"SELECT Id, Adoption_Score__r.{Score.KEY}, Exception__r.{Fields.KEY},"  # noqa: S608 - constants
    f" Exception__r.{Fields.OPENED_ON}, {Action.TYPE},"
    f" {Action.NOTE}, {Action.DONE_ON}, {Action.OUTCOME}, CreatedById, CreatedDate"
    f" FROM {Action.OBJECT} WHERE "
)


def _acts(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Act]]:
    """The actions about exceptions, by the exception's key; none of the person's own."""
    found: defaultdict[str, list[Act]] = defaultdict(list)
    for row in sorted(rows, key=lambda one: (str(one["CreatedDate"]), str(one["Id"]))):
        key = str(row["Exception__r"][Fields.KEY])
        person = key.partition(":")[0]
        # Below another person's score the person would not see what was said of them.
        is_theirs = row["Adoption_Score__r"][Score.KEY] == person
        is_act = row["CreatedById"] != person and row[Action.TYPE] not in _OWN
        if is_theirs and is_act:
            found[key].append(Act(str(row["Id"]), _event(row), row[Action.OUTCOME]))
    return found


def _event(row: Mapping[str, Any]) -> Event:
    note = row[Action.NOTE]
    kind = _KINDS.get(row[Action.TYPE], "acted")
    if kind == "excused" and not note:
        kind = "seen"  # an excuse needs a reason
    done = f"{row[Action.TYPE]}: {note}" if note else str(row[Action.TYPE])
    how = {"seen": None, "acted": done, "excused": note}[kind]
    done_on, opened_on = _day(row[Action.DONE_ON]), _day(row["Exception__r"][Fields.OPENED_ON])
    # Nobody can have acted before it opened, nor after they said so (an excuse of a day to come
    # would silence it for as long): then the day of recording is the better one.
    recorded_on = date.fromisoformat(row["CreatedDate"][:10])
    latest = recorded_on + timedelta(days=1)  # where their day has begun before that of UTC
    is_possible = done_on is not None and (opened_on or done_on) <= done_on <= latest
    on = done_on if done_on is not None and is_possible else recorded_on
    return Event(on, kind, str(row["CreatedById"]), how)


def _known(record: Mapping[str, Any], acts: list[Act], as_of: date) -> Known:
    days = {name: _day(record[name]) for name in _DAYS}
    begun = days[Fields.HEADS_UP_ON] or days[Fields.FLAGGED_ON] or as_of
    excused_on = days[Fields.EXCUSED_ON] or as_of
    state = ExceptionState(
        state=_state(record[Fields.STATE]),
        heads_up_on=begun,
        flagged_on=days[Fields.FLAGGED_ON] or begun,
        opened_on=days[Fields.OPENED_ON] or begun,
        seen_on=days[Fields.SEEN_ON],
        cleared_on=days[Fields.CLEARED_ON],
        recurred_on=days[Fields.RECURRED_ON],
        excuse=Event(excused_on, "excused", how=record[Fields.EXCUSE] or NO_REASON)
        if record[Fields.STATE] == "excused"
        else None,
    )
    ordered = sorted((one.event for one in acts), key=lambda one: one.on)
    return Known(record, Told(state, tuple(ordered)), tuple(acts))


_DAYS = (
    Fields.HEADS_UP_ON, Fields.FLAGGED_ON, Fields.OPENED_ON, Fields.SEEN_ON, Fields.CLEARED_ON,
    Fields.RECURRED_ON, Fields.EXCUSED_ON,
)  # fmt: skip


def _state(said: object) -> State:
    found: State = next(one for one in get_args(State) if one == said)
    return found


def _day(said: object) -> date | None:
    return date.fromisoformat(str(said)) if said else None


def _began(known: Known) -> date:
    return known.told.state.heads_up_on
