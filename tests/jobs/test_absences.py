"""An absence that a manager approved: which of its days count."""

from __future__ import annotations

from datetime import date

import pytest

from jobs.absences import absences_of
from tests.jobs.live_org import ANA, MIA

FIRST, LAST = "2026-03-16", "2026-03-20"


def row(**changes):
    return {
        "Adoption_Score__r": {"User_Key__c": ANA}, "Type__c": "Excused", "CreatedById": MIA,
        "Away_From__c": FIRST, "Away_To__c": LAST, **changes,
    }  # fmt: skip


def test_every_day_from_the_first_to_the_last_is_away():
    assert absences_of([row()]).away == {ANA: {date(2026, 3, day) for day in range(16, 21)}}


@pytest.mark.parametrize(
    "changes",
    [
        {"CreatedById": ANA},  # nobody approves their own
        {"Type__c": "Reply"}, {"Type__c": "Coached"},
        {"Away_From__c": None}, {"Away_To__c": None},
        {"Away_From__c": LAST, "Away_To__c": FIRST},
        {"Away_From__c": "2025-03-16", "Away_To__c": "2026-03-20"},
    ],
)  # fmt: skip
def test_what_nobody_approved_or_makes_no_sense_is_no_absence(changes):
    assert absences_of([row(**changes)]).away == {}
