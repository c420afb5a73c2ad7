"""Looks at what was won lately, in a live org: what they cost, find, skip and forget."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from jobs.deal_look import run_deal_look
from jobs.deals.watch import Watch, Watched
from service.redis_queue import connect
from tests.jobs.live_org import ANA, AS_OF, BIG, OLD

pytestmark = [pytest.mark.sf, pytest.mark.xdist_group("live_org")]


@pytest.fixture
def watch(as_worker, redis_url):
    return Watch(connect(redis_url), as_worker.handoff.org_id)


def look(org, key="look-1"):
    """The result, and the calls by the org's own count."""
    before = org.control("GET", "counts")["api_calls"]
    result = run_deal_look(org.handoff.org_id, key, AS_OF.isoformat())
    return result, org.control("GET", "counts")["api_calls"] - before


def win(org, name, amount=250_000, **more):
    org.post("/sobjects/Opportunity", {
        "Name": name, "OwnerId": ANA, "StageName": "Closed Won", "Amount": amount,
        "CloseDate": AS_OF.isoformat(), **more,
    })  # fmt: skip


def runs(org):
    return [row["Run_Key__c"] for row in org.soql("SELECT Run_Key__c FROM Adoption_Run__c")]


def test_the_first_look_sees_all_and_the_next_ones_what_changed(as_worker, watch):
    first, _ = look(as_worker)
    assert first["alerts"]["announced"] == BIG
    assert first["alerts"]["baseline"] == OLD
    assert watch.read().seen == {}
    second, _ = look(as_worker, "look-2")  # the export's rows are stamped with its loading
    assert (second["posts_made"], second["records_written"]) == (0, 0)
    win(as_worker, "Fresh")
    third, _ = look(as_worker, "look-3")
    assert third["posts_made"] == 1
    assert sorted(runs(as_worker)) == ["look-1", "look-3"]


def test_an_empty_look_costs_one_call_and_leaves_nothing(as_worker, watch):
    look(as_worker)
    win(as_worker, "Small", 99_000)
    look(as_worker, "look-2")
    kept = watch.read()
    assert len(kept.seen) == 1 or len(kept.seen) > BIG  # with the rows of the loading, if lately
    for number in range(3):
        result, calls = look(as_worker, f"empty-{number}")
        assert (result["records_written"], calls) == (0, 1)
    assert watch.read() == kept
    assert runs(as_worker) == ["look-1"]


def test_a_look_that_takes_up_a_dead_ones_work_says_so_though_it_finds_nothing(
    as_worker, watch, monkeypatch
):
    """The dead one may have posted, and died before its record."""
    look(as_worker)
    look(as_worker, "look-2")
    for module in ("big_deals", "run_record"):
        monkeypatch.setattr(f"jobs.{module}.times_taken_up_again", lambda: 1)
    result, _ = look(as_worker, "look-3")
    assert (result["records_written"], result["posts_made"]) == (1, 0)
    assert sorted(runs(as_worker)) == ["look-1", "look-3"]
    (run,) = as_worker.soql("SELECT Detail__c FROM Adoption_Run__c WHERE Run_Key__c = 'look-3'")
    assert run["Detail__c"].startswith("Taken up again once")


def test_an_edit_of_what_was_seen_is_looked_at_and_a_new_amount_counts(as_worker):
    look(as_worker)
    win(as_worker, "Grows", 90_000)
    assert look(as_worker, "look-2")[0]["posts_made"] == 0
    (row,) = as_worker.soql("SELECT Id FROM Opportunity WHERE Name = 'Grows'")
    time.sleep(1.1)  # the org's times are whole seconds
    as_worker.patch(f"/sobjects/Opportunity/{row['Id']}", {"Amount": 190_000})
    assert look(as_worker, "look-3")[0]["posts_made"] == 1


def test_a_row_that_appears_late_is_found_by_the_overlap(as_worker, watch):
    look(as_worker)
    win(as_worker, "Late")
    now = datetime.now(UTC)
    watch.keep(Watched(now + timedelta(minutes=14), {}, has_currencies=False))
    assert look(as_worker, "look-2")[0]["posts_made"] == 1


def test_a_look_that_met_the_hourly_limit_forgets_how_far_it_came(as_worker, watch):
    user = as_worker.handoff.integration["user_id"]
    look(as_worker)
    win(as_worker, "Fresh")
    before = watch.read()
    as_worker.control("POST", f"posting/{user}", {"an_hour": BIG})
    result, _ = look(as_worker, "look-2")
    assert (result["alerts"]["waiting"], result["posts_made"]) == (1, 0)
    assert watch.read() == before
    as_worker.control("POST", f"posting/{user}", {"forward_seconds": 3601})
    assert look(as_worker, "look-3")[0]["posts_made"] == 1
    assert watch.read() != before


@pytest.mark.parametrize("kept", [None, "junk", json.dumps({"until": "x"})])
def test_a_lost_or_broken_watermark_looks_at_all(as_worker, watch, redis_url, kept):
    connection = connect(redis_url)
    key = f"bellwether:{as_worker.handoff.org_id[:15]}:deals"
    connection.delete(key) if kept is None else connection.set(key, kept)
    assert look(as_worker)[0]["posts_made"] == BIG


def stamp(minute):
    return f"2026-03-31T10:{minute:02}:00.000+0000"


def test_what_was_seen_is_kept_for_the_overlap_only():
    seen = Watched(datetime(2026, 3, 31, 10, 0, tzinfo=UTC), {}, has_currencies=True)
    rows = [{"Id": f"00{n}", "SystemModstamp": stamp(n)} for n in (1, 5, 20)]
    after = seen.after(rows)
    assert after.until == datetime(2026, 3, 31, 10, 20, tzinfo=UTC)
    assert after.since == datetime(2026, 3, 31, 10, 5, tzinfo=UTC)
    assert sorted(after.seen) == ["0020", "005"]
    assert after.fresh(rows) == [rows[0]]
    assert after.fresh([{"Id": "0020", "SystemModstamp": stamp(21)}])
    assert after.has_currencies
