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


def end_early(number):
    os.kill(os.getpid(), signal.SIGKILL)


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


def test_a_lost_process_is_told_with_what_to_do():
    with pytest.raises(ProcessLostError, match="too little memory"):
        list(in_order(end_early, range(3), 2))


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
