"""Do exceptions come back less often after somebody acted: counts, intervals, and no more."""

from __future__ import annotations

import math
import random
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.scoring.recidivism import VERDICT_AT_LEAST, Arm, Ended, arms, verdict

AS_OF = date(2026, 3, 31)
LONG_AGO, LATELY = AS_OF - timedelta(weeks=8), AS_OF - timedelta(weeks=8, days=-1)
ENDED = st.builds(
    Ended,
    st.dates(date(2025, 6, 1), AS_OF),
    st.booleans(),
    st.frozensets(st.sampled_from(["Coached", "Mailed", "Nudged", "Praised"])),
)


@given(st.lists(ENDED, max_size=60))
def test_every_arm_counts_what_cleared_long_enough_ago(ended):
    found = arms(ended, AS_OF, 8)
    followed = [one for one in ended if one.cleared_on <= LONG_AGO]
    alone = [one for one in followed if not one.acts]
    assert found[0] == Arm(None, len(alone), sum(one.came_back for one in alone))
    cleared = Counter(kind for one in followed for kind in one.acts)
    back = Counter(kind for one in followed for kind in one.acts if one.came_back)
    assert found[1:] == [Arm(kind, cleared[kind], back[kind]) for kind in sorted(cleared)]


def test_what_cleared_lately_is_not_counted_even_if_it_came_back():
    ended = [Ended(LATELY, came_back=True, acts=frozenset({"Coached"}))]
    assert arms(ended, AS_OF, 8) == [Arm(None, 0, 0)]


@given(st.integers(1, 300), st.data())
def test_the_interval_is_wilsons(cases, data):
    back = data.draw(st.integers(0, cases))
    z, share = 1.959964, back / cases
    middle = (share + z * z / (2 * cases)) / (1 + z * z / cases)
    spread = z * math.sqrt(share * (1 - share) / cases + z * z / (4 * cases**2))
    low, high = middle - spread / (1 + z * z / cases), middle + spread / (1 + z * z / cases)
    found = Arm("Coached", cases, back).interval
    assert [float(one) for one in found] == pytest.approx([max(low, 0), min(high, 1)], abs=1e-12)
    assert 0 <= found[0] <= Arm("Coached", cases, back).share <= found[1] <= 1


def test_newcombes_own_example():
    """56 of 70 against 48 of 80: 0.2, from 0.0524 to 0.3339 (method 10 of the paper)."""
    assert Arm("Coached", 70, 56).percent[0] == Decimal("80.0")
    assert verdict(Arm("Coached", 70, 56), Arm(None, 80, 48)) == "more often"
    assert verdict(Arm("Coached", 70, 52), Arm(None, 80, 48)) == "no difference"


@pytest.mark.parametrize("few", [0, 1, VERDICT_AT_LEAST - 1])
def test_no_verdict_below_so_many_in_either_arm(few):
    many = Arm(None, 1000, 1000)
    assert verdict(Arm("Coached", few, 0), many) == "too few"
    assert verdict(Arm("Coached", 1000, 0), Arm(None, few, few)) == "too few"
    assert verdict(Arm("Coached", VERDICT_AT_LEAST, 0), many) == "less often"


@given(st.integers(58, 200), st.data())
def test_the_verdict_turns_with_the_arms(cases, data):
    one = Arm("a", cases, data.draw(st.integers(0, cases)))
    other = Arm(None, 80, data.draw(st.integers(0, 80)))
    turned = {
        "less often": "more often",
        "more often": "less often",
        "no difference": "no difference",
    }
    assert verdict(other, one) == turned[verdict(one, other)]


def test_where_acting_changes_nothing_few_verdicts_say_that_it_did():
    draw = random.Random(7)  # noqa: S311 - a simulation
    said = Counter(
        verdict(
            *(Arm(name, 80, sum(draw.random() < 0.4 for _ in range(80))) for name in ("a", None))
        )
        for _ in range(400)
    )
    assert said["no difference"] >= 400 * 0.92
