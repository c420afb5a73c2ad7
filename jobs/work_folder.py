"""A folder for one attempt's pages and spill files, and the sweeping of dead attempts' folders."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX = "run-"
_LOCK = "alive"


@contextmanager
def work_folder(parent: Path) -> Iterator[Path]:
    """Give an empty folder under `parent`; it is gone after the block.

    Each attempt has its own, because a killed job may be run again while its first process still
    lives. That process holds a lock in its folder; a folder whose lock is free is dead.
    """
    parent.mkdir(parents=True, exist_ok=True)
    sweep(parent)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
    handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def sweep(parent: Path) -> int:
    """Remove what killed attempts left behind; says how many folders."""
    swept = 0
    for lock in parent.glob(f"{_PREFIX}*/{_LOCK}"):
        handle = os.open(lock, os.O_RDWR)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            shutil.rmtree(lock.parent, ignore_errors=True)
            swept += 1
        finally:
            os.close(handle)
    return swept
