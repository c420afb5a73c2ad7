"""What a run may spend of the org's API calls: its own ceiling, and a rest for everybody else.

The allocation is the whole org's, over a rolling 24 hours; other integrations stop when it is
spent, so we stop before: https://developer.salesforce.com/docs/platform/salesforce-app-limits-cheatsheet/guide/salesforce-app-limits-platform-api.html
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.salesforce.errors import LimitReachedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.salesforce.session import Tally


@dataclass
class Budget:
    """Asked before each call; `tally` knows what was spent."""

    tally: Tally
    run_calls: int  #: of one run, repetitions included
    share_percent: int  #: of the org's allocation: beyond it the rest is left to others
    _is_lifted: bool = False

    def check(self) -> None:
        """Raise LimitReachedError where the next call would be one too many."""
        if self._is_lifted:
            return
        spent = self.tally.api_calls
        if spent >= self.run_calls:
            raise LimitReachedError(
                f"this run has spent its {self.run_calls:,} API calls",
                remedy="`bellwether plan` shows what a night reads. If the org can spare more, "
                "raise BELLWETHER_RUN_CALLS; the next run writes what is missing.",
            )
        used, most = self.tally.limit or (0, 0)
        if used * 100 >= most * self.share_percent and most:
            raise LimitReachedError(
                f"{used:,} of the org's {most:,} API calls of 24 hours are used, and the rest is "
                "left to others",
                remedy="Wait for the rolling 24 hours, see in Setup > API Usage who spends them, "
                "or raise BELLWETHER_API_SHARE_PERCENT.",
            )

    @contextmanager
    def lifted(self) -> Iterator[None]:
        """Spend all the same: for the one call that says why a run stopped."""
        self._is_lifted = True
        try:
            yield
        finally:
            self._is_lifted = False
