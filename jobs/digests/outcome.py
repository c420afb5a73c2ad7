"""What became of the digests of a run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Digested:
    """What a run did about digests."""

    counts: Counter[str] = field(default_factory=Counter)  #: sent, failed, unconfirmed, posted
    records_written: int = 0
    records_rejected: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  #: for the record; nothing failed

    @property
    def told(self) -> list[str]:
        """Give what the run's record says."""
        sent = self.counts["sent"] + self.counts["failed"] + self.counts["unconfirmed"]
        said = (
            f"{sent} digests: {self.counts['sent']} sent, {self.counts['failed']} failed, "
            f"{self.counts['unconfirmed']} unconfirmed; {self.counts['posted']} posted in Chatter."
        )
        return [*self.problems, *([said] if sent else []), *self.notes]
