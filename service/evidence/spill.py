"""One DuckDB per reduction: its memory limit, its folder on disk, and who sweeps dead ones.

A process that is killed leaves its folder behind, and opening the database again does not clean
it. So each folder stands beside a lock file that its process holds as long as it lives: a lock
that can be taken belongs to nobody, whatever its process id is used for now.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX = "evidence-"
_LOCK = ".lock"
THREADS = 2


def sweep(work_dir: Path) -> int:
    """Remove the folders that dead reductions left under `work_dir`; says how many."""
    swept = 0
    for lock in work_dir.glob(f"{_PREFIX}*{_LOCK}"):
        with _locked(lock) as free:
            if free:
                shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
                lock.unlink(missing_ok=True)
                swept += 1
    return swept


@contextmanager
def _locked(lock: Path) -> Iterator[bool]:
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(handle)


@contextmanager
def open_scratch() -> Iterator[duckdb.DuckDBPyConnection]:
    """A small database in memory, for one pass over pages that keeps next to nothing."""
    with duckdb.connect(config={"memory_limit": "150MB", "threads": str(THREADS)}) as opened:
        opened.execute("SET enable_progress_bar = false")
        opened.execute("SET preserve_insertion_order = false")
        yield opened


@contextmanager
def open_database(work_dir: Path, memory_limit_mb: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database of this call's own, on disk under `work_dir`; nothing of it is left after."""
    work_dir.mkdir(parents=True, exist_ok=True)
    sweep(work_dir)
    handle, name = tempfile.mkstemp(prefix=_PREFIX, suffix=_LOCK, dir=work_dir)
    fcntl.flock(handle, fcntl.LOCK_EX)
    folder = Path(name).with_suffix("")
    folder.mkdir()
    try:
        with duckdb.connect(
            str(folder / "rows.duckdb"), config={"threads": str(THREADS)}
        ) as opened:
            _configure(opened, folder, memory_limit_mb)
            yield opened
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        Path(name).unlink(missing_ok=True)
        os.close(handle)


def _configure(connection: duckdb.DuckDBPyConnection, folder: Path, memory_limit_mb: int) -> None:
    """Limits, no downloads, and joins as they are written.

    DuckDB cannot know how many rows a CSV file has, guesses few, and would build its hash table
    on ten million tasks instead of on the users; written joins have the small side on the right.
    """
    for name, value in {
        "memory_limit": f"{memory_limit_mb}MB",
        "temp_directory": str(folder / "spill"),
        "preserve_insertion_order": "false",
        "autoinstall_known_extensions": "false",
        "enable_progress_bar": "false",
        "TimeZone": "UTC",
        "disabled_optimizers": "join_order,build_side_probe_side",
    }.items():
        connection.execute(f"SET {name} = '{str(value).replace(chr(39), chr(39) * 2)}'")
