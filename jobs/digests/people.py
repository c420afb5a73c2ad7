"""Who gets a digest, whom they lead and may see, and whether it is their morning.

Everything is as Salesforce has it: who leads by the rules' roles, whose people they are by
`User.ManagerId`, and who may see whose score by the role hierarchy, or by shares where the night
keeps them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from service.calendars import calendar_for
from service.evidence.people import country_of
from service.facts.european import naming
from service.salesforce.errors import AdminActionNeededError
from service.salesforce.fields import AdoptionDigest as Fields
from service.salesforce.query import given
from service.salesforce.score_shares import READERS, SHARED, reader_ids, shared_pairs
from service.salesforce.times import literal, moment
from service.scoring.evidence import Person
from service.scoring.roles import LEADING, named_role
from service.weeks import monday_of, week_of
from service.who_reads import climb

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from service.salesforce.gateway import Gateway
    from service.scoring.calendar import Calendar
    from service.scoring.rule_set import RuleSet
    from service.settings import Settings
    from service.who_reads import Pair

Row = dict[str, Any]
Span = tuple[datetime, datetime]
#: The digest comes from this hour on, by the clock of whoever gets it.
MORNING = 6
#: Weeks of digests that are looked back at.
WEEKS_BACK = 5
#: A day is away when one event takes so much of its working hours; as `service/evidence/leave.py`.
_OPENS, _CLOSES, _AWAY = time(9), time(17), timedelta(hours=6)
_USERS = (
    "SELECT Id, Name, Username, Email, UserType, UserRoleId, UserRole.Name, Profile.Name, "
    "ManagerId, TimeZoneSidKey, LocaleSidKey, Country FROM User WHERE IsActive = true ORDER BY Id"
)
_ROLES = "SELECT Id, ParentRoleId FROM UserRole"


@dataclass(frozen=True)
class Someone:
    """An active user whom the rules score."""

    person: Person
    email: str
    role_id: str | None
    leads_as: str | None  #: "executive" or "manager"; None: leads nobody by the rules
    lives_in: str | None = None  #: User.Country
    away: tuple[Span, ...] = ()  #: out of office, by their own clock

    @property
    def zone(self) -> ZoneInfo:
        """Their time zone; UTC where it is not known."""
        try:
            return ZoneInfo(self.person.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return ZoneInfo("UTC")

    def is_away(self, on: date) -> bool:
        """Whether their own calendar shows the day as out of office."""
        opens, closes = datetime.combine(on, _OPENS), datetime.combine(on, _CLOSES)
        return any(min(end, closes) - max(begin, opens) >= _AWAY for begin, end in self.away)


@dataclass(frozen=True)
class Company:
    """The people and what was sent to them."""

    people: Mapping[str, Someone]
    parents: Mapping[str, str | None]  #: of roles
    readers: frozenset[str]  #: who may read scores, and so digests
    digests: tuple[Row, ...]  #: of the last weeks
    calendar: Calendar
    aggregate_only: bool
    notes: tuple[str, ...] = ()
    sent: frozenset[str] = field(default_factory=frozenset)  #: keys of digests
    shared: frozenset[Pair] | None = None  #: whose score with whom; None: the hierarchy decides

    @property
    def leaders(self) -> list[Someone]:
        """Managers and executives, by id."""
        return [one for one in self.people.values() if one.leads_as]

    def may_see(self, viewer: Someone, other: Someone) -> bool:
        """Whether sharing shows the viewer what the other one owns: from a role above, or by a share."""
        reader = viewer.person.user_id
        if reader not in self.readers:
            return False
        if self.shared is not None:
            return (other.person.user_id, reader) in self.shared
        return viewer.role_id is not None and viewer.role_id in climb(other.role_id, self.parents)

    def people_of(self, leader: Someone) -> list[Someone]:
        """Those below by the chain of managers whose records the leader may see."""
        return [
            one
            for one in self.people.values()
            if leader.person.user_id in self._managers_above[one.person.user_id]
            and self.may_see(leader, one)
        ]

    @cached_property
    def _managers_above(self) -> dict[str, frozenset[str]]:
        managers = {key: one.person.manager_id for key, one in self.people.items()}
        return {key: frozenset(climb(key, managers)) for key in self.people}


def read_company(gateway: Gateway, settings: Settings, rules: RuleSet, now: datetime) -> Company:
    """Read the people in one call. Raises SalesforceError."""
    by_shares = settings.sharing == "shares"
    who_sees = SHARED if by_shares else _ROLES
    answers = gateway.query_together([_USERS, who_sees, READERS, _digests(now), _events(now)])
    *needed, events = answers
    users, sight, readers, digests = (given(one) for one in needed)
    notes = []
    if isinstance(events, AdminActionNeededError):
        notes.append(f"Leave in calendars is not seen, so a digest may come on a day off. {events}")
        events = []
    people = {
        one.person.user_id: one
        for one in (_someone(user, rules) for user in users)
        if _is_scored(one.person, rules, settings.username)
    }
    people = _with_leave(people, given(events))
    named = naming(settings.aggregate_only, (one.lives_in for one in people.values()))
    return Company(
        people,
        {} if by_shares else {str(row["Id"]): row["ParentRoleId"] for row in sight},
        reader_ids(readers),
        tuple(digests),
        calendar_for((one.person for one in people.values()), now.date()),
        named.aggregate_only,
        tuple(notes),
        frozenset(str(row[Fields.KEY]) for row in digests),
        shared_pairs(sight) if by_shares else None,
    )


def key_of(user_id: str, on: date) -> str:
    """What there is one digest for: a person and the ISO week of a day."""
    return f"{user_id}:{week_of(on)}"


def why_not_now(one: Someone, company: Company, now: datetime) -> str | None:
    """Say why a leader gets no digest at this moment; None: it is due."""
    local = now.astimezone(one.zone)
    on = local.date()
    if key_of(one.person.user_id, on) in company.sent:
        return "this week's digest is out"
    if not company.calendar.is_working_day(on, one.person.country):
        return f"{on} is no working day there"
    if one.is_away(on):
        return f"{on} is out of office in their calendar"
    if local.hour < MORNING:
        return f"it is {local:%H:%M} there, before {MORNING}:00"
    return None


def _digests(now: datetime) -> str:
    since = monday_of(now.date()) - timedelta(weeks=WEEKS_BACK)
    names = (Fields.KEY, Fields.PERSON, Fields.STATUS, Fields.PANEL_DAYS, Fields.DIGEST_DAYS)
    return (
        f"SELECT Id, CreatedDate, {', '.join(names)} FROM {Fields.OBJECT} "  # noqa: S608 - constants and a day
        f"WHERE {Fields.WEEK_BEGINS} >= {since.isoformat()}"
    )


def _events(now: datetime) -> str:
    """Out of office around now, a day more on both sides: the days of all-day events are UTC's."""
    day = timedelta(days=1)
    return (
        "SELECT OwnerId, StartDateTime, EndDateTime, IsAllDayEvent FROM Event "  # noqa: S608 - constants and times
        f"WHERE ShowAs = 'OutOfOffice' AND StartDateTime <= {literal(now + day)} "
        f"AND EndDateTime >= {literal(now - 2 * day)}"
    )


def _someone(user: Row, rules: RuleSet) -> Someone:
    role, profile = ((user[name] or {}).get("Name") for name in ("UserRole", "Profile"))
    kind = named_role(role, profile, rules)
    person = Person(
        user_id=str(user["Id"]),
        name=str(user["Name"] or user["Username"]),
        time_zone=str(user["TimeZoneSidKey"] or "UTC"),
        role=role,
        manager_id=user["ManagerId"],
        user_type=str(user["UserType"]),
        country=country_of(user["LocaleSidKey"]),
        username=str(user["Username"]),
        profile=profile,
    )
    leads_as = kind if kind in LEADING else None
    return Someone(person, str(user["Email"]), user["UserRoleId"], leads_as, user["Country"])


def _is_scored(person: Person, rules: RuleSet, own: str) -> bool:
    excluded = {name.casefold() for name in (*rules.excluded_usernames, own)}
    return (
        person.user_type in rules.user_types and (person.username or "").casefold() not in excluded
    )


def _with_leave(people: Mapping[str, Someone], events: Iterable[Row]) -> dict[str, Someone]:
    found: defaultdict[str, list[Span]] = defaultdict(list)
    for event in events:
        one = people.get(str(event["OwnerId"]))
        if one is not None and event["StartDateTime"] and event["EndDateTime"]:
            found[one.person.user_id].append(_span(event, one.zone))
    return {key: replace(one, away=tuple(found[key])) for key, one in people.items()}


def _span(event: Row, zone: ZoneInfo) -> Span:
    begin, end = moment(event["StartDateTime"]), moment(event["EndDateTime"])
    if event[
        "IsAllDayEvent"
    ]:  # a date at midnight UTC, to be read as it stands; the last day counts
        whole = datetime.combine(end.date() + timedelta(days=1), time())
        return datetime.combine(begin.date(), time()), whole
    return (
        begin.astimezone(zone).replace(tzinfo=None),
        end.astimezone(zone).replace(tzinfo=None),
    )
