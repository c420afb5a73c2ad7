"""What became of the big deals of a run, and why it must look again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jobs.put_off import IN_DOUBT, POSTS_LIMITED

if TYPE_CHECKING:
    from jobs.put_off import Reason


@dataclass
class Announced:
    """What became of the deals that had no claim yet."""

    counts: Counter[str] = field(default_factory=Counter)  #: announced, baseline, failed, …
    records_written: int = 0
    records_rejected: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  #: for the record; nothing failed

    @property
    def alerts(self) -> dict[str, int]:
        """Give the counts that a run reports.

        `waiting` for the org to take posts again; `pending` is what nobody can vouch for yet.
        """
        names = ("announced", "baseline", "failed", "waiting", "pending")
        return {name: self.counts[name] for name in names}

    @property
    def later(self) -> Reason | None:
        """Give why another look must follow, if one must."""
        if self.counts["waiting"]:
            return POSTS_LIMITED
        return IN_DOUBT if self.counts["pending"] else None

    @property
    def told(self) -> list[str]:
        """Give what the run's record says: problems, and what a later look ends."""
        ends = {
            "waiting": "big deals wait: the org takes no more posts in this hour.",
            "pending": "announcements are in doubt.",
        }
        open_ends = [
            f"{self.counts[name]} {what} A run of its own looks again."
            for name, what in ends.items()
            if self.counts[name]
        ]
        return [*self.problems, *open_ends, *self.notes]
