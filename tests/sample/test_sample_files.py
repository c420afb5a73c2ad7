"""The files of a sample: what is never written over, and what a stopped run leaves."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import zipfile
from datetime import date
from typing import TYPE_CHECKING

import pytest

from service.sample import NotOursError, write_sample
from tests.shared_data import ROOT

if TYPE_CHECKING:
    from pathlib import Path

AS_OF = date(2026, 11, 20)  # a Friday
BESIDE = ("truth.json", "people.csv", "absences.csv")


@pytest.mark.parametrize("name", BESIDE)
def test_a_file_that_is_no_earlier_samples_is_not_replaced(tmp_path, name):
    (tmp_path / name).write_text("mine")
    with pytest.raises(NotOursError, match=name):
        write_sample(tmp_path / "s.zip", as_of=AS_OF, people=36)
    assert {path.name for path in tmp_path.iterdir()} == {name}


def same_file(path: Path) -> tuple[int, ...]:
    """What changes when a file is replaced or written; to read it moves its access time, which is not asked."""
    status = path.lstat()
    return status.st_ino, status.st_mode, status.st_size, status.st_mtime_ns


@pytest.mark.parametrize("is_zip", [True, False])
def test_a_zip_that_is_no_sample_is_not_replaced(tmp_path, is_zip):
    path = tmp_path / "export.zip"
    if is_zip:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("User.csv", "Id\n")
    else:
        path.symlink_to("/dev/null")  # a device is nobody's sample either
    before = same_file(path)
    with pytest.raises(NotOursError, match=r"export\.zip is there already"):
        write_sample(path, as_of=AS_OF, people=36)
    assert same_file(path) == before
    assert list(tmp_path.iterdir()) == [path]


def test_an_earlier_sample_is_replaced(tmp_path):
    write_sample(tmp_path / "s.zip", as_of=AS_OF, people=36)
    again = write_sample(tmp_path / "s.zip", as_of=AS_OF, people=37)
    assert again.truth.keys() == {one.user_id for one in again.people}
    assert {path.name for path in tmp_path.iterdir()} == {"s.zip", *BESIDE}


def test_a_failed_run_leaves_nothing(tmp_path):
    def stop(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_sample(tmp_path / "s.zip", as_of=AS_OF, people=36, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_progress_counts_everybody(tmp_path):
    seen = []
    facts = write_sample(
        tmp_path / "s.zip", as_of=AS_OF, people=36, progress=lambda *one: seen.append(one)
    )
    assert [done for done, _, _ in seen] == list(range(1, len(facts.people) + 1))
    assert seen[-1] == (len(facts.people), len(facts.people), sum(facts.rows.values()))


def test_a_killed_run_leaves_nothing(tmp_path):
    command = [sys.executable, "-m", "service.cli", "sample", "--users", "900", tmp_path / "s.zip"]
    child = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)
    end = time.monotonic() + 60
    while not any(tmp_path.glob(".bellwether-sample-*/Task.csv")) and time.monotonic() < end:
        time.sleep(0.01)
    child.terminate()
    child.communicate(timeout=60)
    assert child.returncode == 128 + signal.SIGTERM
    assert list(tmp_path.iterdir()) == []
