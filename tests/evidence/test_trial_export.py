"""The trial export, read a second time with the standard library alone."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from service.evidence.newest import newest_creation_date
from service.evidence.reduce import reduce_rows
from service.export import read_export
from tests.evidence.builders import a_rule_set, rows_of
from tests.shared_data import shared_path

EXPORT = "data/sample_weekly_export/WE_00D5g000000Sample.ZIP"
AS_OF = date(2021, 4, 16)
SINCE = AS_OF - timedelta(days=140)


@pytest.fixture(scope="module")
def rows():
    with zipfile.ZipFile(shared_path(EXPORT)) as archive:
        return {
            name[:-4]: list(
                csv.DictReader(io.TextIOWrapper(archive.open(name), "utf-8-sig", newline=""))
            )
            for name in archive.namelist()
        }


@pytest.fixture(scope="module")
def reading(tmp_path_factory):
    """(newest creation date, coverage, everybody's evidence, won deals)"""
    folder = tmp_path_factory.mktemp("trial")
    tables = read_export([shared_path(EXPORT)], folder)
    with reduce_rows(tables, a_rule_set(), AS_OF, work_dir=folder, memory_limit_mb=200) as reduced:
        people = list(reduced.people())
        return (
            newest_creation_date(tables),
            reduced.coverage,
            people,
            list(reduced.won_deals(Decimal(100_000))),
        )


def counted(people, measure: str) -> dict[tuple[str, date], tuple[int, int]]:
    return {
        (one.user_id, one.on): (one.done, one.seen)
        for person in people for one in rows_of(person) if one.measure == measure
    }  # fmt: skip


def local(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).astimezone(ZoneInfo(zone))


def credited_calls(rows) -> dict[tuple[str, date], tuple[int, int]]:
    """`[calls]` of docs/rules.md, read again: one per contact and day, related, no more than 10 in any 5 minutes."""
    zones = {user["Id"]: user["TimeZoneSidKey"] for user in rows["User"]}
    calls = defaultdict(list)
    for task in rows["Task"]:
        if task["TaskSubtype"] == "Call" and task["IsClosed"] == "1":
            at = local(task["CreatedDate"], zones[task["OwnerId"]])
            if SINCE <= at.date() <= AS_OF:
                related = [
                    x for x in (task["WhoId"], task["WhatId"]) if x[:3] in ("003", "00Q", "006")
                ]
                calls[task["OwnerId"]].append((at, related[0] if related else None))
    answer = {}
    for owner, all_of_them in calls.items():
        times = sorted(at for at, _ in all_of_them)
        contacts, seen = defaultdict(set), Counter()
        for at, contact in all_of_them:
            seen[at.date()] += 1
            if contact and not in_a_burst(at, times):
                contacts[at.date()].add(contact)
        answer.update({(owner, day): (len(contacts[day]), seen[day]) for day in seen})
    return answer


def in_a_burst(at: datetime, times: list[datetime]) -> bool:
    """Some stretch of 5 minutes that holds `at`, and starts at a call, holds more than 10 calls."""
    near = [one for one in times if abs(one - at) <= timedelta(minutes=5)]
    return any(
        sum(start <= one <= start + timedelta(minutes=5) for one in near) > 10
        for start in near
        if start <= at
    )


def test_the_as_of_day_is_the_newest_creation_date(reading):
    assert reading[0] == AS_OF


def test_credited_and_raw_calls_equal_an_independent_reading_of_rule_5(rows, reading):
    expected = credited_calls(rows)
    assert counted(reading[2], "calls") == expected
    assert (
        0 < sum(done for done, _ in expected.values()) < sum(seen for _, seen in expected.values())
    )


def test_meetings_equal_a_standard_library_count(rows, reading):
    """One for each quarter of an hour in which one to three of a person's meetings begin."""
    zones = {user["Id"]: user["TimeZoneSidKey"] for user in rows["User"]}
    quarters = Counter(
        (event["OwnerId"], at.replace(minute=at.minute // 15 * 15, second=0))
        for event in rows["Event"]
        if event["IsAllDayEvent"] == "0" and event["ShowAs"] != "OutOfOffice"
        for at in [local(event["StartDateTime"], zones[event["OwnerId"]])]
    )
    expected, seen = Counter(), Counter()
    for (owner, at), count in quarters.items():
        if SINCE <= at.date() <= AS_OF:
            expected[owner, at.date()] += count <= 3
            seen[owner, at.date()] += count
    assert counted(reading[2], "meetings") == {key: (expected[key], seen[key]) for key in seen}
    assert 0 < expected.total() < seen.total()


def test_footprint_days_equal_a_standard_library_count(rows, reading):
    zones = {user["Id"]: user["TimeZoneSidKey"] for user in rows["User"]}
    expected = set()
    for name in ("Task", "Event", "Opportunity", "Lead", "Contact"):
        for row in rows[name]:
            created, modified = row["CreatedDate"], row.get("LastModifiedDate", "")
            for moment in (created, modified if modified >= created else ""):
                if moment:
                    expected.add((row["OwnerId"], local(moment, zones[row["OwnerId"]]).date()))
    in_window = {key for key in expected if SINCE <= key[1] <= AS_OF}
    assert set(counted(reading[2], "footprint_days")) == in_window
    assert {done for done, _ in counted(reading[2], "footprint_days").values()} == {1}
    assert not reading[1].footprint_complete


def test_opportunities_are_judged_by_close_date_and_amount_alone(rows, reading):
    open_ones = [row for row in rows["Opportunity"] if row["IsClosed"] == "0"]
    eligible = Counter(row["OwnerId"] for row in open_ones)
    good = Counter(
        row["OwnerId"] for row in open_ones if row["CloseDate"] >= "2021-04-16" and row["Amount"]
    )
    found = shares(reading[2], "healthy_opportunities")
    assert {user: (one.eligible, one.good) for user, one in found.items()} == {
        user: (eligible[user], good[user]) for user in eligible
    }
    faults = {
        fault for person in reading[2] for finding in person.findings for fault in finding.faults
        if finding.measure == "healthy_opportunities"
    }  # fmt: skip
    assert faults <= {"close_date_past", "amount_missing"}


def shares(people, measure):
    return {
        one.user_id: one for person in people for one in rows_of(person)
        if one.measure == measure and one.eligible
    }  # fmt: skip


def test_open_tasks_are_judged_by_their_due_dates_alone(rows, reading):
    zones = {user["Id"]: user["TimeZoneSidKey"] for user in rows["User"]}
    open_ones = [
        row for row in rows["Task"]
        if row["IsClosed"] == "0" and row["ActivityDate"]
        and local(row["CreatedDate"], zones[row["OwnerId"]]).date() < AS_OF
    ]  # fmt: skip
    eligible = Counter(row["OwnerId"] for row in open_ones)
    good = Counter(row["OwnerId"] for row in open_ones if row["ActivityDate"] >= "2021-04-16")
    found = shares(reading[2], "tasks_on_time")
    assert {user: (one.eligible, one.good) for user, one in found.items()} == {
        user: (eligible[user], good[user]) for user in eligible
    }
    overdue = {row["Id"] for row in open_ones if row["ActivityDate"] < "2021-04-16"}
    assert overdue == {
        finding.record_id for person in reading[2] for finding in person.findings
        if finding.measure == "tasks_on_time"
    } != set()  # fmt: skip


def test_required_fields_are_type_and_source_as_there_is_no_account(rows, reading):
    open_ones = [row for row in rows["Opportunity"] if row["IsClosed"] == "0"]
    eligible = Counter(row["OwnerId"] for row in open_ones)
    good = Counter(row["OwnerId"] for row in open_ones if row["Type"] and row["LeadSource"])
    found = shares(reading[2], "required_fields")
    assert {user: (one.eligible, one.good) for user, one in found.items()} == {
        user: (eligible[user], good[user]) for user in eligible
    }


def business_seconds(start: datetime, end: datetime) -> int:
    """Time of Mondays to Fridays between two local times, walked day by day."""
    total, at = 0, start.replace(tzinfo=None)
    end = end.replace(tzinfo=None)
    while at < end:
        step = min(end, (at + timedelta(days=1)).replace(hour=0, minute=0, second=0))
        total += int((step - at).total_seconds()) if at.weekday() < 5 else 0
        at = step
    return total


def answers_of(rows) -> dict[str, list[str]]:
    """Lead or contact -> moments of finished tasks about it, none of which is a call in bulk."""
    times, answers = defaultdict(list), defaultdict(list)
    calls = [task for task in rows["Task"] if task["TaskSubtype"] == "Call"]
    for task in calls:
        if task["IsClosed"] == "1":
            times[task["OwnerId"]].append(datetime.fromisoformat(task["CreatedDate"]))
    for task in rows["Task"]:
        at = datetime.fromisoformat(task["CreatedDate"])
        is_bulk = task["TaskSubtype"] == "Call" and in_a_burst(at, times[task["OwnerId"]])
        if task["IsClosed"] == "1" and not is_bulk:
            answers[task["WhoId"]].append(task["CreatedDate"])
    return answers


def answered_leads(rows) -> dict[tuple[str, date], list[int]]:
    """(owner, day) -> [eligible, good, seen], read again: tasks of the lead within 24 hours."""
    zones = {user["Id"]: user["TimeZoneSidKey"] for user in rows["User"]}
    answers, found = answers_of(rows), defaultdict(lambda: [0, 0, 0])
    for lead in rows["Lead"]:
        zone = zones[lead["OwnerId"]]
        came = local(lead["CreatedDate"], zone)
        if not SINCE <= came.date() <= AS_OF:
            continue
        moments = [local(text, zone) for text in answers[lead["Id"]]]
        good = any(
            came <= at and at.date() <= AS_OF and business_seconds(came, at) <= 86_400
            for at in moments
        )
        day_begins = datetime.combine(AS_OF, datetime.min.time())
        is_due = business_seconds(came, day_begins) >= 86_400
        is_told = lead["IsConverted"] == "0" and lead["Status"] == "Not Contacted"
        counts = found[lead["OwnerId"], came.date()]
        counts[0] += good or (is_due and is_told)
        counts[1] += good
        counts[2] += 1
    return found


def test_leads_answered_equal_an_independent_reading(rows, reading):
    found = {
        (one.user_id, one.on): [one.eligible, one.good, one.seen]
        for person in reading[2] for one in rows_of(person) if one.measure == "leads_answered"
    }  # fmt: skip
    expected = answered_leads(rows)
    assert found == dict(expected)
    assert sum(eligible for eligible, _, _ in expected.values()) > 0


def test_won_deals_equal_a_standard_library_list(rows, reading):
    expected = {
        row["Id"]: (Decimal(row["Amount"]), date.fromisoformat(row["CloseDate"])) for row in rows["Opportunity"]
        if row["IsWon"] == "1" and Decimal(row["Amount"]) >= 100_000
    }  # fmt: skip
    assert {deal.opportunity_id: (deal.amount, deal.closed_on) for deal in reading[3]} == expected
    assert [deal.closed_on for deal in reading[3]] == sorted(deal.closed_on for deal in reading[3])


def test_everyone_is_there_in_the_order_of_ids_without_roles(rows, reading):
    assert [person.person.user_id for person in reading[2]] == sorted(
        row["Id"] for row in rows["User"]
    )
    assert not reading[1].roles_known
    assert reading[1].absent_measures == {}
