"""What of a night is for one person alone, or compares with their role: for the panel, in no record."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from service.scoring.rounding import published
from service.scoring.teams import spread

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from service.facts.facts import Facts
    from service.scoring.result import Score
    from service.scoring.standing_result import ExceptionResult, Standing

Note = dict[str, Any]
#: Of fewer people of a role nothing is compared with (docs/decisions/0054-no-leaderboard.md).
ALIKE_AT_LEAST: Final = 8


def heads_ups_of(facts: Facts) -> dict[str, list[Note]]:
    """By user id what only that person may know: one window below, or an exception's first days."""
    found = {}
    for member in facts.people:
        notes = _of(member.standing) if member.standing else []
        if notes:
            found[member.user.user_id] = notes
    return found


def _of(standing: Standing) -> list[Note]:
    own = (one for one in standing.exceptions if one.is_open or one.state == "heads_up")
    return [_note(one) for one in own if one not in standing.opened]


def _note(one: ExceptionResult) -> Note:
    window = one.second if one.is_open and one.second else one.latest
    seen_from = one.ladder.manager
    return {
        "label": one.label,
        "found": str(window.actual),
        "expected": str(window.minimum),
        "first": window.first.isoformat(),
        "last": window.last.isoformat(),
        "decided_on": one.decided_on.isoformat(),
        "manager_from": seen_from.isoformat() if seen_from else None,
        "question": one.question,
    }


def roles_of(scores: Iterable[Score]) -> dict[str, Note]:
    """Median and quartiles by role of the rules, where enough of a role have a score.

    In whole points: of nine people each of the three is somebody's score, to its last place.
    """
    numbers: defaultdict[str, list[Decimal]] = defaultdict(list)
    for one in scores:
        if one.role and one.value is not None:
            numbers[one.role].append(one.value)
    found = {role: spread(values, ALIKE_AT_LEAST) for role, values in numbers.items()}
    return {
        role: {"people": len(numbers[role]), "median": _points(one.median), "low": _points(one.low),
               "high": _points(one.high)}
        for role, one in found.items() if one
    }  # fmt: skip


def _points(value: Decimal) -> str:
    return str(published(Fraction(value), 0))
