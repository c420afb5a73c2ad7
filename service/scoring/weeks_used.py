"""The weeks of the last eight in which somebody used the system themselves.

Of what keeps leaders in, an export shows this alone: not whether they opened their team's view, nor
whether they coached anybody.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from service.scoring.credit import FOOTPRINT_DAYS

if TYPE_CHECKING:
    from datetime import date

    from service.scoring.evidence import PersonEvidence

WEEKS = 8
_DAYS = 7


def weeks_used(person_evidence: PersonEvidence, as_of: date) -> tuple[bool, ...]:
    """Whether each of the last eight stretches of seven days, the last ending on a day, has a footprint.

    The oldest comes first.
    """
    series = person_evidence.of(FOOTPRINT_DAYS)
    at = series.within(as_of - timedelta(days=WEEKS * _DAYS - 1), as_of)
    ago = {
        (as_of - on).days // _DAYS
        for on, done in zip(series.days[at], series.done[at], strict=True)
        if done
    }
    return tuple(week in ago for week in reversed(range(WEEKS)))
