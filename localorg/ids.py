"""Record ids: three characters say the object, the rest is counted up, the last three check it.

The 18-character form and its checksum:
https://help.salesforce.com/s/articleView?id=000385008&type=1
"""

from __future__ import annotations

import re
import string

_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_CHECK = string.ascii_uppercase + "012345"
_SHAPE = re.compile(r"[0-9A-Za-z]{15}([0-5A-Za-z]{3})?\Z")
#: The instance part of an id made here: pod `5g`, reserved `0`, as in other orgs' ids.
_POD = "5g0"
_SHORT, _LONG = 15, 18
#: The part of an id that counts up. Its digits sort as their characters do, so the greatest text
#: is the greatest number.
NUMBER = slice(3 + len(_POD), _SHORT)


#: Which of five characters are capitals, the first one counting least, as a letter of the check.
_MARKS = str.maketrans(_DIGITS, "".join("1" if char.isupper() else "0" for char in _DIGITS))
_LETTERS = {f"{number:05b}"[::-1]: letter for number, letter in enumerate(_CHECK)}


def checksum(short: str) -> str:
    """The three letters that follow a 15-character id: one for the capitals in each five."""
    marks = short.translate(_MARKS)
    return _LETTERS[marks[:5]] + _LETTERS[marks[5:10]] + _LETTERS[marks[10:15]]


def widen(given: str) -> str:
    """The 18-character form of an id; `ValueError` if the text is no id.

    Of an 18-character text the first 15 count; the checksum is put right, because Salesforce
    compares ids by their case-sensitive core.
    """
    if not _SHAPE.match(given):
        raise ValueError(f"malformed id {given}")
    core = given[:_SHORT]
    check = checksum(core)
    if len(given) == _LONG and check != given[_SHORT:].upper():
        raise ValueError(f"malformed id {given}")
    return core + check


def is_id(given: object) -> bool:
    """Whether `given` has the shape of an id and, if 18 long, the right checksum."""
    if not isinstance(given, str):
        return False
    try:
        widen(given)
    except ValueError:
        return False
    return True


def make(prefix: str, number: int) -> str:
    """The `number`-th id of an object, 18 characters."""
    core = ""
    for _ in range(_SHORT - len(prefix) - len(_POD)):
        number, digit = divmod(number, len(_DIGITS))
        core = _DIGITS[digit] + core
    short = prefix + _POD + core
    return short + checksum(short)


def number_of(counted: str) -> int:
    """The number of the part of an id that counts up, so that made ids start after loaded ones."""
    number = 0
    for char in counted:
        number = number * len(_DIGITS) + _DIGITS.index(char)
    return number


def free_prefix(taken: set[str], name: str) -> str:
    """The next free key prefix: `a00` … for custom objects, `m00` … for metadata types."""
    first = "m" if name.endswith("__mdt") else "a"
    for second in _DIGITS:
        for third in _DIGITS:
            if first + second + third not in taken:
                return first + second + third
    raise ValueError(f"no key prefix is left for {name}")
