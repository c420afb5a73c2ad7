"""What is costly to build is built once for all processes of a test run, not once in each."""

from __future__ import annotations

import fcntl
import os
import pickle
import shutil
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

T = TypeVar("T")


def folder_of_the_run(factory: pytest.TempPathFactory) -> Path:
    """Where all processes of a test run may look; it stays until the run's folders go."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def built_once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], T]) -> T:
    """Give what `build` made of a folder, for the first process that asks; the others wait for it.

    What it gives is kept by pickle; the folder stays until the run's folders go. Nobody may
    change what lies in it.
    """
    folder = folder_of_the_run(factory) / f"once-{name}"
    answer = folder / "answer.pickle"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # freed by the system when its process dies
        if not answer.exists():
            shutil.rmtree(folder, ignore_errors=True)  # of a build that failed
            folder.mkdir()
            answer.write_bytes(pickle.dumps(build(folder)))
    made: T = pickle.loads(answer.read_bytes())  # noqa: S301 - written above
    return made
