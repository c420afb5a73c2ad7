"""The sample export: an invented company in the layout of the weekly Data Export.

The same arguments give the same bytes. Nobody in it exists.
"""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from service.sample import activities, follow_through, pipeline
from service.sample.habits import worked_days
from service.sample.ledger import Ledger
from service.sample.people import AT_LEAST, hire

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal
    from pathlib import Path

    from service.sample.ledger import Truth
    from service.sample.people import SamplePerson

#: Objects in the order of the zip. Account and others also carry columns that nobody reads.
OBJECTS = (
    "User", "UserRole", "Profile", "Account", "Contact", "Lead", "Opportunity", "Task", "Event",
)  # fmt: skip


@dataclass(frozen=True)
class SampleFacts:
    """What is true of a sample by construction.

    `truth` counts acts in the 140 days up to `as_of`, by user id; `won` maps planted won deals to
    (closed on, amount).
    """

    path: Path
    as_of: date
    people: tuple[SamplePerson, ...]
    truth: Mapping[str, Truth]
    won: Mapping[str, tuple[date, Decimal]]
    rows: Mapping[str, int]

    def with_habit(self, habit: str) -> tuple[SamplePerson, ...]:
        """Everybody who has that habit."""
        return tuple(person for person in self.people if person.habit == habit)


def write_sample(path: Path, *, people: int = 40, as_of: date, seed: int = 2009) -> SampleFacts:
    """Write the export of an invented company of that many users (24 or more) to `path`.

    Raises ValueError for a smaller company: it could not hold every planted habit.
    """
    if people < AT_LEAST:
        raise ValueError(
            f"A sample needs at least {AT_LEAST} people, so that every habit is in it."
        )
    ledger, random = Ledger(as_of), Random(seed)  # noqa: S311 - an invented company, not a secret
    everybody = hire(ledger, people, random)
    _live(ledger, everybody, random)
    _write(path, ledger)
    rows = {name: len(ledger.rows[name]) for name in OBJECTS}
    return SampleFacts(path, as_of, everybody, ledger.truth, ledger.won, rows)


def _live(ledger: Ledger, everybody: tuple[SamplePerson, ...], random: Random) -> None:
    *people, loader = everybody
    for person in people:
        days = worked_days(person, ledger.as_of)
        accounts, contacts = pipeline.open_books(ledger, person, random)
        activities.live(ledger, person, contacts, days, random)
        if person.sells:
            pipeline.open_opportunities(ledger, person, accounts, days, random)
            pipeline.close_deals(ledger, person, accounts, days, random)
            follow_through.give_tasks(ledger, person, days, random)
        if person.habit == "diligent":
            pipeline.close_big_deals(ledger, person, accounts, days)
        if person.habit == "lazy":
            pipeline.load_old_calls(ledger, person, loader, contacts)
    follow_through.add_leads(ledger, people, loader, random)


def _write(path: Path, ledger: Ledger) -> None:
    day = ledger.as_of
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in OBJECTS:
            info = zipfile.ZipInfo(f"{name}.csv", (day.year, day.month, day.day, 0, 0, 0))
            info.compress_type, info.external_attr, info.create_system = (
                zipfile.ZIP_DEFLATED,
                0o644 << 16,
                3,
            )
            archive.writestr(info, _csv(ledger.rows[name]))


def _csv(rows: list[dict[str, str]]) -> str:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, restval="", quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
