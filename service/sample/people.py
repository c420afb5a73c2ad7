"""Who works at the sample's invented company, and which habit each of them has."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

from service.sample import habits
from service.sample.names import DOMAIN, HOSTILE, person_name, username
from service.sample.pyramid import Place, place, sizes_of, team

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from service.sample.pyramid import Team
    from service.sample.sheets import Sheet

EXECUTIVE = "SVP, Sales & Marketing"
_LINES = {
    "field": "Field Sales", "corporate": "Corporate Sales", "inbound": "Sales Development",
    "outbound": "Sales Development",
}  # fmt: skip
_REPS = {
    "field": "Field Sales Rep", "corporate": "Corporate Sales Rep",
    "inbound": "Inbound Sales Representative", "outbound": "Enterprise Business Representative",
}  # fmt: skip
_HEADQUARTERS = place("West", 0)
_TWINS = ("full_time_twin", "part_time_twin")


@dataclass(frozen=True)
class SamplePerson:
    """One user of the sample."""

    number: int
    user_id: str
    name: str
    username: str
    role: str | None  #: UserRole.Name
    kind: str  #: executive, area, manager, field, corporate, inbound, outbound, marketer, robot
    habit: str
    manager_id: str
    place: Place
    started_on: date
    left_on: date | None = None
    fte: Decimal | None = None

    @property
    def time_zone(self) -> str:
        """The IANA name of their zone."""
        return self.place.zone

    @property
    def sells(self) -> bool:
        """Whether this is a rep with opportunities of their own."""
        return self.kind in ("field", "corporate")

    @property
    def segment(self) -> str | None:
        """Whose customers they sell to: large companies are field, small ones corporate."""
        return self.kind if self.sells else None


class Office:
    """Hires the company, one after another, in an order that depends on the arguments alone."""

    def __init__(self, users: Sheet, as_of: date, seed: int) -> None:
        self._users, self._as_of = users, as_of
        self._random = Random(f"{seed}/people")  # noqa: S311 - an invented company
        self._count = 0
        self._hostile = iter(HOSTILE)  # each once: to meet them often looks like a mistake

    def hire(self, users: int) -> tuple[SamplePerson, ...]:
        """So many subscriptions, and beside them those who left, and a robot, which is last."""
        sizes = sizes_of(users)
        chief = self._add("executive", "leader", EXECUTIVE, "", _HEADQUARTERS)
        teams = [team(number) for number in range(sizes.teams)]
        areas = [
            self._add("area", "manager", role, chief.user_id, _HEADQUARTERS)
            for role in _area_roles(teams, sizes.areas)
        ]
        managers = self._managers(teams, areas)
        marketers = [
            self._add("marketer", "marketer", "Marketing", chief.user_id, _HEADQUARTERS)
            for _ in range(sizes.marketers)
        ]
        reps = list(self._reps(sizes.reps, teams, managers))
        leavers = [
            self._rep(teams[at % len(teams)], managers[at % len(teams)], "leaver")
            for at in range(max(1, round(users * habits.LEAVERS_PER_MILLE / 1000)))
        ]
        return (chief, *areas, *managers, *marketers, *reps, *leavers, self._robot())

    def _managers(self, teams: list[Team], areas: list[SamplePerson]) -> list[SamplePerson]:
        unused = max(1, round(len(teams) * habits.UNUSED_MANAGERS_PER_MILLE / 1000))
        return [
            self._add(
                "manager",
                "inactive_manager" if 1 <= number <= unused else "manager",
                f"RVP {_LINES[one.kind]}",
                areas[number % len(areas)].user_id,
                place(one.region, number),
            )
            for number, one in enumerate(teams)
        ]

    def _reps(
        self, count: int, teams: list[Team], managers: list[SamplePerson]
    ) -> Iterator[SamplePerson]:
        """Round the teams. An inactive manager's reps are ordinary, so that only one thing is amiss."""
        slots = [number % len(teams) for number in range(count)]
        planted = [at for at in slots if managers[at].habit == "manager"]
        given = iter(habits.given_out([teams[at].kind for at in planted], self._random))
        for at in slots:
            habit = next(given) if managers[at].habit == "manager" else "usual"
            yield self._rep(teams[at], managers[at], habit)

    def _rep(self, one: Team, manager: SamplePerson, habit: str) -> SamplePerson:
        where = place(one.region, 0 if habit in _TWINS else self._count)
        rep = self._add(one.kind, habit, _REPS[one.kind], manager.user_id, where)
        if habit in _TWINS:
            rep = replace(rep, started_on=self._as_of - timedelta(days=800), place=_HEADQUARTERS)
        if habit in ("part_timer", "part_time_twin"):
            rep = replace(rep, fte=habits.PART_TIME)
        if habit == "leaver":
            rep = replace(rep, left_on=self._as_of - timedelta(days=habits.LEFT))
        return rep

    def _add(self, kind: str, habit: str, role: str, manager: str, where: Place) -> SamplePerson:
        number, self._count = self._count, self._count + 1
        name = person_name(number, self._random)
        if kind == "marketer":
            name = next(self._hostile, name)
        elif habit == "usual" and number % 100 == 0:
            name = HOSTILE[0]
        back = habits.NEW if habit == "new_hire" else self._random.randrange(250, 1500)
        started = self._as_of - timedelta(days=back)
        login = username(name, number)
        return SamplePerson(
            number, self._users.next_id(), name, login, role, kind, habit, manager, where, started
        )

    def _robot(self) -> SamplePerson:
        where = Place("", "UTC", "en_US", "", "", "")
        robot = self._add("robot", "integration", "", "", where)
        started = self._as_of - timedelta(days=900)
        login = f"dataloader@{DOMAIN}"
        return replace(robot, name="Data Loader", username=login, role=None, started_on=started)


def _area_roles(teams: list[Team], areas: int) -> list[str]:
    """An area is named after its line of sales, or, where it has several, after none."""
    roles = []
    for number in range(areas):
        lines = {_LINES[one.kind] for one in teams[number::areas]}
        roles.append(f"AVP {lines.pop()}" if len(lines) == 1 else "AVP Sales")
    return roles
