"""The clock: one look a quarter of an hour, however many clocks there are."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

from click.testing import CliRunner

from jobs.clock import also_due, digest_key, run_key, seconds_left, tick
from service.cli import main
from service.processes import Child, wait_until
from service.redis_queue import connect, queue

ORG = "00D000000000001EAA"
AT = datetime(2026, 3, 31, 10, 29, 30, tzinfo=UTC)


def test_a_look_is_named_by_its_quarter_of_an_hour():
    assert run_key(AT) == "deals-2026-03-31T1015"
    assert seconds_left(AT) == 30
    assert run_key(AT + timedelta(seconds=30)) == "deals-2026-03-31T1030"


def test_two_clocks_enqueue_one_look_and_the_next_quarter_another(redis_url):
    for at in (AT, AT - timedelta(minutes=3), AT + timedelta(minutes=1)):
        assert tick(redis_url, ORG, at)
    jobs = queue(connect(redis_url)).job_ids
    assert jobs == [f"deal-look-{ORG}-deals-2026-03-31T{quarter}" for quarter in (1015, 1030)]


def test_digests_are_looked_for_once_a_quarter_of_a_day(redis_url):
    assert digest_key(AT) == "digest-2026-03-31T0600"
    for _ in range(2):
        assert tick(redis_url, ORG, AT, also_due(AT, sends_digests=True))
    jobs = queue(connect(redis_url)).job_ids
    assert jobs.count(f"digest-{ORG}-digest-2026-03-31T0600") == 1
    assert len(jobs) == 2


def test_what_is_too_old_is_deleted_on_saturdays(redis_url):
    saturday = AT + timedelta(days=4)
    assert list(also_due(AT, sends_digests=False)) == []
    assert list(also_due(saturday, sends_digests=False)) == ["purge-2026-W14"]
    assert tick(redis_url, ORG, saturday, also_due(saturday, sends_digests=False))
    assert f"purge-{ORG}-purge-2026-W14" in queue(connect(redis_url)).job_ids


def test_a_broker_that_is_down_is_tried_again():
    assert tick("redis://127.0.0.1:1/0", ORG, AT) is False


def test_the_process_ticks_at_once_and_stops_when_told(redis_url, tmp_path):
    environment = {"SALESFORCE_ORG_ID": ORG, "REDIS_URL": redis_url}
    jobs = queue(connect(redis_url))
    clock = Child("the clock", [sys.executable, "-m", "jobs.clock"], tmp_path / "log", environment)
    try:
        wait_until(lambda: jobs.count == 1, clock, seconds=30, what="a look")
        clock.process.terminate()
        assert clock.process.wait(10) == 0
    finally:
        clock.stop()
    assert jobs.job_ids[0].startswith(f"deal-look-{ORG}-deals-")


def test_the_command_enqueues_the_look_of_this_quarter(redis_url, monkeypatch):
    monkeypatch.setenv("SALESFORCE_ORG_ID", ORG)
    monkeypatch.setenv("REDIS_URL", redis_url)
    for _ in range(2):
        said = CliRunner().invoke(main, ["run-deals"])
        assert said.exit_code == 0
    assert said.stdout.startswith(f"enqueued deal-look-{ORG}-deals-")
    assert queue(connect(redis_url)).count in (1, 2)  # two, when a quarter began in between
