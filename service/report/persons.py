"""One person on the page: a line, and below it why and what would raise the score."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.report.facts import Facts
    from service.scoring.result import Fix, Score

#: With more people the page has a line for each and no details; the files have everything.
DETAILS_AT_MOST = 2_000


@dataclass(frozen=True)
class FixKind:
    """Everything of one kind that would raise a score: its points and minutes together."""

    text: str
    records: tuple[str, ...]  #: names, in the order in which to mend them
    points: Decimal
    minutes: int


def has_details(facts: Facts) -> bool:
    """Whether the page says more of each person than a line."""
    return not facts.options.aggregate_only and len(facts.people) <= DETAILS_AT_MOST


def fix_kinds(fixes: Sequence[Fix]) -> list[FixKind]:
    """The fixes of one person by what is to be done, the cheapest first."""
    found: dict[str, FixKind] = {}
    for fix in fixes:
        before = found.get(fix.text, FixKind(fix.text, (), Decimal(0), 0))
        named = (fix.record_name,) if fix.record_name else ()
        found[fix.text] = FixKind(
            fix.text, before.records + named, before.points + fix.points, before.minutes + fix.minutes
        )  # fmt: skip
    return list(found.values())


def said_of_all(facts: Facts) -> tuple[str, ...]:
    """The reasons that everybody with a score has: said once, not a thousand times."""
    scores = [one.score for one in facts.scored if one.score is not None]
    if len(scores) < 2:  # noqa: PLR2004 - one person's reasons are their own
        return ()
    counts = Counter(reason for score in scores for reason in score.reasons)
    return tuple(reason for reason in scores[0].reasons if counts[reason] == len(scores))


def parts(score: Score) -> str:
    """The parts that could be judged: "Presence 87.5, Recorded work 67.5"."""
    return ", ".join(
        f"{part.label} {part.score}" for part in score.components if part.score is not None
    )


def own_reasons(score: Score, of_all: Sequence[str]) -> list[str]:
    """The reasons of one person without those said of everybody."""
    own = [one for one in score.reasons if one not in of_all]
    return own if own and score.value is not None else list(score.reasons)
