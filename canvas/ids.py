"""Salesforce record ids: 15 characters at the border, 18 inside."""

from __future__ import annotations

import re

_ID = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Z]{3})?", re.ASCII)
_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_BLOCK = 5
_LONG = 18


def id18(text: object) -> str | None:
    """The 18-character form of a record id, or None when `text` is not one.

    The suffix says which of each 5 characters are capitals. Source:
    https://help.salesforce.com/s/articleView?id=000385008&type=1 (15- and 18-character ids).
    """
    if not isinstance(text, str) or not _ID.fullmatch(text):
        return None
    if len(text) == _LONG:
        return _restored(text)
    return text + "".join(_suffix(text[at : at + _BLOCK]) for at in range(0, len(text), _BLOCK))


def _restored(text: str) -> str | None:
    """Salesforce takes an id of 18 characters whatever the case of its letters: one spelling means one.

    Else two texts of one record would be two for us. None where the suffix says what cannot be.
    """
    bits = [_SUFFIX.find(letter) for letter in text[-3:]]
    if min(bits) < 0:
        return None
    first = "".join(
        letter.upper() if bits[at // _BLOCK] >> at % _BLOCK & 1 else letter.lower()
        for at, letter in enumerate(text[:-3])
    )
    return first + text[-3:]


def checked18(text: object) -> str:
    """The same for a question to the org. Raises ValueError: nothing else may stand in one."""
    checked = id18(text)
    if checked is None:
        raise ValueError("not a record id")
    return checked


def _suffix(block: str) -> str:
    bits = sum(1 << at for at, letter in enumerate(block) if "A" <= letter <= "Z")
    return _SUFFIX[bits]
