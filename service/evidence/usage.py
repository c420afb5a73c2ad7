"""How much everybody owns: records created and activities closed, and who the users are.

These are counts of rows and nothing else: no bulk is set aside, no contact counts only once, so
that each of them equals a native report with the same filter. They are reported, never scored.

*Last 30 days* means what `LAST_N_DAYS:30` means to Salesforce: the as-of day and the 30 days
before it, on the owner's local calendar. *Activities closed* are closed tasks, on the day they
were recorded, and events that have started, on the day of their start; the row of a recurring
series is none. Source of the literal:
https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_dateformats.htm
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from service.evidence.clocks import exact_day, local_day
from service.evidence.ids import to_18
from service.evidence.people import country_of
from service.evidence.staging import start_day
from service.evidence.typed import lost_bit
from service.tables import Gap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.evidence.staging import Scope
    from service.tables import Tables

DAYS = 30
UNCONVERTED = "leads_unconverted"


@dataclass(frozen=True)
class _Kind:
    """What is counted: staged rows `e` of an object for which `when` holds, by the day of a column."""

    name: str
    object_name: str
    needed: tuple[str, ...] = ()
    when: str = "true"
    dated_by: str = "CreatedDate"


_KINDS = (
    _Kind("accounts", "Account"),
    _Kind("contacts", "Contact"),
    _Kind("opportunities", "Opportunity"),
    _Kind("leads", "Lead"),
    _Kind(UNCONVERTED, "Lead", ("IsConverted",), "NOT coalesce(e.IsConverted, false)"),
    _Kind("activities", "Task", ("IsClosed",), "e.is_done"),
    _Kind("activities", "Event", ("StartDateTime",), "e.is_row", "StartDateTime"),
)
KINDS = tuple(dict.fromkeys(kind.name for kind in _KINDS if kind.name != UNCONVERTED))


@dataclass(frozen=True, slots=True)
class Usage:
    """What one user owns of one kind. `user_id` None: an owner that is no user (a queue, or gone).

    `recent` is None where the data have no day to count by.
    """

    user_id: str | None
    kind: str
    total: int
    recent: int | None


@dataclass(frozen=True, slots=True)
class User:
    """One user as the data describe them, scored or not."""

    user_id: str
    name: str
    role: str | None  #: UserRole.Name
    profile: str | None  #: Profile.Name; its id where the data have no profiles
    manager_id: str | None
    is_active: bool
    is_person: bool  #: False: excluded by name, or of a user type that the rules do not measure
    last_login_on: date | None  #: local day; None: never, where the data tell logins at all
    region: str | None = None  #: see `people.region_fields` of the rule set
    role_id: str | None = None  #: UserRole.Id
    country: str | None = None  #: as the user's address has it, else the one of the locale
    is_login_lost: bool = False  #: there is a last login, but it cannot be read


def gaps(tables: Tables) -> list[Gap]:
    """Which kinds cannot be counted, or not by day, and who that leaves in the dark."""
    found = []
    for kind in _KINDS:
        name = kind.object_name
        missing = [one for one in ("OwnerId", *kind.needed) if not tables.has(name, one)]
        if tables.has(name) and missing:
            why = f"{name} lacks {', '.join(missing)}: {_plain(kind.name)} are not counted from it."
            found.append(Gap(name, missing[0], why))
        elif tables.has(name) and not tables.has(name, kind.dated_by):
            why = f"When records of {name} were made is not known: only their total is counted."
            found.append(Gap(name, kind.dated_by, why))
    return list(dict.fromkeys(found))


def known(tables: Tables) -> dict[str, bool]:
    """Kinds that can be counted at all: whether each can be counted by day, too."""
    found: dict[str, bool] = {}
    for kind in _KINDS:
        if tables.has(kind.object_name, "OwnerId", *kind.needed):
            is_dated = tables.has(kind.object_name, kind.dated_by)
            found[kind.name] = found.get(kind.name, True) and is_dated
    return found


def _plain(kind: str) -> str:
    return kind.replace("_", " ")


def read_usage(scope: Scope) -> tuple[Usage, ...]:
    """The counts of every owner, ordered by kind and user id; kinds without rows are absent."""
    counts: dict[tuple[str, str], list[int | None]] = {}
    for kind in _KINDS:
        if scope.tables.has(kind.object_name, "OwnerId", *kind.needed):
            for owner, total, recent in _count(scope, kind):
                _add(counts.setdefault((kind.name, owner or ""), [0, 0]), total, recent)
    return tuple(
        Usage(to_18(owner) if owner else None, kind, total or 0, recent)
        for (kind, owner), (total, recent) in sorted(counts.items())
    )


def _add(sums: list[int | None], total: int, recent: int | None) -> None:
    sums[0] = (sums[0] or 0) + total
    sums[1] = None if recent is None or sums[1] is None else sums[1] + recent


def _count(scope: Scope, kind: _Kind) -> Iterator[tuple[str | None, int, int | None]]:
    is_event = kind.object_name == "Event"
    day = start_day("o.clock") if is_event else local_day("e.created", "o.clock")
    has_begun = f"day <= DATE '{scope.as_of}'" if is_event else "true"
    since = scope.as_of - timedelta(days=DAYS)
    found = scope.connection.execute(f"""
        SELECT any_value(id), count(*) FILTER ({has_begun}) AS total,
            count(*) FILTER (day BETWEEN DATE '{since}' AND DATE '{scope.as_of}')
        FROM (
            SELECT o.u, o.id, {day} AS day
            FROM staged_{kind.object_name} e JOIN owners o ON o.u = coalesce(e.owner, 0)
            WHERE {kind.when}
        ) GROUP BY u
    """).fetchall()  # noqa: S608 - names and predicates are ours, dates are dates
    is_dated = scope.tables.has(kind.object_name, kind.dated_by)
    yield from ((owner, total, recent if is_dated else None) for owner, total, recent in found)


def read_users(scope: Scope) -> tuple[User, ...]:
    """Every user of the data, active or not, in the order of their ids."""
    login = exact_day("l.LastLoginDate", "u.zone")
    found = scope.connection.execute(f"""
        SELECT u.id, u.name, u.role, u.profile, l.ProfileId, u.manager, u.active, NOT u.robot,
            {login}, u.region, u.country, u.locale, u.role_id,
            l.lost & {lost_bit("User", "LastLoginDate")} > 0
        FROM users u LEFT JOIN (
            SELECT * FROM staged_User
            WHERE Id IS NOT NULL
            QUALIFY row_number() OVER (PARTITION BY Id ORDER BY CreatedDate, Username) = 1
        ) l ON l.Id = u.id ORDER BY u.u
    """).fetchall()  # noqa: S608 - names are ours
    return tuple(_user(row) for row in found)


def _user(row: tuple[Any, ...]) -> User:
    user_id, name, role, profile, profile_id, manager, is_active, is_person, login, *place = row
    region, country, locale, role_id, is_login_lost = place
    return User(
        user_id=to_18(user_id),
        name=name,
        role=role,
        profile=profile or (to_18(profile_id) if profile_id else None),
        manager_id=to_18(manager) if manager else None,
        is_active=is_active,
        is_person=is_person,
        last_login_on=login,
        region=region,
        country=country or country_of(locale),
        role_id=to_18(role_id) if role_id else None,
        is_login_lost=is_login_lost,
    )
