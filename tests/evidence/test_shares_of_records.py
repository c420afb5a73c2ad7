"""Leads, tasks and required fields: additive over owners, and doing what is asked never hurts.

A lead is answered by anybody's activity, so here activities stay with the owner of their lead.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.evidence.reduce import reduce_rows
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
TEAMS = 6
OWNERS = range(1, 3 * TEAMS + 1)
NOBODY = 99
ZONES = ("America/Los_Angeles", "Asia/Kathmandu", "UTC") * TEAMS
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
    """(leads, tasks, opportunities) of three owners for each team; teams share nothing.

    Several teams stand in one reading, because a reading costs much more than its rows.
    """
    leads, tasks, deals = [], [], []
    for team in range(TEAMS):
        mine = st.sampled_from(OWNERS[3 * team : 3 * team + 3])
        numbers = range(100 * team + 1, 100 * team + draw(st.integers(1, 8)) + 1)
        own = [a_lead(one, draw(mine), draw(moments), draw(st.sampled_from(["New", "Working"]))) for one in numbers]  # fmt: skip
        leads += own
        tasks += [an_answer(draw(st.sampled_from(own)), at) for at in draw(st.lists(moments, max_size=6))]  # fmt: skip
        for one in range(100 * team + 1, 100 * team + draw(st.integers(1, 8)) + 1):
            tasks.append(a_task(one, draw(mine), draw(days), draw(st.one_of(st.just(""), moments))))
        for one in range(100 * team + 1, 100 * team + draw(st.integers(1, 8)) + 1):
            kind = draw(st.sampled_from(["", "New"]))
            deals.append(an_opportunity(one, draw(mine), Type=kind, LeadSource="Web"))
    return leads, tasks, deals


def one_a_team(draw, rows):
    """Of each team a row, by its place."""
    found = []
    for team in range(TEAMS):
        owned = {user_id(one) for one in OWNERS[3 * team : 3 * team + 3]}
        places = [at for at, row in enumerate(rows) if row["OwnerId"] in owned]
        found.append(draw(st.sampled_from(places)))
    return found


#: Nobody's rows, in every shard: they fill each column.
ANCHORS = {
    "Lead": [a_lead(999, NOBODY, NEVER)],
    "Task": [an_answer(a_lead(999, NOBODY, NEVER), NEVER)],
    "Opportunity": [an_opportunity(999, NOBODY, Type="New", LeadSource="Web", AccountId="001000000000001AAA")],
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


few = settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])


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
    more = [an_answer(leads[at], data.draw(moments)) for at in one_a_team(data.draw, leads)]
    before = sums(company, "leads_answered")
    never_hurts(before, sums((leads, [*tasks, *more], deals), "leads_answered"))


@few
@given(companies(), st.data())
def test_finishing_a_task_never_hurts_and_keeps_the_count(company, data):
    leads, tasks, deals = company
    left = [task for task in tasks if task["IsClosed"] == "0"]
    chosen = data.draw(st.sets(st.sampled_from([task["Id"] for task in left]))) if left else set()
    finished = {"IsClosed": "1", "CompletedDateTime": NOW}
    done = [task | finished if task["Id"] in chosen else task for task in tasks]
    before, after = (sums((leads, some, deals), "tasks_on_time") for some in (tasks, done))
    never_hurts(before, after)
    assert [eligible for eligible, _ in before.values()] == [eligible for eligible, _ in after.values()]  # fmt: skip


@few
@given(companies(), st.data())
def test_filling_in_a_field_never_hurts(company, data):
    leads, tasks, deals = company
    filled = {"Type": "New", "LeadSource": "Web", "AccountId": "001000000000001AAA"}
    chosen = one_a_team(data.draw, deals)
    mended = [row | filled if at in chosen else row for at, row in enumerate(deals)]
    before = sums(company, "required_fields")
    never_hurts(before, sums((leads, tasks, mended), "required_fields"))
