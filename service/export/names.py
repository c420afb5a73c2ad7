"""Names of records that no measure reads: small lists such as the profiles of an org."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from service.evidence.ids import to_18
from service.export.errors import BrokenZipError
from service.export.unpack import check_encoding

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

#: No org has so many profiles; a larger file is not what its name says, and is left alone.
LARGEST_BYTES = 8_000_000
_ID_LENGTHS = (15, 18)


def read_names(paths: Iterable[Path], object_name: str, encoding: str) -> dict[str, str]:
    """Id (18 characters) to name, from `<object_name>.csv` in the zips of one export.

    Empty when there is no such file, or none that has the columns Id and Name. A letter that is
    not of the encoding becomes a question mark. Raises ExportError.
    """
    codec, names = check_encoding(encoding), {}
    for path in paths:
        for text in _texts(path, object_name, codec):
            for row in csv.DictReader(io.StringIO(text, newline="")):
                record, name = row.get("Id") or "", row.get("Name")
                if name and len(record) in _ID_LENGTHS:
                    names[to_18(record)] = name
    return names


def _texts(path: Path, object_name: str, codec: str) -> list[str]:
    wanted = f"{object_name}.csv".lower()
    try:
        with zipfile.ZipFile(path) as archive:
            return [
                archive.read(info).decode(codec, "replace")
                for info in archive.infolist()
                if PurePosixPath(info.filename.replace("\\", "/")).name.lower() == wanted
                and info.file_size <= LARGEST_BYTES
            ]
    except (zipfile.BadZipFile, OSError, RuntimeError) as error:
        raise BrokenZipError(f"{path.name}: {object_name}.csv cannot be read ({error}).") from error
