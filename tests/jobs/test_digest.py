"""What a digest says and when it comes, without an org."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.digests.changes import changes, in_words, moved, standing
from jobs.digests.letter import LONGEST_VALUE, letter_for, value
from jobs.digests.people import Company, Someone, why_not_now
from jobs.digests.results import OpenedException, OwnScore, Results, WeekScore
from service.calendars import calendar_for
from service.scoring.evidence import Person

TODAY = date(2026, 3, 30)  # a Monday
BOSS = "005000000000000BOS"
WEEK = "2026-W14"
UNSEEN = (
    "1 exception that nobody has marked as seen stands for more than a week, the oldest since "
    "22 March."
)


def someone(name, manager=None, role="rep", zone="America/New_York", country="US", leads=None):
    person = Person(name, f"Name of {name}", zone, manager_id=manager, country=country)
    return Someone(person, f"{name}@x.example", role, leads)


def company(*people, **changes):
    by_id = {one.person.user_id: one for one in people}
    made = Company(
        by_id, {"rep": "lead", "lead": "top", "top": None}, frozenset(by_id), (),
        calendar_for((one.person for one in people), TODAY), aggregate_only=False,
    )  # fmt: skip
    return replace(made, **changes)


LEADER = someone(BOSS, role="lead", leads="manager")


def opened(user_id, state="open", on=TODAY - timedelta(days=3), label="Calls", **more):
    days = {"cleared_on": None, "recurred_on": None, "executives_from": None, **more}
    return OpenedException(
        user_id, label, state, on, fact="61 calls where 100 were asked", question="Why?", **days
    )


def results(*exceptions, before=None, after=None, owners=None, people="abcdefg"):
    scores = {
        one: OwnScore((owners or {}).get(one, one), Decimal(60), "Building") for one in people
    }
    return Results(scores, before or {}, after or {}, exceptions)


def week(score, band=6, version="1"):
    return WeekScore(Decimal(score), Decimal(band), version)


def text_of(leader, found, *people, today=TODAY, **changes):
    return letter_for(leader, company(leader, *people, **changes), found, today).text


def away(first, last):
    """By the clock on their wall, so without a zone."""
    return tuple(datetime.combine(TODAY, time(hour)) for hour in (first, last))


# When it comes


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "country", "now", "is_due"),
    [
        ("America/New_York", "US", "2026-03-30T09:59", False),
        ("America/New_York", "US", "2026-03-30T10:00", True),
        ("Asia/Tokyo", "JP", "2026-03-29T21:00", True),  # Monday there
        ("Asia/Tokyo", "JP", "2026-03-29T14:00", False),
        ("Europe/Berlin", "DE", "2026-04-06T08:00", False),  # Easter Monday
        ("Europe/Berlin", "DE", "2026-04-07T08:00", True),
        ("Asia/Riyadh", "SA", "2026-03-29T08:00", True),  # Sunday is a working day there
        ("Europe/Berlin", "DE", "2026-03-29T08:00", False),
        ("Nowhere/Else", None, "2026-03-30T06:00", True),
    ],
)
def test_it_comes_on_a_working_morning_of_whoever_gets_it(zone, country, now, is_due):
    one = someone(BOSS, zone=zone, country=country, leads="manager")
    assert (why_not_now(one, company(one), at(now)) is None) == is_due


def test_four_looks_a_day_reach_everybody_between_six_and_noon():
    zones = (
        "Pacific/Kiritimati",
        "Asia/Kathmandu",
        "Europe/London",
        "America/St_Johns",
        "Pacific/Pago_Pago",
    )
    for zone in zones:
        one = someone(BOSS, zone=zone, country=None, leads="manager")
        looks = [at("2026-03-29T00:00") + timedelta(hours=6 * n) for n in range(12)]
        first = next(now for now in looks if why_not_now(one, company(one), now) is None)
        local = first.astimezone(one.zone)
        assert (local.date(), 6 <= local.hour < 12) == (TODAY, True)


def test_once_a_week_and_not_on_a_day_out_of_office():
    one = replace(LEADER, away=(away(9, 15),))
    now = at("2026-03-30T14:00")
    assert "out of office" in why_not_now(one, company(one), now)
    short = replace(LEADER, away=(away(9, 14),))
    assert why_not_now(short, company(short), now) is None
    sent = frozenset({f"{BOSS}:{WEEK}"})
    assert "is out" in why_not_now(short, company(short, sent=sent), now)
    assert why_not_now(short, company(short, sent=sent), at("2026-04-06T14:00")) is None


# What changed


def test_the_most_urgent_three_changes_come_first():
    found = results(
        opened("a", "recurred", TODAY - timedelta(days=60), recurred_on=TODAY),
        opened("b"),
        opened("c", label="Meetings"),
        opened("d", on=TODAY - timedelta(days=8)),
        opened("e", "cleared", TODAY - timedelta(days=30), cleared_on=TODAY),
        before={"f": week(60)},
        after={"f": week(40)},
    )
    assert changes("abcdef", found, TODAY) == [
        "1 exception came back after clearing: Calls 1.",
        "2 exceptions opened in the last 7 days: Calls 1, Meetings 1.",
        "1 of your people scores lower than four weeks ago, by more than chance explains.",
    ]
    assert changes("de", found, TODAY) == [
        UNSEEN,
        "1 exception cleared in the last 7 days: Calls 1.",
    ]
    assert changes("", found, TODAY) == []


@given(st.integers(0, 100), st.integers(0, 100), st.integers(1, 20), st.integers(1, 20))
def test_a_score_moved_only_beyond_the_bands_of_both_windows(before, after, one, two):
    found = results(before={"a": week(before, one)}, after={"a": week(after, two)})
    is_moved = abs(after - before) > math.sqrt(one**2 + two**2)
    assert moved("a", found) == (after - before if is_moved else None)


def test_another_rule_set_is_not_compared():
    found = results(before={"a": week(40)}, after={"a": week(90, version="2")})
    assert moved("a", found) is None


def test_a_middle_score_needs_five():
    assert "middle" not in standing("abcd", results())
    assert [in_words("Needs help", count) for count in (1, 37)] == ["needs help", "need help"]
    assert standing("abcde", results()) == "5 building. Their middle score is 60."


# Who is named


def test_at_most_three_people_and_each_once_direct_reports_only():
    reps = [someone(one, BOSS) for one in "abcde"]
    twice = [opened(one, label=label) for one in "abcde" for label in ("Calls", "Meetings")]
    text = text_of(LEADER, results(*twice), *reps)
    part = text.partition("PEOPLE TO SPEAK WITH")[2]
    assert part.count("- Name of") == 3
    assert part.count("Ask: Why?") == 3


def test_an_executive_is_told_of_others_people_only_from_the_day_that_the_ladder_says():
    boss = someone("mid", BOSS, role="lead", leads="manager")
    top = someone(BOSS, role="top", leads="executive")
    rep = someone("a", "mid")
    for days, is_named in ((1, False), (0, True)):
        day = TODAY + timedelta(days=days)
        found = results(opened("a", executives_from=day), people=("a", "mid"))
        assert ("Name of a" in text_of(top, found, boss, rep)) == is_named
    unset = results(opened("a"), people=("a", "mid"))
    assert "Name of a" not in text_of(top, unset, boss, rep)
    assert "Name of a" in text_of(boss, unset, top, rep)


@pytest.mark.parametrize(
    "why",
    ["not their manager", "role beside", "no role", "cannot read scores", "owned by the service"],
)
def test_whoever_may_not_see_somebody_in_salesforce_hears_nothing_of_them(why):
    rep, leader, more, owners = someone("a", BOSS), LEADER, {}, {}
    if why == "not their manager":
        rep = someone("a", "another")
    elif why == "role beside":
        rep = someone("a", BOSS, role="lead")
    elif why == "no role":
        leader = replace(LEADER, role_id=None)
    elif why == "cannot read scores":
        more = {"readers": frozenset({"a"})}
    else:
        owners = {"a": "005INTEGRATION"}
    found = results(opened("a"), before={"a": week(20)}, after={"a": week(90)}, owners=owners)
    text = text_of(leader, found, rep, **more)
    assert "Name of a" not in text
    assert "opened in" not in text
    assert "higher" not in text
    assert "Nobody whose score you may see reports to you" in text


def test_circles_of_managers_and_roles_end():
    a, b = someone("a", "b", leads="manager"), someone("b", "a", leads="manager")
    ring = company(a, b, parents={"rep": "lead", "lead": "rep"})
    assert ring.people_of(a) == []


# What a value may look like


@settings(max_examples=50)
@given(st.text(max_size=120))
def test_no_value_breaks_out_of_its_line(text):
    said = value(text)
    assert len(said) <= LONGEST_VALUE
    assert not any(bad in said for bad in ("\n", "\r", "<", ">", "://", "@[", "#["))
    assert all(letter.isprintable() for letter in said)


def test_a_hostile_name_is_harmless_in_the_letter():
    name = "Eve\nSubject: x @[005000000000001] <img src=x> https://evil.example \u202etxt"
    rep = someone("a", BOSS)
    rep = replace(rep, person=replace(rep.person, name=name))
    text = text_of(LEADER, results(opened("a")), rep)
    assert "- Eve Subject: x @ [005000000000001] (img src=x) https: //evil.example txt:" in text
    assert "\u202e" not in text


# Only groups


def test_where_only_groups_may_be_written_it_says_the_companys_figures_alone():
    group = {
        "People__c": 40, "Scored__c": 31, "Median__c": Decimal("61.5"), "On_Track__c": 12,
        "Building__c": None, "Needs_Help__c": None,
    }  # fmt: skip
    rep = someone("a", BOSS)
    found = Results(company=group)
    text = text_of(LEADER, found, rep, aggregate_only=True)
    assert "31 of 40 people are scored, 12 on track; the middle score is 61.5." in text
    assert "YOU FIRST" not in text
    hidden = Results(company={**group, "Median__c": None})
    assert "No figures of the company yet." in text_of(LEADER, hidden, rep, aggregate_only=True)
