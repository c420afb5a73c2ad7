"""The harness of `make chaos`, in short: it finds nothing in the product, and a planted bug in it."""

from __future__ import annotations

import pytest

from chaos import plan
from chaos.__main__ import verdict
from chaos.plan import HORSE, Kill, Plan
from chaos.planted import BUGS
from chaos.run import Outcome, run
from tests.jobs.conftest import org_template  # noqa: F401 - the same org

pytestmark = [
    pytest.mark.faults,
    pytest.mark.sf,
    pytest.mark.xdist_group("chaos"),
    pytest.mark.timeout(240),
]


def play(template, folder, bug, *kills):
    """A run of looks alone, in one world, with nothing else going wrong."""
    asked = Plan(kills, seed=1, faults=(plan.NOTHING,), runs=("look",))
    outcome = Outcome(asked, bug)
    run(template, folder / "chaos", outcome, 1, lambda _: None)
    return outcome


def test_killed_looks_lose_and_double_nothing(org_template, tmp_path):  # noqa: F811
    when = (True, True, False, True, True, True)
    outcome = play(org_template, tmp_path, "", *(Kill(HORSE, one) for one in when))
    assert outcome.plan.least_open == 2  # with fewer in an open announcement `problems` says so
    assert (outcome.problems, outcome.kills) == ([], 6)
    assert verdict([outcome], are_planted=False) == 0


def test_a_post_before_its_claim_is_caught(org_template, tmp_path):  # noqa: F811
    outcome = play(org_template, tmp_path, "post-first", *[Kill(HORSE, True)] * 12)
    assert outcome.wrong("double")
    assert verdict([outcome], are_planted=False) == 1
    assert verdict([outcome], are_planted=True) == 0


def test_a_bug_that_is_not_seen_is_reported_as_missed():
    assert verdict([Outcome(plan.draw(10, 1), "upsert")], are_planted=True) == 1


def test_the_shares_of_the_kills_are_exact_and_the_seed_draws_them_again():
    drawn = plan.draw(200, 7)
    assert sum(one.victim == plan.BOTH for one in drawn.kills) == 20
    assert drawn.least_open == 60
    assert sum(one.waits_for_open for one in drawn.kills) == 90
    assert drawn == plan.draw(200, 7) != plan.draw(200, 8)


def test_four_bugs_are_known():
    assert set(BUGS) == {"upsert", "post-first", "no-overlap", "duplicate-is-sent"}
