"""The sample export: an invented company in the layout of the weekly Data Export.

The same arguments give the same bytes. Nobody in it exists. People live one after another and
their rows go to disk at once, so that memory does not grow with the rows.
"""

from __future__ import annotations

import tempfile
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from service.sample import (
    absences,
    activities,
    books,
    deals,
    gaming,
    leads,
    logins,
    pipeline,
    quotas,
    tasks,
    user_rows,
)
from service.sample.beside import TRUTH, Beside, check_beside, publish
from service.sample.calendar import WorkDays
from service.sample.campaigns import Campaigns
from service.sample.currencies import write_currencies
from service.sample.life import Life, World
from service.sample.names import contact_names
from service.sample.packing import Packer
from service.sample.people import Office
from service.sample.sheets import Sheets
from service.sample.truth import read_truth

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date
    from decimal import Decimal

    from service.sample.leads import Handover
    from service.sample.people import SamplePerson
    from service.sample.truth import Truth

WEEKS_AT_LEAST, WEEKS_AT_MOST = 16, 156
#: Those who hand over live before those who take over.
_ORDER = ("executive", "area", "manager", "marketer", "inbound", "outbound", "field", "corporate")
_WITH_DEALS = ("field", "corporate", "manager", "area", "executive")
_DEVELOPMENT = ("inbound", "outbound")
_DAYS_FOR_DEALS = 5  #: with fewer on which they were there, nobody has any


class Progress(Protocol):
    """Called after each person: how many of all are done, and how many rows there are."""

    def __call__(self, people: int, of: int, rows: int) -> None:
        """Show it."""


@dataclass(frozen=True)
class SampleFacts:
    """What is true of a sample by construction.

    `won` maps won deals of 20,000 or more to (closed on, amount).
    """

    path: Path
    as_of: date
    first_day: date
    people: tuple[SamplePerson, ...]
    won: Mapping[str, tuple[date, Decimal]]
    rows: Mapping[str, int]

    @cached_property
    def truth(self) -> Mapping[str, Truth]:
        """What each user truly did, by user id, as truth.json has it."""
        return read_truth(self.path.with_name(TRUTH))

    def with_habit(self, habit: str) -> tuple[SamplePerson, ...]:
        """Everybody who has that habit."""
        return tuple(person for person in self.people if person.habit == habit)


def write_sample(
    path: Path,
    *,
    people: int = 40,
    weeks: int = 26,
    as_of: date,
    seed: int = 2009,
    left_out: Collection[str] = (),
    progress: Progress | None = None,
) -> SampleFacts:
    """Write the export of an invented company of that many subscriptions to `path`.

    truth.json, people.csv and absences.csv are written beside it; those of an earlier sample are
    replaced, all four or none. `left_out` names habits whose gaming pattern is not planted, while
    everything else stays as it is. Raises ValueError for too few people or weeks, and OSError.
    """
    if not WEEKS_AT_LEAST <= weeks <= WEEKS_AT_MOST:
        raise ValueError(f"A sample has {WEEKS_AT_LEAST} to {WEEKS_AT_MOST} weeks, not {weeks}.")
    check_beside(path)
    days, arguments = WorkDays(as_of, weeks), {"users": people, "weeks": weeks, "seed": seed}
    with tempfile.TemporaryDirectory(prefix=".bellwether-sample-", dir=path.parent) as name:
        folder, sheets = Path(name), Sheets(Path(name))
        with closing(sheets):
            everybody = Office(sheets["User"], as_of, seed).hire(people)
            world = _world(days, sheets, seed, everybody, left_out)
            with (
                Packer(sheets, folder / path.name, as_of) as packer,
                Beside(folder, days, arguments) as beside,
            ):
                _live(world, everybody, beside, progress)
                beside.finish(world.deals_won, sheets.rows())
                packer.finish()
        publish(folder, path)
    return SampleFacts(path, as_of, days.first, everybody, world.deals_won, sheets.rows())


def _world(
    days: WorkDays,
    sheets: Sheets,
    seed: int,
    everybody: tuple[SamplePerson, ...],
    left_out: Collection[str],
) -> World:
    history = WorkDays(days.as_of, max(pipeline.WEEKS, days.length // 7))
    world = World(days, history, sheets, seed, everybody[-1].user_id, frozenset(left_out), [])
    world.contact_names = contact_names(world.chance("contacts"))
    return world


def _live(
    world: World,
    everybody: tuple[SamplePerson, ...],
    beside: Beside,
    progress: Progress | None,
) -> None:
    write_currencies(world.sheets)
    quarters = quotas.write_quarters(world.sheets, world.days)
    roles = user_rows.write_roles(world.sheets, everybody)
    marketer = next(person for person in everybody if person.kind == "marketer")
    campaigns = Campaigns(world.sheets, world.days, marketer.user_id)
    takers: dict[str, list[Handover]] = {
        person.user_id: [] for person in everybody if person.sells and person.habit == "usual"
    }
    living = sorted(everybody[:-1], key=lambda person: _ORDER.index(person.kind))
    for done, person in enumerate([*living, everybody[-1]], start=1):
        life = Life(person, world, absences.absences_of(person, world.days, world.seed))
        if life.active and person.kind != "robot":
            _work(life, campaigns, takers)
            quotas.give_quotas(life, quarters)
            logins.log_in(life)
        user_rows.write_user(life, roles)
        beside.add(life)
        if progress is not None:
            progress(done, len(everybody), sum(world.sheets.rows().values()))


def _work(life: Life, campaigns: Campaigns, takers: dict[str, list[Handover]]) -> None:
    person = life.person
    books.open_books(life)
    called = leads.receive(life, campaigns, takers) if person.kind in _DEVELOPMENT else {}
    activities.live(life, called)
    absences.enter(life)
    if person.kind in _WITH_DEALS and len(life.active) >= _DAYS_FOR_DEALS:
        deals.plant(life, takers.pop(person.user_id, []))
    if len(life.active) > tasks.DAYS_AT_LEAST:
        tasks.give_tasks(life)
        tasks.give_old_tasks(life)
    gaming.play(life)
