"""The word for a score."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from service.scoring.result import ComponentResult
    from service.scoring.rule_set import RuleSet

NOT_SCORED = "Not scored"


def word_for(value: Decimal, components: Iterable[ComponentResult], rules: RuleSet) -> str:
    """On track, Building or Needs help, by the published numbers, so that all of it agrees.

    A component below `building_at` keeps a high score at Building: extra in one area cannot
    cover another. Components in which nothing is scorable do not count.
    """
    if value < rules.building_at:
        return "Needs help"
    weak = any(
        component.score is not None and component.score < rules.building_at
        for component in components
    )
    return "Building" if weak or value < rules.on_track_at else "On track"
