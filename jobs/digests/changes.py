"""What changed for some people, in the order of what matters: exceptions first, then scores.

A score moved only where two that are four weeks apart lie further apart than chance explains:
1.645 x sqrt(2) x SE, and a band is 1.645 x SE. Days off stretch the later window over some days of
the earlier one; what they share moves neither, so that less is told then, and never more. Counts
alone; nobody is named here.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from jobs.digests.results import LATELY
from service.facts.facts import TEAM_LEAST
from service.scoring.rounding import plain
from service.scoring.teams import spread

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date
    from decimal import Decimal

    from jobs.digests.results import OpenedException, Results

MOST = 3
NOTHING = "Nothing changed by more than chance explains, and no exception opened or cleared."


def changes(people: Collection[str], results: Results, today: date) -> list[str]:
    """Give at most three sentences about these users, the most urgent first; [] for no change."""
    own = [one for one in results.exceptions if one.user_id in people]
    since = today - LATELY
    recurred = [one for one in own if one.stands and _is_since(one.recurred_on, since)]
    opened = [one for one in own if _is_since(one.opened_on, since) and one not in recurred]
    cleared = [one for one in own if one.state == "cleared" and _is_since(one.cleared_on, since)]
    moves = {user: moved(user, results) for user in people}
    fell = sum(move is not None and move < 0 for move in moves.values())
    rose = sum(move is not None and move > 0 for move in moves.values())
    found = (
        _counted(recurred, "came back after clearing"),
        _counted(opened, "opened in the last 7 days"),
        _scores(fell, "lower"),
        _unseen(own, since),
        _scores(rose, "higher"),
        _counted(cleared, "cleared in the last 7 days"),
    )
    return [one for one in found if one][:MOST]


def moved(user_id: str, results: Results) -> Decimal | None:
    """By how much a score moved in four weeks; None where that is no more than chance explains."""
    before, after = results.before.get(user_id), results.after.get(user_id)
    if before is None or after is None or before.rule_version != after.rule_version:
        return None  # another rule set measures something else
    move = after.value - before.value
    return move if move * move > before.band**2 + after.band**2 else None


def in_words(word: str, count: int) -> str:
    """The word of so many people, behind their number: "1 needs help", "37 need help"."""
    return "need help" if word == "Needs help" and count != 1 else word.lower()


def standing(people: Collection[str], results: Results) -> str:
    """How some people stand now, in one sentence; the middle score from five scored people on."""
    words = Counter(results.scores[one].word for one in people if one in results.scores)
    values = (results.scores[one].value for one in people if one in results.scores)
    middle = spread([one for one in values if one is not None], TEAM_LEAST)
    parts = ", ".join(f"{count} {in_words(word, count)}" for word, count in _ordered(words))
    if not parts:
        return "No scores yet."
    return f"{parts}.{f' Their middle score is {plain(middle.median)}.' if middle else ''}"


def _ordered(words: Counter[str]) -> list[tuple[str, int]]:
    order = ("On track", "Building", "Needs help", "Not scored")
    return [(word, words[word]) for word in order if words[word]]


def _is_since(on: date | None, since: date) -> bool:
    return on is not None and on >= since


def _counted(some: Collection[OpenedException], what: str) -> str:
    if not some:
        return ""
    by_label = Counter(one.label for one in some)
    labels = ", ".join(f"{label} {count}" for label, count in sorted(by_label.items()))
    return f"{_number(len(some), 'exception')} {what}: {labels}."


def _scores(count: int, how: str) -> str:
    if not count:
        return ""
    verb = "scores" if count == 1 else "score"
    who = "1 of your people" if count == 1 else f"{count} of your people"
    return f"{who} {verb} {how} than four weeks ago, by more than chance explains."


def _unseen(own: Iterable[OpenedException], since: date) -> str:
    waiting = [one.opened_on for one in own if one.state == "open" and one.opened_on]
    old = [on for on in waiting if on < since]
    if not old:
        return ""
    stand = "stands" if len(old) == 1 else "stand"
    oldest = min(old)
    return (
        f"{_number(len(old), 'exception')} that nobody has marked as seen {stand} for more than a "
        f"week, the oldest since {oldest.day} {oldest:%B}."
    )


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
