"""Big deals: how many there are, where so many people own them that it may be said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.facts.groups import is_few

if TYPE_CHECKING:
    from service.report.facts import ReportFacts


def told(facts: ReportFacts) -> tuple[bool, bool]:
    """Whether the number of deals to announce, and that of the older ones, may be shown."""
    fresh = {one.deal.owner_id for one in facts.deals if one.verdict == "announce"}
    older = {one.deal.owner_id for one in facts.deals if one.verdict != "announce"}
    return not is_few(len(fresh), facts.least), not is_few(len(older), facts.least)
