"""Minimums and exceptions of one person, from evidence to the sentence."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.scoring.evidence import Coverage, Evidence, PersonEvidence
from service.scoring.rule_set import MinimumChange
from service.scoring.standing import standing_of
from tests.scoring.builders import ANA, AS_OF, COMPLETE, PLAIN, a_person, default_rules, weekdays

LAST = AS_OF - timedelta(days=5)  # the Sunday before the Friday
DAYS = weekdays(100)  # twenty weeks
RULES = replace(
    default_rules(),
    measures=tuple(one for one in default_rules().measures if one.name != "pipeline_created"),
)


def daily(calls=5, meetings=2, days=DAYS, changed=None, footprints=None):
    """The same acts on every working day; `changed` maps days to other numbers of calls."""
    there = set(days if footprints is None else footprints)
    rows = [Evidence(ANA, "footprint_days", on, done=1, seen=3) for on in sorted(there)]
    for on in days:
        number = (changed or {}).get(on, calls)
        rows.append(Evidence(ANA, "calls", on, done=number, seen=number))
        rows.append(Evidence(ANA, "meetings", on, done=meetings, seen=meetings))
    return rows


def standing(
    rows, *, person=None, rules=RULES, coverage=COMPLETE, as_of=AS_OF, calendar=PLAIN, told=None
):
    found = PersonEvidence.of_rows(person or a_person(), rows)
    return standing_of(found, coverage, rules, as_of, calendar, told)


def weeks_of(number, per_day, weeks):
    """Other calls on the days of some weeks, counted back from the last whole one as 1."""
    return {
        on: per_day for on in DAYS for week in weeks
        if LAST - timedelta(weeks=week) < on <= LAST - timedelta(weeks=week - 1)
    } if number else {}  # fmt: skip


def slack(*weeks, per_day=3):
    return daily(changed=weeks_of(1, per_day, weeks))


def of_measure(found, name="calls"):
    return next((one for one in found.exceptions if one.measure == name), None)


def strip(found, name="calls"):
    return next(one for one in found.minimums if one.measure == name)


def test_whoever_keeps_the_minimum_has_neither_exception_nor_heads_up():
    found = standing(daily())
    assert (found.exceptions, found.away_question, found.why_not) == ((), None, None)
    assert [(one.measure, one.is_met) for one in found.minimums] == [
        ("footprint_days", True), ("calls", True), ("meetings", True),
    ]  # fmt: skip


def test_the_strip_shows_actual_and_pro_rated_minimum_with_the_days_off():
    away = frozenset(weekdays(3))
    found = strip(standing(daily(calls=4), person=a_person(away_on=away)))
    window = found.window
    assert (window.first, window.last) == (AS_OF - timedelta(days=27), AS_OF)
    assert (window.working_days, window.available_days, window.days_off) == (20, 17, 3)
    assert (window.actual, window.minimum) == (68, Decimal("85.00"))
    assert (found.in_force, found.per, found.is_met) == (25, "week", False)


def test_part_time_and_ramp_lower_the_minimum():
    half = strip(standing(daily(), person=a_person(fte=Decimal("0.5"))))
    assert half.window.minimum == 50
    new = strip(standing(daily(), person=a_person(started_on=weekdays(20)[0])))
    assert new.window.minimum == Decimal("34.38")  # 100 x 11/32, see the ramp of the score


def test_one_slack_window_is_a_heads_up_for_the_person_alone():
    found = of_measure(standing(slack(1, 2, 3, 4)))
    assert (found.state, found.second, found.is_open) == ("heads_up", None, False)
    assert (found.first.actual, found.first.minimum, found.first.last) == (
        80, 100, LAST - timedelta(weeks=2),
    )  # fmt: skip
    assert found.decided_on == LAST + timedelta(weeks=2)
    assert (found.ladder.manager, found.ladder.executives) == (None, None)
    assert standing(slack(1, 2, 3, 4)).opened == ()


def test_two_windows_that_do_not_overlap_open_an_exception():
    found = of_measure(standing(slack(*range(1, 9))))
    assert (found.state, found.is_open) == ("open", True)
    assert found.first.last + timedelta(days=1) == found.second.first
    assert found.first.actual <= 87
    assert found.second.actual <= 87
    assert found.decided_on == found.second.last
    # The person has the first working days alone.
    later = replace(standing(slack(*range(1, 9))), as_of=found.ladder.manager)
    assert (later.opened, later.is_private) == ((found,), False)
    before = replace(later, as_of=found.ladder.manager - timedelta(days=1))
    assert (before.opened, before.is_private) == ((), True)
    # Chances: 87 of 100 at most, with dispersion 20 and with pure luck; both windows multiply.
    assert (found.first.false_flag, found.first.false_flag_by_luck) == (
        Decimal("20.5"),
        Decimal("10.4"),
    )
    assert found.false_exception == Decimal("4.2")
    assert "What got in the way" in found.question


@pytest.mark.parametrize(
    ("done", "told"), [(0, "0 calls where"), (1, "1 of"), (2, "2 calls where")]
)
def test_one_act_is_told_in_words_that_fit_one(done, told):
    mondays = [on for on in DAYS if on.weekday() == 0 and (LAST - on).days // 7 % 4 == 0]
    rows = daily(changed=dict.fromkeys(DAYS, 0) | dict.fromkeys(mondays, done))
    found = of_measure(standing(rows))
    assert found.question.startswith(told), found.question


def test_slack_weeks_that_make_no_second_window_open_nothing():
    assert of_measure(standing(slack(1, 2, 3, 4, 5))).state == "heads_up"
    assert of_measure(standing(slack(9, 10))) is None


def test_a_heads_up_waits_for_whoever_went_on_leave_after_it():
    away = frozenset(on for on in DAYS if on > LAST - timedelta(weeks=5))
    found = of_measure(standing(slack(6, 7), person=a_person(away_on=away)))
    assert (found.state, found.second) == ("heads_up", None)
    # Two weeks at work are ten days; one week would be too few to judge.
    assert found.first.last == LAST - timedelta(weeks=3)
    assert found.first.available_days == 10


def test_an_exception_clears_when_a_check_is_met_and_is_shown_for_eight_weeks():
    rows = slack(*range(4, 13))
    cleared = of_measure(standing(rows))
    assert (cleared.state, cleared.is_open) == ("cleared", False)
    assert cleared.cleared_on is not None
    assert of_measure(standing(slack(*range(12, 20)))) is None


def test_an_exception_comes_back():
    back = of_measure(standing(slack(1, 2, *range(8, 14), per_day=1)))
    assert (back.state, back.is_open) == ("recurred", True)


def test_few_footprint_days_are_shown_and_never_an_exception():
    found = standing(daily(footprints=DAYS[::2]))
    assert strip(found, "footprint_days").is_met is False
    assert found.exceptions == ()


def test_nobody_is_judged_by_a_minimum_that_their_role_was_not_given():
    manager = standing(daily(calls=0), person=a_person(role="Sales Manager"))
    assert {one.measure for one in manager.minimums} == {"footprint_days", "meetings"}
    assert manager.exceptions == ()
    nobody = standing(daily(calls=0), person=a_person(role="Juggler"))
    assert (nobody.minimums, nobody.exceptions, nobody.why_not) == (
        (),
        (),
        "The role is not defined.",
    )


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"is_active": False}, "The user is not active."),
        ({"user_type": "Guest"}, "The rule set asks nothing of users of type Guest."),
        ({"fte": Decimal(0)}, "Working time is recorded as 0 %."),
    ],
)
def test_who_is_not_judged_at_all_is_told_why(changes, why):
    found = standing(daily(calls=0), person=a_person(**changes))
    assert (found.why_not, found.exceptions) == (why, ())


def test_ten_days_without_a_footprint_ask_and_are_never_an_exception():
    gone = DAYS[-12:]
    present = DAYS[:-12]
    rows = daily(days=present)
    found = standing(rows)
    assert found.away_question == (gone[0], gone[-1])
    assert found.exceptions == ()
    assert strip(found).window.days_unexplained == 12
    assert strip(found).window.minimum == 40
    assert strip(found).why_not == "8 days at work in 4 weeks are too few to judge."
    answered = standing(rows, person=a_person(away_on=frozenset(gone)))
    assert (answered.away_question, answered.exceptions) == (None, ())


def test_nine_days_without_a_footprint_are_not_listed_and_not_counted_either():
    found = standing(daily(days=DAYS[:-9]))
    assert (found.away_question, found.exceptions) == (None, ())
    assert strip(found).window.days_unexplained == 9


def test_whoever_was_there_and_did_too_little_is_not_asked_whether_they_were_away():
    found = standing(daily(calls=0, days=DAYS))
    assert found.away_question is None
    assert of_measure(found).state == "open"


def test_without_footprints_in_the_data_any_act_shows_that_somebody_was_there():
    coverage = Coverage({"footprint_days": "No dates."})
    rows = [row for row in daily(days=DAYS[:-12]) if row.measure != "footprint_days"]
    found = standing(rows, coverage=coverage)
    assert found.away_question == (DAYS[-12], DAYS[-1])
    assert found.exceptions == ()
    assert strip(found, "footprint_days").why_not == "No dates."


def test_windows_before_the_data_begin_are_not_judged():
    rows = [row for row in slack(*range(5, 13)) if row.on > LAST - timedelta(weeks=12)]
    assert of_measure(standing(rows)) is not None
    begins = {name: LAST - timedelta(weeks=5) for name in ("calls", "meetings", "footprint_days")}
    assert standing(rows, coverage=Coverage(since=begins)).exceptions == ()


def test_nobody_is_flagged_for_what_nobody_in_the_data_did():
    rows = [row for row in daily() if row.measure != "meetings"]
    assert of_measure(standing(rows), "meetings").state == "open"
    covered = Coverage(since={"calls": DAYS[0], "footprint_days": DAYS[0]})
    assert standing(rows, coverage=covered).exceptions == ()
    absent = Coverage({"meetings": "There are no events."})
    found = standing(rows, coverage=absent)
    assert (found.exceptions, strip(found, "meetings").why_not) == ((), "There are no events.")


def stricter(minimum, effective_on, announced_on):
    change = MinimumChange("calls", "rep", Decimal(minimum), announced_on, effective_on, "Growth.")
    return replace(RULES, minimum_changes=(change,))


def test_the_weeks_before_a_change_are_judged_by_the_old_minimum():
    change = LAST - timedelta(weeks=2)
    rules = stricter(50, change + timedelta(days=1), change - timedelta(days=30))
    found = of_measure(standing(daily(), rules=rules))
    assert found.state == "heads_up"  # two weeks of 50 are too few for a second window
    assert strip(standing(daily(), rules=rules)).in_force == 50
    late = stricter(50, change, LAST)
    assert standing(daily(), rules=late).exceptions == ()


@given(st.integers(0, 6))
def test_every_day_of_a_week_sees_the_same_exceptions(day):
    rows = slack(*range(1, 9))
    monday = standing(rows, as_of=LAST + timedelta(days=0))
    later = standing(rows, as_of=LAST + timedelta(days=day))
    assert later.exceptions == monday.exceptions
    assert later.checked_on == LAST


def recount(numbers, minimum=25):
    """State by the plainest means: sums over dates, the formula in floats, three checks in a row."""
    flags = []
    for back in reversed(range(13)):
        last = LAST - timedelta(weeks=back)
        total = sum(numbers.get(last - timedelta(days=day), 0) for day in range(28))
        flags.append(total + 1.28 * sqrt(total) + 0.5 < 4 * minimum)
    opened = [at for at in range(4, 13) if flags[at] and flags[at - 2] and flags[at - 4]]
    if not opened:
        return "heads_up" if any(flags[-4:]) else None
    state, cleared = "open", None
    for at in range(opened[0] + 1, 13):
        if flags[at] and state == "cleared" and at - cleared <= 8:
            state = "recurred"
        elif not flags[at] and state != "cleared":
            state, cleared = "cleared", at
    return state


@given(st.lists(st.integers(0, 6), min_size=20, max_size=20), st.integers(0, 10**9))
def test_the_states_equal_an_independent_recount(weekly, salt):
    chance = salt
    changed = {}
    for at, on in enumerate(DAYS):
        chance = (chance * 1_103_515_245 + 12_345) % 2**31
        changed[on] = max(0, weekly[at // 5] + chance // 2**16 % 5 - 2)
    found = of_measure(standing(daily(changed=changed)))
    expected = recount(changed)
    if found is None or found.state == "heads_up":
        assert (None if found is None else found.state) == expected
    else:
        assert found.state == expected


@given(
    st.frozensets(st.sampled_from(DAYS), max_size=70), st.sampled_from(["1", "0.8", "0.6", "0.5"])
)
def test_days_away_never_flag_whoever_does_their_share_on_the_others(away, fte):
    """Six calls a day at full time, of five: on any days, at any working time."""
    share = Fraction(fte)
    rows = []
    for at, on in enumerate(day for day in DAYS if day not in away):
        calls = int(6 * share * (at + 1)) - int(6 * share * at)
        meetings = int(3 * share * (at + 1)) - int(3 * share * at)
        rows += daily(calls, meetings, days=[on])
    person = a_person(away_on=away, fte=Decimal(fte))
    assert standing(rows, person=person).exceptions == ()


@given(st.frozensets(st.sampled_from(DAYS), max_size=70))
def test_acts_on_days_away_count_for_nothing(away):
    rows = daily(calls=3)
    person = a_person(away_on=away)
    there = [row for row in rows if row.on not in away]
    assert standing(rows, person=person) == standing(there, person=person)


@given(st.integers(0, 99), st.integers(1, 9), st.sampled_from(["calls", "meetings"]))
def test_one_more_act_never_opens_an_exception(at, more, measure):
    rows = slack(*range(1, 9))
    before = standing(rows)
    after = standing([*rows, Evidence(ANA, measure, DAYS[at], done=more, seen=more)])
    assert {one.measure for one in after.opened} <= {one.measure for one in before.opened}


def test_another_persons_acts_change_nothing():
    rows = slack(*range(1, 9))
    others = [replace(row, user_id="005000000000009AAA", done=row.done + 9) for row in rows]
    assert standing([*others, *rows]) == standing(rows)


def test_the_as_of_day_may_be_a_sunday_itself():
    rows = slack(*range(1, 9))
    assert standing(rows, as_of=LAST).checked_on == LAST
    assert date.weekday(LAST) == 6


def test_whoever_is_away_when_it_opens_has_their_two_days_when_they_are_back():
    rows = slack(*range(1, 18))
    there = of_measure(standing(rows))
    monday = LAST + timedelta(days=1)
    leave = frozenset(monday + timedelta(days=at) for at in range(5))
    opened = next(at for at in range(20) if there.life.opened_on == LAST - timedelta(weeks=at))
    leave = frozenset(on - timedelta(weeks=opened) for on in leave)
    found = of_measure(standing(rows, person=a_person(away_on=leave)))
    assert found.life.opened_on == there.life.opened_on
    assert found.ladder.manager == there.ladder.manager + timedelta(weeks=1)
