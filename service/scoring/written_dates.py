"""Days that people write into a text: one table of forms, and its reading of a single text.

Every common form counts, and where a form can be read two ways (3/4) either reading will do,
because nobody is judged by how they write a date. The evidence floor reads millions of texts by
the same table in SQL (`service/evidence/next_step.py`).
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

MONTH: Final = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
NUMBER: Final = r"[0-9]{1,2}"
#: (pattern of the text in small letters, formats with a year, whether the year may be missing)
FORMS: Final[tuple[tuple[str, tuple[str, ...], bool], ...]] = (
    (r"\b[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}\b", ("%Y-%m-%d",), False),
    (rf"\b{NUMBER}\.{NUMBER}\.[0-9]{{4}}\b", ("%d.%m.%Y",), False),
    (rf"\b{NUMBER}[/-]{NUMBER}[/-][0-9]{{4}}\b", ("%m/%d/%Y", "%d/%m/%Y"), False),
    (rf"\b{NUMBER}[/-]{NUMBER}[/-][0-9]{{2}}\b", ("%m/%d/%y", "%d/%m/%y"), False),
    (rf"\b{NUMBER}/{NUMBER}\b", ("%m/%d/%Y", "%d/%m/%Y"), True),
    (rf"\b{NUMBER}\.{NUMBER}\.", ("%d.%m.%Y",), True),
    (rf"\b{MONTH}[a-z]*\.? {NUMBER}\b", ("%b/%d/%Y",), True),
    (rf"\b{NUMBER}(?:st|[nr]d|th)?\.? {MONTH}", ("%d/%b/%Y",), True),
)
_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
#: Two digits of a year: from 69 on it is the last century (POSIX, strptime).
_LAST_CENTURY: Final = 69


def names_day_between(text: str, first: date, last: date) -> bool:
    """Whether the text names a day from `first` to `last`; a year that is missing is one of theirs."""
    years = range(first.year, last.year + 1)
    return any(first <= day <= last for day in _days(text.lower(), years))


def _days(text: str, years: range) -> Iterator[date]:
    for pattern, formats, may_lack_year in FORMS:
        for found in re.findall(pattern, text, re.ASCII):
            parts = re.findall(f"[0-9]+|{MONTH}", re.sub(f"({MONTH})[a-z]*", r"\1", found))
            for form in formats:
                for year in years if may_lack_year else [None]:
                    day = _day(form, [*parts, str(year)] if year else parts)
                    if day:
                        yield day


def _day(form: str, parts: list[str]) -> date | None:
    """The day of parts in the order of the format, if there is such a day."""
    said = dict(zip(re.findall("%(.)", form), parts, strict=True))
    month = _MONTHS.index(said["b"]) + 1 if "b" in said else int(said["m"])
    try:
        return date(_year(said), month, int(said["d"]))
    except ValueError:
        return None


def _year(said: dict[str, str]) -> int:
    if "Y" in said:
        return int(said["Y"])
    short = int(said["y"])
    return short + (1900 if short >= _LAST_CENTURY else 2000)
