from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from service.scoring.big_deals import alert_key, judge
from service.scoring.rule_set import BigDealRule

AS_OF = date(2026, 3, 27)
RULE = BigDealRule("Big_Deal", Decimal(100_000), 30, "Sales Management", "1")


@dataclass(frozen=True)
class Deal:
    amount: Decimal
    closed_on: date


@pytest.mark.parametrize(
    ("amount", "days_ago", "verdict"),
    [
        ("100000.00", 0, "announce"),
        ("99999.99", 0, None),
        ("250000", 30, "announce"),
        ("250000", 31, "baseline"),
        ("250000", 900, "baseline"),
        ("99999.99", 31, None),
        ("250000", -1, None),
    ],
)
def test_verdicts(amount, days_ago, verdict):
    deal = Deal(Decimal(amount), AS_OF - timedelta(days=days_ago))
    assert judge(deal, RULE, AS_OF) == verdict


@pytest.mark.parametrize(
    ("days_ago", "verdict"), [(9, "announce"), (10, "announce"), (11, "baseline")]
)
def test_nothing_from_before_the_first_day_of_announcements_is_announced(days_ago, verdict):
    rule = replace(RULE, announce_from=AS_OF - timedelta(days=10))
    assert judge(Deal(Decimal(250_000), AS_OF - timedelta(days=days_ago)), rule, AS_OF) == verdict


def test_the_key_names_deal_rule_and_win_but_no_version():
    assert alert_key("006000000000001AAA", "Big_Deal", 1) == "006000000000001AAA:Big_Deal:1"
    assert alert_key("006000000000001AAA", "Big_Deal", 2) == "006000000000001AAA:Big_Deal:2"


def test_the_longest_key_fits_its_field():
    assert len(alert_key("0" * 18, "R" * 40, 999)) <= 120


def test_wins_are_counted_from_one():
    with pytest.raises(ValueError, match="starts at 1"):
        alert_key("006000000000001AAA", "Big_Deal", 0)
