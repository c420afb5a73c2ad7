"""The stand-in org's program, read once a test process and forked for each org.

Half of an org's start is reading the program. `python -m localorg serve` itself, from nothing, is
what tests/localorg/test_program.py, the roads and the demo start.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from service.processes import Child

ROOT = Path(__file__).resolve().parent.parent.parent
#: Answers each line (a JSON object: arguments, log) with the id of the process that serves it, and
#: "? id" with the exit code of one that ended, or null.
_FORKING = """
import json, os, sys, traceback
import localorg.pages
from localorg import __main__ as program, soql_parse

soql_parse.parse("SELECT Id FROM User")  # the grammar
ended = {}
for line in sys.stdin:
    if line.startswith("?"):
        wanted = int(line[1:])
        if wanted not in ended:
            pid, status = os.waitpid(wanted, os.WNOHANG)
            if pid:
                ended[pid] = os.waitstatus_to_exitcode(status)
        print(json.dumps(ended.get(wanted)), flush=True)
        continue
    asked = json.loads(line)
    pid = os.fork()
    if pid:
        print(pid, flush=True)
        continue
    os.setsid()
    log = os.open(asked["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0), os.dup2(log, 1), os.dup2(log, 2)
    try:
        code = program.main(asked["arguments"])
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush(), sys.stderr.flush()
    os._exit(code)
"""


class Forked:
    """What `Child` asks of a process, of one whose parent is the forking program."""

    def __init__(self, arguments: list[str], log_file: Path) -> None:
        self.pid: int = _say(json.dumps({"arguments": arguments, "log": str(log_file)}))

    def poll(self) -> int | None:
        return _say(f"? {self.pid}")

    def wait(self, seconds: float = 60) -> int:
        end = time.monotonic() + seconds
        while (code := self.poll()) is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired("localorg", seconds)
            time.sleep(0.01)
        return code


class OrgChild(Child):
    """`localorg` with these arguments, in its own process group, its output in a file."""

    def __init__(self, arguments: list[str], log_file: Path) -> None:
        self.name, self.log_file = "the stand-in org", log_file
        log_file.parent.mkdir(parents=True, exist_ok=True)
        self.process = Forked(arguments, log_file)  # type: ignore[assignment]


@cache
def _forking() -> subprocess.Popen[str]:
    """It ends with this process, when its input does."""
    command = [sys.executable, "-c", _FORKING]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    program = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
    )
    atexit.register(program.communicate)
    return program


_ONE_AT_A_TIME = Lock()


def _say(line: str) -> Any:
    with _ONE_AT_A_TIME:
        program = _forking()
        program.stdin.write(f"{line}\n")
        program.stdin.flush()
        return json.loads(program.stdout.readline())
