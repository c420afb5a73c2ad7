"""Rows, however many, to daily evidence: one call, one database, flat memory."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from service.evidence import (
    calls,
    clocks,
    composed,
    currency,
    daily,
    deals,
    findings,
    footprint,
    leads,
    leave,
    meetings,
    newest,
    opportunities,
    rejects,
    required,
    segments,
    spill,
    tasks,
)
from service.evidence.intake import Intake, open_intake
from service.evidence.people import count_others, read_people, user_gaps
from service.evidence.people_slice import PeopleSlice
from service.evidence.reach import with_reach
from service.evidence.staging import Scope
from service.scoring.evidence import Coverage
from service.tables import COLUMNS, Gap, telling

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from decimal import Decimal
    from pathlib import Path

    from service.evidence.currency import Currency
    from service.evidence.deals import WonDeal
    from service.evidence.rejects import Rejected
    from service.scoring.evidence import Person, PersonEvidence
    from service.scoring.healthy import Yardstick
    from service.scoring.rule_set import RuleSet
    from service.tables import Tables

_PEOPLE_AT_ONCE = 200
#: What the database may hold once the evidence stands: the room is wanted for everybody's results.
_MB_AFTERWARDS = 100
#: `evidence` has one row a person, measure and day: each measure groups its own.
_TABLES = """
    CREATE TABLE evidence (u INTEGER, measure VARCHAR, day DATE, done BIGINT, eligible BIGINT,
        good BIGINT, seen HUGEINT);
"""


@dataclass(frozen=True)
class Reduced:
    """What one reading says, valid until its `with` block ends."""

    scope: Scope
    coverage: Coverage
    gaps: tuple[Gap, ...]  #: the tables' gaps, then what measures lack
    rejected: tuple[Rejected, ...]  #: with an example of each object's unreadable rows
    not_people: Mapping[str, int]  #: users who are not scored as people: why -> how many
    currency: Currency  #: of all amounts

    @property
    def rows_rejected(self) -> dict[str, int]:
        """Unreadable rows set aside, by object, on top of those the door turned away."""
        counts = dict(self.scope.tables.rows_rejected)
        for one in self.rejected:
            if one.reason == rejects.VALUE:
                continue
            counts[one.object_name] = counts.get(one.object_name, 0) + one.rows
        return counts

    @property
    def values_rejected(self) -> dict[str, int]:
        """Rows kept without a value that cannot be read, by object."""
        return {one.object_name: one.rows for one in self.rejected if one.reason == rejects.VALUE}

    def people(self) -> Iterator[PersonEvidence]:
        """Everyone who may be scored, in the order of their ids; a few hundred in memory."""
        for one in self.slices():
            yield from one.people()

    def slices(self) -> Iterator[PeopleSlice]:
        """The same people, some hundreds at once."""
        connection = self.scope.connection
        for first, last in self._spans():
            yield PeopleSlice(
                self._persons(first, last),
                daily.read(connection, first, last),
                findings.read(connection, first, last),
            )

    def persons(self) -> Iterator[Person]:
        """The same people without their evidence."""
        for first, last in self._spans():
            yield from (person for _, person in self._persons(first, last))

    def users(self) -> Iterator[Person]:
        """Every user of the reading, scored or not: all who may be named in a file."""
        for first, last in self._spans():
            found = read_people(self.scope.connection, first, last, only_scored=False)
            yield from (person for _, person in found)

    def _spans(self) -> Iterator[tuple[int, int]]:
        highest = "SELECT coalesce(max(u), 0) FROM users"
        (last,) = self.scope.connection.execute(highest).fetchall()[0]
        for first in range(1, last + 1, _PEOPLE_AT_ONCE):
            yield first, first + _PEOPLE_AT_ONCE - 1

    def _persons(self, first: int, last: int) -> list[tuple[int, Person]]:
        away = leave.read_away(self.scope.connection, first, last)
        found = segments.read_segments(self.scope.connection, first, last)
        return [
            (user, replace(person, away_on=away.get(user, frozenset()), segment=found.get(user)))
            for user, person in read_people(self.scope.connection, first, last)
        ]

    def won_deals(self, amount_at_least: Decimal) -> Iterator[WonDeal]:
        """Won opportunities of that amount or more, by close date, whoever owns them."""
        yield from deals.read_won_deals(self.scope, amount_at_least, self.currency.code)

    def judged_opportunities(self) -> Iterator[tuple[str, tuple[str, ...]]] | None:
        """Open opportunities with their faults, by id; None where none could be judged."""
        return opportunities.judged(self.scope) if self.yardstick() else None

    def yardstick(self) -> Yardstick | None:
        """What open opportunities were judged by; None where they were not."""
        return opportunities.yardstick(self.scope)


@contextmanager
def reduce_rows(
    tables: Tables, rules: RuleSet, as_of: date, *, work_dir: Path, memory_limit_mb: int
) -> Iterator[Reduced]:
    """Reduce a reading that lies in pages to the evidence of the days up to `as_of`.

    Works in a database of its own under `work_dir`, which is gone after the block; connects
    inside the call, so it may run in a forked worker. `memory_limit_mb` bounds DuckDB's buffers;
    the process needs about 150 MB more. Raises NoUsersError.
    """
    with open_intake(
        rules, tables.naive_zone, work_dir=work_dir, memory_limit_mb=memory_limit_mb
    ) as intake:
        intake.take_pages(tables)
        yield reduce_staged(intake, without_empty(tables, intake.finish()), as_of)


def without_empty(tables: Tables, staged: Tables) -> Tables:
    """The tables without the columns that had no value in any staged row; each becomes a gap.

    Their `rows` are those that were staged or set aside, whatever was said of them before.
    """
    by_name, gaps = {}, list(tables.gaps)
    for name, table in tables.by_name.items():
        empty = [
            column.name
            for column in COLUMNS[name]
            if column.name in table.columns and not staged.has(name, column.name)
        ]
        rows = staged.by_name[name].rows if name in staged.by_name else 0
        by_name[name] = replace(table, columns=table.columns.difference(empty), rows=rows)
        gaps += (Gap(name, one, f"{name}.{one} is empty in every row.") for one in empty)
    return replace(tables, by_name=by_name, gaps=telling(gaps))


def reduce_staged(intake: Intake, tables: Tables, as_of: date) -> Reduced:
    """Reduce a finished reading to the evidence of the days up to `as_of`, each person's local day.

    `tables` says what the reading has and lacks. What is given lives as long as the intake.
    """
    scope = Scope(intake.connection, tables, intake.rules, as_of)
    clocks.add_clocks(scope.connection, tables.naive_zone, as_of)
    scope.connection.execute(_TABLES + findings.TABLE + calls.TABLE + meetings.TABLE)
    rejected = intake.rejects.rejected()
    money = currency.convert(scope)
    coverage, gaps = _measure(scope)
    daily.sort(scope.connection)
    coverage = with_reach(scope.connection, coverage, scope.rules)
    segments.reduce(scope)
    spill.limit(scope.connection, min(intake.memory_limit_mb, _MB_AFTERWARDS))
    of_users = [
        *user_gaps(scope.connection, scope.tables), *leave.reduce(scope), *segments.gaps(scope),
    ]  # fmt: skip
    all_gaps = (
        *tables.gaps,
        *of_users,
        *newest.gaps(scope),
        *gaps,
        *money.gaps,
        *rejects.gaps(rejected),
    )
    return Reduced(scope, coverage, all_gaps, rejected, count_others(scope.connection), money)


def _measure(scope: Scope) -> tuple[Coverage, list[Gap]]:
    tables = scope.tables
    why = {
        footprint.MEASURE: footprint.why_absent(tables),
        calls.MEASURE: calls.why_absent(scope),
        meetings.MEASURE: meetings.why_absent(tables),
        opportunities.MEASURE: opportunities.why_absent(tables),
        required.MEASURE: required.why_absent(scope),
        leads.MEASURE: leads.why_absent(tables),
        tasks.MEASURE: tasks.why_absent(tables),
    }
    absent = {name: text for name, text in why.items() if text is not None}
    stand_ins = footprint.gaps(tables)
    gaps = [*stand_ins, *_gaps(scope)]
    if footprint.MEASURE not in absent:
        footprint.reduce(scope)
    if opportunities.MEASURE not in absent:
        gaps += opportunities.reduce(scope)
    for one in (calls, meetings, required, leads, tasks):
        if one.MEASURE not in absent:
            one.reduce(scope)
    gaps += _composed(scope, absent)
    roles = tables.has("User", "UserRoleId") and tables.has("UserRole", "Id", "Name")
    return Coverage(absent, roles_known=roles, footprint_complete=not stand_ins), gaps


def _composed(scope: Scope, absent: dict[str, str]) -> list[Gap]:
    """Count the measures of the rules' own; name those that are absent or not in force."""
    gaps: list[Gap] = []
    for measure in scope.rules.measures:
        if not measure.is_in_force(scope.as_of):
            absent[measure.name] = f"It is not in force on {scope.as_of}."
        elif measure.counts is not None:
            why = composed.why_absent(scope, measure.counts)
            if why is None:
                gaps += composed.reduce(scope, measure, measure.counts)
            else:
                absent[measure.name] = why
                gaps.append(Gap(measure.counts.object_name, None, f"{measure.label}: {why}"))
    return gaps


def _gaps(scope: Scope) -> list[Gap]:
    """What measures would count, or set aside, if the data could tell it."""
    found = [
        gap for one in (calls, meetings, leads, tasks, deals) for gap in one.gaps(scope.tables)
    ]
    return [*found, *required.gaps(scope)]
