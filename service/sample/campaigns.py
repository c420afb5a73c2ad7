"""Campaigns, who answered them, and which leads and opportunities came of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from service.sample.calendar import DAY_SECONDS, midnight, stamp
from service.sample.life import audit

if TYPE_CHECKING:
    from datetime import date
    from random import Random

    from service.sample.calendar import WorkDays
    from service.sample.sheets import Sheets

_KINDS = ("Webinar", "Trade Show", "Email", "Advertisement")
_EVERY_DAYS = 14
_FROM_CAMPAIGN = 0.6  #: of all leads


class Campaigns:
    """One begins every two weeks and draws leads from its first day on."""

    def __init__(self, sheets: Sheets, days: WorkDays, owner: str) -> None:
        self._sheets, self._owner = sheets, owner
        self._known: list[tuple[int, str]] = []
        for at in range(0, days.length - 1, _EVERY_DAYS):
            first = days.first + timedelta(days=at)
            self._known.append((midnight(first), self._add(first, at // _EVERY_DAYS, days.as_of)))

    def _add(self, first: date, number: int, as_of: date) -> str:
        last, kind = first + timedelta(days=60), _KINDS[number % len(_KINDS)]
        return self._sheets["Campaign"].add(
            OwnerId=self._owner, Name=f"{kind} {first:%B %Y}: lighthouse days {number + 1}", Type=kind,
            Status="Completed" if last < as_of else "In Progress", IsActive=str(int(last >= as_of)),
            StartDate=str(first), EndDate=str(last), ActualCost=f"{4000 + 500 * (number % 7)}.00",
            **audit(midnight(first, hour=8), self._owner),
        )  # fmt: skip

    def at(self, moment: int, random: Random) -> str:
        """The campaign that a lead of that moment came from; empty for none."""
        running = [one for begun, one in self._known if begun <= moment <= begun + 60 * DAY_SECONDS]
        return random.choice(running) if running and random.random() < _FROM_CAMPAIGN else ""

    def join(self, campaign: str, lead: str, contact: str, moment: int, by: str) -> None:
        """A lead is a member of its campaign, and so is the contact it became."""
        if campaign:
            answered = stamp(moment)[:10]
            self._sheets["CampaignMember"].add(
                CampaignId=campaign, LeadId=lead, ContactId=contact, Status="Responded", HasResponded="1",
                FirstRespondedDate=answered, **audit(moment, by),
            )  # fmt: skip
