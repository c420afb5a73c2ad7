"""An export becomes facts: read, reduced to evidence, scored. Nothing is written here."""

from __future__ import annotations

import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from service.evidence import beside, gaming, usage
from service.evidence.intake import open_intake
from service.evidence.reduce import reduce_staged
from service.export import check_zone, stage_export
from service.facts.facts import Member
from service.facts.from_reading import facts_from
from service.report import history
from service.report.as_of import day_of
from service.report.facts import BigDeal, Options, ReportFacts, with_more
from service.report.judging import Judge, Judged, judge_all
from service.report.mending import Mending
from service.report.patterns import weekly_minimums
from service.report.people import check_told, read_told
from service.report.watching import watched
from service.rules_file import read_rules
from service.scoring.big_deals import judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from pathlib import Path

    from service.evidence.reduce import Reduced
    from service.evidence.usage import Usage, User
    from service.report.people import Told
    from service.report.watching import Watching
    from service.scoring.rule_set import RuleSet
    from service.tables import Gap


@dataclass
class Stopwatch:
    """Seconds by step."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step."""
        begun = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - begun, 3)


def gather(options: Options, work_dir: Path, watch: Stopwatch, watching: Watching) -> ReportFacts:
    """Read the export into `work_dir`, which the caller removes, and score everyone in it.

    Raises ExportError, NoUsersError, RulesFileError, and ValueError for data without any date.
    """
    rules = read_rules(options.rules_file)
    check_told(options)
    check_zone(options.naive_zone)
    with open_intake(
        rules, options.naive_zone, work_dir=work_dir, memory_limit_mb=options.memory_limit_mb
    ) as intake:
        with watch.step("read"):
            tables = stage_export(
                options.exports,
                intake,
                work_dir / "pages",
                encoding=options.encoding,
                limits=options.limits,
                progress=watching.reading,
            )
        with watch.step("evidence"):
            watching.step("Counting")
            as_of = day_of(options.as_of, intake, tables)
            reduced = reduce_staged(intake, tables, as_of)
        with watch.step("score"):
            return _facts(options, rules, reduced, watching)


def _facts(options: Options, rules: RuleSet, reduced: Reduced, watching: Watching) -> ReportFacts:
    scope = reduced.scope
    tables, as_of = scope.tables, scope.as_of
    told = read_told(options, reduced, rules)
    mending = Mending()
    members, unowned = _members(rules, reduced, told, watching, mending)
    facts = facts_from(reduced, rules, options.aggregate_only, members, _gaps(rules, reduced, told))
    return with_more(
        facts,
        options=options,
        unowned=unowned,
        counted=usage.known(tables),
        deals=tuple(_deals(rules, reduced, as_of)),
        rows_read={name: table.rows for name, table in tables.by_name.items()},
        left_out=reduced.not_people,
        logins_known=tables.has("User", "LastLoginDate"),
        beside=beside.read_beside(reduced, _windows(members)),
        gaming=gaming.read(scope, weekly_minimums(members, rules, as_of)),
        mending=mending,
    )


def _members(
    rules: RuleSet, reduced: Reduced, told: Told, watching: Watching, mending: Mending
) -> tuple[tuple[Member, ...], dict[str, Usage]]:
    judge = Judge(reduced.coverage, rules, reduced.scope.as_of, told.calendar)
    slices = (one.with_persons(told.person) for one in reduced.slices())
    people = judge_all(judge, slices, told.people, mending)
    found = {one.score.user_id: one for one in watched(people, "Scoring", told.people, watching)}
    watching.step("Adding up")
    counts: defaultdict[str | None, dict[str, Usage]] = defaultdict(dict)
    for one in usage.read_usage(reduced.scope):
        counts[one.user_id][one.kind] = one
    members = tuple(
        _member(told.user(user), found.get(user.user_id), counts[user.user_id])
        for user in usage.read_users(reduced.scope)
    )
    return members, counts[None]


def _windows(members: Iterable[Member]) -> dict[str, tuple[date, date]]:
    """The days that each person's score rests on."""
    return {
        one.user.user_id: (one.score.window_from, one.score.window_to)
        for one in members
        if one.score and one.score.window_from and one.score.window_to
    }


def _member(user: User, judged: Judged | None, counts: dict[str, Usage]) -> Member:
    if judged is None:
        return Member(user, usage=counts)
    return Member(
        user, judged.score, judged.standing, counts, judged.question, judged.weeks_used, judged.also
    )


def _deals(rules: RuleSet, reduced: Reduced, as_of: date) -> Iterator[BigDeal]:
    """Newest first; a deal that meets several rules is listed once, under the highest amount.

    Rules about more than the amount of a win are for an org, which is asked for what they need.
    """
    plain = (rule for rule in rules.big_deals if rule.asks_amount_alone)
    highest_first = sorted(plain, key=lambda rule: -rule.amount_at_least)
    if not highest_first:
        return
    won = list(reduced.won_deals(highest_first[-1].amount_at_least))
    for deal in sorted(won, key=lambda one: (-one.closed_on.toordinal(), one.opportunity_id)):
        for rule in highest_first:
            verdict = judge(deal, rule, as_of)
            if verdict is not None:
                yield BigDeal(deal, rule, verdict)
                break


def _gaps(rules: RuleSet, reduced: Reduced, told: Told) -> tuple[Gap, ...]:
    return tuple(
        dict.fromkeys(
            [
                *reduced.gaps,
                *told.gaps,
                *usage.gaps(reduced.scope.tables),
                *beside.gaps(reduced),
                *history.gaps(rules),
            ]
        )
    )
