"""A person's segment is that of most of their customers, whatever their deals are worth."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from service.evidence.reduce import reduce_rows
from tests.evidence.builders import a_rule_set, an_opportunity, tables, user_id


def an_account(number, owner, employees):
    return {
        "Id": f"001000000{number:06d}AAA", "Name": f"Account {number}", "OwnerId": user_id(owner),
        "NumberOfEmployees": "" if employees is None else str(employees),
        "CreatedDate": "2019-01-01 00:00:00",
    }  # fmt: skip


def segments(tmp_path, *accounts, rules=None, **more):
    read = tables(tmp_path, Account=accounts, **more)
    rules = rules or a_rule_set()
    with reduce_rows(
        read, rules, date(2021, 4, 15), work_dir=tmp_path, memory_limit_mb=200
    ) as reduced:
        found = [person.person.segment for person in reduced.people()]
        assert [person.segment for person in reduced.persons()] == found
        return found, [gap for gap in reduced.gaps if gap.column == "NumberOfEmployees"]


def test_most_of_the_accounts_of_known_size_decide(tmp_path):
    accounts = [
        an_account(1, 1, 999), an_account(2, 1, 5), an_account(3, 1, 50_000),
        an_account(4, 2, 1000), an_account(5, 2, None), an_account(6, 2, None),
    ]  # fmt: skip
    assert segments(tmp_path, *accounts)[0] == ["corporate", "field", None]


def test_as_many_of_one_as_of_the_other_decide_nothing(tmp_path):
    accounts = [an_account(1, 1, 999), an_account(2, 1, 1000)]
    assert segments(tmp_path, *accounts)[0] == [None, None, None]


def test_the_size_of_a_deal_plays_no_part(tmp_path):
    huge = an_opportunity(1, owner=1, Amount="90000000.00", AccountId="001000000000001AAA")
    found, _ = segments(tmp_path, an_account(1, 1, 20), Opportunity=[huge])
    assert found[0] == "corporate"


def test_the_number_of_employees_comes_from_the_rule_set(tmp_path):
    rules = a_rule_set(corporate_below=21)
    accounts = [an_account(1, 1, 20), an_account(2, 2, 21)]
    assert segments(tmp_path, *accounts, rules=rules)[0] == ["corporate", "field", None]


@pytest.mark.parametrize("by_segment", [False, True])
def test_where_minimums_differ_by_segment_an_unknown_size_is_a_gap(tmp_path, by_segment):
    rules = a_rule_set()
    first, *others = rules.measures
    if by_segment:
        first = replace(first, segment_minimums={"rep": {"field": Decimal(3)}})
    rules = replace(rules, measures=(first, *others))
    found, gaps = segments(tmp_path, an_account(1, 1, None), rules=rules)
    assert (found[0], bool(gaps)) == (None, by_segment)
