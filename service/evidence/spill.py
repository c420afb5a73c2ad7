"""One DuckDB per reduction: its memory limit and its folder on disk.

A process that is killed leaves the folder behind, and opening the database again does not clean
it: whoever gives `work_dir` removes it (jobs/work_folder.py sweeps those of dead attempts).
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX = "evidence-"
THREADS = 2


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
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=work_dir) as name:
        folder = Path(name)
        with duckdb.connect(
            str(folder / "rows.duckdb"), config={"threads": str(THREADS)}
        ) as opened:
            _configure(opened, folder, memory_limit_mb)
            yield opened


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


def limit(connection: duckdb.DuckDBPyConnection, memory_limit_mb: int) -> None:
    """Let the database hold no more than that from now on; the rest of what it holds goes to disk."""
    connection.execute(f"SET memory_limit = '{int(memory_limit_mb)}MB'")
