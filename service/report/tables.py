"""The report's CSV files. A cell that a spreadsheet would run as a formula is made a text."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from service.evidence.lead_response import HOUR
from service.evidence.usage import KINDS
from service.facts.groups import manager_of
from service.report.questions import lines
from service.report.volumes import cells_of
from service.scoring.rounding import published

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from service.facts.facts import Member
    from service.facts.teams import Hierarchy
    from service.report.facts import ReportFacts
    from service.scoring.result import MeasureResult, Score

#: Where a spreadsheet would see a formula begin, also after spaces of any kind and signs that it does
#: not show, with the wide signs of East Asia too, and after a semicolon, which parts the cells in half
#: of the world (there a line break in our quotes ends the row as well):
#: https://owasp.org/www-community/attacks/CSV_Injection
_STARTS_A_FORMULA = re.compile(
    r"(^|;|(?<=[^\r\n])[\r\n]+)"
    r"(?=(?:[^\S\t\r\n]|[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff])*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20])"
)

#: Without one of these there is none: most cells have none, and this is told ten times as fast.
_MAY_START_ONE = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
#: What no page and no cell shows; before a formula it would hide it from us, not from a spreadsheet.
UNSHOWN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

Cell = object


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with a byte order mark, which spreadsheets need to see that it is UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(harmless(name) for name in header)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def harmless(cell: Cell) -> str:
    """The cell as text, with an apostrophe before what a spreadsheet would run; numbers stay."""
    if isinstance(cell, str):
        cell = cell if cell.isprintable() else UNSHOWN.sub("", cell)
        return _STARTS_A_FORMULA.sub(r"\1'", cell) if _MAY_START_ONE.search(cell) else cell
    if cell is None:
        return ""
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


def scores_csv(facts: ReportFacts) -> bytes:
    """One row for each person, by user id: the score, its parts, and what they own."""
    label = manager_of(facts)
    measures = facts.rules.scored
    header = [
        "user_id", "name", "salesforce_role", "role", "manager", "word", "score", "band",
        "not_scored_code", "not_scored_reason", "available_days", "window_from", "window_to",
        "last_login_on",
    ]  # fmt: skip
    header += [f"component_{one.name}" for one in facts.rules.components]
    for measure in measures:
        header += [f"{measure.name}_{part}" for part in ("done", "asked", "credit", "points")]
    for kind in KINDS:
        header += [f"{kind}_last_30_days", f"{kind}_total"]
    header += ["as_of", "rule_version"]
    rows = (_score_row(facts, member, label(member)) for member in facts.people)
    return csv_bytes(header, rows)


def _score_row(facts: ReportFacts, member: Member, manager: str) -> list[Cell]:
    score, user = member.score, member.user
    assert score is not None  # noqa: S101 - facts.people are those with an answer
    row: list[Cell] = [
        user.user_id, user.name, user.role, score.role, manager if user.manager_id else None,
        score.word, score.value, score.band, score.not_scored_code, score.not_scored_reason,
        score.available_days, score.window_from, score.window_to, user.last_login_on,
    ]  # fmt: skip
    components = {one.component: one.score for one in score.components}
    row += [components.get(one.name) for one in facts.rules.components]
    row += _measure_cells(facts, score)
    for cell in cells_of(member, facts):
        row += [cell.recent, cell.total]
    return [*row, score.as_of, score.rule_version]


def _measure_cells(facts: ReportFacts, score: Score) -> Iterator[Cell]:
    by_name = {one.measure: one for one in score.measures}
    for measure in facts.rules.scored:
        yield from _cells(by_name.get(measure.name))


def _cells(result: MeasureResult | None) -> tuple[Cell, ...]:
    """Done of asked, or good of eligible; credit and points only where it is judged."""
    if result is None:
        return (None,) * 4
    is_count = result.kind == "count"
    done, asked = (result.done, result.expected) if is_count else (result.good, result.eligible)
    return done, asked, result.credit, None if result.credit is None else result.points


def fixes_csv(facts: ReportFacts) -> bytes:
    """What would raise each score by 10, in the order in which to do it."""
    header = (
        "user_id", "name", "order", "measure", "what_to_do", "record_id", "record_name", "points",
        "minutes",
    )  # fmt: skip
    rows = (
        (member.user.user_id, member.user.name, at, fix.measure, fix.text, fix.record_id,
         fix.record_name, fix.points, fix.minutes)
        for member in facts.scored if member.score is not None
        for at, fix in enumerate(member.score.fixes, start=1)
    )  # fmt: skip
    return csv_bytes(header, rows)


def late_leads_csv(facts: ReportFacts) -> bytes:
    """One row for each lead that was not answered in time; `business_hours` empty: no answer yet."""
    found = facts.beside.lead_response
    names = {one.user.user_id: one.user.name for one in facts.members}
    header = ("user_id", "name", "lead_id", "company", "came_on", "business_hours")
    rows = (
        (late.user_id, names[late.user_id], late.lead_id, late.company, late.came_on,
         None if late.took is None else published(Fraction(late.took, HOUR), 1))
        for late in (found.late if found else ())
    )  # fmt: skip
    return csv_bytes(header, rows)


def away_csv(facts: ReportFacts) -> bytes:
    """Every stretch that is asked about, in the form of the absence file."""
    return csv_bytes(("user", "from", "to", "kind"), lines(facts))


def teams_csv(hierarchy: Hierarchy) -> bytes:
    """One row for each team at each level, every one before the teams below it.

    Median and quartiles are empty where too few are scored.
    """
    header = (
        "team", "level", "under", "people", "scored", "percent_scored", "median", "quartile_1",
        "quartile_3",
    )  # fmt: skip
    rows = (
        (team.label, team.level, team.under, team.people, team.scored, team.percent_scored)
        + ((team.spread.median, team.spread.low, team.spread.high) if team.spread else (None,) * 3)
        for team in hierarchy.teams()
    )
    return csv_bytes(header, rows)
