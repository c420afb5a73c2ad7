"""`make bench-night` says what a night of the worker held, beside what a dyno has."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from bench.night import Night, night, shown
from service.processes import Child, ChildError

ROOT = Path(__file__).resolve().parent.parent.parent


def test_a_night_is_told_with_its_memory_and_its_calls():
    said = shown(Night("2021-04-16", 301.25, 87, 520, {"scored": 9, "api_calls": 60}))
    assert "520 MB at the peak (at most 512), 87 before" in said
    assert "scored 9, api_calls 60" in said


def test_a_worker_that_ends_ends_the_bench(tmp_path, redis_url):
    worker = Child("the worker", [sys.executable, "-c", "print('no settings')"], tmp_path / "log")
    worker.process.wait()
    with pytest.raises(ChildError, match="no settings"):
        night(worker, redis_url, "00D5g000000AAAA", date(2021, 4, 16))


def test_make_runs_it():
    recipe = subprocess.run(
        ["make", "-n", "bench-night"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "-m bench.night" in recipe.stdout
