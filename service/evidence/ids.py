"""Record ids: 15 characters in SQL, where they are joined; 18 wherever Python sees them.

The first 15 characters identify a record, case-sensitively; the last three are a checksum of
their case: https://help.salesforce.com/s/articleView?id=000385585&type=1
"""

from __future__ import annotations

from collections import defaultdict
from string import ascii_uppercase

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
#: Each letter says which of five characters are capitals, the first one lowest.
_LETTERS = {f"{at:05b}"[::-1]: letter for at, letter in enumerate(_ALPHABET)}
_CASES = defaultdict(lambda: "0", {ord(one): "1" for one in ascii_uppercase})


def to_18(record_id: str) -> str:
    """The 18-character form of a 15- or 18-character id, of any characters."""
    first = record_id[:15]
    cases = first.translate(_CASES).ljust(15, "0")
    return first + _LETTERS[cases[:5]] + _LETTERS[cases[5:10]] + _LETTERS[cases[10:]]


def sql_to_18(record_id: str) -> str:
    """SQL: the 18-character form of the 15-character id that an expression gives."""
    parts = [record_id]
    for start in (1, 6, 11):
        bits = " + ".join(
            f"(substr({record_id}, {start + at}, 1) BETWEEN 'A' AND 'Z')::INTEGER * {1 << at}"
            for at in range(5)
        )
        parts.append(f"substr('{_ALPHABET}', 1 + {bits}, 1)")
    return " || ".join(parts)
