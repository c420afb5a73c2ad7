"""The managers below a leader: what waits with each of them and for how long, and when they looked.

One question gives all of it: users with two lists each. What has become the executives' own is
picked from the same list, by the rules' days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from canvas.exceptions_read import ShownException, read_exception
from canvas.ids import checked18, id18
from canvas.people_questions import EXCEPTIONS, STANDING, asked_exception
from canvas.plain import children, clean, is_cut, read_day
from service.salesforce.fields import AdoptionDigest as Digest
from service.salesforce.fields import AdoptionException as Exc
from service.salesforce.fields import AdoptionTeam as Team

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

DIGESTS: Final = "Adoption_Digests__r"
#: Managers on three levels below one person; a longer list is no list any more.
MANAGERS_AT_MOST: Final = 200
_OF_ONE: Final = 50
_LISTED: Final = 10
#: Weeks of which it is told who looked.
_WEEKS: Final = 4
#: An act has this long to have an effect.
_ACT_TAKES: Final = timedelta(weeks=4)
_WEEK: Final = timedelta(weeks=1)
_ACTED: Final = "acted"


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long exceptions of one manager's people have stood: how many of each age."""

    week: int  #: up to seven days
    month: int  #: up to four weeks
    longer: int
    untouched: int  #: of all of them, those on which nobody acted yet
    oldest_days: int
    is_cut: bool = False  #: there may be more; those that are counted have stood longest

    @property
    def count(self) -> int:
        """All of them."""
        return self.week + self.month + self.longer

    @property
    def ages(self) -> tuple[tuple[str, int], ...]:
        """The three ages by the keys of their texts, the youngest first."""
        return ("week", self.week), ("month", self.month), ("longer", self.longer)


@dataclass(frozen=True, slots=True)
class Looks:
    """On which days of the last weeks a leader looked, the latest first."""

    panel: tuple[date, ...] = ()
    digest: tuple[date, ...] = ()

    @property
    def last(self) -> date | None:
        """The latest of either."""
        return max((*self.panel, *self.digest), default=None)


@dataclass(frozen=True, slots=True)
class ShownManager:
    """A manager below the viewer, or the viewer."""

    user_id: str | None
    name: str
    is_direct: bool  #: reports to the viewer
    waiting: Waiting | None  #: None: nothing stands
    looks: Looks | None  #: None: no digest of theirs is kept, so nothing is known
    theirs: tuple[ShownException, ...]  #: what is the viewer's, too, by now


def managers_query(user_id: str, today: date) -> str:
    """Managers on three levels below the user, and the user, with what stands and when they looked.

    Three levels: a role also shows the people of one's peers.
    """
    user = checked18(user_id)
    above = " OR ".join(f"{'Manager.' * level}ManagerId = '{user}'" for level in range(3))
    exceptions = (*asked_exception(evidence=False), Exc.EXECUTIVES_FROM, Exc.SCORE)
    named = (*exceptions, "Manager__r.Name", "Adoption_Score__r.User__r.Name")
    since = (today - timedelta(weeks=_WEEKS + 1)).isoformat()
    return (
        "SELECT Id, Name, ManagerId,"  # noqa: S608 - constants and a checked id
        f" (SELECT {', '.join(named)} FROM {EXCEPTIONS} WHERE {Exc.STATE} IN {STANDING}"
        f" ORDER BY {Exc.OPENED_ON} LIMIT {_OF_ONE}),"
        f" (SELECT {Digest.PANEL_DAYS}, {Digest.DIGEST_DAYS} FROM {DIGESTS}"
        f" WHERE {Digest.WEEK_BEGINS} >= {since} LIMIT {_WEEKS + 2})"
        f" FROM User WHERE ({above} OR Id = '{user}') AND Id IN"
        f" (SELECT {Team.MANAGER} FROM {Team.OBJECT} WHERE {Team.KIND} = 'Team')"
        f" ORDER BY Name LIMIT {MANAGERS_AT_MOST}"
    )


def read_managers(
    records: Iterable[Mapping[str, Any]], user_id: str, today: date
) -> tuple[ShownManager, ...]:
    """The answer to `managers_query`, the viewer first."""
    found = (_manager(one, user_id, today) for one in records)
    return tuple(sorted(found, key=lambda one: (one.user_id != user_id, one.name)))


def escalated_of(managers: Iterable[ShownManager], user_id: str) -> tuple[ShownException, ...]:
    """What the viewer may step in on: of managers below, what has waited longest first."""
    theirs = [each for one in managers if one.user_id != user_id for each in one.theirs]
    return tuple(sorted(theirs, key=lambda one: one.executives_from or date.max)[:_LISTED])


def _manager(record: Mapping[str, Any], user_id: str, today: date) -> ShownManager:
    exceptions = tuple(map(read_exception, children(record, EXCEPTIONS)))
    digests = children(record, DIGESTS)
    return ShownManager(
        user_id=id18(record.get("Id")),
        name=clean(record.get("Name")),
        is_direct=id18(record.get("ManagerId")) == user_id,
        waiting=_waiting(exceptions, today, is_cut=is_cut(record, EXCEPTIONS, _OF_ONE)),
        looks=_looks(digests, today) if digests else None,
        theirs=tuple(one for one in exceptions if _is_the_executives(one, today)),
    )


def _is_the_executives(one: ShownException, today: date) -> bool:
    """Left alone for the rules' days, or acted on four weeks ago without effect."""
    if one.executives_from is None or one.executives_from > today:
        return False
    return one.state != _ACTED or one.executives_from <= today - _ACT_TAKES


def _waiting(exceptions: Sequence[ShownException], today: date, *, is_cut: bool) -> Waiting | None:
    ages = [today - one.opened_on for one in exceptions if one.opened_on]
    if not ages:
        return None
    return Waiting(
        week=sum(age <= _WEEK for age in ages),
        month=sum(_WEEK < age <= _ACT_TAKES for age in ages),
        longer=sum(age > _ACT_TAKES for age in ages),
        untouched=sum(one.state != _ACTED for one in exceptions if one.opened_on),
        oldest_days=max(0, max(ages).days),
        is_cut=is_cut,
    )


def _looks(digests: Sequence[Mapping[str, Any]], today: date) -> Looks:
    return Looks(
        *(
            _days((clean(one.get(name)) for one in digests), today)
            for name in (Digest.PANEL_DAYS, Digest.DIGEST_DAYS)
        )
    )


def _days(texts: Iterable[str], today: date) -> tuple[date, ...]:
    since = today - timedelta(weeks=_WEEKS)
    days = {day for text in texts for word in text.split() if (day := read_day(word))}
    return tuple(sorted((day for day in days if day > since), reverse=True))
