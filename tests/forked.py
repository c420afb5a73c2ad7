"""Our long-running programs, read once a test process and forked for each start of them.

Reading the program is most of a start. The programs themselves, from nothing, are what
tests/localorg/test_program.py, the roads and the demo start.
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
from typing import TYPE_CHECKING, Any

from service.processes import Child

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent
#: Module with a `main` -> what else is read, or done, before it is forked.
READ = {
    "localorg.__main__": "import localorg.pages\n"
    "from localorg.soql.parse import parse\nparse('SELECT Id FROM User')  # reads the grammar",
    "jobs.worker": "import jobs.night, jobs.big_deals, jobs.deal_look, jobs.digest",
}
#: Answers each line (a JSON object: arguments, log, environment) with the id of the new process,
#: and "? id" with the exit code of one that ended, or null.
_FORKING = """
import importlib, json, os, sys, traceback
program = importlib.import_module(sys.argv[1])
exec(sys.argv[2])
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
        os.setpgid(pid, pid)  # before anybody may signal the group
        print(pid, flush=True)
        continue
    os.setpgid(0, 0)
    log = os.open(asked["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0), os.dup2(log, 1), os.dup2(log, 2)
    sys.argv = [sys.argv[1], *asked["arguments"]]
    os.environ.clear()
    os.environ.update(asked["environment"])
    try:
        code = program.main() or 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        if code and not isinstance(end.code, int):
            print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush(), sys.stderr.flush()
    os._exit(code)
"""


class Forked:
    """What `Child` asks of a process, of one whose parent is the forking program."""

    def __init__(self, program: str, asked: dict[str, Any]) -> None:
        self._program = program
        self.pid: int = _say(program, json.dumps(asked))

    def poll(self) -> int | None:
        return _say(self._program, f"? {self.pid}")

    def wait(self, seconds: float = 60) -> int:
        end = time.monotonic() + seconds
        while (code := self.poll()) is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired(self._program, seconds)
            time.sleep(0.01)
        return code


class ForkedChild(Child):
    """A program of READ with these arguments, in its own process group, its output in a file."""

    def __init__(
        self,
        name: str,
        program: str,
        arguments: Sequence[str],
        log_file: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name, self.log_file = name, log_file
        log_file.parent.mkdir(parents=True, exist_ok=True)
        asked = {
            "arguments": list(arguments),
            "log": str(log_file),
            "environment": dict(os.environ if environment is None else environment),
        }
        self.process = Forked(program, asked)  # type: ignore[assignment]


@cache
def _forking(program: str) -> subprocess.Popen[str]:
    """It ends with this process, when its input does."""
    command = [sys.executable, "-c", _FORKING, program, READ[program]]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
    )
    atexit.register(started.communicate)
    return started


_ONE_AT_A_TIME = Lock()


def _say(program: str, line: str) -> Any:
    with _ONE_AT_A_TIME:
        forking = _forking(program)
        forking.stdin.write(f"{line}\n")
        forking.stdin.flush()
        return json.loads(forking.stdout.readline())
