"""Who has adopted: how many people by word, and how their scores lie."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from service.facts.groups import Group, pooled
from service.facts.shares import Share, shares, word_key
from service.scoring.result import WORDS

if TYPE_CHECKING:
    from service.facts.facts import Facts, Member

BIN_WIDTH = 5
_BINS = 100 // BIN_WIDTH


@dataclass(frozen=True)
class Piece:
    """The people of one word in one bin, as drawn: per cent across, 0..1 upwards."""

    key: str
    bottom: Decimal
    height: Decimal


@dataclass(frozen=True)
class Bin:
    """Scores from `start` up to, not with, `end`; the last bin takes 100 as well."""

    start: int
    end: int
    count: int
    pieces: tuple[Piece, ...]


def words(facts: Facts) -> tuple[Share, ...]:
    """People by word, in the order of the words; few together where only aggregates may be."""
    by_word = {
        word: [one for one in facts.people if one.score and one.score.word == word]
        for word in WORDS
    }
    if facts.least == 1:
        return shares([(word_key(word), word, len(by_word[word])) for word in WORDS])
    groups = _few_together(facts, by_word)
    return shares([(word_key(one.key) or "pooled", one.label, len(one.members)) for one in groups])


def _few_together(facts: Facts, by_word: dict[str, list[Member]]) -> list[Group[Member]]:
    """How many are scored is said elsewhere, so those who are not must not hide few who are."""
    if facts.shown_scored(facts.people) is None:
        return pooled(by_word, facts.least)
    unscored = {WORDS[-1]: by_word.pop(WORDS[-1])}
    return [*pooled(by_word, facts.least), *pooled(unscored, facts.least)]


def histogram(facts: Facts) -> tuple[Bin, ...]:
    """Scores in bins of five points, each bin stacked by word."""
    bins: list[dict[str, int]] = [dict.fromkeys(WORDS[:3], 0) for _ in range(_BINS)]
    for member in facts.scored:
        if member.score is not None and member.score.value is not None:
            bins[min(int(member.score.value) // BIN_WIDTH, _BINS - 1)][member.score.word] += 1
    most = max(sum(one.values()) for one in bins)
    return tuple(_bin(at, one, most) for at, one in enumerate(bins))


def _bin(at: int, counts: dict[str, int], most: int) -> Bin:
    pieces, below = [], 0
    for word, count in counts.items():
        if count:
            scale = Decimal(most)
            pieces.append(Piece(word_key(word), round(below / scale, 4), round(count / scale, 4)))
            below += count
    return Bin(at * BIN_WIDTH, (at + 1) * BIN_WIDTH, below, tuple(pieces))
