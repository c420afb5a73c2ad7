"""The shape of the company: who leads whom, in which region, and where they live.

A thousand subscriptions are one executive, ten area vice presidents (AVP), a hundred regional
ones (RVP) and 889 users. Smaller and
larger companies keep these shares.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Fewer could not hold every planted habit beside one team of ordinary people.
AT_LEAST = 36
KINDS = ("field", "corporate", "inbound", "outbound")  #: of reps


@dataclass(frozen=True)
class Place:
    """Where somebody works."""

    region: str
    zone: str
    locale: str
    city: str
    state: str
    country: str

    @property
    def country_code(self) -> str:
        """The ISO code that the locale says."""
        return self.locale[-2:]


@dataclass(frozen=True)
class Team:
    """A regional vice president's people: their kind of work, and their region."""

    kind: str
    region: str


_PLACES = (
    Place("West", "America/Los_Angeles", "en_US", "San Mateo", "CA", "United States"),
    Place("West", "America/Denver", "en_US", "Boulder", "CO", "United States"),
    Place("East", "America/New_York", "en_US", "New York", "NY", "United States"),
    Place("Central", "America/Chicago", "en_US", "Chicago", "IL", "United States"),
    Place("Central", "America/Chicago", "es_US", "Austin", "TX", "United States"),
    Place("North", "America/Toronto", "en_CA", "Toronto", "ON", "Canada"),
    Place("North", "America/Toronto", "fr_CA", "Montréal", "QC", "Canada"),
    Place("Europe", "Europe/London", "en_GB", "London", "", "United Kingdom"),
    Place("Europe", "Europe/Berlin", "de_DE", "Berlin", "", "Germany"),
    Place("Europe", "Europe/Paris", "fr_FR", "Paris", "", "France"),
    Place("Europe", "Asia/Riyadh", "ar_SA", "Riyadh", "", "Saudi Arabia"),
    Place("Asia Pacific", "Asia/Kolkata", "en_IN", "Pune", "", "India"),
    Place("Asia Pacific", "Asia/Tokyo", "ja_JP", "Tokyo", "", "Japan"),
    Place("Asia Pacific", "Australia/Sydney", "en_AU", "Sydney", "NSW", "Australia"),
)
#: One area for each AVP of a thousand; development teams serve East and West alike.
_AREAS = (
    ("field", ("Europe",)), ("corporate", ("East",)), ("inbound", ("East", "West")),
    ("outbound", ("North",)), ("field", ("West",)), ("corporate", ("West",)),
    ("field", ("East",)), ("corporate", ("Asia Pacific",)), ("field", ("Central",)),
    ("corporate", ("Central",)),
)  # fmt: skip


@dataclass(frozen=True)
class Sizes:
    """How many there are of each level."""

    areas: int
    teams: int
    marketers: int
    reps: int


def sizes_of(users: int) -> Sizes:
    """The levels below the one executive. Raises ValueError for a company that is too small."""
    if users < AT_LEAST:
        raise ValueError(f"A sample needs at least {AT_LEAST} users, so that every habit is in it.")
    areas, teams = max(1, round(users / 100)), max(len(KINDS), round(users / 10))
    marketers = max(1, round(users / 100))
    return Sizes(areas, teams, marketers, users - 1 - areas - teams - marketers)


def team(number: int) -> Team:
    """The team of the RVP of that number; the area of AVP n of a thousand is every tenth team."""
    kind, regions = _AREAS[number % len(_AREAS)]
    return Team(kind, regions[number // len(_AREAS) % len(regions)])


def place(region: str, number: int) -> Place:
    """Where the person of that number in a region works."""
    places = [one for one in _PLACES if one.region == region]
    return places[number % len(places)]
