"""Who works at the sample's invented company, and which habit each of them has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from service.sample.calendar import stamp
from service.sample.names import DOMAIN, person_name, username

if TYPE_CHECKING:
    from random import Random

    from service.sample.ledger import Ledger

AT_LEAST = 24
#: Each is planted in one rep, in this order; every other rep is "usual".
PLANTED = (
    "diligent", "lazy", "burst_logger", "date_pusher", "part_timer", "vacationer", "one_contact",
    "new_hire", "away", "inactive",
)  # fmt: skip
_ROLES = {
    "VP Sales": None, "Sales Manager West": "VP Sales", "Sales Manager East": "VP Sales",
    "Sales Manager Central": "VP Sales", "Sales Manager North": "VP Sales", "Marketing": "VP Sales",
    "Field Sales Rep": "Sales Manager West", "Inside Sales Rep": "Sales Manager Central",
    "Sales Development Rep": "Sales Manager North",
}  # fmt: skip
#: role of a rep, role of their manager, how many of ten reps
_TEAMS = (
    ("Field Sales Rep", "Sales Manager West", 3),
    ("Field Sales Rep", "Sales Manager East", 2),
    ("Inside Sales Rep", "Sales Manager Central", 3),
    ("Sales Development Rep", "Sales Manager North", 2),
)
_PLACES = (
    ("America/Los_Angeles", "en_US"), ("America/New_York", "en_US"), ("Europe/Berlin", "de_DE"),
    ("Europe/London", "en_GB"), ("Asia/Kolkata", "en_IN"),
)  # fmt: skip
_BOSSES = (
    ("VP Sales", "leader"), ("Sales Manager West", "manager"), ("Sales Manager East", "manager"),
    ("Sales Manager Central", "manager"), ("Sales Manager North", "manager"), ("Marketing", "marketer"),
    ("Marketing", "marketer"), ("Marketing", "marketer"),
)  # fmt: skip


@dataclass(frozen=True)
class SamplePerson:
    """One user of the sample."""

    user_id: str
    name: str
    username: str
    role: str | None
    habit: str
    time_zone: str
    started_on: date

    @property
    def sells(self) -> bool:
        """Whether this person has opportunities of their own."""
        return self.role in ("Field Sales Rep", "Inside Sales Rep")


def hire(ledger: Ledger, count: int, random: Random) -> tuple[SamplePerson, ...]:
    """Fill User, UserRole and Profile; gives `count` users, the integration user last."""
    roles = _add_roles(ledger)
    profiles = {name: ledger.add("Profile", Name=name) for name in ("Sales User", "Integration")}
    people: list[SamplePerson] = []
    bosses: dict[str, str] = {}
    for role, habit in _BOSSES:
        manager = bosses.get("VP Sales", "")
        person = _add_user(
            ledger, random, len(people), role, habit, roles[role], manager, profiles["Sales User"]
        )
        bosses.setdefault(role, person.user_id)
        people.append(person)
    for number in range(count - len(_BOSSES) - 1):
        role, boss = _team(number)
        habit = PLANTED[number] if number < len(PLANTED) else "usual"
        people.append(
            _add_user(
                ledger,
                random,
                len(people),
                role,
                habit,
                roles[role],
                bosses[boss],
                profiles["Sales User"],
            )
        )
    return (*people, _add_integration(ledger, profiles["Integration"]))


def _add_roles(ledger: Ledger) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, parent in _ROLES.items():
        found[name] = ledger.add(
            "UserRole", Name=name, ParentRoleId=found[parent] if parent else ""
        )
    return found


def _team(number: int) -> tuple[str, str]:
    teams = [(role, boss) for role, boss, share in _TEAMS for _ in range(share)]
    # The planted habits need opportunities, so the first ten reps go to the selling teams.
    selling = [team for team in teams if team[0] != "Sales Development Rep"]
    return selling[number % len(selling)] if number < len(PLANTED) else teams[number % len(teams)]


def _add_user(  # noqa: PLR0913, PLR0917 - one hiring
    ledger: Ledger,
    random: Random,
    number: int,
    role: str,
    habit: str,
    role_id: str,
    manager: str,
    profile: str,
) -> SamplePerson:
    name = person_name(number, random)
    zone, locale = _PLACES[number % len(_PLACES)]
    back = 16 if habit == "new_hire" else random.randrange(250, 1500)
    started = ledger.as_of - timedelta(days=back)
    first_seen = datetime.combine(started, time(9), ZoneInfo(zone)).astimezone(UTC)
    is_active = habit != "inactive"
    login = ledger.as_of - timedelta(days=random.randrange(4) if is_active else 100)
    user_id = ledger.add(
        "User", Name=name, Username=username(name, number), Email=username(name, number),
        IsActive="1" if is_active else "0", UserType="Standard", UserRoleId=role_id, ProfileId=profile,
        ManagerId=manager, LastLoginDate=f"{login} 08:00:00", TimeZoneSidKey=zone, LocaleSidKey=locale,
        CreatedDate=stamp(first_seen),
    )  # fmt: skip
    ledger.zones[user_id] = zone
    return SamplePerson(user_id, name, username(name, number), role, habit, zone, started)


def _add_integration(ledger: Ledger, profile: str) -> SamplePerson:
    name, login = "Data Loader", f"dataloader@{DOMAIN}"
    started = ledger.as_of - timedelta(days=900)
    user_id = ledger.add(
        "User", Name=name, Username=login, Email=login, IsActive="1", UserType="CloudIntegrationUser",
        UserRoleId="", ProfileId=profile, ManagerId="", LastLoginDate=f"{ledger.as_of} 02:00:00",
        TimeZoneSidKey="UTC", LocaleSidKey="en_US", CreatedDate=f"{started} 00:00:00",
    )  # fmt: skip
    ledger.zones[user_id] = "UTC"
    return SamplePerson(user_id, name, login, None, "integration", "UTC", started)
