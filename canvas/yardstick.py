"""What the night judged opportunities by, as the details of a score carry it.

Written by another version it may lack keys: what is missing is as the rules have it by default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from canvas.plain import clean, mapping, whole
from canvas.score_record import details_of
from service.scoring.healthy import FAULTS, Limit, Yardstick

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_LIMIT_PARTS = 3


def find_yardstick(scores: Iterable[Mapping[str, Any]]) -> Yardstick | None:
    """The yardstick of the first score record that carries one."""
    found = (mapping(details_of(one).get("healthy_by")) for one in scores)
    return next((read_yardstick(one) for one in found if one), None)


def read_yardstick(said: Mapping[str, Any]) -> Yardstick:
    """The yardstick that these details hold."""
    usual = Yardstick()
    criteria, texts = said.get("criteria"), mapping(said.get("texts"))
    return Yardstick(
        criteria=tuple(one for one in FAULTS if one in criteria)
        if isinstance(criteria, list)
        else usual.criteria,
        next_step_within_days=_least_one(said.get("next_step_within_days"))
        or usual.next_step_within_days,
        any_text_is_a_next_step=said.get("any_text_is_a_next_step") is True,
        pushes_below=_least_one(said.get("pushes_below")) or usual.pushes_below,
        corporate_below=_least_one(said.get("corporate_below")) or usual.corporate_below,
        limits=_limits(said.get("limits")),
        other_days=whole(said.get("other_days")),
        texts={code: clean(texts.get(code)) for code in FAULTS if clean(texts.get(code))},
    )


def _limits(said: object) -> tuple[Limit, ...]:
    rows = said if isinstance(said, list) else []
    whole_rows = [one for one in rows if isinstance(one, list) and len(one) == _LIMIT_PARTS]
    return tuple(
        Limit(clean(segment) or None, clean(stage), days)
        for segment, stage, told in whole_rows
        if (days := whole(told)) is not None
    )


def _least_one(value: object) -> int | None:
    number = whole(value)
    return number if number is not None and 0 < number < 1_000_000 else None  # noqa: PLR2004 - days, people
