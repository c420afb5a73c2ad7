"""The demo's own folder: begun anew each time, and never somebody else's."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from service.processes import ChildError

if TYPE_CHECKING:
    from pathlib import Path

#: Says that a folder is the demo's own and may be emptied.
MARKER = ".bellwether-demo"


def empty_folder(folder: Path) -> None:
    """Start anew, but never in a folder that holds somebody else's files."""
    try:
        _empty(folder)
    except OSError as error:
        raise ChildError(
            f"{folder} cannot be used ({error.strerror}): name another folder with --var"
        ) from error


def _empty(folder: Path) -> None:
    if folder.is_dir() and any(folder.iterdir()):
        if not (folder / MARKER).is_file():
            raise ChildError(
                f"{folder} holds files that are not the demo's: name an empty folder with --var"
            )
        shutil.rmtree(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / MARKER).touch()
