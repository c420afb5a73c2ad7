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
    with _alone_in(parent):
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
        handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        with _alone_in(parent):
            shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def sweep(parent: Path) -> int:
    """Remove what killed attempts left behind; says how many folders."""
    with _alone_in(parent):
        dead = [folder for folder in parent.glob(f"{_PREFIX}*") if not _is_alive(folder)]
        for folder in dead:
            shutil.rmtree(folder, ignore_errors=True)
    return len(dead)


@contextmanager
def _alone_in(parent: Path) -> Iterator[None]:
    """Let no other process make or sweep folders here, so that none is swept while it is made."""
    handle = os.open(parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _is_alive(folder: Path) -> bool:
    try:
        handle = os.open(folder / _LOCK, os.O_RDWR)
    except FileNotFoundError:
        return False  # killed before it had its lock
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(handle)
