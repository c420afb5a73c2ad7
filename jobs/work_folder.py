"""A folder for a run's pages and spill files, and the sweeping of dead attempts' folders."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What the next attempt of the same run takes over: rows that cost API calls.
PAGES = "pages"
_PREFIX = "run-"
_LOCK = "alive"
_KEY = "key"
_DAY = "day"  #: until when a folder that was left on purpose is kept


@contextmanager
def work_folder(
    parent: Path, run_key: str, keep_after: tuple[type[BaseException], ...] = ()
) -> Iterator[Path]:
    """Give a folder under `parent`; it is gone after the block.

    Each attempt has its own, because a killed job may be run again while its first process still
    lives. That process holds a lock in its folder; a folder whose lock is free is dead. The folder
    is empty, but for the pages of a dead attempt of the same run. One of `keep_after`, raised in
    the block, leaves the pages for the next attempt, until the day (in UTC) is over: other runs of
    that day leave them alone. What a killed attempt left is swept by whichever run comes next.
    """
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone_in(parent):
        folder, handle = _taken_over(parent, run_key) or _new(parent, run_key)
        _sweep(parent)
    try:
        yield folder
    except keep_after:
        _strip(folder)
        (folder / _DAY).write_text(_today(), encoding="utf-8")
        os.close(handle)
        raise
    except BaseException:
        _remove(folder, handle)
        raise
    _remove(folder, handle)


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


def _new(parent: Path, run_key: str) -> tuple[Path, int]:
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
    handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX)
    (folder / _KEY).write_text(run_key, encoding="utf-8")
    return folder, handle


def _taken_over(parent: Path, run_key: str) -> tuple[Path, int] | None:
    """Take the folder of a dead attempt of this run, without its spill files."""
    for folder in parent.glob(f"{_PREFIX}*"):
        handle = _lock(folder)
        if handle is None:
            continue
        if _said(folder / _KEY) == run_key:
            _strip(folder)
            return folder, handle
        os.close(handle)
    return None


def _strip(folder: Path) -> None:
    """Leave the pages alone: spill files are worth nothing to another attempt."""
    for other in folder.iterdir():
        if other.name not in {_LOCK, _KEY, PAGES}:
            shutil.rmtree(other) if other.is_dir() else other.unlink()


def _said(path: Path) -> str | None:
    """Give what a folder says of itself; None where it says nothing, or went away meanwhile."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _remove(folder: Path, handle: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os.close(handle)


def _sweep(parent: Path) -> int:
    dead = [
        folder
        for folder in parent.glob(f"{_PREFIX}*")
        if _said(folder / _DAY) != _today() and not _lives(folder)
    ]
    for folder in dead:
        shutil.rmtree(folder, ignore_errors=True)
    return len(dead)


def _lives(folder: Path) -> bool:
    """Say whether its process holds its lock; one killed while it cleared up has none left."""
    if not (folder / _LOCK).exists():
        return False
    handle = _lock(folder)
    if handle is None:
        return True
    os.close(handle)
    return False


def _lock(folder: Path) -> int | None:
    """Take the lock of a folder; None when its process holds it, or when there is none."""
    try:
        handle = os.open(folder / _LOCK, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle
