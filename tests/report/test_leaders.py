"""Leaders first: the top and the managers of managers at once, everybody else below, few hidden."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from service.report.leaders import (
    EXECUTIVES,
    FIRST,
    SECOND,
    SHOWN,
    STATES,
    leaders,
    levels,
    present,
    shown,
)
from service.scoring.credit import FOOTPRINT_DAYS
from service.scoring.result import MeasureResult
from tests.report.test_small_cells import a_member, some_facts


def a_leader(number, role, days, manager=None):
    member = a_member(number, "On track", manager)
    done = MeasureResult(
        FOOTPRINT_DAYS, "Footprint", "activity", "count", *[Decimal(1)] * 4, Decimal(days)
    )
    return replace(
        member, score=replace(member.score, role=role, available_days=20, measures=(done,))
    )


def a_company(executives, second, first, *, aggregate_only=False):
    """Days with a footprint, of 20, of everybody at each level; each reports to the first above."""
    top = [a_leader(at, "executive", days) for at, days in enumerate(executives)]
    boss = top[0].user.user_id if top else None
    middle = [a_leader(100 + at, "manager", days, boss) for at, days in enumerate(second)]
    above = [one.user.user_id for one in middle]
    low = [
        a_leader(1000 + at, "manager", days, above[at % len(above)] if above else boss)
        for at, days in enumerate(first)
    ]
    rep = replace(a_member(9999, "On track", low[0].user.user_id if low else boss))
    facts = some_facts({}, aggregate_only=aggregate_only)
    return replace(facts, members=(*low, *middle, *top, rep))


def test_levels_come_from_who_reports_to_whom():
    found = leaders(a_company([9], [16, 12], [20, 5, 10, 4]))
    assert [one.level for one in found] == [EXECUTIVES, SECOND, SECOND, *[FIRST] * 4]
    assert [one.state for one in found] == ["never", "active", "inactive", "active", "never", "inactive", "never"]  # fmt: skip
    drawn = [
        (one.label, one.people, [part.count for part in one.parts]) for one in levels(found, 1)
    ]
    assert drawn == [
        (EXECUTIVES, 1, [0, 0, 1, 0]), (SECOND, 2, [1, 1, 0, 0]), (FIRST, 4, [1, 1, 2, 0]),
    ]  # fmt: skip


def test_those_at_the_top_are_listed_and_front_line_managers_open_below():
    assert shown(leaders(a_company([9], [16] * 10, [20] * 100))) == 11
    assert shown(leaders(a_company([9], [16] * 40, [20] * 100))) == SHOWN
    assert shown(leaders(a_company([], [], [20] * 30))) == SHOWN
    assert shown(leaders(a_company([9], [16], [20] * 3))) == 5


SOME = st.lists(st.integers(0, 20), max_size=40)


@given(SOME, SOME, SOME)
def test_in_aggregates_no_few_leaders_are_told(executives, second, first):
    found = leaders(a_company(executives, second, first, aggregate_only=True))
    drawn = levels(found, 10)
    assert all(part.count == 0 or part.count >= 10 for one in drawn for part in one.parts)
    # What is left of all leaders without the levels that are drawn.
    for at, state in enumerate(STATES):
        rest = sum(one.state == state for one in found) - sum(one.parts[at].count for one in drawn)
        assert rest == 0 or rest >= 10 or not drawn
    for count, of, _ in present(found, 10):
        assert all(one == 0 or one >= 10 for one in (count, of - count))


def test_the_page_draws_the_levels_before_it_lists_anybody(sample_report):
    page = (sample_report.folder / "report.html").read_text("utf-8")
    section = page[page.index('id="leaders"') :]
    section = section[: section.index("</section>")]
    assert section.index("On how many of their days") < section.index("<table>")
    for label in re.findall(r'aria-label="((?:Executives|Managers|Front)[^"]*)"', section):
        assert re.search(r": .*\d", label)
