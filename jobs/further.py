"""Further sources, where the org permits: logins, days of use, quotas, forecasts, campaign members.

One call for up to 2,000 groups. A source that the org lacks, or does not show to the integration user,
is a gap of the run's record and never an error. Nothing of these is scored. Where only groups may be
written, nothing of persons is asked.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

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
    from collections.abc import Iterable, Mapping
    from datetime import date

    from service.report.facts import Facts
    from service.salesforce.grouped import Rows
    from service.salesforce.together import Caller

#: Days that are counted, the as-of day among them: four whole weeks.
DAYS: Final = 28
LOGINS, USE, QUOTAS, FORECASTS, MEMBERS = FURTHER
BROWSER, MOBILE = "Lightning Experience", "Salesforce Mobile"
#: Fields of a person's score, and of the company's record.
PERSONAL = (AdoptionScore.LOGINS, AdoptionScore.LIGHTNING_DAYS, AdoptionScore.MOBILE_DAYS)
OF_COMPANY = (
    AdoptionTeam.QUOTA, AdoptionTeam.CLOSED, AdoptionTeam.COMMIT, AdoptionTeam.CAMPAIGN_MEMBERS,
    AdoptionTeam.CAMPAIGN_RESPONSES,
)  # fmt: skip
_CENT = Decimal("0.01")
#: What to do about a source that the org does not show, by object.
_REFUSED: Final[Mapping[str, str]] = {
    LOGINS: "Assign the permission set Adoption Login History to the integration user.",
    USE: "Sandboxes have none; elsewhere View Setup and Configuration shows it.",
    QUOTAS: "Switch forecasts on, and give the integration user View All Forecasts.",
    FORECASTS: "Switch forecasts on, and give the integration user View All Forecasts.",
    MEMBERS: "Give the integration user read access to campaigns.",
}
_LACKS: Final[Mapping[str, str]] = {
    LOGINS: "logins are not told", USE: "days in Lightning and in the mobile app are not told",
    QUOTAS: "no quota is told", FORECASTS: "no forecast is told",
    MEMBERS: "campaign members are not counted",
}  # fmt: skip


@dataclass(frozen=True)
class Further:
    """What these sources tell."""

    by_field: Mapping[str, Mapping[str, int]] = field(
        default_factory=dict
    )  #: field -> user -> times
    company: Mapping[str, int | Decimal] = field(default_factory=dict)  #: by field of its record
    gaps: tuple[Gap, ...] = ()

    def of(self, user_id: str) -> dict[str, int | None]:
        """The fields of a person's score: 0 where the source tells of nothing, null where it is silent."""
        return {
            name: self.by_field[name].get(user_id, 0) if name in self.by_field else None
            for name in PERSONAL
        }

    @property
    def of_company(self) -> dict[str, int | Decimal | None]:
        """The fields of the company's record."""
        return {name: self.company.get(name) for name in OF_COMPANY}


#: Of a run that asked for none of it.
NOTHING: Final = Further()


def read_further(caller: Caller, facts: Facts) -> Further:
    """Ask for all that may be asked."""
    queries = [
        *([] if facts.options.aggregate_only else _personal(facts.as_of)),
        *_company(facts.as_of),
    ]
    answers = read_groups(caller, queries)
    told = {one.object_name: rows for one, rows in zip(queries, answers, strict=True)}
    gaps = [_gap(name, rows) for name, rows in told.items() if isinstance(rows, SalesforceError)]
    known = {name: rows for name, rows in told.items() if not isinstance(rows, SalesforceError)}
    gaps += _silent(known, facts)
    return Further(_by_field(known), _of_company(known, facts.least), tuple(gaps))


def _personal(as_of: date) -> list[Grouped]:
    since = _since(as_of)
    until = as_of + timedelta(days=1)
    # Whether a login succeeded may be grouped by and not filtered by.
    logins = f"LoginTime >= {since}T00:00:00Z AND LoginTime < {until}T00:00:00Z"
    used = f"MetricsDate >= {since} AND MetricsDate <= {as_of}"
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
    managers = "SELECT ManagerId FROM User WHERE IsActive = true"
    where = f"PeriodId IN ({running}) AND {{}} NOT IN ({managers})"
    by = ("ForecastingTypeId", "PeriodId")
    return [
        Grouped(QUOTAS, by, "COUNT_DISTINCT(QuotaOwnerId) people, SUM(QuotaAmount) amount", where.format("QuotaOwnerId")),
        Grouped(FORECASTS, (*by, "ForecastingItemCategory"), "COUNT_DISTINCT(OwnerId) people, SUM(OwnerOnlyAmount) amount", where.format("OwnerId")),
        Grouped(MEMBERS, ("HasResponded",), "COUNT(Id) times", f"CreatedDate >= {_since(as_of)}T00:00:00Z"),
    ]  # fmt: skip


def _since(as_of: date) -> date:
    return as_of - timedelta(days=DAYS - 1)


def _gap(name: str, error: SalesforceError) -> Gap:
    if isinstance(error, TransientSalesforceError):
        why = f"{name} did not answer ({error.code or 'no reply'}), so {_LACKS[name]} tonight."
    elif isinstance(error, AdminActionNeededError):
        why = f"{name} is not shown to the integration user ({error.code}), so {_LACKS[name]}. {_REFUSED[name]}"
    else:
        why = f"{name} was not read ({error.code or error.message}), so {_LACKS[name]}."
    return Gap(name, None, why)


def _silent(known: dict[str, Rows], facts: Facts) -> list[Gap]:
    """What answers and tells nothing: its numbers would be zeros that nobody earned.

    Without the right, a user's own logins are the only ones that it is given.
    """
    since = _since(facts.as_of)
    days = [one.user.last_login_on for one in facts.members if one.user.last_login_on]
    are_here = sum(since <= day <= facts.as_of for day in days)
    found = []
    for name in (LOGINS, USE):
        users = {row["UserId"] for row in known.get(name, ())}
        if name in known and len(users) <= 1 and (are_here > len(users) or not days):
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


def _of_company(known: Mapping[str, Rows], least: int) -> dict[str, int | Decimal]:
    found: dict[str, int | Decimal] = {}
    quotas, forecasts = known.get(QUOTAS, []), known.get(FORECASTS, [])
    main = _main([row for row in quotas or forecasts if int(row["people"]) >= least])
    quota = [row for row in quotas if _kind(row) == main]
    own = [row for row in forecasts if _kind(row) == main]
    if quota:
        found[AdoptionTeam.QUOTA] = _sum(quota)
    if own and all(int(row["people"]) >= least for row in own):
        closed, commit, whole = (
            _sum([row for row in own if row["ForecastingItemCategory"] == category])
            for category in ("ClosedOnly", "CommitOnly", "CommitForecast")
        )
        found[AdoptionTeam.CLOSED] = closed
        # Of cumulative rollups commit has what is closed inside.
        found[AdoptionTeam.COMMIT] = commit or max(whole - closed, Decimal(0))
    if MEMBERS in known:
        times = {bool(row["HasResponded"]): int(row["times"]) for row in known[MEMBERS]}
        found[AdoptionTeam.CAMPAIGN_MEMBERS] = sum(times.values())
        found[AdoptionTeam.CAMPAIGN_RESPONSES] = times.get(True, 0)
    return found


def _main(rows: Iterable[Mapping[str, Any]]) -> tuple[str, str] | None:
    """The forecast type and period with most people: amounts of several are not added up."""
    people: defaultdict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        people[_kind(row)] = max(people[_kind(row)], int(row["people"]))
    return min(people, key=lambda kind: (-people[kind], kind), default=None)


def _kind(row: Mapping[str, Any]) -> tuple[str, str]:
    return str(row["ForecastingTypeId"]), str(row["PeriodId"])


def _sum(rows: Iterable[Mapping[str, Any]]) -> Decimal:
    amounts = (Decimal(str(row["amount"])) for row in rows if row["amount"] is not None)
    return sum(amounts, Decimal(0)).quantize(_CENT)
