from __future__ import annotations

from types import SimpleNamespace

import pytest

from jobs import put_off as module
from jobs.enqueue import DEATHS
from jobs.put_off import (
    IN_DOUBT,
    ORG_NOT_READY,
    OTHER_RUN,
    GivenUpError,
    put_off,
    times_taken_up_again,
)


@pytest.fixture
def job(monkeypatch):
    found = SimpleNamespace(meta={}, saved=0, retries_left=DEATHS)

    def save_meta():
        found.saved += 1

    found.save_meta = save_meta
    monkeypatch.setattr(module, "get_current_job", lambda: found)
    return found


@pytest.mark.parametrize("reason", [OTHER_RUN, ORG_NOT_READY, IN_DOUBT])
def test_patience_lasts_longer_than_a_transaction_in_flight_and_then_ends(job, reason):
    waited = sum(put_off(reason).intervals[0] for _ in reason.intervals)
    assert waited > 600
    with pytest.raises(GivenUpError, match="next night"):
        put_off(reason)
    assert job.saved == len(reason.intervals)


def test_the_first_waits_are_short_and_grow(job):
    waits = [put_off(ORG_NOT_READY).intervals[0] for _ in range(5)]
    assert waits == sorted(waits)
    assert waits[0] <= 5


def test_reasons_are_counted_apart(job):
    for _ in range(100):
        put_off(OTHER_RUN)
    assert put_off(ORG_NOT_READY).intervals == [ORG_NOT_READY.intervals[0]]


def test_outside_a_worker_it_gives_the_first_wait():
    assert put_off(IN_DOUBT).intervals == [IN_DOUBT.intervals[0]]


def test_attempts_that_worked_in_the_org_are_counted_and_waiting_is_not(job):
    assert times_taken_up_again() == 0
    job.retries_left = DEATHS - 2
    put_off(OTHER_RUN)
    assert times_taken_up_again() == 2
    put_off(IN_DOUBT)
    put_off(ORG_NOT_READY)
    assert times_taken_up_again() == 4
