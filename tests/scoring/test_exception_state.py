"""The life of an exception and who sees it when."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.scoring.calendar import Calendar
from service.scoring.exception_state import Event, ExceptionState, ExceptionStateError, advance
from service.scoring.ladder import Ladder, day_after_working_days, ladder
from service.scoring.rule_set import ExceptionRules

RULES, PLAIN = ExceptionRules(), Calendar()
SUNDAY = date(2026, 3, 1)
ACTED = {"by": "005MIA", "how": "Talked about the territory."}


def week(number):
    return SUNDAY + timedelta(weeks=number)


def after(*events):
    """The state after (week, kind) or Event, one after the other."""
    now = None
    for event in events:
        if not isinstance(event, Event):
            event = Event(week(event[0]), event[1])  # noqa: PLW2901 - a shorthand
        now = advance(now, event, 28, RULES)
    return now


OPEN = ((0, "flagged"), (4, "confirmed"))


def test_the_first_flag_is_a_heads_up_and_no_exception():
    now = after((0, "flagged"))
    assert (now.state, now.heads_up_on, now.opened_on, now.stands) == ("heads_up", week(0), None, False)  # fmt: skip


def test_a_flag_of_an_overlapping_window_stays_a_heads_up():
    assert after((0, "flagged"), (1, "flagged"), (3, "flagged")).state == "heads_up"


def test_a_heads_up_that_is_not_confirmed_ends_by_itself():
    assert after((0, "flagged"), (3, "met")).state == "heads_up"
    assert after((0, "flagged"), (4, "met")) is None
    assert after((0, "flagged"), (2, "flagged"), (4, "met")).state == "heads_up"
    assert after((0, "flagged"), (2, "flagged"), (6, "met")) is None


def test_the_next_window_opens_it():
    now = after(*OPEN)
    assert (now.state, now.heads_up_on, now.opened_on, now.stands) == ("open", week(0), week(4), True)  # fmt: skip


def test_it_is_seen_and_acted_on_by_somebody_in_some_way():
    seen = after(*OPEN, Event(week(5), "seen"))
    assert (seen.state, seen.seen_on) == ("seen", week(5))
    acted = after(*OPEN, Event(week(5), "seen"), Event(week(6), "acted", **ACTED))
    assert (acted.state, acted.actions[0].by, acted.actions[0].on) == ("acted", "005MIA", week(6))
    again = advance(acted, Event(week(7), "seen"), 28, RULES)
    assert (again.state, again.seen_on) == ("acted", week(5))
    assert len(advance(acted, Event(week(7), "acted", **ACTED), 28, RULES).actions) == 2


def test_it_clears_at_the_first_check_that_is_met():
    now = after(*OPEN, (5, "flagged"), (6, "met"))
    assert (now.state, now.cleared_on, now.stands) == ("cleared", week(6), False)


def test_flagged_again_within_eight_weeks_it_has_recurred():
    cleared = (*OPEN, (5, "met"))
    now = after(*cleared, (13, "flagged"))
    assert (now.state, now.recurred_on, now.opened_on, now.stands) == ("recurred", week(13), week(4), True)  # fmt: skip
    assert after(*cleared, (14, "flagged")).state == "heads_up"
    assert after(*cleared, (13, "flagged"), (14, "met")).state == "cleared"


def test_an_excuse_has_a_reason_and_covers_the_windows_that_overlap_it():
    excuse = Event(week(5), "excused", by="005MIA", how="Parental leave that nobody recorded.")
    now = after(*OPEN, excuse)
    assert (now.state, now.excuse.how, now.stands) == ("excused", excuse.how, False)
    assert after(*OPEN, excuse, (8, "confirmed")).state == "excused"
    assert after(*OPEN, excuse, (9, "flagged")).state == "heads_up"


@pytest.mark.parametrize(
    ("events", "event", "why"),
    [
        ((), Event(week(1), "seen"), "there is none"),
        (((0, "flagged"),), Event(week(1), "acted", **ACTED), "it is heads_up"),
        ((*OPEN, (5, "met")), Event(week(6), "excused", how="x"), "it is cleared"),
        (OPEN, Event(week(5), "acted", by="005MIA"), "needs who did it, and how"),
        (OPEN, Event(week(5), "excused", by="005MIA"), "needs a reason"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(events, event, why):
    with pytest.raises(ExceptionStateError, match=why):
        after(*events, event)


CHECKS = st.lists(st.sampled_from(["flagged", "confirmed", "met", None]), max_size=30)


@given(CHECKS)
def test_nothing_opens_without_two_flags_four_weeks_apart(kinds):
    flags = [kind in ("flagged", "confirmed") for kind in kinds]
    honest = [
        ("confirmed" if at >= 4 and flags[at - 4] else "flagged") if flags[at] else kinds[at]
        for at in range(len(kinds))
    ]
    now, opened = None, []
    for at, kind in enumerate(honest):
        before = now
        now = now if kind is None else advance(now, Event(week(at), kind), 28, RULES)
        if now is not None and now.stands and not (before and before.stands):
            opened.append(at)
            recurred = before is not None and before.state == "cleared"
            assert recurred or (flags[at] and flags[at - 4])
    first = next((at for at in range(4, len(flags)) if flags[at] and flags[at - 4]), None)
    assert opened[:1] == ([] if first is None else [first])


# The ladder.

MIA = replace(ExceptionState("open", week(0), week(4), opened_on=week(4)))


def test_only_the_person_sees_a_heads_up():
    heads_up = ExceptionState("heads_up", week(0), week(0))
    assert ladder(heads_up, PLAIN, None, RULES) == Ladder(week(0), None, None)
    assert ladder(heads_up, PLAIN, None, RULES).sees(week(99)) == ("person",)


def test_the_manager_sees_it_after_two_working_days_and_executives_a_week_later():
    found = ladder(MIA, PLAIN, None, RULES)
    # It opens on a Sunday: Monday and Tuesday belong to the person alone.
    assert found == Ladder(week(0), week(4) + timedelta(days=3), week(4) + timedelta(days=10))
    assert found.sees(week(4) + timedelta(days=2)) == ("person",)
    assert found.sees(week(4) + timedelta(days=3)) == ("person", "manager")
    assert found.sees(week(4) + timedelta(days=10)) == ("person", "manager", "executives")


def test_holidays_of_the_person_do_not_use_up_their_days():
    monday = week(4) + timedelta(days=1)
    calendar = Calendar({"ES": frozenset({monday})})
    assert ladder(MIA, calendar, "ES", RULES).manager == monday + timedelta(days=3)


def test_days_away_do_not_use_up_the_days_of_the_person():
    away = frozenset(week(4) + timedelta(days=at) for at in (1, 3, 4, 5))
    assert ladder(MIA, PLAIN, None, RULES, away).manager == week(5) + timedelta(days=2)


def test_executives_see_it_once_the_manager_acted():
    acted_on = week(4) + timedelta(days=4)
    acted = replace(MIA, state="acted", actions=(Event(acted_on, "acted", **ACTED),))
    assert ladder(acted, PLAIN, None, RULES).executives == acted_on
    early = replace(MIA, state="acted", actions=(Event(week(4), "acted", **ACTED),))
    assert ladder(early, PLAIN, None, RULES).executives == week(4) + timedelta(days=3)
    late = replace(MIA, state="acted", actions=(Event(week(9), "acted", **ACTED),))
    assert ladder(late, PLAIN, None, RULES).executives == week(4) + timedelta(days=10)


def test_what_ended_before_a_step_never_reaches_it():
    cleared = replace(MIA, state="cleared", cleared_on=week(5))
    assert ladder(cleared, PLAIN, None, RULES).sees(week(9)) == ("person", "manager")
    excuse = Event(week(4) + timedelta(days=1), "excused", how="x")
    excused = replace(MIA, state="excused", excuse=excuse)
    assert ladder(excused, PLAIN, None, RULES).sees(week(9)) == ("person",)


def test_one_that_came_back_goes_to_the_manager_at_once():
    back = replace(MIA, state="recurred", cleared_on=week(5), recurred_on=week(7))
    assert ladder(back, PLAIN, None, RULES) == Ladder(week(0), week(7), week(8))


@pytest.mark.parametrize(("days", "expected"), [(0, 1), (1, 2), (5, 6), (6, 9)])
def test_working_days_are_those_of_the_calendar(days, expected):
    found = day_after_working_days(SUNDAY, days, PLAIN, None)
    assert found == SUNDAY + timedelta(days=expected)
