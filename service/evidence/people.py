"""The users of a reading: who may be scored, in which zone they live, what their role is."""

from __future__ import annotations

import zoneinfo
from datetime import UTC
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from service.evidence.ids import to_18
from service.evidence.pages import quoted
from service.scoring.evidence import Person
from service.tables import Gap

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    import duckdb

    from service.scoring.rule_set import RuleSet
    from service.tables import Tables

_PERSON = """
    SELECT u, id, name, zone, role, manager, user_type, started, locale, username, active, region, profile
    FROM users
    WHERE (scored OR NOT ?) AND u BETWEEN ? AND ? ORDER BY u
"""


class NoUsersError(Exception):
    """The reading has no users, so there is nobody to score; a person must act."""


def load_users(connection: duckdb.DuckDBPyConnection, tables: Tables, rules: RuleSet) -> None:
    """Make the table `users` of the staged ones: `u` numbers them in the order of their ids, from 1.

    `robot` marks users who are excluded by username or not of the rule set's user types; `scored`
    marks everybody else who is active.
    Raises NoUsersError.
    """
    if not tables.has("User", "Id"):
        raise NoUsersError(
            "There are no users in this reading: of an export name all zips at once, with User ticked in "
            "Setup > Data Export; in an org give the integration user read access to users."
        )
    _load_zones(connection, tables.naive_zone)
    active = "IsActive" if tables.has("User", "IsActive") else "true"
    user_type = "UserType" if tables.has("User", "UserType") else "'Standard'"
    connection.execute(f"""
        CREATE TABLE users AS
        WITH rows AS (
            SELECT *, {active} AS active, {user_type} AS user_type FROM staged_User
            WHERE Id IS NOT NULL
            QUALIFY row_number() OVER (PARTITION BY Id ORDER BY CreatedDate, Username) = 1
        )
        SELECT row_number() OVER (ORDER BY r.Id)::INTEGER AS u, r.Id AS id,
            coalesce(r.Name, r.Username, r.Id) AS name, coalesce(z.zone, {quoted(tables.naive_zone)}) AS zone,
            o.Name AS role, o.Id AS role_id, r.ManagerId AS manager, r.CreatedDate AS started, r.LocaleSidKey AS locale,
            r.user_type, r.Username AS username, coalesce(active, false) AS active, f.Name AS profile,
            {_region(rules.region_fields)} AS region, trim(r.Country) AS country,
            {_is_one_of("lower(r.Username)", [name.lower() for name in rules.excluded_usernames])} AS excluded,
            excluded OR NOT {_is_one_of("r.user_type", rules.user_types)} AS robot,
            coalesce(active, false) AND NOT robot AS scored
        FROM rows r LEFT JOIN staged_UserRole o ON o.Id = r.UserRoleId
        LEFT JOIN staged_Profile f ON f.Id = r.ProfileId
        LEFT JOIN zones z ON z.zone = r.TimeZoneSidKey
    """)  # noqa: S608 - identifiers are ours, values are quoted


def _load_zones(connection: duckdb.DuckDBPyConnection, naive_zone: str) -> None:
    """The table `zones` of those that users have and Python knows."""
    rows = connection.execute("SELECT DISTINCT TimeZoneSidKey FROM staged_User").fetchall()
    zones = sorted({zone for (zone,) in rows if zone and _is_known(zone)} | {naive_zone})
    connection.execute("CREATE TABLE zones AS SELECT unnest(?) AS zone", [zones])


def _is_known(zone: str) -> bool:
    try:
        zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _region(fields: Iterable[str]) -> str:
    """SQL: the first of these fields of the user `r` that says something."""
    values = [f"nullif(trim(r.{name}), '')" for name in fields]
    return f"coalesce({', '.join([*values, 'NULL'])})"


def _is_one_of(expression: str, values: Iterable[str]) -> str:
    listed = ", ".join(quoted(value) for value in values)
    return f"coalesce({expression} IN ({listed}), false)" if listed else "false"


def user_gaps(connection: duckdb.DuckDBPyConnection, tables: Tables) -> list[Gap]:
    """What the users' rows do not say, and what stands in for it."""
    gaps = []
    for column, instead in (
        ("IsActive", "Which users are active is not known: all count as active."),
        ("UserType", "The kind of user is not known: all count as standard users."),
    ):
        if not tables.has("User", column):
            gaps.append(Gap("User", column, instead))
    lost = "coalesce(TimeZoneSidKey NOT IN (SELECT zone FROM zones), true)"
    (count,) = connection.execute(f"SELECT count(*) FROM staged_User WHERE {lost}").fetchall()[0]  # noqa: S608
    if count:
        why = f"Users without a time zone that is known: {count}; {tables.naive_zone} stands in."
        gaps.append(Gap("User", "TimeZoneSidKey", why))
    return gaps


def count_others(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Users who are not scored as people: why -> how many."""
    rows = connection.execute("""
        SELECT CASE WHEN excluded THEN 'excluded' WHEN NOT active THEN 'inactive'
            ELSE 'other_user_type' END AS why, count(*)
        FROM users WHERE NOT scored GROUP BY why ORDER BY why
    """)
    return dict(rows.fetchall())


def read_people(
    connection: duckdb.DuckDBPyConnection, first: int, last: int, *, only_scored: bool = True
) -> list[tuple[int, Person]]:
    """People with `u` from first to last, each with that number, by which SQL knows them."""
    rows = connection.execute(_PERSON, [only_scored, first, last]).fetchall()
    return [(u, _person(row)) for u, *row in rows]


def _person(row: list[Any]) -> Person:
    user_id, name, zone, role, manager, user_type, started, locale, username, active, *more = row
    region, profile = more
    return Person(
        user_id=to_18(user_id),
        name=name,
        time_zone=zone,
        role=role,
        manager_id=to_18(manager) if manager else None,
        user_type=user_type,
        started_on=_day(started, zone),
        country=country_of(locale),
        username=username,
        is_active=active,
        region=region,
        profile=profile,
    )


def _day(started: datetime | None, zone: str) -> date | None:
    if started is None:
        return None
    return started.replace(tzinfo=UTC).astimezone(_zone(zone)).date()


@lru_cache(maxsize=1024)
def _zone(name: str) -> zoneinfo.ZoneInfo:
    """Zoneinfo keeps the last eight alone; people of more zones than that would read files again."""
    return zoneinfo.ZoneInfo(name)


def country_of(locale: str | None) -> str | None:
    """The region of a locale such as en_US or de_DE_EURO or zh_Hans_CN, as ISO 3166 alpha-2."""
    parts = (locale or "").split("_")[1:]
    return next((part for part in parts if len(part) == 2 and part.isupper()), None)  # noqa: PLR2004
