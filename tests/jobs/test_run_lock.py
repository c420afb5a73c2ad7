from __future__ import annotations

import time

import pytest
from redis import Redis

from jobs import run_lock
from jobs.run_lock import LockHeldError, RunLock

ORG = "00D000000000001"


@pytest.fixture
def connection(redis_url):
    with Redis.from_url(redis_url) as client:
        yield client


def test_two_runs_of_an_org_never_overlap(connection):
    with RunLock(connection, ORG, "one"), pytest.raises(LockHeldError):
        RunLock(connection, ORG, "two").__enter__()
    with RunLock(connection, ORG, "two"):
        pass


def test_two_orgs_run_beside_each_other(connection):
    with RunLock(connection, ORG, "one"), RunLock(connection, "00D000000000002", "two"):
        pass


def test_a_killed_run_run_again_takes_its_lock_at_once(connection):
    dead = RunLock(connection, ORG, "one")
    assert dead._took()
    with RunLock(connection, ORG, "one"):
        pass


def test_a_dead_runs_lock_frees_itself(connection):
    assert RunLock(connection, ORG, "one")._took()
    assert 0 < connection.ttl(f"bellwether:{ORG}:run") <= run_lock.EXPIRES_SECONDS


def test_a_living_runs_lock_is_renewed(connection, monkeypatch):
    monkeypatch.setattr(run_lock, "RENEW_SECONDS", 0.02)
    with RunLock(connection, ORG, "one"):
        connection.expire(f"bellwether:{ORG}:run", 1)
        end = time.monotonic() + 5
        while connection.ttl(f"bellwether:{ORG}:run") <= 1:
            assert time.monotonic() < end
            time.sleep(0.01)


def test_a_lock_lost_with_redis_is_taken_again(connection, monkeypatch):
    monkeypatch.setattr(run_lock, "RENEW_SECONDS", 0.02)
    with RunLock(connection, ORG, "one"):
        connection.flushall()
        end = time.monotonic() + 5
        while not connection.exists(f"bellwether:{ORG}:run"):
            assert time.monotonic() < end
            time.sleep(0.01)


def test_leaving_does_not_free_somebody_elses_lock(connection):
    with RunLock(connection, ORG, "one"):
        connection.set(f"bellwether:{ORG}:run", "two")
    assert connection.get(f"bellwether:{ORG}:run") == b"two"
