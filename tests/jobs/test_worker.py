from __future__ import annotations

import base64
import logging
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
import structlog
from redis import Redis
from rq import Retry
from rq.exceptions import ShutDownImminentException
from rq.job import JobStatus
from rq.registry import ScheduledJobRegistry, StartedJobRegistry
from rq.serializers import JSONSerializer
from rq.utils import now

from jobs import worker as worker_module
from jobs.enqueue import enqueue_night
from jobs.worker import FastRecoverWorker, ForbiddenJobError, OwnJob, make_worker
from service import logs
from service.redis_queue import queue
from service.salesforce.refusals import classify

ORG = "00D000000000001EAA"


@pytest.fixture
def connection(redis_url):
    with Redis.from_url(redis_url) as client:
        yield client


@pytest.mark.parametrize(
    "name",
    [
        "os.system",
        "subprocess.run",
        "jobs.worker.importlib.import_module",
        "jobs.night.run_record.write",
        "jobs.night",
        "builtins.eval",
    ],
)
def test_only_our_jobs_are_run_whatever_redis_says(connection, name, tmp_path):
    witness = tmp_path / "touched"
    job = queue(connection).enqueue(name, f"touch {witness}")
    own = OwnJob.fetch(job.id, connection=connection, serializer=JSONSerializer)
    with pytest.raises(ForbiddenJobError):
        own.func  # noqa: B018 - the property is the guard
    with pytest.raises(ForbiddenJobError):
        own.perform()
    assert not witness.exists()


def test_no_callback_that_redis_names_is_called(connection):
    job = enqueue_night(connection, ORG, "k")
    connection.hset(job.key, "failure_callback_name", "os.system")
    connection.hset(job.key, "success_callback_name", "os.system")
    own = OwnJob.fetch(job.id, connection=connection, serializer=JSONSerializer)
    assert own.failure_callback is None
    assert own.success_callback is None
    assert own.stopped_callback is None
    with pytest.raises(ForbiddenJobError):
        own.func  # noqa: B018


def test_our_own_job_is_found(connection):
    job = enqueue_night(connection, ORG, "k")
    own = OwnJob.fetch(job.id, connection=connection, serializer=JSONSerializer)
    assert own.func.__name__ == "run_night"


def started(connection, key="k", silent_for=0):
    """A job that a worker took and then said nothing more about."""
    job = enqueue_night(connection, ORG, key)
    worker = make_worker(connection)
    worker.last_cleaned_at = now()
    worker.register_birth()
    job, jobs = worker.dequeue_job_and_maintain_ttl(1)
    execution = worker.prepare_execution(job)
    worker.prepare_job_execution(job, remove_from_intermediate_queue=True)
    key = StartedJobRegistry(queue=jobs).key
    if silent_for:
        ((member, expires),) = connection.zrange(key, 0, -1, withscores=True)
        connection.zadd(key, {member: expires - silent_for})
    return job, worker, execution


def test_a_silent_workers_job_is_taken_from_it_in_time(connection):
    started(connection)
    registry = StartedJobRegistry(queue=queue(connection))
    ((_, expires),) = connection.zrange(registry.key, 0, -1, withscores=True)
    now = connection.time()[0]
    assert expires - now <= worker_module.SILENCE_SECONDS
    assert worker_module.SILENCE_SECONDS + worker_module.MAINTENANCE_SECONDS <= 30


def test_a_dead_workers_job_is_enqueued_again_by_the_next(connection):
    job, _, _ = started(connection, silent_for=worker_module.SILENCE_SECONDS + 1)
    make_worker(connection).clean_registries()
    assert job.get_status() == JobStatus.QUEUED
    assert queue(connection).job_ids == [job.id]


def test_a_living_workers_job_is_left_alone(connection):
    job, _, _ = started(connection)
    make_worker(connection).clean_registries()
    assert job.get_status() == JobStatus.STARTED
    assert queue(connection).job_ids == []


def test_many_workers_that_look_at_once_enqueue_it_once(connection, redis_url):
    job, _, _ = started(connection, silent_for=worker_module.SILENCE_SECONDS + 1)

    def look(_):
        with Redis.from_url(redis_url) as own:
            make_worker(own).clean_registries()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(look, range(8)))
    assert queue(connection).job_ids == [job.id]


def test_a_lock_left_by_a_dead_cleaner_does_not_stop_recovery(connection):
    job, worker, _ = started(connection, silent_for=worker_module.SILENCE_SECONDS + 1)
    connection.set(worker.queues[0].registry_cleaning_key, 1, ex=899)
    make_worker(connection).clean_registries()
    assert job.get_status() == JobStatus.QUEUED


def test_jobs_whose_time_has_come_are_enqueued_without_a_second_process(connection):
    job = enqueue_night(connection, ORG, "k")
    jobs = queue(connection)
    jobs.remove(job.id)
    registry = ScheduledJobRegistry(queue=jobs)
    job.set_status(JobStatus.SCHEDULED)
    connection.zadd(registry.key, {job.id: 1})
    make_worker(connection).clean_registries()
    assert jobs.job_ids == [job.id]


def ended(connection, error):
    job, worker, execution = started(connection)
    try:
        raise error
    except type(error) as caught:
        worker.handle_exception(job, type(caught), caught, caught.__traceback__)
        worker.handle_job_failure(job, queue(connection), execution=execution)
    return job


def test_an_error_is_not_tried_again(connection):
    assert ended(connection, ValueError("no")).get_status() == JobStatus.FAILED


def test_a_job_that_was_shut_down_is_run_again(connection):
    job = ended(connection, ShutDownImminentException("dyno", {}))
    assert job.get_status() == JobStatus.QUEUED


def test_a_killed_horses_job_is_run_again(connection):
    job, worker, execution = started(connection)
    worker.handle_job_failure(job, queue(connection), execution=execution)
    assert job.get_status() == JobStatus.QUEUED


def test_a_returned_retry_comes_back_later(connection):
    job, worker, execution = started(connection)
    worker._finalize_success(job, queue(connection), execution, Retry(max=5, interval=60))
    assert job.get_status() == JobStatus.SCHEDULED
    assert ScheduledJobRegistry(queue=queue(connection)).get_job_ids() == [job.id]


def test_the_worker_listens_on_one_queue_with_json(connection):
    worker = make_worker(connection)
    assert isinstance(worker, FastRecoverWorker)
    assert len(worker.queues) == 1
    assert worker.serializer is JSONSerializer


def everything_in(connection):
    """Every key and value, packed ones unpacked."""
    for key in connection.keys("*"):
        kind = connection.type(key)
        if kind == b"hash":
            values = connection.hgetall(key).values()
        elif kind == b"stream":
            values = [field for _, entry in connection.xrange(key) for field in entry.values()]
        else:
            values = [connection.dump(key)]
        for value in values:
            yield value
            with suppress(zlib.error):
                yield zlib.decompress(value)
            with suppress(ValueError, zlib.error):
                yield zlib.decompress(base64.b64decode(value, validate=True))


@pytest.fixture
def told(capfd, tmp_path):
    """Give what a worker and its horses log or print, whatever an earlier test left behind."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    path = tmp_path / "log"
    with path.open("w") as log:
        logs.configure(log)
        yield lambda: path.read_text() + "".join(capfd.readouterr())
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


@pytest.mark.parametrize(
    ("error", "kept"),
    [
        (ValueError("ANA FERREIRA"), "ValueError"),
        (classify(400, [{"errorCode": "STRING_TOO_LONG", "fields": ["Note__c"],
                         "message": "Note: data value too large: ANA FERREIRA (max length=255)"}]),
         "RecordRejectedError: STRING_TOO_LONG (fields: Note__c)."),
        (classify(400, [{"errorCode": "INVALID_EMAIL_ADDRESS", "message": "invalid email address: ANA FERREIRA"}]),
         "RequestDefectError: INVALID_EMAIL_ADDRESS."),
    ],
)  # fmt: skip
def test_an_errors_message_reaches_neither_log_nor_redis(
    connection, monkeypatch, told, error, kept
):
    """It may quote a record; the kind and the place are enough to find the cause."""

    def broken(*_: object) -> None:
        raise error

    monkeypatch.setattr("jobs.night.run_night", broken)
    job = enqueue_night(connection, ORG, "k")
    make_worker(connection).work(burst=True, logging_level="WARNING")
    said = told()
    assert job.get_status(refresh=True) is JobStatus.FAILED
    assert not [value for value in everything_in(connection) if b"ANA FERREIRA" in value]
    assert "ANA FERREIRA" not in said
    assert "in broken" in job.latest_result().exc_string
    assert job.latest_result().exc_string.endswith(kept)
    assert "job_failed" in said
