from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from jobs.work_folder import PAGES, sweep, work_folder


def test_the_folder_is_empty_and_gone_afterwards(tmp_path):
    with work_folder(tmp_path, "night-1") as folder:
        (folder / "page.csv").write_text("x")
    assert not folder.exists()


def test_it_is_gone_after_an_error_too(tmp_path):
    with pytest.raises(KeyError), work_folder(tmp_path, "night-1") as folder:
        raise KeyError
    assert not folder.exists()


def test_a_living_attempts_folder_is_left_alone(tmp_path):
    with work_folder(tmp_path, "night-1") as first, work_folder(tmp_path, "night-1") as second:
        assert first.exists()
        assert second != first


def test_a_killed_attempts_folder_is_swept(tmp_path):
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom jobs.work_folder import work_folder\n"
        "with work_folder(Path(sys.argv[1]), 'night-1') as f:\n print(f, flush=True)\n time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as child:
        folder = child.stdout.readline().strip()
        assert sweep(tmp_path) == 0
        child.send_signal(signal.SIGKILL)
    assert os.path.isdir(folder)  # noqa: PTH112 - its name came from another process
    assert sweep(tmp_path) == 1
    assert not os.path.isdir(folder)  # noqa: PTH112


def test_what_an_attempt_killed_while_clearing_up_left_is_swept(tmp_path):
    """Its lock may be the first file to go; the pages hold customers' rows."""
    half = tmp_path / "run-half"
    half.mkdir()
    (half / "Task-1.csv").write_text("Id")
    with work_folder(tmp_path, "night-1") as folder:
        assert folder.exists()
        assert not half.exists()


def test_pages_are_for_their_owner_alone(tmp_path):
    with work_folder(tmp_path / "work", "night-1") as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((tmp_path / "work").stat().st_mode) == 0o700


def test_no_attempt_sweeps_another_that_is_just_being_made(tmp_path):
    """Many at once: each keeps its own folder until it is done with it."""

    def attempt(_: int) -> bool:
        with work_folder(tmp_path, "night-1") as folder:
            (folder / "page.csv").write_text("x")
            time.sleep(0.001)
            return (folder / "page.csv").exists()

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(attempt, range(400)))


def left_by_an_attempt(tmp_path, key="night-1"):
    with pytest.raises(KeyError), work_folder(tmp_path, key, (KeyError,)) as folder:  # noqa: PT012
        (folder / PAGES).mkdir()
        (folder / PAGES / "Task-1.csv").write_text("Id")
        (folder / "spill").mkdir()
        (folder / "rows.duckdb").write_text("x")
        raise KeyError
    assert folder.exists()
    return folder


def test_the_next_attempt_of_a_run_takes_over_its_pages_alone(tmp_path):
    left_by_an_attempt(tmp_path)
    with work_folder(tmp_path, "night-1", (KeyError,)) as folder:
        assert [path.name for path in (folder / PAGES).iterdir()] == ["Task-1.csv"]
        assert {path.name for path in folder.iterdir()} == {PAGES, "alive", "key"}
        assert sweep(tmp_path) == 0
    assert list(tmp_path.iterdir()) == []


def test_another_run_takes_nothing_over_and_sweeps_it_when_the_day_is_over(tmp_path):
    left = left_by_an_attempt(tmp_path)
    assert {path.name for path in left.iterdir()} == {PAGES, "alive", "key", "day"}  # no spill
    with work_folder(tmp_path, "night-2") as folder:
        assert not (folder / PAGES).exists()
        assert left.exists()
    (left / "day").write_text("2026-01-01")
    with work_folder(tmp_path, "night-3"):
        assert not left.exists()


def test_nothing_is_taken_over_from_an_attempt_that_lives(tmp_path):
    with work_folder(tmp_path, "night-1") as first:
        (first / PAGES).mkdir()
        with work_folder(tmp_path, "night-1") as second:
            assert not (second / PAGES).exists()


def test_what_two_attempts_left_is_taken_over_once(tmp_path):
    first = left_by_an_attempt(tmp_path)
    second = tmp_path / "run-second"
    second.mkdir()
    for name in ("alive", "key"):
        (second / name).write_text((first / name).read_text())
    with work_folder(tmp_path, "night-1") as folder:
        assert folder in {first, second}
        assert first.exists() != second.exists()
