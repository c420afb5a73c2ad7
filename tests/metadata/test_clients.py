"""`make clients`, whole: every client saw what it must, and every planted mistake has a finder."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from clients import mistakes
from tests.metadata.test_planted_damage import DAMAGE

ROOT = Path(__file__).resolve().parents[2]


def test_twenty_five_mistakes_are_planted():
    assert set(mistakes.STATIC) <= set(DAMAGE)
    assert len(set(mistakes.STATIC) | set(mistakes.ONLY_DEPLOYED)) == 25


@pytest.mark.sf
@pytest.mark.long
@pytest.mark.timeout(900)
def test_every_client_is_well_and_every_mistake_is_found():
    command = [sys.executable, "-m", "clients", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert [one["name"] for one in told["steps"] if not one["is_good"]] == []
    assert [one["mistake"] for one in told["mistakes"] if not one["found_by"]] == []
    assert len(told["mistakes"]) == 25
