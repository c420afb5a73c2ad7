"""Scoring an org: its rows to evidence, its people to scores; nothing is written here."""

from __future__ import annotations

import shutil
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jobs.absences import read_absences
from jobs.deals.amounts import won_deals
from jobs.exceptions_known import KEPT, KnownExceptions, read_known
from jobs.facts import facts_of
from jobs.org_rules import rules_in_force
from jobs.put_off import times_taken_up_again
from jobs.work_folder import PAGES
from service.evidence.reduce import reduce_rows
from service.evidence.rejects import BROKEN
from service.packed import PackedError
from service.people_files import ORG_COLUMNS
from service.salesforce import kept_reading
from service.salesforce.errors import AdminActionNeededError, TransientSalesforceError
from service.scoring.result import Score
from service.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobs.run import Run
    from service.evidence.deals import WonDeal
    from service.evidence.reduce import Reduced
    from service.facts.facts import Facts
    from service.salesforce.errors import SalesforceError
    from service.salesforce.plan import PlannedRead
    from service.scoring.healthy import Yardstick
    from service.scoring.rule_set import BigDealRule, RuleSet
    from service.tables import Tables

#: How often a reading that does not add up is done again.
_READ_AGAIN = 2
_LOOK = "Look at the object's query job in Setup > Bulk Data Load Jobs; if the next night says the same, contact Salesforce support."
_NAMED = "Where scores of persons may be written, set BELLWETHER_AGGREGATE_ONLY to no; to yes, where not."


@dataclass(frozen=True)
class Scored:
    """Everything that a run knows after its arithmetic."""

    rules: RuleSet
    facts: Facts  #: everyone with score and standing, as the report has them
    known: KnownExceptions  #: as the org had them before
    deals: tuple[WonDeal, ...]
    rows_read: dict[str, int]
    rows_rejected: dict[str, int]
    gaps: tuple[str, ...]
    reading: tuple[PlannedRead, ...] = ()  #: how each object was read
    yardstick: Yardstick | None = None  #: what open opportunities were judged by
    judged: tuple[tuple[str, tuple[str, ...]], ...] | None = (
        None  #: them, where their health is written
    )

    @property
    def scores(self) -> tuple[Score, ...]:
        """Of everyone who has a number, or a reason why not."""
        return tuple(one.score for one in self.facts.members if one.score is not None)

    @property
    def not_scored(self) -> dict[str, int]:
        """How many have no number, by code."""
        counts: dict[str, int] = {}
        for score in self.scores:
            if score.value is None:
                code = score.not_scored_code or "unknown"
                counts[code] = counts.get(code, 0) + 1
        return counts


def score_org(run: Run) -> Scored:
    """Read, reduce and score everyone. Raises SalesforceError, NoUsersError, RulesError, SheetError."""
    rules = rules_of(run)
    if run.settings.people_file:  # a mistake in its form costs no call
        Sheet(run.settings.people_file, *ORG_COLUMNS).finish()
    with run.step("read"):
        tables = run.gateway.read_tables(run.folder / PAGES, also=rules.custom_fields)
    plan = run.gateway.reading_plan
    with run.step("known"):
        known = _known(run)
    with ExitStack() as stack:
        with run.step("evidence"):
            reduced = stack.enter_context(_reduced(run, tables, rules))
            _check_whole(run, tables, reduced)
        with run.step("score"):
            facts = facts_of(reduced, rules, run, known)
        deals = _deals(run, reduced, rules)
        return Scored(
            rules,
            facts,
            known,
            deals,
            {name: table.rows for name, table in tables.by_name.items()},
            dict(reduced.rows_rejected),
            told_gaps(facts),
            plan.reads if plan else (),
            reduced.yardstick(),
            _judged(run, reduced),
        )


@contextmanager
def _reduced(run: Run, tables: Tables, rules: RuleSet) -> Iterator[Reduced]:
    """The rows as evidence. A file that broke on this disk is let go, with all others."""
    memory = run.settings.memory_limit_mb
    try:
        with reduce_rows(
            tables, rules, run.as_of, work_dir=run.folder, memory_limit_mb=memory
        ) as found:
            yield found
    except PackedError as error:
        shutil.rmtree(run.folder / PAGES)
        raise TransientSalesforceError(f"a page broke on this disk ({error})") from error


def _check_whole(run: Run, tables: Tables, reduced: Reduced) -> None:
    """Raises where other rows were staged than the org announced; that reading is let go.

    Where broken rows were set aside, their number is by lines, and they are told as gaps.
    """
    broken = {one.object_name for one in reduced.rejected if one.reason == BROKEN}
    for name, table in tables.by_name.items():
        staged = reduced.scope.tables.by_name[name].rows
        if staged != table.rows and name not in broken:
            kept_reading.let_go(run.folder / PAGES, name)
            raise _of_other_rows(
                f"of {name}, {table.rows:,} rows were announced and {staged:,} came"
            )


def _of_other_rows(told: str) -> SalesforceError:
    """Read again, the org may say the same: then somebody must look."""
    if times_taken_up_again() < _READ_AGAIN:
        return TransientSalesforceError(told)
    return AdminActionNeededError(f"{told}, again and again", remedy=_LOOK)


def _judged(run: Run, reduced: Reduced) -> tuple[tuple[str, tuple[str, ...]], ...] | None:
    """Every open opportunity with its faults; None where their health is not written, or not known."""
    judged = reduced.judged_opportunities() if run.settings.record_health else None
    return None if judged is None else tuple(judged)


def _known(run: Run) -> KnownExceptions:
    """What the org knows of people; where nobody may be named, their absences alone."""
    if run.settings.aggregate_only is not True:
        return read_known(run.gateway, run.as_of)
    return KnownExceptions(absences=read_absences(run.gateway, run.as_of - KEPT))


def told_gaps(facts: Facts) -> tuple[str, ...]:
    """In words, without any value of a record where nobody may be named."""
    is_named = not facts.aggregate_only
    told = tuple(gap.told(is_named=is_named) for gap in facts.gaps)
    return told + ((f"{facts.why_aggregate} {_NAMED}",) if facts.why_aggregate else ())


def no_longer_scored(run: Run, rules: RuleSet, user_id: str) -> Score:
    """Say why somebody who once had a score has none: they left, or the rules leave them out."""
    return Score(
        user_id,
        run.as_of,
        rules.version,
        "Not scored",
        not_scored_code="inactive",
        not_scored_reason="Not scored: this user is not active, or not among those whom the rules "
        "score. An administrator can change that.",
    )


def rules_of(run: Run, big_deals: tuple[BigDealRule, ...] | None = None) -> RuleSet:
    """Give the rules of this run; see `org_rules`. `big_deals`: where they are known already.

    The integration user is never scored: it works, but it sells nothing.
    """
    rules = rules_in_force(run.gateway, run.settings.rules_file, big_deals)
    return replace(rules, excluded_usernames=(*rules.excluded_usernames, run.settings.username))


def _deals(run: Run, reduced: Reduced, rules: RuleSet) -> tuple[WonDeal, ...]:
    """The deals that the rules are about: from the rows that were read, where these say enough."""
    if not rules.big_deals:
        return ()
    if all(rule.asks_amount_alone for rule in rules.big_deals):
        return tuple(reduced.won_deals(min(rule.amount_at_least for rule in rules.big_deals)))
    return tuple(won_deals(run.gateway, rules.big_deals))
