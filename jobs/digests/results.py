"""What a digest is made of: records that the nights wrote, read once for everybody who is due."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from service.salesforce.errors import AdminActionNeededError
from service.salesforce.fields import (
    AdoptionException,
    AdoptionScore,
    AdoptionSnapshot,
    AdoptionTeam,
)
from service.salesforce.query import given
from service.salesforce.soql import quoted
from service.scoring.exception_state import STANDING
from service.weeks import monday_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.salesforce.gateway import Gateway

Row = dict[str, Any]
#: Two windows of 20 working days without a day off do not overlap when four weeks lie between them.
APART = timedelta(weeks=4)
LATELY = timedelta(days=7)
#: Dashboards in the order in which a digest names them: developer name -> what it answers.
DASHBOARDS = {
    "Adoption_Exceptions_and_Deals": "Exceptions and Deals: who needs help, and what was won",
    "Adoption_Data_Care": "Data Care: what should be tidied first",
    "Adoption_Usage": "Usage: is the work done in Salesforce, and how do groups stand",
    "Adoption_Login": "Login: who is here at all",
}


@dataclass(frozen=True)
class OwnScore:
    """A person's score as it stands."""

    owner_id: str
    value: Decimal | None
    word: str


@dataclass(frozen=True)
class WeekScore:
    """A person's score at the end of a week; weeks without a number are left out."""

    value: Decimal
    band: Decimal
    rule_version: str


@dataclass(frozen=True)
class OpenedException:
    """An exception that others may see."""

    user_id: str
    label: str
    state: str
    opened_on: date | None
    cleared_on: date | None
    recurred_on: date | None
    executives_from: date | None
    fact: str  #: what was asked and found when it opened, and the question to ask about it
    question: str

    @property
    def stands(self) -> bool:
        """Whether it is open in any way."""
        return self.state in STANDING


@dataclass(frozen=True)
class Results:
    """Everything by person, and the whole company's figures."""

    scores: Mapping[str, OwnScore] = field(default_factory=dict)
    before: Mapping[str, WeekScore] = field(default_factory=dict)  #: four weeks before `after`
    after: Mapping[str, WeekScore] = field(default_factory=dict)  #: of the last whole week
    exceptions: tuple[OpenedException, ...] = ()
    company: Row | None = None  #: the group of everybody
    dashboards: Mapping[str, str] = field(default_factory=dict)  #: developer name -> id


def read_results(gateway: Gateway, today: date, *, aggregate_only: bool) -> Results:
    """Read in one call; of persons nothing where only groups may be written. Raises SalesforceError."""
    after = monday_of(today) - timedelta(weeks=1)
    queries = [_DASHBOARDS, _COMPANY]
    if not aggregate_only:
        queries += [_SCORES, _snapshots(after - APART, after), _exceptions(today)]
    dashboards, *answers = gateway.query_together(queries)
    if isinstance(dashboards, AdminActionNeededError):
        dashboards = []  # not deployed, or hidden: the links lead to all dashboards
    ids = {str(row["DeveloperName"]): str(row["Id"]) for row in given(dashboards)}
    company, *personal = (given(one) for one in answers)
    group = company[0] if company else None
    if aggregate_only:
        return Results(company=group, dashboards=ids)
    scores, weeks, exceptions = personal
    return Results(
        {str(row[AdoptionScore.KEY]): _score(row) for row in scores},
        _of_week(weeks, after - APART),
        _of_week(weeks, after),
        tuple(map(_exception, exceptions)),
        group,
        ids,
    )


_DASHBOARDS = (
    "SELECT Id, DeveloperName FROM Dashboard "  # noqa: S608 - constants
    f"WHERE DeveloperName IN ({', '.join(map(quoted, DASHBOARDS))})"
)
_COMPANY = (
    f"SELECT {AdoptionTeam.PEOPLE}, {AdoptionTeam.SCORED}, {AdoptionTeam.MEDIAN},"  # noqa: S608 - constants
    f" {AdoptionTeam.ON_TRACK}, {AdoptionTeam.BUILDING}, {AdoptionTeam.NEEDS_HELP}"
    f" FROM {AdoptionTeam.OBJECT} WHERE {AdoptionTeam.KIND} = 'Company' LIMIT 1"
)
_SCORES = (
    f"SELECT {AdoptionScore.KEY}, {AdoptionScore.OWNER}, {AdoptionScore.SCORE},"  # noqa: S608 - constants
    f" {AdoptionScore.WORD} FROM {AdoptionScore.OBJECT}"
)


def _snapshots(*mondays: date) -> str:
    days = ", ".join(on.isoformat() for on in mondays)
    names = (
        AdoptionSnapshot.KEY, AdoptionSnapshot.WEEK_BEGINS, AdoptionSnapshot.SCORE,
        AdoptionSnapshot.BAND, AdoptionSnapshot.RULE_VERSION,
    )  # fmt: skip
    return (
        f"SELECT {', '.join(names)} FROM {AdoptionSnapshot.OBJECT} "  # noqa: S608 - constants and days
        f"WHERE {AdoptionSnapshot.WEEK_BEGINS} IN ({days})"
    )


def _exceptions(today: date) -> str:
    of = AdoptionException
    names = (
        of.KEY, of.LABEL, of.STATE, of.OPENED_ON, of.CLEARED_ON, of.RECURRED_ON,
        of.EXECUTIVES_FROM, of.EVIDENCE,
    )  # fmt: skip
    return (
        f"SELECT {', '.join(names)} FROM {of.OBJECT} "  # noqa: S608 - constants and a day
        f"WHERE {of.STATE} IN ({', '.join(map(quoted, STANDING))}) "
        f"OR {of.CLEARED_ON} >= {(today - LATELY).isoformat()}"
    )


def _score(row: Row) -> OwnScore:
    value = number(row[AdoptionScore.SCORE])
    return OwnScore(str(row[AdoptionScore.OWNER]), value, str(row[AdoptionScore.WORD] or ""))


def _of_week(rows: list[Row], monday: date) -> dict[str, WeekScore]:
    of, found = AdoptionSnapshot, {}
    for row in rows:
        value, band = number(row[of.SCORE]), number(row[of.BAND])
        if row[of.WEEK_BEGINS] == monday.isoformat() and value is not None and band is not None:
            user_id = str(row[of.KEY]).partition(":")[0]
            found[user_id] = WeekScore(value, band, str(row[of.RULE_VERSION]))
    return found


def _exception(row: Row) -> OpenedException:
    of = AdoptionException
    said = str(row[of.EVIDENCE] or "").strip().splitlines()
    fact, _, question = (said[-1] if said else "").rpartition(". ")
    return OpenedException(
        user_id=str(row[of.KEY]).partition(":")[0],
        label=str(row[of.LABEL] or ""),
        state=str(row[of.STATE]),
        opened_on=_day(row[of.OPENED_ON]),
        cleared_on=_day(row[of.CLEARED_ON]),
        recurred_on=_day(row[of.RECURRED_ON]),
        executives_from=_day(row[of.EXECUTIVES_FROM]),
        fact=fact,
        question=question,
    )


def number(value: object) -> Decimal | None:
    """Give a number of the org exactly."""
    return None if value is None else Decimal(str(value))


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)) if value else None
