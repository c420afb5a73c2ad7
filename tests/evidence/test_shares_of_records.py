"""Leads, tasks and required fields: additive over owners, and doing what is asked never hurts.

A lead is answered by anybody's activity, so here activities stay with the owner of their lead.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.evidence import reduce_rows
from tests.evidence.builders import (
    a_call,
    a_rule_set,
    a_user,
    an_opportunity,
    rows_of,
    tables,
    user_id,
)

AS_OF = date(2021, 4, 16)
NOW = "2021-04-16 12:00:00"
OWNERS = (1, 2, 3)
ZONES = ("America/Los_Angeles", "Asia/Kathmandu", "UTC")
MEASURES = ("leads_answered", "tasks_on_time", "required_fields")
NEVER = "2020-01-01 00:00:00"
START = datetime(2021, 4, 8, tzinfo=UTC)

owners = st.sampled_from(OWNERS)
moments = st.integers(0, 9 * 86_400).map(
    lambda seconds: (START + timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S")
)
days = st.dates(date(2021, 4, 8), date(2021, 4, 24)).map(str)


def lead_id(number):
    return f"00Q000000{number:06d}AAA"


def a_lead(number, owner, at, status="New"):
    return {
        "Id": lead_id(number), "OwnerId": user_id(owner), "Status": status, "IsConverted": "0",
        "CreatedDate": at,
    }  # fmt: skip


def a_task(number, owner, due, closed):
    return {
        "Id": f"00T000000{number:06d}EAA", "OwnerId": user_id(owner), "IsClosed": "1" if closed else "0",
        "ActivityDate": due, "CompletedDateTime": closed, "CreatedDate": "2021-04-07 10:00:00",
    }  # fmt: skip


def an_answer(lead, at):
    return a_call(1, at, OwnerId=lead["OwnerId"], WhoId=lead["Id"], CompletedDateTime=at)


@st.composite
def companies(draw):
    """(leads, tasks, opportunities) of three owners."""
    leads = [
        a_lead(number, draw(owners), draw(moments), draw(st.sampled_from(["New", "Working"])))
        for number in range(1, draw(st.integers(1, 8)) + 1)
    ]
    answers = [an_answer(draw(st.sampled_from(leads)), at) for at in draw(st.lists(moments, max_size=6))]  # fmt: skip
    tasks = [
        a_task(number, draw(owners), draw(days), draw(st.one_of(st.just(""), moments)))
        for number in range(1, draw(st.integers(1, 8)) + 1)
    ]
    deals = [
        an_opportunity(number, draw(owners), Type=draw(st.sampled_from(["", "New"])), LeadSource="Web")
        for number in range(1, draw(st.integers(1, 8)) + 1)
    ]  # fmt: skip
    return leads, [*tasks, *answers], deals


#: Nobody's rows, in every shard: they fill each column.
ANCHORS = {
    "Lead": [a_lead(999, 9, NEVER)],
    "Task": [an_answer(a_lead(999, 9, NEVER), NEVER)],
    "Opportunity": [an_opportunity(999, 9, Type="New", LeadSource="Web", AccountId="001000000000001AAA")],
}  # fmt: skip


def reduced(company):
    """{(user, measure, day): (eligible, good)} and everybody's findings."""
    users = [a_user(number, TimeZoneSidKey=zone) for number, zone in zip(OWNERS, ZONES, strict=True)]  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        rows = {
            kind: [*anchors, *own]
            for (kind, anchors), own in zip(ANCHORS.items(), company, strict=True)
        }
        some = tables(Path(name), User=users, **rows)
        with reduce_rows(
            some, a_rule_set(), AS_OF, work_dir=Path(name), memory_limit_mb=100
        ) as answer:
            people = list(answer.people())
    evidence = {
        (one.user_id, one.measure, one.on): (one.eligible, one.good)
        for person in people for one in rows_of(person) if one.measure in MEASURES
    }  # fmt: skip
    found = {
        one for person in people for one in person.findings if one.measure in MEASURES
    }  # fmt: skip
    return evidence, found


def sums(company, measure):
    """User -> (eligible, good) of a measure in all."""
    totals = dict.fromkeys(map(user_id, OWNERS), (0, 0))
    for (user, name, _), (eligible, good) in reduced(company)[0].items():
        if name == measure:
            totals[user] = (totals[user][0] + eligible, totals[user][1] + good)
    return totals


few = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@few
@given(companies(), st.sets(owners))
def test_any_split_by_owner_merges_to_the_same_evidence(company, ours):
    def part(rows, *, mine):
        return [row for row in rows if (row["OwnerId"] in {user_id(one) for one in ours}) == mine]

    shards = [reduced([part(rows, mine=mine) for rows in company]) for mine in (True, False)]
    (first, found), (second, others) = shards
    assert not first.keys() & second.keys()
    assert (first | second, found | others) == reduced(company)


def never_hurts(before, after):
    """A bad record became good, or a good one came: the share measure cannot fall."""
    for user, (eligible, good) in before.items():
        more_eligible, more_good = after[user][0] - eligible, after[user][1] - good
        assert 0 <= more_eligible <= more_good or (more_good == 0 and more_eligible <= 0)


@few
@given(companies(), st.data())
def test_answering_a_lead_at_any_time_never_hurts(company, data):
    leads, tasks, deals = company
    more = an_answer(data.draw(st.sampled_from(leads)), data.draw(moments))
    before = sums(company, "leads_answered")
    never_hurts(before, sums((leads, [*tasks, more], deals), "leads_answered"))


@few
@given(companies(), st.data())
def test_finishing_a_task_never_hurts_and_keeps_the_count(company, data):
    leads, tasks, deals = company
    at = data.draw(st.integers(0, len(tasks) - 1))
    if tasks[at]["IsClosed"] == "1":
        return
    done = [*tasks[:at], tasks[at] | {"IsClosed": "1", "CompletedDateTime": NOW}, *tasks[at + 1 :]]
    before, after = (sums((leads, some, deals), "tasks_on_time") for some in (tasks, done))
    never_hurts(before, after)
    assert [eligible for eligible, _ in before.values()] == [eligible for eligible, _ in after.values()]  # fmt: skip


@few
@given(companies(), st.data())
def test_filling_in_a_field_never_hurts(company, data):
    leads, tasks, deals = company
    at = data.draw(st.integers(0, len(deals) - 1))
    filled = {"Type": "New", "LeadSource": "Web", "AccountId": "001000000000001AAA"}
    mended = [*deals[:at], deals[at] | filled, *deals[at + 1 :]]
    before = sums(company, "required_fields")
    never_hurts(before, sums((leads, tasks, mended), "required_fields"))
