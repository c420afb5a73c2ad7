"""Record ids: 15 characters in SQL, where they are joined; 18 wherever Python sees them.

The first 15 characters identify a record, case-sensitively; the last three are a checksum of
their case: https://help.salesforce.com/s/articleView?id=000385585&type=1
"""

from __future__ import annotations

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def to_18(record_id: str) -> str:
    """The 18-character form of a 15- or 18-character id."""
    first = record_id[:15]
    suffix = ""
    for start in (0, 5, 10):
        bits = (1 << at for at, letter in enumerate(first[start : start + 5]) if letter.isupper())
        suffix += _ALPHABET[sum(bits)]
    return first + suffix


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
