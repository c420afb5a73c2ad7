from __future__ import annotations

import json

import pytest
from redis import Redis
from rq.job import JobStatus

from jobs.enqueue import ALLOWED, enqueue_big_deals, enqueue_night
from service.redis_queue import QUEUE_NAME, queue
from service.rules_file import read_rules  # noqa: F401 - the allowed functions import it

ORG = "00D000000000001EAA"


@pytest.fixture
def connection(redis_url):
    with Redis.from_url(redis_url) as client:
        yield client


def test_the_org_is_in_the_jobs_id_and_only_plain_data_in_redis(connection):
    job = enqueue_night(connection, ORG, "night-1", "2021-04-16")
    assert job.id == f"night-{ORG}-night-1"
    stored = connection.hget(f"rq:job:{job.id}", "data")
    import zlib  # noqa: PLC0415

    assert json.loads(zlib.decompress(stored)) == [
        "jobs.night.run_night",
        None,
        [ORG, "night-1", "2021-04-16"],
        {},
    ]


def test_the_same_run_is_enqueued_once(connection):
    first = enqueue_night(connection, ORG, "night-1")
    second = enqueue_night(connection, ORG, "night-1")
    assert first.id == second.id
    assert len(queue(connection)) == 1


def test_another_run_and_another_kind_are_jobs_of_their_own(connection):
    enqueue_night(connection, ORG, "night-1")
    enqueue_night(connection, ORG, "night-2")
    enqueue_big_deals(connection, ORG, "night-1")
    assert len(queue(connection)) == 3


def test_a_failed_run_can_be_enqueued_again(connection):
    job = enqueue_night(connection, ORG, "night-1")
    queue(connection).empty()
    job = enqueue_night(connection, ORG, "night-1")
    job.set_status(JobStatus.FAILED)
    connection.delete(f"rq:queue:{QUEUE_NAME}")
    again = enqueue_night(connection, ORG, "night-1")
    assert again.get_status() == JobStatus.QUEUED
    assert len(queue(connection)) == 1


def test_nothing_in_redis_lasts_for_ever(connection):
    job = enqueue_night(connection, ORG, "night-1")
    assert 0 < job.result_ttl <= 24 * 3600
    assert 0 < job.failure_ttl <= 30 * 24 * 3600
    assert job.timeout > 0


@pytest.mark.parametrize("key", ["", "a b", "a:b", "x" * 81, "ü", "a/b", "a\n"])
def test_an_odd_run_key_is_refused(connection, key):
    with pytest.raises(ValueError, match="run key"):
        enqueue_night(connection, ORG, key)


def test_every_allowed_function_exists():
    from rq.utils import import_attribute  # noqa: PLC0415

    assert all(callable(import_attribute(name)) for name in ALLOWED)


def test_a_heartbeat_that_outlived_its_emptied_broker_is_no_run(connection):
    job = enqueue_night(connection, ORG, "night-1")
    connection.flushall()
    job.heartbeat(job.created_at, 60)  # the worker at it has not noticed
    again = enqueue_night(connection, ORG, "night-1")
    assert again.get_status() == JobStatus.QUEUED
    assert len(queue(connection)) == 1
