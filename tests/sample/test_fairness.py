"""Twins in the sample: what is fair is seen from the zip to the score."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from datetime import date

import pytest

from service.facts.teams import hierarchy
from service.report.exceptions_table import exceptions_csv
from service.report.page import render
from service.report.questions import asked
from service.sample import write_sample
from service.sample.habits import asked_of
from tests.sample.facts import facts_of

SEEDS = [1, 2, 3]
DAYS = [date(2026, 11, 20), date(2026, 1, 5), date(2026, 7, 8)]


@pytest.fixture(scope="module", params=list(zip(SEEDS, DAYS, strict=True)), ids=str)
def world(request, tmp_path_factory):
    """(the sample, the report's facts under the files that are written beside it)"""
    seed, as_of = request.param
    folder = tmp_path_factory.mktemp("fair")
    sample = write_sample(folder / "s.zip", people=40, weeks=20, as_of=as_of, seed=seed)
    return sample, facts_of(sample, folder / "work", with_files=True)


def score_of(world, habit):
    sample, facts = world
    (person,) = sample.with_habit(habit)
    (member,) = [one for one in facts.members if one.user.user_id == person.user_id]
    return member.score


def test_sixty_percent_of_the_work_at_sixty_percent_scores_like_a_full_timer(world):
    full, part = score_of(world, "full_time_twin"), score_of(world, "part_time_twin")
    assert full.value is not None
    assert abs(full.value - part.value) <= full.value.__class__("0.1")
    done = {
        one.measure: (one.done, two.done)
        for one, two in zip(full.measures, part.measures, strict=True)
    }
    assert done["calls"][1] == done["calls"][0] * 6 / 10


def test_whose_leave_is_known_is_asked_nothing(world):
    sample, facts = world
    asked = {one.user.user_id for one in facts.members if one.question is not None}
    habits = {one.habit for one in sample.people if one.user_id in asked}
    assert habits <= {"never", "inactive_manager"}


def test_whose_role_is_in_the_file_is_scored(world):
    assert score_of(world, "roleless").role is not None


def test_no_exception_rests_on_a_day_away(world):
    """Every window asks for exactly the days on which the person was truly there.

    Of windows that began before the sample the truth does not say it.
    """
    sample, facts = world
    rows = list(csv.DictReader(io.StringIO(exceptions_csv(facts).decode("utf-8-sig"))))
    kinds = {one.user_id: one.kind for one in sample.people}
    full_time = {one.user_id for one in sample.people if one.fte is None}
    checked = Counter()
    for row in [one for one in rows if one["user_id"] in full_time]:
        available = sample.truth[row["user_id"]].available
        for window in ("first", "second", "latest"):
            days = [row[f"{window}_{end}"] for end in ("from", "to")]
            if not all(days) or date.fromisoformat(days[0]) < sample.first_day:
                continue
            first, last = ((date.fromisoformat(day) - sample.first_day).days for day in days)
            asked_of_days = int(row[f"{window}_working_days"]) - int(row[f"{window}_days_off"])
            assert asked_of_days == sum(available[first : last + 1])
            asked = asked_of(kinds[row["user_id"]])[row["measure"]]
            weekly = asked * 3 / 13 if row["measure"] == "pipeline_created" else asked
            assert float(row[f"{window}_minimum"]) == pytest.approx(
                weekly * asked_of_days / 5, abs=0.005
            )
            checked[row["measure"]] += 1
    assert checked.total() > 10


def test_whoever_does_enough_when_there_has_no_exception_for_leave(world):
    sample, facts = world
    flagged = {
        (one.user.user_id, each.measure)
        for one in facts.members
        for each in (one.standing.exceptions if one.standing else ())
    }
    lines = json.loads(sample.path.with_name("truth.json").read_text())["people"]
    rested = [
        one for one in lines if one["habit"] in ("vacationer", "on_file", "away")
        and all(minimum["meets"] for minimum in one["minimums"].values())
    ]  # fmt: skip
    assert [
        (one["name"], name)
        for one in rested
        for name in one["minimums"]
        if (one["user_id"], name) in flagged
    ] == []


def test_the_inactive_manager_stands_first_among_exceptions(world):
    sample, facts = world
    (unused,) = sample.with_habit("inactive_manager")
    page = render(facts, hierarchy(facts))
    section = page[page.index('<section class="card" id="exceptions"') :]
    section = section[: section.index("</section>")]
    first = section.index(unused.name)
    reps = [one for one in sample.people if one.manager_id == unused.user_id and not one.left_on]
    assert all(first < section.index(rep.name) for rep in reps if rep.name in section)


def test_the_inactive_manager_is_named_before_their_reps(world):
    """Among those who are asked about weeks without a trace, and on the page as a whole."""
    sample, facts = world
    (unused,) = sample.with_habit("inactive_manager")
    reps = [one for one in sample.people if one.manager_id == unused.user_id and not one.left_on]
    in_order = [one.user.user_id for one in asked(facts)]
    assert in_order.index(unused.user_id) < min(
        (in_order.index(rep.user_id) for rep in reps if rep.user_id in in_order), default=1000
    )
    page = render(facts, hierarchy(facts))
    assert reps
    assert all(page.index(unused.name) < page.index(rep.name) for rep in reps if rep.name in page)
