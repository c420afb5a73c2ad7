"""Reads when a big deal is announced from a rule set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.scoring.measure_rules import SEGMENTS
from service.scoring.rule_set import BigDealRule

if TYPE_CHECKING:
    from service.scoring.mapping import Table

NAME_LENGTH = 40  # Text(40): Rule_Version__c and Rule_Name__c

_KEYS = (
    "name", "amount_at_least", "closed_within_days", "group_name", "version", "announce_from",
    "on_opportunity", "bell", "mail", "leaders", "record_types", "segment", "stages",
    "probability_at_least",
)  # fmt: skip


def big_deals_of(top: Table) -> tuple[BigDealRule, ...]:
    """The rules of big deals, by name: their order means nothing."""
    found = tuple(_big_deal(table) for table in top.tables("big_deals", _KEYS))
    top.refuse_twice("big_deals", [rule.name for rule in found])
    return tuple(sorted(found, key=lambda rule: rule.name))


def _big_deal(table: Table) -> BigDealRule:
    by_chance = "probability_at_least" in table.data
    if by_chance and "stages" in table.data:
        table.refuse("stages", "goes without probability_at_least; keep one of them")
    segment = table.text("segment") if "segment" in table.data else None
    if segment and segment not in SEGMENTS:
        table.refuse("segment", f"is no segment; use {' or '.join(SEGMENTS)}")
    return BigDealRule(
        name=table.text("name", longest=NAME_LENGTH),
        amount_at_least=table.number("amount_at_least"),
        closed_within_days=table.whole("closed_within_days"),
        group_name=table.text("group_name", longest=NAME_LENGTH),
        version=table.text("version", longest=NAME_LENGTH),
        announce_from=table.day("announce_from"),
        on_opportunity=table.truth("on_opportunity"),
        bell=table.truth("bell"),
        mail=table.truth("mail"),
        leaders=table.texts("leaders", ()),
        record_types=table.texts("record_types", ()),
        segment=segment,
        stages=table.texts("stages", ()),
        probability_at_least=table.whole("probability_at_least", least=1, most=100)
        if by_chance
        else None,
    )
