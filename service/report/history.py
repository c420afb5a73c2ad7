"""What only the readings of several weeks can show, named as gaps of the one reading of an export.

Most of a score says how records stand on the day of the export (open opportunities, required
fields, tasks): today's state is no answer for the weeks before, so nothing is worked out backwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.scoring.habits import USUAL, WEEKS
from service.tables import Gap

if TYPE_CHECKING:
    from service.scoring.rule_set import RuleSet

HISTORY = "Weekly history"  #: stands for an object where gaps are listed


def gaps(rules: RuleSet) -> tuple[Gap, ...]:
    """The mix of habits, and the limits of records out of order where the rules have any."""
    usual = " / ".join(map(str, USUAL))
    found = [
        Gap(
            HISTORY,
            "habits",
            f"An export shows how records stand on one day, so there are no scores of {WEEKS} weeks: "
            f"habit, forming and not started beside the usual {usual} are not shown.",
        )
    ]
    if any(measure.limits for measure in rules.measures):
        found.append(
            Gap(
                HISTORY,
                "limits",
                "An export shows how many records are out of order on one day, and a limit must be "
                "passed in two weeks running: limits are shown, and nobody is judged by them.",
            )
        )
    return tuple(found)
