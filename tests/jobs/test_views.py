"""Looks at people: kept in the broker, written once, forgotten where nobody may be named."""

from __future__ import annotations

from datetime import date

import pytest
from redis.exceptions import RedisError

from jobs.records.views import forget_views, write_views
from service.redis_queue import connect
from service.salesforce.errors import TransientSalesforceError
from service.view_log import View, ViewLog
from tests.jobs.fake_org import ORG_ID, FakeGateway

MIA, ANA, RAJ = "005000000000009AAA", "a00000000000001AAA", "a00000000000002AAA"
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


@pytest.fixture
def looks(redis_url):
    return ViewLog(connect(redis_url), ORG_ID)


def test_a_day_of_one_viewer_and_one_person_is_one_record(looks):
    org = FakeGateway()
    for on in (MONDAY, MONDAY, TUESDAY):
        looks.saw(MIA, {ANA, RAJ}, on)
    assert write_views(org, looks).created == 4
    assert org.records["Adoption_View__c"][f"{MIA}:{ANA}:2026-11-23"] == {
        **org.records["Adoption_View__c"][f"{MIA}:{ANA}:2026-11-23"],
        "Adoption_Score__c": ANA, "Viewer__c": MIA, "Seen_On__c": "2026-11-23",
    }  # fmt: skip
    assert looks.read() == []
    sent = len(org.sent)
    assert write_views(org, looks).records_written == 0
    assert len(org.sent) == sent


def test_a_run_that_dies_keeps_the_looks_and_the_next_makes_no_second_record(looks):
    org = FakeGateway()
    looks.saw(MIA, {ANA}, MONDAY)
    upsert = org.upsert

    def dies(*given):
        upsert(*given)
        raise TransientSalesforceError("gone")

    org.upsert = dies
    with pytest.raises(TransientSalesforceError):
        write_views(org, looks)
    assert looks.read() == [View(MIA, ANA, MONDAY)]
    org.upsert = upsert
    assert write_views(org, looks).created == 0
    assert len(org.records["Adoption_View__c"]) == 1


def test_a_look_at_a_score_that_is_gone_is_forgotten(looks):
    org = FakeGateway()
    looks.saw(MIA, {ANA, RAJ}, MONDAY)
    org.refuse[f"{MIA}:{RAJ}:2026-11-23"] = "INVALID_CROSS_REFERENCE_KEY"
    written = write_views(org, looks)
    assert (written.created, written.rejected) == (1, ())
    assert looks.read() == []


def test_a_look_that_is_refused_is_kept_and_counted_without_a_name(looks, capsys):
    org = FakeGateway()
    looks.saw(MIA, {ANA, RAJ}, MONDAY)
    org.refuse[f"{MIA}:{RAJ}:2026-11-23"] = "STORAGE_LIMIT_EXCEEDED"
    written = write_views(org, looks)
    assert (written.created, [key for key, _ in written.rejected]) == (1, ["looks: 1"])
    assert MIA not in capsys.readouterr().out
    assert looks.read() == [View(MIA, RAJ, MONDAY)]


def test_where_only_groups_may_be_written_looks_are_forgotten(looks):
    looks.saw(MIA, {ANA}, MONDAY)
    forget_views(looks)
    assert looks.read() == []


def test_what_cannot_be_read_is_no_look(looks, redis_url):
    connect(redis_url).sadd(f"bellwether:{ORG_ID[:15]}:views", "x", f"{MIA} {ANA} nonsense")
    assert looks.read() == []


def test_a_broker_that_is_down_stops_nobody_who_looks():
    away = ViewLog(connect("redis://127.0.0.1:1/0"), ORG_ID)
    away.saw(MIA, {ANA}, MONDAY)
    with pytest.raises(RedisError):
        away.read()
