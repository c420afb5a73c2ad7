"""The stand-in org as a program of its own, for stories that need the real API behind the page."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_SECONDS = 60


@contextmanager
def localorg_server(folder):
    """What a running, empty org hands over; its words are shown if it does not start."""
    log, told = folder / "localorg.log", folder / "org" / "handoff.json"
    command = [sys.executable, "-m", "localorg", "serve", "--dir", str(folder / "org")]
    with log.open("wb") as output:
        server = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)
    try:
        end = time.monotonic() + START_SECONDS
        while not told.exists():
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.05)
        yield json.loads(told.read_text())
    finally:
        server.terminate()
        assert server.wait(timeout=20) == 0, log.read_text()
