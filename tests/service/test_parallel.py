"""Work in several processes: in order, with its errors, and nobody left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from service.parallel import ProcessLostError, in_order
from tests.shared_data import ROOT

_ASKS_AND_IS_KILLED = """
import os, signal, sys
from service.parallel import in_order
from tests.service.test_parallel import own_number
if __name__ == "__main__":
    for number in in_order(own_number, range(2), 2):
        print(number, flush=True)
    for number in in_order(own_number, iter(int, 1), 2):
        print(number, flush=True)
"""


def own_number(_item):
    return os.getpid()


def squared(number):
    return number * number


def refuse(number):
    if number == 3:
        raise ValueError("three")
    return number


def end_early(_item):
    os.kill(os.getpid(), signal.SIGKILL)


class EndsWhoeverReceivesIt:
    """More than a pipe holds, so that whoever sends it is still at it."""

    def __init__(self):
        self.much = bytes(20_000_000)

    def __setstate__(self, _state):
        end_early(self)


class OnlyMadeByNameError(Exception):
    def __init__(self, *, row):
        super().__init__(f"row {row}")


def refuse_by_name(number):
    raise OnlyMadeByNameError(row=number)


def cannot_be_sent(_number):
    return lambda: None


@pytest.mark.parametrize("processes", [1, 3])
@pytest.mark.parametrize("items", [0, 1, 7])
def test_results_come_in_the_order_of_the_items(processes, items):
    assert list(in_order(squared, range(items), processes)) == [n * n for n in range(items)]


def test_the_work_is_shared():
    found = list(in_order(own_number, range(4), 2))
    assert len(set(found)) == 2
    assert os.getpid() not in found


def test_an_error_comes_with_where_it_happened():
    with pytest.raises(ValueError, match="three") as raised:
        list(in_order(refuse, range(9), 2))
    assert "in refuse" in "".join(raised.value.__notes__)


@pytest.mark.parametrize("items", [range(3), [EndsWhoeverReceivesIt()] * 3])
def test_a_lost_process_is_told_with_what_to_do(items):
    with pytest.raises(ProcessLostError, match="too little memory"):
        list(in_order(end_early, items, 2))


def test_an_error_that_cannot_be_made_again_is_quoted():
    with pytest.raises(RuntimeError, match="OnlyMadeByNameError: row 0"):
        list(in_order(refuse_by_name, range(2), 2))


def test_a_result_that_cannot_be_sent_is_no_lack_of_memory():
    with pytest.raises(Exception, match="pickle"):
        list(in_order(cannot_be_sent, range(2), 2))


def test_nobody_stays_when_whoever_asked_is_killed(tmp_path):
    script = tmp_path / "asks.py"
    script.write_text(_ASKS_AND_IS_KILLED)
    with subprocess.Popen(
        [sys.executable, script], cwd=ROOT, stdout=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as asking:  # fmt: skip
        helpers = {int(asking.stdout.readline()) for _ in range(6)}
        asking.kill()
    assert len(helpers) == 4
    assert _all_ended(helpers)


def _all_ended(helpers):
    until = time.monotonic() + 30
    while any(Path(f"/proc/{one}").exists() for one in helpers):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True
