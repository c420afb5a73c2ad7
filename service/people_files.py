"""What an admin knows of people and the data do not say: facts about them, and their days off.

Two CSV files. *Absences* has the columns user, from, to and, if you like, kind: "present" says that
somebody was there on days without a footprint, everything else is a day off. *People* has user and any of role, segment, fte, start_date, role_since, country, manager,
region. A user is named by id or username.
A mistake anywhere refuses the whole file, because a misspelt user would otherwise be asked for
work on days off and nobody would know.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, TypeVar

from service.calendars import is_known_region
from service.scoring.roles import named_role, same_name
from service.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from pathlib import Path

    from service.scoring.evidence import Person
    from service.scoring.rule_set import RuleSet
    from service.sheet import Row

_T = TypeVar("_T")
LONGEST_ABSENCE_DAYS = 1096  #: three years; longer ones are slips, or should be renewed
PRESENT = "present"  #: the kind of days on which somebody was there
#: Of each file the columns that are needed, and those that may be left out.
ABSENCE_COLUMNS = (("user", "from", "to"), ("kind",))
PEOPLE_COLUMNS = (
    ("user",),
    ("role", "segment", "fte", "start_date", "role_since", "country", "manager", "region"),
)
#: In an org the chain of managers and the roles decide who reads what: only the org says these.
ORG_COLUMNS = (("user",), ("segment", "fte", "start_date", "role_since", "country"))
Columns = tuple[tuple[str, ...], tuple[str, ...]]
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_COUNTRY = re.compile(r"([A-Za-z]{2})(?:-([A-Za-z0-9]{1,20}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What the people file says of one person; None where it says nothing."""

    role: str | None = None
    segment: str | None = None
    fte: Decimal | None = None
    started_on: date | None = None
    country: str | None = None
    manager_id: str | None = None
    region: str | None = None
    role_since: date | None = None
    rules_role: str | None = None  #: where `role` is no name in Salesforce but a role of the rules


@dataclass(frozen=True, slots=True)
class Absences:
    """What the absence file says: days by user id. A day that is both is a day off."""

    away: Mapping[str, frozenset[date]] = field(default_factory=dict)
    present: Mapping[str, frozenset[date]] = field(default_factory=dict)


def read_absences(path: Path, people: Iterable[Person]) -> Absences:
    """Days off, and days on which somebody was there; ranges may overlap. Raises SheetError.

    `people` are all who may be named, scored or not.
    """
    sheet = Sheet(path, *ABSENCE_COLUMNS)
    ids = _ids_by_name(people)
    away: defaultdict[str, set[date]] = defaultdict(set)
    present: defaultdict[str, set[date]] = defaultdict(set)
    for row in sheet.rows:
        user = _user(sheet, row, "user", ids)
        found = _range(sheet, row)
        if user is not None:
            (present if row.text("kind").casefold() == PRESENT else away)[user].update(found)
    sheet.finish()
    return Absences(*(
        {user: frozenset(days) for user, days in kind.items()} for kind in (away, present)
    ))  # fmt: skip


def read_people(
    path: Path, people: Collection[Person], rules: RuleSet, columns: Columns = PEOPLE_COLUMNS
) -> Mapping[str, PersonFacts]:
    """The facts by user id. Raises SheetError.

    `people` are all who may be named, as persons or as their managers, scored or not. A role is one
    of the `rules`, or a name that these or the data know.
    """
    sheet = Sheet(path, *columns)
    ids = _ids_by_name(people)
    held = {same_name(one.role) for one in people if one.role}
    facts: dict[str, PersonFacts] = {}
    lines: dict[str, int] = {}
    for row in sheet.rows:
        user, found = _user(sheet, row, "user", ids), _facts(sheet, row, ids)
        found = replace(found, rules_role=_rules_role(sheet, row, rules, held))
        if user in lines:
            sheet.refuse(row, "user", f"is on line {lines[user]} already; keep one")
        elif user is not None:
            facts[user], lines[user] = found, row.line
    sheet.finish()
    return facts


def apply(
    person: Person,
    facts: Mapping[str, PersonFacts],
    absences: Absences,
) -> Person:
    """The person with what the files say of them: facts replace the data's, days off are added."""
    told = facts.get(person.user_id, PersonFacts())
    return replace(
        person,
        role=told.role or person.role,
        fte=person.fte if told.fte is None else told.fte,
        started_on=told.started_on or person.started_on,
        role_since=told.role_since or person.role_since,
        rules_role=told.rules_role or person.rules_role,
        country=told.country or person.country,
        manager_id=told.manager_id or person.manager_id,
        region=told.region or person.region,
        segment=told.segment or person.segment,
        away_on=person.away_on | absences.away.get(person.user_id, frozenset()),
        present_on=person.present_on | absences.present.get(person.user_id, frozenset()),
    )


def _ids_by_name(people: Iterable[Person]) -> dict[str, str]:
    """User id by every way to name one: 15 characters of the id, or the username in lower case."""
    ids: dict[str, str] = {}
    for person in people:
        ids[person.user_id[:15]] = person.user_id
        if person.username:
            ids[person.username.casefold()] = person.user_id
    return ids


def _user(sheet: Sheet, row: Row, column: str, ids: Mapping[str, str]) -> str | None:
    name = row.text(column)
    is_id = "@" not in name and len(name) in (15, 18)
    found = ids.get(name[:15] if is_id else name.casefold())
    if found is None:
        sheet.refuse(row, column, "is no user of these data; write the id or the username of one")
    return found


def _range(sheet: Sheet, row: Row) -> list[date]:
    first, last = _day(sheet, row, "from"), _day(sheet, row, "to")
    if first is None or last is None:
        return []
    length = (last - first).days + 1
    if length < 1:
        sheet.refuse(row, "to", f"is before {first}; write the last day of the absence")
    elif length > LONGEST_ABSENCE_DAYS:
        sheet.refuse(row, "to", "is more than three years on; write the last day known today")
    else:
        return [first + timedelta(days=at) for at in range(length)]
    return []


def _facts(sheet: Sheet, row: Row, ids: Mapping[str, str]) -> PersonFacts:
    def told(column: str, read: Callable[[Sheet, Row, str], _T | None]) -> _T | None:
        return read(sheet, row, column) if row.text(column) else None

    return PersonFacts(
        role=row.text("role") or None,
        segment=row.text("segment").casefold() or None,
        fte=told("fte", _share),
        started_on=told("start_date", _day),
        role_since=told("role_since", _day),
        country=told("country", _country),
        manager_id=_user(sheet, row, "manager", ids) if row.text("manager") else None,
        region=row.text("region") or None,
    )


def _rules_role(sheet: Sheet, row: Row, rules: RuleSet, held: Collection[str]) -> str | None:
    """The role of the rules that a text is; None for a name in Salesforce that they map."""
    name = row.text("role")
    if not name or named_role(name, None, rules):
        return None
    found = next((role for role in rules.roles if same_name(role) == same_name(name)), None)
    if found is None and same_name(name) not in held:
        known = ", ".join(rules.roles)
        sheet.refuse(
            row, "role", f"is no role; write one of the rules ({known}) or a name in [roles.names]"
        )
    return found


def _day(sheet: Sheet, row: Row, column: str) -> date | None:
    text = row.text(column)
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass  # the shape of a day that no month has
    sheet.refuse(row, column, "is no day; write it like 2026-03-27")
    return None


def _share(sheet: Sheet, row: Row, column: str) -> Decimal | None:
    try:
        share = Decimal(row.text(column))
    except InvalidOperation:
        share = Decimal(-1)
    if share.is_finite() and 0 <= share <= 1:
        return share
    sheet.refuse(row, column, "is no share of full time; write one from 0 to 1, like 0.6")
    return None


def _country(sheet: Sheet, row: Row, column: str) -> str | None:
    match = _COUNTRY.fullmatch(row.text(column))
    if match:
        code, region = match[1].upper(), match[2]
        country = f"{code}-{region.upper()}" if region else code
        if is_known_region(country):
            return country
    sheet.refuse(row, column, "is no country; write its code like DE, or DE-BY with the region")
    return None
