"""The public holidays and weekends of the countries that people work in.

They come from the library `holidays`; scoring gets them as plain dates. A country is an ISO 3166
code, `DE`, or one with its region, `DE-BY`: without a region only what the whole country keeps is
known. A weekend that a government moves to a working day stays a weekend: nothing is asked on it,
and work on it counts.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from holidays import country_holidays

from service.scoring.calendar import Calendar
from service.tables import Gap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from holidays import HolidayBase

    from service.scoring.evidence import Person

#: The rule set looks back 520 working days at most; new year may be kept on 31 December.
_YEARS_BACK, _YEARS_AHEAD = 3, 1


def calendar_for(people: Iterable[Person], as_of: date) -> Calendar:
    """The calendar of every country among the people, for scores up to `as_of`.

    Countries without known holidays have the usual weekend and no holidays; `calendar_gaps`
    names them. The weekend is the one kept in the week up to `as_of`.
    """
    years = range(as_of.year - _YEARS_BACK, as_of.year + _YEARS_AHEAD + 1)
    holidays, weekends = {}, {}
    for country in sorted({person.country for person in people if person.country}):
        kept = _kept_in(country, years)
        if kept is not None:
            holidays[country] = frozenset(kept)
            weekends[country] = _weekend(kept, as_of)
    return Calendar(holidays, weekends=weekends)


def calendar_gaps(people: Iterable[Person], as_of: date) -> list[Gap]:
    """What is not known of the people's holidays, and what that means for them."""
    counts = Counter(person.country or "" for person in people)
    known = {one: _kept_in(one, [as_of.year]) for one in sorted(counts) if one}
    unknown = [country for country, kept in known.items() if kept is None]
    whole = [one for one, kept in known.items() if kept is not None and _is_partial(one, kept)]
    gaps = []
    if counts[""]:
        gaps.append(_no_holidays("Users whose country is not known", counts[""]))
    if unknown:
        number = sum(counts[country] for country in unknown)
        gaps.append(_no_holidays("Users of unknown holidays", number, unknown))
    if whole:
        what = "Holidays that only a region keeps are not known"
        remedy = (
            "name the region in the people file, such as DE-BY, or record the days as absences."
        )
        with_countries = f"{what} ({', '.join(whole)}): {remedy}"
        gaps.append(Gap("User", "LocaleSidKey", f"{what}: {remedy}", with_countries))
    return gaps


def is_known_region(country: str) -> bool:
    """Whether a region is one of its country; true as well where nothing is known of either."""
    code, _, region = country.partition("-")
    whole = _kept_in(code)
    return not region or whole is None or region in whole.subdivisions


def _kept_in(country: str, years: Iterable[int] = ()) -> HolidayBase | None:
    code, _, region = country.partition("-")
    try:
        return country_holidays(code, subdiv=region or None, years=years, expand=False)
    except NotImplementedError:  # the library's word for a country or a region without holidays
        return _kept_in(code, years) if region else None


def _weekend(kept: HolidayBase, as_of: date) -> frozenset[int]:
    week = (as_of - timedelta(days=back) for back in range(7))
    return frozenset(on.weekday() for on in week if kept.is_weekend(on))


def _is_partial(country: str, kept: HolidayBase) -> bool:
    """Whether a country is named without its region although some region keeps more days."""
    if "-" in country:
        return False
    regions = (_kept_in(f"{country}-{region}", kept.years) for region in kept.subdivisions)
    return any(region is not None and region.keys() - kept.keys() for region in regions)


def _no_holidays(who: str, number: int, countries: Sequence[str] = ()) -> Gap:
    why = "No public holidays are taken off for them, and their weekend is Saturday and Sunday."
    named = f"{who} ({', '.join(countries)}): {number}. {why}" if countries else None
    return Gap("User", "LocaleSidKey", f"{who}: {number}. {why}", named)
