"""What is written beside the zip: truth.json, people.csv and absences.csv."""

from __future__ import annotations

import csv
from contextlib import AbstractContextManager, ExitStack
from typing import TYPE_CHECKING, Any, Self

from service.sample.packing import is_sample
from service.sample.truth import TruthFile, is_ours

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal
    from pathlib import Path
    from types import TracebackType

    from service.sample.calendar import WorkDays
    from service.sample.life import Life

TRUTH, PEOPLE, ABSENCES = BESIDE = ("truth.json", "people.csv", "absences.csv")


class NotOursError(Exception):
    """A file that would be replaced is not an earlier sample's; a person must act."""


def check_beside(path: Path) -> None:
    """Raises NotOursError before anything is written where it could replace somebody's file."""
    if path.name in BESIDE:
        raise NotOursError(f"{path.name} is written beside the zip: name the zip otherwise.")
    if path.exists() and not is_sample(path):
        raise NotOursError(
            f"{path} is there already and is no earlier sample: name another file, or move it away."
        )
    found = [name for name in BESIDE if path.with_name(name).exists()]
    if found and not is_ours(path.with_name(TRUTH)):
        raise NotOursError(
            f"{path.with_name(found[0])} is there already and is no earlier sample's: choose "
            "another folder, or move it away."
        )


def publish(folder: Path, path: Path) -> None:
    """Move the files from the folder to where they belong, the truth last."""
    for name in (path.name, PEOPLE, ABSENCES, TRUTH):
        (folder / name).replace(path.with_name(name))


class Beside(AbstractContextManager["Beside"]):
    """The three files, open in a folder; people are added as they come."""

    def __init__(self, folder: Path, days: WorkDays, arguments: Mapping[str, Any]) -> None:
        self._stack = ExitStack()
        truth, people, absences = (
            self._stack.enter_context((folder / name).open("w", encoding="utf-8", newline=""))
            for name in BESIDE
        )
        self._truth = TruthFile(truth, days, arguments)
        self._people = csv.writer(people, lineterminator="\n")
        self._absences = csv.writer(absences, lineterminator="\n")
        self._people.writerow(
            ("user", "role", "segment", "fte", "start_date", "country", "manager", "region")
        )
        self._absences.writerow(("user", "from", "to", "kind"))

    def __enter__(self) -> Self:
        """The files are open already."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close them."""
        self._stack.close()

    def add(self, life: Life) -> None:
        """What the export lacks of one person, and what is true of them."""
        person = life.person
        self._truth.add(person, life.ways, life.truth)
        if person.kind == "robot":
            return
        lost = person.habit == "roleless"  # the export says neither role, manager nor region
        self._people.writerow((
            person.username, person.role if lost else "", person.segment or "", person.fte or "",
            person.started_on, person.place.country_code, person.manager_id if lost else "",
            person.place.region if lost else "",
        ))  # fmt: skip
        for one in life.absences:
            if not one.in_calendar:
                self._absences.writerow((person.username, one.first, one.last, one.kind))

    def finish(self, won: Mapping[str, tuple[date, Decimal]], rows: Mapping[str, int]) -> None:
        """End the truth with the won deals and the rows of each object."""
        deals = {
            record: {"closed_on": str(day), "amount": str(amount)}
            for record, (day, amount) in won.items()
        }
        self._truth.finish(won=deals, rows=dict(rows))
