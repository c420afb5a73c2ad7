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
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone_in(parent):
        _sweep(parent)
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
        handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def sweep(parent: Path) -> int:
    """Remove what killed attempts left behind; says how many folders."""
    if not parent.is_dir():
        return 0
    with _alone_in(parent):
        return _sweep(parent)


@contextmanager
def _alone_in(parent: Path) -> Iterator[None]:
    """Make and sweep folders one process at a time: one without a lock is then dead, not new."""
    handle = os.open(parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _sweep(parent: Path) -> int:
    dead = [folder for folder in parent.glob(f"{_PREFIX}*") if not _lives(folder)]
    for folder in dead:
        shutil.rmtree(folder, ignore_errors=True)
    return len(dead)


def _lives(folder: Path) -> bool:
    """Say whether its process holds its lock; one killed while it cleared up has none left."""
    try:
        handle = os.open(folder / _LOCK, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
