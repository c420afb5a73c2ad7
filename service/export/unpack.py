"""One member of a zip as UTF-8 text, a megabyte at a time, its checksum verified at the end.

ISA-L inflates several times as fast as zlib and lets other threads run meanwhile.
Layout of a member: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT 4.3.7
"""

from __future__ import annotations

import codecs
import itertools
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

from isal import isal_zlib

from service.evidence.parts import lines_before
from service.export.errors import BrokenZipError, EncodingError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.export.members import Member

CHUNK_BYTES = 1 << 20
_READ_BYTES = 1 << 18
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_SIGNATURE = b"PK\x03\x04"
_ISAL_ERROR: type[Exception] = isal_zlib.error  # type: ignore[assignment]  # its stub says: an instance
_NO_WRAPPER = -15  #: raw deflate with the largest window
_HEADER_BYTES = 40  #: of a header row, which is Latin letters
_MARK = codecs.BOM_UTF8
UTF_8 = "utf-8-sig"


def check_encoding(name: str) -> str:
    """The encoding's canonical name. Raises EncodingError when Python does not know it."""
    try:
        codec = codecs.lookup(name)
        bytes(4).decode(name)  # LookupError for what is no encoding of texts, such as rot13
    except (LookupError, UnicodeError) as error:
        raise EncodingError(
            f"The encoding {name!r} is not known. Use the one chosen for the export, for instance "
            "utf-8, iso-8859-1, windows-1252, shift_jis."
        ) from error
    # `utf-8` with a byte order mark and without are read alike.
    return UTF_8 if codec.name == "utf-8" else codec.name


def texts(member: Member, encoding: str) -> Iterator[tuple[bytes, int]]:
    """The member as UTF-8 without a byte order mark: chunks, each with the size of its source.

    UTF-8 is passed on as it is; check it with `check_utf_8` where whole characters end. Raises
    BrokenZipError and, for other encodings, EncodingError.
    """
    source = chunks(member)
    first = next(source, b"")
    _check_width(member, first, encoding)
    source = itertools.chain((first,), source) if first else iter(())
    if encoding == UTF_8:
        yield from _without_mark(source)
    else:
        yield from _decoded(member, encoding, source)


def _check_width(member: Member, first: bytes, encoding: str) -> None:
    """Raises EncodingError where the file is in an encoding of two or four bytes a character."""
    found = _wide(first)
    if found and not encoding.startswith(("utf-16", "utf-32")):
        raise EncodingError(
            f"{member.label}: line 1 is {found.upper()}, not {encoding.removesuffix('-sig')}. "
            f"Name it: --encoding {found}."
        )


def _wide(first: bytes) -> str | None:
    """The encoding whose mark a file begins with, or whose Latin letters it does."""
    for marks, name in (
        ((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE), "utf-32"),
        ((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE), "utf-16"),
    ):
        if first.startswith(marks):
            return name
    low, high = first[0:_HEADER_BYTES:2], first[1:_HEADER_BYTES:2]
    if not any(high) and high and all(low):
        return "utf-16-le"
    return "utf-16-be" if low and not any(low) and all(high) else None


def _without_mark(source: Iterator[bytes]) -> Iterator[tuple[bytes, int]]:
    for number, chunk in enumerate(source):
        yield chunk if number else chunk.removeprefix(_MARK), len(chunk)


def _decoded(member: Member, encoding: str, source: Iterator[bytes]) -> Iterator[tuple[bytes, int]]:
    decoder, lines = codecs.getincrementaldecoder(encoding)(), 0
    for chunk in itertools.chain(source, (b"",)):
        held = len(decoder.getstate()[0])
        try:
            text = decoder.decode(chunk, final=not chunk).encode()
        except UnicodeDecodeError as error:
            line = lines + chunk.count(b"\n", 0, max(0, error.start - held)) + 1
            raise _not_in(member, line, error) from error
        except UnicodeError as error:  # a codec's own word, without a place
            raise EncodingError(
                f"{member.label}: is not {encoding} ({error}). Name the encoding that was chosen for "
                "the export, for instance --encoding iso-8859-1."
            ) from error
        lines += chunk.count(b"\n")
        yield text, len(chunk)


def check_utf_8(member: Member, text: bytes, offset: int) -> None:
    """Raises EncodingError where `text`, which begins at `offset` of the member's, is not UTF-8."""
    try:
        text.decode()
    except UnicodeDecodeError as error:
        line = count_lines(member, UTF_8, offset) + text.count(b"\n", 0, error.start) + 1
        raise _not_in(member, line, error) from error


def count_lines(member: Member, encoding: str, offset: int) -> int:
    """How many lines end before that offset of the member's text. Reads it all again."""
    return lines_before(offset, (text for text, _ in texts(member, encoding)))


def _not_in(member: Member, line: int, error: UnicodeDecodeError) -> EncodingError:
    bad = error.object[error.start : error.end].hex(" ")
    return EncodingError(
        f"{member.label}: line {line} has the bytes {bad}, which are not {error.encoding}. "
        "Name the encoding that was chosen for the export, for instance --encoding iso-8859-1."
    )


def chunks(member: Member) -> Iterator[bytes]:
    """The member's bytes. Raises BrokenZipError."""
    source = _inflated if member.info.compress_type == zipfile.ZIP_DEFLATED else _otherwise
    try:
        yield from source(member)
    except (zipfile.BadZipFile, EOFError, zlib.error, _ISAL_ERROR, struct.error) as error:
        raise BrokenZipError(
            f"{member.label}: is damaged ({error}). Download the export again."
        ) from error
    except (NotImplementedError, RuntimeError) as error:
        raise BrokenZipError(
            f"{member.label}: is packed in a way that cannot be read here ({error}). "
            "Unpack the zip and pack it again with a usual zip program."
        ) from error


def _otherwise(member: Member) -> Iterator[bytes]:
    with zipfile.ZipFile(member.archive) as archive, archive.open(member.info) as source:
        while chunk := source.read(CHUNK_BYTES):
            yield chunk


def _inflated(member: Member) -> Iterator[bytes]:
    inflate, checksum, size = isal_zlib.decompressobj(_NO_WRAPPER), 0, 0
    packed = _packed(member)
    waiting = b""
    while not inflate.eof:
        waiting = waiting or next(packed, b"")
        # Without anything waiting, some of the text may still be held back.
        chunk = inflate.decompress(waiting, CHUNK_BYTES)
        if not chunk and not waiting and not inflate.eof:
            raise EOFError("it ends too early")
        waiting = inflate.unconsumed_tail
        checksum, size = isal_zlib.crc32(chunk, checksum), size + len(chunk)
        if size > member.info.file_size:
            raise zipfile.BadZipFile("it is larger than it says")
        if chunk:
            yield chunk
    if checksum != member.info.CRC:
        raise zipfile.BadZipFile("its checksum does not match")


def _packed(member: Member) -> Iterator[bytes]:
    with member.archive.open("rb") as source:
        source.seek(member.info.header_offset)
        signature, *lengths = _LOCAL_HEADER.unpack(source.read(_LOCAL_HEADER.size))
        if signature != _SIGNATURE:
            raise zipfile.BadZipFile("it is not where the zip says")
        source.seek(sum(lengths), 1)
        left = member.info.compress_size
        while left and (packed := source.read(min(_READ_BYTES, left))):
            left -= len(packed)
            yield packed
