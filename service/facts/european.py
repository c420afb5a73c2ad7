"""Whether most users are in the European Union, where nobody is named unless that is asked for.

Works councils and data protection officers decide there who may see scores of persons.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Member states: https://european-union.europa.eu/principles-countries-history/eu-countries_en
_STATES = {
    "AT": ("Austria", "Österreich"),
    "BE": ("Belgium", "België", "Belgique", "Belgien"),
    "BG": ("Bulgaria", "България"),
    "CY": ("Cyprus", "Κύπρος"),
    "CZ": ("Czechia", "Czech Republic", "Česko", "Česká republika"),
    "DE": ("Germany", "Deutschland"),
    "DK": ("Denmark", "Danmark"),
    "EE": ("Estonia", "Eesti"),
    "ES": ("Spain", "España"),
    "FI": ("Finland", "Suomi"),
    "FR": ("France",),
    "GR": ("Greece", "Ελλάδα", "EL"),
    "HR": ("Croatia", "Hrvatska"),
    "HU": ("Hungary", "Magyarország"),
    "IE": ("Ireland", "Éire", "Republic of Ireland"),
    "IT": ("Italy", "Italia"),
    "LT": ("Lithuania", "Lietuva"),
    "LU": ("Luxembourg", "Luxemburg", "Lëtzebuerg"),
    "LV": ("Latvia", "Latvija"),
    "MT": ("Malta",),
    "NL": ("Netherlands", "The Netherlands", "Nederland", "Holland"),
    "PL": ("Poland", "Polska"),
    "PT": ("Portugal",),
    "RO": ("Romania", "România"),
    "SE": ("Sweden", "Sverige"),
    "SI": ("Slovenia", "Slovenija"),
    "SK": ("Slovakia", "Slovensko"),
}
_NAMES = frozenset(
    name.casefold() for code, names in _STATES.items() for name in (code, *names)
)  # fmt: skip


@dataclass(frozen=True)
class Naming:
    """Whether people may be named, and the sentence that says why nobody is."""

    aggregate_only: bool
    why: str | None = None


def is_in_the_eu(country: str) -> bool:
    """Whether a country is a member state: its code, also with a region ("DE-BY"), or its name."""
    plain = " ".join(country.split()).casefold()
    return plain in _NAMES or plain.partition("-")[0] in _NAMES


def naming(asked: bool | None, countries: Iterable[str | None]) -> Naming:  # noqa: FBT001
    """What the admin asked for; else nobody is named where most users are in the EU.

    `countries` are those of the users, None where not known: those do not count.
    """
    if asked is not None:
        return Naming(asked)
    known = [one for one in countries if one]
    inside = sum(map(is_in_the_eu, known))
    if 2 * inside <= len(known):
        return Naming(aggregate_only=False)
    why = (
        f"Most users are in the European Union ({inside:,} of the {len(known):,} whose country is "
        "known), so nobody is named."
    )
    return Naming(aggregate_only=True, why=why)
