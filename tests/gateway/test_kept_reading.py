"""A reading is taken up again while it still shows the org, and not longer."""

from __future__ import annotations

import time

import pytest

from service.salesforce.bulk_job import FRESH_SECONDS
from service.salesforce.kept_reading import keep, kept
from service.salesforce.plan import ReadingPlan
from service.tables import Gap, Table, Tables

ALSO = {"Lead": ("Rating",)}


@pytest.fixture
def reading(tmp_path):
    page = tmp_path / "Lead-1.csv"
    page.write_text("Id\n")
    table = Table("Lead", (page,), frozenset({"Id"}), 3)
    found = Tables({"Lead": table}, (Gap("Task", None, "It is not there."),))
    keep(tmp_path, ALSO, found, ReadingPlan((), 1))
    return tmp_path, found


def test_what_was_read_is_there(reading):
    folder, found = reading
    assert kept(folder, ALSO) == (found, ReadingPlan((), 1))


@pytest.mark.parametrize("seconds", [FRESH_SECONDS + 1, -60])
def test_an_old_reading_and_one_of_a_clock_that_was_ahead_are_none(reading, monkeypatch, seconds):
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + seconds)
    assert kept(reading[0], ALSO) is None


def test_one_of_other_fields_is_none(reading):
    assert kept(reading[0], None) is None
