from __future__ import annotations

from datetime import date, timedelta

import pytest

from service.evidence.reduce import reduce_rows
from tests.evidence.builders import a_meeting, a_rule_set, a_user, tables, user_id

AS_OF = date(2021, 4, 16)  # a Friday


def an_absence(first, last, **over):
    """An all-day event shown as out of office."""
    return a_meeting(
        at=f"{first} 00:00:00", EndDateTime=f"{last} 00:00:00", IsAllDayEvent="1",
        ShowAs="OutOfOffice", CreatedDate="2021-01-01 00:00:00",
    ) | over  # fmt: skip


def out_of_office(begins, ends, **over):
    """A timed event shown as out of office."""
    return an_absence("", "", StartDateTime=begins, EndDateTime=ends, IsAllDayEvent="0") | over


def reading(folder, *events, zone="UTC", **rules):
    users = [a_user(1, TimeZoneSidKey=zone), a_user(2), a_user(3)]
    some = tables(folder, User=users, Event=[*events, a_meeting(3, EndDateTime="")])
    with reduce_rows(
        some, a_rule_set(**rules), AS_OF, work_dir=folder, memory_limit_mb=200
    ) as reduced:
        away = {person.user_id: person.away_on for person in reduced.persons()}
        assert {one.person.user_id: one.person.away_on for one in reduced.people()} == away
        return away, [gap.why for gap in reduced.gaps]


def away_of(folder, *events, **options):
    return reading(folder, *events, **options)[0][user_id(1)]


def days(first, last):
    return frozenset(first + timedelta(days=at) for at in range((last - first).days + 1))


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/Los_Angeles"])
def test_an_all_day_absence_takes_its_days_as_they_stand_in_every_zone(tmp_path, zone):
    week = an_absence("2021-04-05", "2021-04-09")
    assert away_of(tmp_path, week, zone=zone) == days(date(2021, 4, 5), date(2021, 4, 9))


def test_an_absence_of_one_day_ends_on_the_day_it_begins(tmp_path):
    assert away_of(tmp_path, an_absence("2021-04-05", "2021-04-05")) == {date(2021, 4, 5)}


def test_absences_may_overlap_and_belong_to_their_owner_alone(tmp_path):
    away, _ = reading(
        tmp_path,
        an_absence("2021-04-05", "2021-04-07"),
        an_absence("2021-04-06", "2021-04-09"),
        an_absence("2021-04-01", "2021-04-01", OwnerId=user_id(2)),
    )
    assert away == {
        user_id(1): days(date(2021, 4, 5), date(2021, 4, 9)),
        user_id(2): {date(2021, 4, 1)},
        user_id(3): frozenset(),
    }


def test_a_long_absence_that_began_before_the_evidence_and_is_not_over_counts(tmp_path):
    for end in ("2021-12-31", "9999-12-31"):
        away = away_of(tmp_path, an_absence("2019-01-01", end))
        assert max(away) == AS_OF
        assert away == days(min(away), AS_OF)
        assert len(away) > 100


@pytest.mark.parametrize(
    ("begins", "ends", "taken"),
    [
        ("2021-04-06 09:00:00", "2021-04-06 17:00:00", {6}),
        ("2021-04-06 11:00:00", "2021-04-06 23:00:00", {6}),  # six hours of nine to five
        ("2021-04-06 11:01:00", "2021-04-06 23:00:00", set()),
        ("2021-04-06 13:00:00", "2021-04-06 14:00:00", set()),  # the dentist
        ("2021-04-06 17:00:00", "2021-04-07 09:00:00", set()),  # the night
        ("2021-04-06 13:00:00", "2021-04-09 12:00:00", {7, 8}),  # from noon to noon
        ("2021-04-06 17:00:00", "2021-04-06 09:00:00", set()),  # ends before it begins
    ],
)
def test_a_timed_absence_takes_the_days_that_it_covers(tmp_path, begins, ends, taken):
    away = away_of(tmp_path, out_of_office(begins, ends))
    assert away == {date(2021, 4, day) for day in taken}


@pytest.mark.parametrize(
    ("zone", "begins", "ends", "on"),
    [
        ("America/Los_Angeles", "2021-04-06 16:00:00", "2021-04-07 00:00:00", date(2021, 4, 6)),
        ("Pacific/Auckland", "2021-04-05 21:00:00", "2021-04-06 05:00:00", date(2021, 4, 6)),
        # The clocks of Berlin went forward on 28 March: nine is 08:00 UTC before, 07:00 after.
        ("Europe/Berlin", "2021-03-26 08:00:00", "2021-03-26 14:00:00", date(2021, 3, 26)),
        ("Europe/Berlin", "2021-03-29 07:00:00", "2021-03-29 13:00:00", date(2021, 3, 29)),
    ],
)
def test_a_timed_absence_is_read_by_the_clock_on_the_owners_wall(tmp_path, zone, begins, ends, on):
    assert away_of(tmp_path, out_of_office(begins, ends), zone=zone) == {on}


@pytest.mark.parametrize("shown_as", ["Busy", "Free"])
def test_an_all_day_event_that_is_no_absence_takes_no_day_and_is_named(tmp_path, shown_as):
    away, gaps = reading(tmp_path, an_absence("2021-04-05", "2021-04-09", ShowAs=shown_as))
    assert away[user_id(1)] == frozenset()
    assert (
        "All-day events that are not shown as out of office: 1, of 1 users. Their days are working "
        "days; whoever was away has to show it, or be in the absence file."
    ) in gaps


def test_the_row_of_a_recurring_series_takes_no_day(tmp_path):
    series = an_absence("2021-01-01", "2021-04-16", IsRecurrence="1")
    assert away_of(tmp_path, series, an_absence("2021-04-05", "2021-04-05")) == {date(2021, 4, 5)}


@pytest.mark.parametrize("column", ["ShowAs", "EndDateTime"])
def test_a_calendar_that_cannot_show_leave_is_a_named_gap(tmp_path, column):
    events = [a_meeting(1, EndDateTime="2021-04-15 11:00:00") | {column: ""}]
    some = tables(tmp_path, Event=events)
    with reduce_rows(some, a_rule_set(), AS_OF, work_dir=tmp_path, memory_limit_mb=200) as reduced:
        assert [gap.column for gap in reduced.gaps if "Leave is not seen" in gap.why] == [column]


def test_without_events_leave_is_a_named_gap(tmp_path):
    with reduce_rows(
        tables(tmp_path), a_rule_set(), AS_OF, work_dir=tmp_path, memory_limit_mb=200
    ) as reduced:
        assert [gap.column for gap in reduced.gaps if "Leave is not seen" in gap.why] == ["OwnerId"]
