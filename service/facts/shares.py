"""Parts of a whole, by word or by any other count, and the numbers that people have."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from service.facts.facts import Member


@dataclass(frozen=True)
class Share:
    """A part of a whole, as drawn: `at` and `width` in per cent."""

    key: str
    label: str
    count: int
    at: Decimal
    width: Decimal


def word_key(word: str) -> str:
    """The name of a word in styles: "On track" is on_track."""
    return word.lower().replace(" ", "_")


def shares(counts: Sequence[tuple[str, str, int]]) -> tuple[Share, ...]:
    """(key, label, count) as parts of their sum, side by side; nothing when there is nobody."""
    total = sum(count for _, _, count in counts)
    found, at = [], 0
    for key, label, count in counts:
        start, end = (_percent(one, total) for one in (at, at + count))
        found.append(Share(key, label, count, start, end - start))
        at += count
    return tuple(found)


def _percent(count: int, total: int) -> Decimal:
    return round(Decimal(100 * count) / total, 2) if total else Decimal(0)


def values(members: Iterable[Member]) -> list[Decimal]:
    """The numbers of those who have one, ascending."""
    return sorted(
        one.score.value for one in members if one.score is not None and one.score.value is not None
    )
