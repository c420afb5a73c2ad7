"""The method page says every rule in force: whatever is set, it is in the words."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal

import pytest

from service.report.method import method
from service.report.page import number
from service.report.told_measures import counted
from service.rules_file import read_rules
from service.scoring.composition import Composition, Condition, DaysFromToday
from service.scoring.rule_set import BigDealRule, Measure, MinimumChange, RuleSet
from tests.report.test_small_cells import some_facts

#: Kept by the sections that they belong to, or no rule that a reader asks for.
ELSEWHERE = {"version", "big_deals", "components", "measures", "fault_texts"}


def said(rules: RuleSet) -> str:
    facts = replace(some_facts({}, aggregate_only=False), rules=rules, roles_known=False)
    found = method(facts)
    rows = [str(row) for row in (*found.scored, *found.beside)]
    return " ".join([*rows, *(f"{term} {text}" for term, text in found.rules)])


def numbered(value, numbers):
    """The same with a number of its own in every whole number or decimal of the shape."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return next(numbers)
    if isinstance(value, Decimal):
        return Decimal(next(numbers))
    if is_dataclass(value) and not isinstance(value, (Measure, BigDealRule)):
        changed = {one.name: numbered(getattr(value, one.name), numbers) for one in fields(value)}
        return replace(value, **changed)
    return value


def test_every_number_of_the_rules_is_said():
    numbers = iter(range(611, 999))
    rules = read_rules(None)
    rules = replace(rules, healthy=replace(rules.healthy, stage_age_days=1))
    kept = {one.name: getattr(rules, one.name) for one in fields(rules) if one.name in ELSEWHERE}
    text = said(replace(numbered(rules, numbers), **kept))
    used = [str(number) for number in range(611, next(numbers))]
    assert len(used) > 20
    # The share of the first week is said in per cent.
    missing = [number for number in used if number not in text.replace(",", "")]
    assert missing == []


def test_names_and_lists_of_the_rules_are_said():
    rules = replace(
        read_rules(None),
        role_when_unknown="rep",
        profile_roles={"Inside Sales": "rep"},
        excluded_usernames=("robot@x.example",),
        user_types=("Standard", "Partner"),
        region_fields=("State", "Country"),
    )
    text = said(rules)
    for one in ("Inside Sales", "robot@x.example", "Partner", "State, Country", "VP of Sales", "Open - Not Contacted"):  # fmt: skip
        assert one in text
    assert "the data have no roles, so everybody is measured as “rep”" in text


def test_the_page_says_since_when_the_minimums_are_agreed():
    assert "count as agreed from the beginning" in said(read_rules(None))
    text = said(replace(read_rules(None), agreed_on=date(2026, 11, 23)))
    assert "agreed on 2026-11-23: no window that begins before is judged" in text


def test_measures_of_every_kind_say_what_they_ask_and_when():
    count, share = (next(m for m in read_rules(None).measures if m.kind == kind) for kind in ("count", "share"))  # fmt: skip
    measures = (
        replace(count, segment_minimums={"rep": {"field": Decimal(8)}}, effective_from=date(2026, 1, 2)),
        replace(share, roles=()),
        replace(count, name="money", label="Pipeline", kind="money", weight=Decimal(0), component="",
                weekly_minimums={}, monthly_minimums={"rep": Decimal(100_000)}),
        replace(count, name="dirt", label="Dirt", kind="hygiene", weight=Decimal(0), component="",
                weekly_minimums={}, limits={"rep": Decimal(3)}, effective_to=date(2026, 9, 1)),
    )  # fmt: skip
    change = MinimumChange(count.name, "rep", Decimal(30), date(2026, 2, 1), date(2026, 3, 1), "more leads", "corporate")  # fmt: skip
    text = said(replace(read_rules(None), measures=measures, minimum_changes=(change,)))
    for one in (
        "rep of field customers 8", "a week", "from 2026-01-02", "nobody yet", "rep 100,000 a month",
        "rep 3 at most, out of order", "to 2026-09-01",
        f"{count.label}, rep of corporate customers: 30 from 2026-03-01, announced on 2026-02-01: more leads",
    ):  # fmt: skip
        assert one in text, one


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        (Condition("LastLoginDate", "datetime", "is_empty", (True,)), "LastLoginDate is empty"),
        (Condition("NextStep", "text", "is_empty", (False,)), "NextStep is filled in"),
        (Condition("CloseDate", "date", "at_most", (DaysFromToday(-1),)), "at most 1 day before today"),
        (Condition("CloseDate", "date", "at_most", (DaysFromToday(14),)), "at most 14 days after today"),
        (Condition("CloseDate", "date", "at_most", (DaysFromToday(0),)), "CloseDate at most today"),
    ],
)  # fmt: skip
def test_a_condition_is_told_in_words(condition, told):
    assert counted(Composition("Task", "OwnerId", (condition,), "")).endswith(told)


def test_a_measure_that_the_rules_make_up_says_what_it_counts():
    what = Composition(
        "Task", "OwnerId",
        (Condition("Status", "text", "in", ("Done", "Closed")), Condition("ActivityDate", "date", "at_least", (DaysFromToday(-7),))),
        "CreatedDate",
    )  # fmt: skip
    measure = replace(read_rules(None).measures[1], counts=what)
    assert (
        "Task by OwnerId on CreatedDate, where Status in Done or Closed and ActivityDate at least "
        "7 days before today"
    ) in said(replace(read_rules(None), measures=(measure,)))


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (Decimal("113897699.99"), "113,897,700"), (Decimal("-1234.56"), "-1,235"), (3344, "3,344"),
        (Decimal("999.99"), "999.99"), (Decimal("19.690"), "19.69"), (Decimal(1000), "1,000"),
        (None, "\N{EN DASH}"),
    ],
)  # fmt: skip
def test_a_converted_amount_has_no_cents(value, told):
    assert number(value) == told
