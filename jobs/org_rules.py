"""Which rules hold in an org: a file that the settings name, else its custom metadata, else ours.

A night asks for all five types of records in one call. Rules that cannot be used stop it, with
every mistake in its record, before a row is read: scoring on by rules that nobody can see in Setup
any more would be worse than no score for a night.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jobs.deals.rules import deal_rules, rules_from
from service.rule_records import from_records
from service.rule_records.records import TYPES, Records, query
from service.rules_file import read_rules
from service.salesforce.errors import AdminActionNeededError, SalesforceError
from service.salesforce.query import given

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from service.salesforce.gateway import Gateway
    from service.scoring.rule_set import BigDealRule, RuleSet

Answer = list[dict[str, Any]] | SalesforceError


def rules_in_force(
    gateway: Gateway, rules_file: Path | None, big_deals: tuple[BigDealRule, ...] | None = None
) -> RuleSet:
    """The rules that hold, with the org's own big deal rules where it has any.

    One API call; none where the file holds and `big_deals` are known already. Raises RulesError.
    """
    if rules_file is not None:
        rules = read_rules(rules_file)
        own = deal_rules(gateway, rules.big_deals) if big_deals is None else big_deals
        return replace(rules, big_deals=own)
    *answers, deals = gateway.query_together([query(one) for one in TYPES])
    records = _records(answers)
    if records is None or not records.hold_rules:
        rules = read_rules(None)
        return replace(rules, big_deals=rules_from(deals, rules.big_deals))
    return from_records.rules_from(replace(records, big_deals=given(deals)))


def _records(answers: Sequence[Answer]) -> Records | None:
    """All but the big deals; None for an org that has none of the types."""
    hidden = [
        one.OBJECT
        for one, answer in zip(TYPES, answers, strict=False)
        if isinstance(answer, SalesforceError) and answer.code == "INVALID_TYPE"
    ]
    if len(hidden) == len(answers):
        return None
    if hidden:
        raise AdminActionNeededError(
            f"of the rules in the org, {' and '.join(hidden)} cannot be seen",
            remedy="Deploy sfdx/ whole, and assign the permission set Adoption_Integration.",
        )
    return Records(*map(given, answers))
