"""One person on the page: a line, and below it why and what would raise the score.

The page says each thing once: a thousand people make it long enough. The files say everything.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from service.scoring.credit import FOOTPRINT_DAYS
from service.scoring.rounding import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.facts.facts import Facts
    from service.scoring.result import Fix, Score
    from service.scoring.rule_set import RuleSet
    from service.scoring.standing_result import Standing

#: With more people the page has a line for each and no details; the files have everything.
DETAILS_AT_MOST = 2_000
_LARGE = 10_000
#: So many records are named of each kind of fix.
NAMED_AT_MOST = 4
#: What is to be done stands below the reasons, with its records; see scoring.reasons.
_TO_DO = re.compile(r" \(to do .*?\)(?=: )")


@dataclass(frozen=True)
class FixKind:
    """Everything of one kind that would raise a score: its points and minutes together."""

    text: str
    records: tuple[str, ...]  #: names, in the order in which to mend them; some may have none
    points: Decimal
    minutes: int


def has_details(facts: Facts) -> bool:
    """Whether the page says more of each person than a line."""
    return not facts.aggregate_only and len(facts.people) <= DETAILS_AT_MOST


def fix_kinds(fixes: Sequence[Fix]) -> list[FixKind]:
    """The fixes of one person by what is to be done, the cheapest first."""
    kinds: dict[str, list[Fix]] = {}
    for fix in fixes:
        kinds.setdefault(fix.text, []).append(fix)
    return [
        FixKind(
            text,
            _named([one.record_name for one in own if one.record_name]),
            sum((one.points for one in own), start=Decimal(0)),
            sum(one.minutes for one in own),
        )
        for text, own in kinds.items()
    ]


def _named(names: Sequence[str]) -> tuple[str, ...]:
    """Each name once, with how often; after the first few only how many more there are."""
    counts = [name if count == 1 else f"{name} ({count})" for name, count in Counter(names).items()]
    more = len(counts) - NAMED_AT_MOST
    return (*counts[:NAMED_AT_MOST], *([f"{more} more"] if more > 0 else []))


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


def minimums(standing: Standing | None) -> str:
    """What was done of what was asked in the last weeks: "Calls 68 of 85, Meetings 30 of 34, 3 days off".

    Footprint days are left out: they are no minimum, and the score has them.
    """
    shown = [one for one in standing.minimums if one.window] if standing else []
    lines = [
        f"{one.label} {_short(one.window.actual)} of {_short(one.window.minimum)}"
        for one in shown
        if one.window and one.measure != FOOTPRINT_DAYS
    ]
    days = max((one.window.days_off for one in shown if one.window), default=0)
    off = [f"{days} {'day' if days == 1 else 'days'} off"] if days and lines else []
    return ", ".join([*lines, *off])


def _short(number: Decimal) -> str:
    """Amounts without their cents, thousands apart."""
    return plain(number) if number < _LARGE else f"{number:,.0f}"


def own_reasons(score: Score, of_all: Sequence[str], rules: RuleSet) -> list[str]:
    """The reasons of one person, shorter by what the page says elsewhere."""
    if score.value is None:
        return list(score.reasons)
    own = [one for one in score.reasons if one not in of_all] or list(score.reasons)
    return [_shorter(reason, rules, has_fixes=bool(score.fixes)) for reason in own]


def _shorter(reason: str, rules: RuleSet, *, has_fixes: bool) -> str:
    """Without what is to be done, and without why rows were set aside (the method says it)."""
    if has_fixes:
        reason = _TO_DO.sub("", reason)
    for measure in rules.measures:
        if measure.set_aside:
            reason = reason.replace(f" set aside {measure.set_aside})", " set aside)")
    return reason
