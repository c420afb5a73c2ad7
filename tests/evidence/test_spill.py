from __future__ import annotations

import subprocess
import sys

from service.evidence import sweep
from service.evidence.spill import open_database


def test_nothing_is_left_after_use(tmp_path):
    with open_database(tmp_path, 100) as connection:
        assert connection.execute("SELECT 42").fetchone() == (42,)
        assert sorted(path.suffix for path in tmp_path.iterdir()) == ["", ".lock"]
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_after_a_failure(tmp_path):
    try:
        with open_database(tmp_path, 100):
            raise KeyError  # noqa: TRY301 - any failure
    except KeyError:
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_living_reduction_is_not_swept(tmp_path):
    with open_database(tmp_path, 100) as first, open_database(tmp_path, 100):
        assert sweep(tmp_path) == 0
        assert first.execute("SELECT 1").fetchone() == (1,)


WORK = """
import sys, time
from pathlib import Path
from service.evidence.spill import open_database
with open_database(Path(sys.argv[1]), 100) as connection:
    connection.execute("CREATE TABLE t AS SELECT range AS i FROM range(100000)")
    print("ready", flush=True)
    time.sleep(60)
"""


def test_the_folder_of_a_killed_process_is_swept(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", WORK, str(tmp_path)], stdout=subprocess.PIPE
    ) as worker:
        assert worker.stdout.readline() == b"ready\n"
        worker.kill()
    assert len(list(tmp_path.iterdir())) == 2
    with open_database(tmp_path, 100):
        assert len(list(tmp_path.iterdir())) == 2  # its own folder and lock
    assert list(tmp_path.iterdir()) == []


def test_files_of_others_are_left_alone(tmp_path):
    other = tmp_path / "notes.txt"
    other.write_text("mine")
    assert sweep(tmp_path) == 0
    assert other.read_text() == "mine"
