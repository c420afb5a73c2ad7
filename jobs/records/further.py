"""Further sources, where the org permits: logins, days of use, quotas, forecasts, campaign members.

One call for up to 2,000 groups. What the org does not show to the integration user, or did not answer,
is a gap of the run's record and never an error; what it does not have is neither. Nothing of these is
scored. Where only groups may be written, nothing of persons is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from jobs.records.further_company import OF_COMPANY, company_of
from service.salesforce.errors import (
    AdminActionNeededError,
    SalesforceError,
    TransientSalesforceError,
)
from service.salesforce.fields import AdoptionScore, AdoptionTeam
from service.salesforce.grouped import Grouped, read_groups
from service.salesforce.plan import FURTHER
from service.tables import Gap

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date
    from decimal import Decimal

    from service.facts.facts import Facts
    from service.salesforce.grouped import Rows
    from service.salesforce.together import Caller

#: Days that are counted, the as-of day among them: four whole weeks.
DAYS: Final = 28
LOGINS, USE, QUOTAS, FORECASTS, MEMBERS = FURTHER
BROWSER, MOBILE = "Lightning Experience", "Salesforce Mobile"
#: Fields of a person's score.
PERSONAL = (AdoptionScore.LOGINS, AdoptionScore.LIGHTNING_DAYS, AdoptionScore.MOBILE_DAYS)
#: The fields that rest on a source. Days of use are told of nobody of whom logins are not.
_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    LOGINS: PERSONAL,
    USE: PERSONAL[1:],
    # Quotas say which forecast type and period is told.
    QUOTAS: (AdoptionTeam.QUOTA, AdoptionTeam.CLOSED, AdoptionTeam.COMMIT),
    FORECASTS: (AdoptionTeam.CLOSED, AdoptionTeam.COMMIT),
    MEMBERS: (AdoptionTeam.CAMPAIGN_MEMBERS, AdoptionTeam.CAMPAIGN_RESPONSES),
}
#: The code for an object that is not there. Every org has logins, so of these it is a refusal.
_ABSENT = "INVALID_TYPE"
#: What to do about a source that the org does not show, by object.
_REFUSED: Final[Mapping[str, str]] = {
    LOGINS: "Assign the permission set Adoption Login History to the integration user.",
    USE: "Sandboxes have none; elsewhere View Setup and Configuration shows it.",
    QUOTAS: "Give the integration user View All Forecasts.",
    FORECASTS: "Give the integration user View All Forecasts.",
    MEMBERS: "Give the integration user read access to campaigns.",
}
_LACKS: Final[Mapping[str, str]] = {
    LOGINS: "neither logins nor days in Lightning and in the mobile app are told",
    USE: "days in Lightning and in the mobile app are not told",
    QUOTAS: "no quota is told",
    FORECASTS: "no forecast is told",
    MEMBERS: "campaign members are not counted",
}


@dataclass(frozen=True)
class Further:
    """What these sources tell."""

    by_field: Mapping[str, Mapping[str, int]] = field(
        default_factory=dict
    )  #: field -> user -> times
    company: Mapping[str, int | Decimal] = field(default_factory=dict)  #: by field of its record
    gaps: tuple[Gap, ...] = ()
    #: Fields whose source did not answer tonight: nothing is written to them, so they stand.
    later: frozenset[str] = frozenset()

    def of(self, user_id: str) -> dict[str, int | None]:
        """The fields of a person's score: 0 where the source tells of nothing, null where it is silent."""
        return {
            name: self.by_field[name].get(user_id, 0) if name in self.by_field else None
            for name in PERSONAL
            if name not in self.later
        }

    @property
    def of_company(self) -> dict[str, int | Decimal | None]:
        """The fields of the company's record."""
        return {name: self.company.get(name) for name in OF_COMPANY if name not in self.later}


#: Of a run that asked for none of it.
NOTHING: Final = Further()


def read_further(caller: Caller, facts: Facts) -> Further:
    """Ask for all that may be asked."""
    queries = [
        *([] if facts.aggregate_only else _personal(facts.as_of)),
        *_company(facts.as_of),
    ]
    answers = read_groups(caller, queries)
    told = {one.object_name: rows for one, rows in zip(queries, answers, strict=True)}
    gaps = [
        _gap(name, rows)
        for name, rows in told.items()
        if isinstance(rows, SalesforceError) and (rows.code != _ABSENT or name == LOGINS)
    ]
    known = {name: rows for name, rows in told.items() if not isinstance(rows, SalesforceError)}
    gaps += _silent(known, {one.user.user_id for one in facts.members})
    late = {name for name, rows in told.items() if isinstance(rows, TransientSalesforceError)}
    if LOGINS not in known:
        # Whether days of use may be told hangs on the right to read logins.
        known.pop(USE, None)
        late.discard(USE)
    company, few = company_of(known, facts.least)
    later = frozenset(name for one in late for name in _FIELDS[one])
    return Further(_by_field(known), company, (*gaps, *few), later)


def _personal(as_of: date) -> list[Grouped]:
    """Of active internal users alone: a portal's visitors are many, and none of them is scored.

    By a semi-join where the object names no parent. Source: github.com/alertlogic/paws-collector
    asks LoginHistory so; the page of the usage metrics goes by their `User`:
    https://developer.salesforce.com/docs/platform/api-rest/guide/resources-lightning-usagebyapptypemetrics.md
    """
    days = _days("LoginTime", as_of)
    inside = "SELECT Id FROM User WHERE IsActive = true AND UserType = 'Standard'"
    # Whether a login succeeded may be grouped by and not filtered by.
    logins = f"{days} AND UserId IN ({inside})"
    used = f"MetricsDate >= {_since(as_of)} AND MetricsDate <= {as_of} AND User.IsActive = true AND User.UserType = 'Standard'"
    return [
        Grouped(LOGINS, ("UserId", "Status"), "COUNT(Id) times", logins, "UserId"),
        Grouped(USE, ("UserId", "AppExperience"), "COUNT_DISTINCT(MetricsDate) times", used, "UserId"),
    ]  # fmt: skip


def _company(as_of: date) -> list[Grouped]:
    """Sums over those to whom nobody reports: a manager's quota is that of the team once more.

    An org adds amounts up in its corporate currency.
    Source: https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_querycurrency.htm
    """
    running = f"SELECT Id FROM Period WHERE StartDate <= {as_of} AND EndDate >= {as_of}"  # noqa: S608 - days
    # Nobody says whether one null among them leaves nobody outside, as in SQL.
    managers = "SELECT ManagerId FROM User WHERE IsActive = true AND ManagerId != null"
    where = f"PeriodId IN ({running}) AND {{}} NOT IN ({managers})"
    by = ("ForecastingTypeId", "PeriodId")
    return [
        Grouped(QUOTAS, by, "COUNT_DISTINCT(QuotaOwnerId) people, SUM(QuotaAmount) amount", where.format("QuotaOwnerId")),
        Grouped(FORECASTS, (*by, "ForecastingItemCategory"), "COUNT_DISTINCT(OwnerId) people, SUM(OwnerOnlyAmount) amount", where.format("OwnerId")),
        Grouped(MEMBERS, ("HasResponded",), "COUNT(Id) times", _days("CreatedDate", as_of)),
    ]  # fmt: skip


def _since(as_of: date) -> date:
    return as_of - timedelta(days=DAYS - 1)


def _days(name: str, as_of: date) -> str:
    """The condition that an instant is within the days that are counted, UTC."""
    until = as_of + timedelta(days=1)
    return f"{name} >= {_since(as_of)}T00:00:00Z AND {name} < {until}T00:00:00Z"


def _gap(name: str, error: SalesforceError) -> Gap:
    if isinstance(error, TransientSalesforceError):
        why = f"{name} did not answer ({error.code or 'no reply'}), so what was told of it before stands tonight."
    elif isinstance(error, AdminActionNeededError):
        why = f"{name} is not shown to the integration user ({error.code}), so {_LACKS[name]}. {_REFUSED[name]}"
    else:
        why = f"{name} was not read ({error.code or error.message}), so {_LACKS[name]}."
    return Gap(name, None, why)


def _silent(known: dict[str, Rows], members: Collection[str]) -> list[Gap]:
    """What answers and tells of none of our people: its numbers would be zeros that nobody earned.

    Without the right, a user's own logins are the only ones that it is given, and the integration
    user may be one of the people. With it there are its own and somebody's.
    """
    found = []
    for name, least in ((LOGINS, 2), (USE, 1)):
        users = {str(row["UserId"]) for row in known.get(name, ())}
        if name in known and (len(users) < least or users.isdisjoint(members)):
            del known[name]
            why = f"{name} tells of nobody but the integration user, so {_LACKS[name]}. {_REFUSED[name]}"
            found.append(Gap(name, None, why))
    return found


def _by_field(known: Mapping[str, Rows]) -> dict[str, dict[str, int]]:
    found = {}
    if LOGINS in known:
        found[AdoptionScore.LOGINS] = _counts(known[LOGINS], "Status", "Success")
    if USE in known:
        found[AdoptionScore.LIGHTNING_DAYS] = _counts(known[USE], "AppExperience", BROWSER)
        found[AdoptionScore.MOBILE_DAYS] = _counts(known[USE], "AppExperience", MOBILE)
    return found


def _counts(rows: Iterable[Mapping[str, Any]], name: str, value: str) -> dict[str, int]:
    return {str(row["UserId"]): int(row["times"]) for row in rows if row[name] == value}
