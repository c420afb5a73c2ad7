"""The folder of a report: all of it or nothing, and never over somebody else's files."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

RECORD = "run.json"
PROGRAM = "bellwether report"
#: Everything that a report may consist of.
FILES = frozenset(
    {
        "report.html",
        "scores.csv",
        "away.csv",
        "exceptions.csv",
        "minimums.csv",
        "fixes.csv",
        "teams.csv",
        "late_leads.csv",
        "measures.csv",
        "results.csv",
        "campaigns.csv",
        RECORD,
    }
)


#: What file managers leave in a folder that somebody looked into; it goes with the earlier report.
_TRACES = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


class OutputError(Exception):
    """The folder cannot take a report; the message says why and what to do."""


def check_folder(folder: Path) -> None:
    """Refuse a folder that holds anything but an earlier report. Raises OutputError."""
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder} is a file. Name a folder with --out.")
    _check_parent(folder)  # a new folder takes the place of an earlier one
    if not folder.exists():
        return
    names = {entry.name for entry in folder.iterdir()} - _TRACES
    foreign = names - FILES
    if foreign or (names and not _is_ours(folder)):
        example = min(foreign or names)
        raise OutputError(
            f"{folder} holds files that are no earlier report's, for instance {example}. "
            "Name an empty or a new folder with --out."
        )


def _check_parent(folder: Path) -> None:
    parent = folder.resolve().parent
    if not parent.is_dir():
        what = "is a file, not a folder" if parent.exists() else "does not exist"
        raise OutputError(f"{parent} {what}. Make one, or name another folder with --out.")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise OutputError(f"{parent} may not be written by you. Name another folder with --out.")


def _is_ours(folder: Path) -> bool:
    try:
        record = json.loads((folder / RECORD).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(record, dict) and record.get("program") == PROGRAM


@contextmanager
def new_files(folder: Path) -> Iterator[dict[str, bytes]]:
    """Collects name -> bytes; they are written when the block ends well, and only then.

    The folder appears, or replaces the earlier report, in one step. Raises OutputError.
    """
    files: dict[str, bytes] = {}
    yield files
    try:
        publish(folder.resolve(), files)
    except OSError as error:
        raise OutputError(
            f"{folder} cannot be written ({error.strerror}). Name another folder with --out."
        ) from error


def publish(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files beside the folder, then let them take its place."""
    check_folder(folder)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as beside:
        fresh, earlier = Path(beside) / "new", Path(beside) / "old"
        fresh.mkdir(mode=0o700)  # scores of people: whoever wrote the report decides who reads it
        for name, content in files.items():
            (fresh / name).write_bytes(content)
        if folder.exists():
            shutil.copystat(folder, fresh)
            os.replace(folder, earlier)  # noqa: PTH105 - says that it replaces
        try:
            os.replace(fresh, folder)  # noqa: PTH105
        except OSError:
            if earlier.exists():
                os.replace(earlier, folder)  # noqa: PTH105
            raise
