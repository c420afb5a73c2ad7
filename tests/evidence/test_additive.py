"""Evidence is additive over any split of the rows by owner, and blind to the order of rows.

Merging adds up; only a footprint day stays one, however many shards saw an act of that day (a
person may change records of several owners). A company-wide fact (does any activity relate to an
opportunity?) is a first pass, so every shard here holds a row that decides it the same way.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.evidence.reduce import reduce_rows
from tests.evidence.builders import (
    a_call,
    a_meeting,
    a_rule_set,
    a_user,
    an_opportunity,
    rows_of,
    tables,
    user_id,
)

AS_OF = date(2021, 4, 16)
OWNERS = (1, 2, 3, 4, 5)
ZONES = ("America/Los_Angeles", "Asia/Kathmandu", "UTC", "Europe/Berlin", "Pacific/Auckland")

owners = st.sampled_from(OWNERS)
START = datetime(2021, 4, 14, tzinfo=UTC)
NINE = datetime(2021, 4, 15, 9, tzinfo=UTC)
moments = st.one_of(
    st.integers(0, 4 * 86_400).map(lambda seconds: START + timedelta(seconds=seconds)),
    st.integers(0, 300).map(lambda seconds: NINE + timedelta(seconds=seconds)),
).map(lambda at: at.strftime("%Y-%m-%d %H:%M:%S"))
contacts = st.integers(0, 30).map(lambda number: f"003000000{number:06d}AAA" if number else "")
calls = st.lists(
    st.builds(
        lambda owner, at, contact, actor: a_call(owner, at, WhoId=contact, CreatedById=user_id(actor)),
        owners, moments, contacts, owners,
    ),
    min_size=30, max_size=90,
)  # fmt: skip
meetings = st.lists(st.builds(a_meeting, owners, moments), max_size=25)
opportunities = st.lists(
    st.builds(
        lambda number, owner, close, step: an_opportunity(number, owner, CloseDate=close.isoformat(), NextStep=step),
        st.integers(1, 999), owners, st.dates(date(2021, 4, 10), date(2021, 4, 20)),
        st.sampled_from(["2021-05-01", "2021-07-01", ""]),
    ),
    max_size=25, unique_by=lambda row: row["Id"],
)  # fmt: skip

#: Nobody's rows, in every shard: they fill each column, and relate an activity to an opportunity.
NOBODY = 9
ANCHORS = {
    "Task": [a_call(NOBODY, WhatId="006000000000000AAA", CreatedById=user_id(NOBODY))],
    "Event": [a_meeting(NOBODY)],
    "Opportunity": [an_opportunity(0, NOBODY, NextStep="x")],
}
#: One old call of a person, so that no shard is without a finished call; it is left out again.
CALL = a_call(1, "2021-01-01 10:00:00", CreatedById=user_id(NOBODY))


def reduced(task, event, opportunity):
    """{(user, measure, day): (done, eligible, good, seen)}, and everybody's findings."""
    users = [
        a_user(number, TimeZoneSidKey=zone) for number, zone in zip(OWNERS, ZONES, strict=True)
    ]
    with tempfile.TemporaryDirectory() as name:
        rows = {
            "Task": [*ANCHORS["Task"], CALL, *task], "Event": [*ANCHORS["Event"], *event],
            "Opportunity": [*ANCHORS["Opportunity"], *opportunity],
        }  # fmt: skip
        some = tables(Path(name), User=users, **rows)
        with reduce_rows(
            some, a_rule_set(), AS_OF, work_dir=Path(name), memory_limit_mb=100
        ) as answer:
            people = list(answer.people())
    evidence = {
        (one.user_id, one.measure, one.on): (one.done, one.eligible, one.good, one.seen)
        for person in people for one in rows_of(person) if one.on > date(2021, 1, 1)
    }  # fmt: skip
    return evidence, {finding for person in people for finding in person.findings}


def merged(shards):
    evidence, findings = defaultdict(lambda: (0, 0, 0, 0)), set()
    for shard, found in shards:
        findings |= found
        for key, numbers in shard.items():
            done, *others = (a + b for a, b in zip(evidence[key], numbers, strict=True))
            evidence[key] = (min(done, 1) if key[1] == "footprint_days" else done, *others)
    return dict(evidence), findings


#: Few, but of many rows: a reading costs much more than its rows.
few = settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@few
@given(calls, meetings, opportunities, st.sets(owners))
def test_any_split_by_owner_merges_to_the_same_evidence(task, event, opportunity, ours):
    def part(rows, *, mine):
        return [row for row in rows if (row["OwnerId"] in {user_id(one) for one in ours}) == mine]

    shards = [
        reduced(*(part(rows, mine=mine) for rows in (task, event, opportunity)))
        for mine in (True, False)
    ]
    assert merged(shards) == reduced(task, event, opportunity)


@few
@given(st.data(), calls, meetings, opportunities)
def test_the_order_of_rows_is_irrelevant(data, task, event, opportunity):
    shuffled = (data.draw(st.permutations(rows)) for rows in (task, event, opportunity))
    assert reduced(*shuffled) == reduced(task, event, opportunity)
