"""Invented names. Surnames and companies are made up of parts, so that nobody living is meant.

Some are there to be awkward on purpose: accents, right-to-left script, emoji, quotes, and HTML
that must never come alive on a page.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

DOMAIN = "harborvale.example"

_FIRST = (
    "Adaeze", "Bríd", "Chloé", "Dmitri", "Elif", "Fenna", "Gaël", "Hanako", "Ingrid", "Jovan",
    "Kwame", "Léonie", "Mateus", "Nadia", "Øystein", "Priya", "Quentin", "Rósa", "Søren", "Tomáš",
    "Ulrike", "Vikram", "Wanda", "Xochitl", "Yusuf", "Zoë",
)  # fmt: skip
_SURNAME_STARTS = (
    "Brack",
    "Quill",
    "Alder",
    "Thorn",
    "Marsh",
    "Wyn",
    "Ostr",
    "Lüne",
    "Får",
    "Velm",
    "Crane",
    "Døl",
)
_SURNAME_ENDS = ("water", "horn", "møre", "fjeld", "combe", "sund", "wick", "ström", "yard", "gale")

AWKWARD = (
    "Łódzkie Żagle 🚀 Sp. z o.o.",
    "<script>alert('Harborvale')</script> Ltd",
    'O\'Thornfjeld & "Sons"',
    "شركة النور البحرية",
    "חברת מגדלור",
    "日本灯台精機",
    "Čaj; Káva, s.r.o.",
    "=SUM(A1:A9) Analytics",
    "Ünder <b>Ten</b> &amp; Co",
)
_COMPANY_STARTS = (
    "North",
    "Gilt",
    "Copper",
    "Salt",
    "Ember",
    "Fern",
    "Slate",
    "Willow",
    "Pale",
    "Briar",
    "Iron",
    "Kelp",
)
_COMPANY_MIDDLES = (
    "beacon",
    "harrow",
    "mere",
    "spindle",
    "quay",
    "lantern",
    "anvil",
    "orchard",
    "gable",
    "tide",
)
_COMPANY_ENDS = ("Works", "Freight", "Optics", "Foods", "Textiles", "Energy", "Clinics", "Rail")


#: Names of users who must not make a page come alive, a table run a formula, or a file misread.
HOSTILE = ("Rósa <b>Quillsund</b>", '=Jovan & "Marshgale"')


def person_name(number: int, random: Random) -> str:
    """A first name that is new for the first 26 people, and an invented surname."""
    first = _FIRST[number % len(_FIRST)]
    return f"{first} {random.choice(_SURNAME_STARTS)}{random.choice(_SURNAME_ENDS)}"


def contact_names(random: Random, count: int = 2000) -> list[str]:
    """A pool to choose from: a choice is all that a million rows can afford."""
    return [person_name(number, random) for number in range(count)]


def username(name: str, number: int) -> str:
    """A username that is unique, in plain letters."""
    letters = unicodedata.normalize("NFKD", name.lower().replace("ø", "o").replace("ł", "l"))
    plain = "".join(
        letter for letter in letters if letter.isascii() and (letter.isalpha() or letter == " ")
    )
    return f"{plain.replace(' ', '.')}.{number}@{DOMAIN}"


def company_name(number: int, random: Random) -> str:
    """The awkward ones first, then made-up ones."""
    if number < len(AWKWARD):
        return AWKWARD[number]
    start, middle = random.choice(_COMPANY_STARTS), random.choice(_COMPANY_MIDDLES)
    return f"{start}{middle} {random.choice(_COMPANY_ENDS)}"
