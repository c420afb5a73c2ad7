"""Child processes: whatever ends the waiting, nobody is left behind."""

from __future__ import annotations

import sys

import pytest

from service.processes import Child, ChildError, run, wait_until


@pytest.fixture
def sleeper(tmp_path):
    child = Child(
        "the sleeper", [sys.executable, "-c", "import time; time.sleep(60)"], tmp_path / "log"
    )
    yield child
    child.stop()


def test_a_child_that_is_never_ready_is_stopped(sleeper):
    with pytest.raises(ChildError, match=r"waited 0 s in vain for the moon"):
        wait_until(lambda: False, sleeper, seconds=0.2, what="the moon")
    assert not sleeper.is_running


def test_ctrl_c_while_waiting_stops_the_child(sleeper):
    def press():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        wait_until(press, sleeper, seconds=5, what="the moon")
    assert not sleeper.is_running


def test_a_child_that_is_ready_goes_on(sleeper):
    wait_until(lambda: True, sleeper, seconds=5, what="nothing")
    assert sleeper.is_running


def test_a_program_that_hangs_is_named():
    with pytest.raises(ChildError, match=r"did not end within 0 s"):
        run([sys.executable, "-c", "import time; time.sleep(60)"], seconds=0.2)
