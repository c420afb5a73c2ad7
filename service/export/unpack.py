"""One member of a zip becomes one UTF-8 page on disk, a chunk at a time."""

from __future__ import annotations

import codecs
import zipfile
import zlib
from typing import TYPE_CHECKING, BinaryIO

from service.export.errors import BrokenZipError, EncodingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from service.export.members import Member

CHUNK_BYTES = 1 << 20


def check_encoding(name: str) -> str:
    """The encoding's canonical name. Raises EncodingError when Python does not know it."""
    try:
        codec = codecs.lookup(name)
    except LookupError as error:
        raise EncodingError(
            f"The encoding {name!r} is not known. Use the one chosen for the export, for instance "
            "utf-8, iso-8859-1, windows-1252, shift_jis."
        ) from error
    # `utf-8` with a byte order mark and without are read alike.
    return "utf-8-sig" if codec.name == "utf-8" else codec.name


def unpack(member: Member, page: Path, encoding: str, on_chunk: Callable[[int, int], None]) -> None:
    """Write the member's text to `page` as UTF-8 without a byte order mark.

    `on_chunk` gets the packed-out bytes and the line ends of each chunk. Raises BrokenZipError
    and EncodingError.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 0
    with zipfile.ZipFile(member.archive) as archive, page.open("wb") as out:
        for chunk in _chunks(member, archive):
            _copy(chunk, decoder, out, member, lines)
            on_chunk(len(chunk), chunk.count(b"\n"))
            lines += chunk.count(b"\n")
        _finish(decoder, out, member, lines)


def _chunks(member: Member, archive: zipfile.ZipFile) -> Iterator[bytes]:
    try:
        with archive.open(member.info) as source:
            while chunk := source.read(CHUNK_BYTES):
                yield chunk
    except (zipfile.BadZipFile, EOFError, zlib.error) as error:
        raise BrokenZipError(
            f"{member.label}: is damaged ({error}). Download the export again."
        ) from error
    except (NotImplementedError, RuntimeError) as error:
        raise BrokenZipError(
            f"{member.label}: is packed in a way that cannot be read here ({error}). "
            "Unpack the zip and pack it again with a usual zip program."
        ) from error


def _copy(
    chunk: bytes, decoder: codecs.IncrementalDecoder, out: BinaryIO, member: Member, lines: int
) -> None:
    held = len(decoder.getstate()[0])
    try:
        out.write(decoder.decode(chunk).encode())
    except UnicodeDecodeError as error:
        row = lines + chunk.count(b"\n", 0, max(0, error.start - held)) + 1
        raise _not_in(member, row, error) from error


def _finish(decoder: codecs.IncrementalDecoder, out: BinaryIO, member: Member, lines: int) -> None:
    try:
        out.write(decoder.decode(b"", final=True).encode())
    except UnicodeDecodeError as error:
        raise _not_in(member, lines + 1, error) from error


def _not_in(member: Member, line: int, error: UnicodeDecodeError) -> EncodingError:
    bad = error.object[error.start : error.end].hex(" ")
    return EncodingError(
        f"{member.label}: line {line} has the bytes {bad}, which are not {error.encoding}. "
        "Name the encoding that was chosen for the export, for instance --encoding iso-8859-1."
    )
