"""An exception that is known already: taken up where it stood, with what people did."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

from hypothesis import assume, given
from hypothesis import strategies as st

from service.scoring.exception_replay import replay
from service.scoring.exception_state import Event, ExceptionState
from service.scoring.exception_told import Told
from service.scoring.rule_set import ExceptionRules
from tests.scoring.test_standing import of_measure, slack, standing

RULES = ExceptionRules()
ASKING = SimpleNamespace(weeks=4, rules=SimpleNamespace(exceptions=RULES))
SUNDAY = date(2026, 3, 1)
FLAGS = st.lists(st.sampled_from([True, True, False, None]), max_size=30)
#: Five flags running: the last of them opens it.
OPENING = [True] * 5
MIA = "005MIA"


def week(number):
    return SUNDAY + timedelta(weeks=number)


def ends(flags):
    return [week(at) for at in range(len(flags))]


def opened(at=4, **changes):
    return replace(ExceptionState("open", week(at - 4), week(at), opened_on=week(at)), **changes)


def acts(*kinds, first=5):
    how = {"seen": None, "acted": "Coached", "excused": "Ill."}
    return tuple(Event(week(first + at), kind, MIA, how[kind]) for at, kind in enumerate(kinds))


def state_of(told):
    return told.after_acts(told.begun, None, 28, RULES).state


@given(FLAGS, st.integers(5, 35))
def test_taken_up_at_any_check_it_ends_as_if_looked_at_from_the_start(more, at):
    flags = OPENING + more
    whole, _ = replay(flags, ends(flags), ASKING)
    before, _ = replay(flags[:at], ends(flags)[:at], ASKING)
    assume(before is not None and before.opened_on is not None)
    again, _ = replay(flags, ends(flags), ASKING, Told(before))
    assert again == whole


@given(FLAGS, st.lists(st.sampled_from(["seen", "acted", "excused"]), max_size=4))
def test_told_twice_changes_nothing(more, kinds):
    flags = OPENING + more
    told = Told(opened(), acts(*kinds))
    once, _ = replay(flags, ends(flags), ASKING, told)
    assume(once is not None and once.heads_up_on == told.state.heads_up_on)
    kept = replace(once, actions=())  # as an org has it
    twice, _ = replay(flags, ends(flags), ASKING, Told(kept, told.acts))
    assert twice == once


def test_what_people_did_is_kept_through_checks_that_still_flag():
    flags = [True] * 12
    for kinds, state in ((("seen",), "seen"), (("acted",), "acted"), (("seen", "acted"), "acted")):
        now, _ = replay(flags, ends(flags), ASKING, Told(opened(), acts(*kinds)))
        assert (now.state, now.flagged_on) == (state, week(11))


def test_an_act_on_what_is_over_moves_nothing():
    over = opened(state="cleared", cleared_on=week(5))
    assert state_of(Told(over, acts("excused", first=6))) == "cleared"


def test_an_act_before_it_came_back_is_not_about_its_return():
    back = opened(state="recurred", cleared_on=week(6), recurred_on=week(8), flagged_on=week(8))
    assert state_of(Told(back, acts("acted"))) == "recurred"
    assert state_of(Told(back, acts("acted", first=9))) == "acted"


def test_an_exception_older_than_the_quarter_still_stands_and_keeps_its_beginning():
    whole = of_measure(standing(slack(*range(1, 18))))
    began = whole.life.heads_up_on - timedelta(weeks=30)
    known = replace(whole.life, heads_up_on=began, opened_on=began + timedelta(weeks=4))
    found = of_measure(standing(slack(*range(1, 18)), told={"calls": Told(known)}))
    assert (found.state, found.life.heads_up_on, found.life.opened_on) == (
        "open",
        began,
        began + timedelta(weeks=4),
    )
    assert found.second.last == began + timedelta(weeks=4)
    assert found.false_exception is None


def test_weeks_without_a_verdict_leave_it_as_it_was():
    known = of_measure(standing(slack(*range(1, 18)))).life
    found = of_measure(standing([], told={"calls": Told(known)}))
    assert (found.state, found.life) == ("open", known)


def test_after_an_excuse_it_takes_two_windows_anew():
    """What was excused is half of nothing: the next flag is a heads-up, four weeks later it opens."""
    flags = [True] * 18
    told = Told(opened(), acts("excused", first=5))  # covers all windows that begin by week 5
    states = [replay(flags[:n], ends(flags)[:n], ASKING, told) for n in range(9, 19)]
    assert [now.state for now, _ in states] == ["excused"] + ["heads_up"] * 4 + ["open"] * 5
    now, pair = states[-1]
    assert (now.heads_up_on, now.opened_on, pair) == (week(9), week(13), (9, 13))
