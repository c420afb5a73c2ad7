"""Bodies packed with gzip: unpacked as they come, and packed where somebody sent plain text.

ISA-L takes less than half of zlib's time, lets other threads run meanwhile, and verifies the
checksum and the length that end a member. https://www.rfc-editor.org/rfc/rfc1952
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from isal import isal_zlib

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_GZIP = 31  #: a gzip header and trailer, with the largest window
_INFLATED_BYTES = 1 << 20
# Its stub calls the class an instance.
_ISAL_ERROR: type[Exception] = isal_zlib.error  # type: ignore[assignment]


class PackedError(Exception):
    """What should be packed is not, or not whole."""


def unpacked(packed: Iterable[bytes]) -> Iterator[bytes]:
    """Unpack one gzip member after the other, and nothing of the zeros that some pad them with.

    Gives at most _INFLATED_BYTES at once, however much a few bytes unpack to. Raises PackedError.
    """
    try:
        yield from _inflated(packed)
    except _ISAL_ERROR as error:
        raise PackedError(str(error)) from error


def _inflated(packed: Iterable[bytes]) -> Iterator[bytes]:
    inflate = None  # between two members
    for chunk in packed:
        waiting = chunk
        while inflate is not None or (waiting := waiting.lstrip(b"\0")):
            inflate = inflate or isal_zlib.decompressobj(_GZIP)
            text = inflate.decompress(waiting, _INFLATED_BYTES)
            waiting = inflate.unconsumed_tail
            if text:
                yield text
            if inflate.eof:
                waiting, inflate = inflate.unused_data, None
            elif not text and not waiting:  # until then some of the text may be held back
                break
    if inflate is not None:
        raise PackedError("the packed body ends too early")


def packed(texts: Iterable[bytes]) -> Iterator[bytes]:
    """Pack texts as one gzip member, with the least effort."""
    deflate = isal_zlib.compressobj(isal_zlib.ISAL_BEST_SPEED, wbits=_GZIP)
    for text in texts:
        if made := deflate.compress(text):
            yield made
    yield deflate.flush()
