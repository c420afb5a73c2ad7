"""The rows of the sample as they are made, and beside them what each person truly did.

The truth is kept here while rows are planted, by whoever plants them; it never looks at what the
evidence floor would make of the rows.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from service.evidence.ids import to_18
from service.sample.calendar import stamp

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

#: How far back the truth is told: as far as evidence looks.
TOLD_DAYS = 140

_PREFIXES = {
    "User": "005", "UserRole": "00E", "Profile": "00e", "Account": "001", "Contact": "003",
    "Lead": "00Q", "Opportunity": "006", "Task": "00T", "Event": "00U",
}  # fmt: skip


@dataclass
class Truth:
    """What one person did in the told days, counted as it was planted."""

    footprint: set[date] = field(default_factory=set)
    calls: dict[date, set[str]] = field(default_factory=lambda: defaultdict(set))
    calls_seen: int = 0
    meetings: int = 0
    away: set[date] = field(default_factory=set)
    open_opportunities: int = 0
    healthy_opportunities: int = 0
    complete_opportunities: int = 0  #: open ones with every required field
    tasks: int = 0  #: open with a due date, or finished of late
    tasks_on_time: int = 0
    #: day a lead came in -> [judged, answered in time]
    leads: dict[date, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    @property
    def calls_credited(self) -> int:
        """One for each contact and day."""
        return sum(len(contacts) for contacts in self.calls.values())


@dataclass
class Ledger:
    """Everything that has been made so far."""

    as_of: date
    rows: dict[str, list[dict[str, str]]] = field(default_factory=lambda: defaultdict(list))
    truth: dict[str, Truth] = field(default_factory=lambda: defaultdict(Truth))
    zones: dict[str, str] = field(default_factory=dict)
    won: dict[str, tuple[date, Decimal]] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, name: str, **values: str) -> str:
        """Add a row; gives its id."""
        self._numbers[name] += 1
        record_id = to_18(f"{_PREFIXES[name]}Bw{self._numbers[name]:010d}")
        self.rows[name].append({"Id": record_id, **values})
        return record_id

    def add_by(self, name: str, user: str, created: datetime, **values: str) -> str:
        """Add a row that `user` created and nobody changed since; it leaves their footprint."""
        self._footprint(user, created)
        audit = {
            "CreatedDate": stamp(created), "CreatedById": user,
            "LastModifiedDate": stamp(created), "LastModifiedById": user,
        }  # fmt: skip
        return self.add(name, **{"OwnerId": user, **values, **audit})

    def change_last(self, name: str, user: str, when: datetime, **values: str) -> None:
        """Change the row that was added last; it leaves the footprint of whoever changes it."""
        self._footprint(user, when)
        audit = {"LastModifiedDate": stamp(when), "LastModifiedById": user}
        self.rows[name][-1].update({**values, **audit})

    def is_told(self, day: date) -> bool:
        """Whether the truth of that local day is told."""
        return self.as_of - timedelta(days=TOLD_DAYS) <= day <= self.as_of

    def _footprint(self, user: str, when: datetime) -> None:
        day = when.astimezone(ZoneInfo(self.zones[user])).date()
        if self.is_told(day):
            self.truth[user].footprint.add(day)
