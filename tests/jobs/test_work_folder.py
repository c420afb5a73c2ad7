from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from jobs.work_folder import sweep, work_folder


def test_the_folder_is_empty_and_gone_afterwards(tmp_path):
    with work_folder(tmp_path) as folder:
        (folder / "page.csv").write_text("x")
    assert not folder.exists()


def test_it_is_gone_after_an_error_too(tmp_path):
    with pytest.raises(KeyError), work_folder(tmp_path) as folder:
        raise KeyError
    assert not folder.exists()


def test_a_living_attempts_folder_is_left_alone(tmp_path):
    with work_folder(tmp_path) as first, work_folder(tmp_path) as second:
        assert first.exists()
        assert second != first


def test_a_killed_attempts_folder_is_swept(tmp_path):
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom jobs.work_folder import work_folder\n"
        "with work_folder(Path(sys.argv[1])) as f:\n print(f, flush=True)\n time.sleep(60)\n"
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


def test_attempts_that_start_and_end_at_once_leave_each_other_alone(tmp_path):
    program = (
        "import sys\nfrom pathlib import Path\nfrom jobs.work_folder import work_folder\n"
        "for _ in range(200):\n"
        " with work_folder(Path(sys.argv[1])) as f:\n  (f / 'page').write_text('x')\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    several = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    assert [one.communicate()[1] for one in several] == ["", "", ""]
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_one_killed_before_it_had_its_lock_is_swept(tmp_path):
    (tmp_path / "run-early").mkdir()
    assert sweep(tmp_path) == 1
    assert list(tmp_path.iterdir()) == []
