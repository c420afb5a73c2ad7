"""Packs the files of the export into one zip, the largest already while it is written."""

from __future__ import annotations

import shutil
import threading
import zipfile
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, BinaryIO, Self

from service.sample.truth import MADE_BY

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path
    from types import TracebackType

    from service.sample.sheets import Sheet, Sheets

LARGEST = "Task"
#: Deflate's fastest level: the text packs eight times with it, and time is dearer than disk.
_LEVEL = 1
_CHUNK = 1 << 20
_LOOKS_EVERY_SECONDS = 0.05


def is_sample(path: Path) -> bool:
    """Whether a file is an earlier sample's zip, and may be written over."""
    if not path.is_file():
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.comment == MADE_BY.encode()
    except (OSError, zipfile.BadZipFile):
        return False


class Packer(AbstractContextManager["Packer"]):
    """Follows the largest file in a thread of its own; `finish` packs the others.

    Deflate lets other threads run, so that a second core does this half for nothing. The bytes of
    the zip do not depend on who is faster: whole chunks are taken, and a rest at the end.
    """

    def __init__(self, sheets: Sheets, path: Path, day: date) -> None:
        self._sheets, self._day = sheets, day
        self._archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)
        self._archive.comment = MADE_BY.encode()
        self._is_written, self._is_over = threading.Event(), threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="packer")

    def __enter__(self) -> Self:
        """Start to follow."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the thread, also when nothing more will be written."""
        self._is_over.set()
        self._thread.join()
        self._archive.close()

    def finish(self) -> None:
        """All rows are written: pack what is left. Raises what went wrong in the thread."""
        self._sheets.close()
        self._is_written.set()
        self._thread.join()
        if self._error is not None:
            raise self._error
        for sheet in self._sheets:
            if sheet.name != LARGEST:
                self._pack(sheet)

    def _run(self) -> None:
        try:
            sheet = self._sheets[LARGEST]
            with (
                sheet.path.open("rb") as source,
                self._archive.open(self._info(sheet), "w", force_zip64=True) as out,
            ):
                while self._has_more(source):
                    out.write(source.read(_CHUNK))
                shutil.copyfileobj(source, out)
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            self._error = error

    def _has_more(self, source: BinaryIO) -> bool:
        """Whether a whole chunk is there, waiting for it; False at the end of the file."""
        while not self._is_over.is_set():
            is_written = self._is_written.is_set()
            at = source.tell()
            size = source.seek(0, 2)
            source.seek(at)
            if size - at >= _CHUNK:
                return True
            if is_written:
                return False
            self._is_written.wait(_LOOKS_EVERY_SECONDS)
        return False

    def _pack(self, sheet: Sheet) -> None:
        info = self._info(sheet)
        info.file_size = sheet.path.stat().st_size  # says whether it needs the 64-bit form
        with sheet.path.open("rb") as source, self._archive.open(info, "w") as out:
            shutil.copyfileobj(source, out, _CHUNK)

    def _info(self, sheet: Sheet) -> zipfile.ZipInfo:
        day = self._day
        info = zipfile.ZipInfo(f"{sheet.name}.csv", (day.year, day.month, day.day, 0, 0, 0))
        info.compress_type, info.external_attr, info.create_system = (
            zipfile.ZIP_DEFLATED,
            0o644 << 16,
            3,
        )
        return info
