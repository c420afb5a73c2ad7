"""The files of minimums and exceptions. Neither is written where nobody may be named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.facts.groups import manager_named
from service.report.exceptions import exceptions
from service.report.tables import csv_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.facts.facts import Member
    from service.report.exceptions import Flagged, Group
    from service.report.facts import ReportFacts
    from service.report.tables import Cell
    from service.scoring.standing_result import ExceptionResult, WindowResult

_WINDOW = ("from", "to", "actual", "minimum", "working_days", "days_off", "days_unexplained")
_CHANCES = ("false_flag_percent", "false_flag_percent_by_luck")


def exceptions_csv(facts: ReportFacts) -> bytes:
    """One row for each open exception, in the order of the page. Heads-ups are in no file."""
    header = [
        "user_id", "name", "salesforce_role", "role", "segment", "manager", "manager_inactive",
        "measure", "label", "state", "opened_on", "manager_sees_from", "executives_see_from",
        "recurred_on",
    ]  # fmt: skip
    for window, parts in (("first", _CHANCES), ("second", _CHANCES), ("latest", ())):
        header += [f"{window}_{part}" for part in (*_WINDOW, *parts)]
    header += ["false_exception_percent", "question", "as_of", "rule_version"]
    rows = (
        _exception(facts, group, flagged, one)
        for group in exceptions(facts).groups
        for flagged in group.people
        for one in flagged.exceptions
    )
    return csv_bytes(header, rows)


def _exception(
    facts: ReportFacts, group: Group, flagged: Flagged, one: ExceptionResult
) -> list[Cell]:
    user, standing = flagged.member.user, flagged.member.standing
    return [
        user.user_id, user.name, user.role, standing and standing.role,
        standing and standing.segment, group.label if user.manager_id else None, group.inactive,
        one.measure, one.label, one.state, one.decided_on, one.ladder.manager,
        one.ladder.executives, one.recurred_on, *_window(one.first), *_chances(one.first),
        *_window(one.second), *_chances(one.second), *_window(one.latest), one.false_exception,
        one.question, facts.as_of, facts.rules.version,
    ]  # fmt: skip


def minimums_csv(facts: ReportFacts) -> bytes:
    """One row for each person and minimum of their role: what was done, and what was asked.

    Without a verdict: a total below its minimum may be chance, and only two windows say otherwise.
    """
    header = (
        "user_id", "name", "role", "segment", "manager", "measure", "label", "in_force", "per",
        *_WINDOW, "available_days", "why_not_judged", "as_of", "rule_version",
    )  # fmt: skip
    named = manager_named(facts)
    rows = (
        row
        for member in facts.people
        for row in _minimums(facts, member, named(member.user.manager_id))
    )
    return csv_bytes(header, rows)


def _minimums(facts: ReportFacts, member: Member, manager: str) -> Iterator[list[Cell]]:
    user, standing = member.user, member.standing
    for one in standing.minimums if standing else ():
        available = one.window.available_days if one.window else None
        yield [
            user.user_id, user.name, standing and standing.role, standing and standing.segment,
            manager if user.manager_id else None, one.measure, one.label, one.in_force, one.per,
            *_window(one.window), available, one.why_not, facts.as_of,
            facts.rules.version,
        ]  # fmt: skip


def _window(window: WindowResult | None) -> list[Cell]:
    if window is None:
        return [None] * len(_WINDOW)
    return [
        window.first, window.last, window.actual, window.minimum, window.working_days,
        window.days_off, window.days_unexplained,
    ]  # fmt: skip


def _chances(window: WindowResult | None) -> list[Cell]:
    if window is None:
        return [None] * len(_CHANCES)
    return [window.false_flag, window.false_flag_by_luck]
