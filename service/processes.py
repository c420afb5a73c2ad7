"""Child processes of the demo: each in its own process group, its output in a file, never orphaned."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

POLL_SECONDS = 0.05


class ChildError(Exception):
    """A child process failed. The message carries the end of its output."""


class Child:
    """A running program. `stop` ends its whole process group, politely first."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log_file: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.log_file = log_file
        log_file.parent.mkdir(parents=True, exist_ok=True)
        with log_file.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603 - our own programs, no shell
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=None if environment is None else dict(environment),
                start_new_session=True,
            )

    @property
    def is_running(self) -> bool:
        """True while the program has not ended."""
        return self.process.poll() is None

    def tail(self, lines: int = 15) -> str:
        """The end of what the program said."""
        return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-lines:])

    def stop(self, seconds: float = 8.0) -> None:
        """SIGTERM to the group, then SIGKILL for whoever is left."""
        self._signal(signal.SIGTERM)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            pass
        finally:
            self._signal(signal.SIGKILL)
            self.process.wait()

    def _signal(self, number: int) -> None:
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            return  # the whole group has ended already, which is what was wanted


def wait_until(is_done: Callable[[], bool], child: Child, *, seconds: float, what: str) -> None:
    """Wait for `is_done`; raises ChildError when the child ends first or time runs out.

    Nobody else knows the child yet: whatever ends the waiting, Ctrl-C too, stops the child.
    """
    try:
        _wait(is_done, child, seconds, what)
    except BaseException:
        child.stop()
        raise


def _wait(is_done: Callable[[], bool], child: Child, seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not is_done():
        if not child.is_running:
            raise ChildError(f"{child.name} ended while we waited for {what}:\n{child.tail()}")
        if time.monotonic() > end:
            raise ChildError(f"waited {seconds:.0f} s in vain for {what}:\n{child.tail()}")
        time.sleep(POLL_SECONDS)


def run(
    command: Sequence[str],
    *,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    seconds: float = 300,
) -> str:
    """Run a program to its end and return its standard output; raises ChildError with its words."""
    try:
        result = subprocess.run(  # noqa: S603 - our own programs, no shell
            list(command),
            cwd=cwd,
            env=None if environment is None else dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        said = f"{' '.join(command[:4])} … did not end within {seconds:.0f} s"
        raise ChildError(said) from error
    if result.returncode != 0:
        said = "\n".join((result.stdout + result.stderr).splitlines()[-40:])
        raise ChildError(f"{' '.join(command[:4])} … exited with {result.returncode}:\n{said}")
    return result.stdout
