"""The typed tables that both doors (an org, an export zip) hand to the evidence floor.

A table is a list of CSV pages on local disk, exactly as they arrived: UTF-8, a header row,
every value as text. What a text means is said here once, by `Column.kind`; the evidence floor
casts with it and nowhere else. Pages are never held in memory.

Kinds and the texts they accept (sources: Salesforce's Data Export, Bulk API 2.0 and REST pages):

- ``id``        15 or 18 characters, widened to 18 on reading
- ``text``      as it is
- ``boolean``   ``1``/``0``, ``true``/``false`` (any case)
- ``number``    decimal point, no grouping; money is this kind and becomes DECIMAL(18,2)
- ``rate``      a number with up to six decimals, as Salesforce keeps conversion rates
- ``date``      ``YYYY-MM-DD``
- ``datetime``  ``YYYY-MM-DD HH:MM:SS`` (naive: read in `Tables.naive_zone`),
                ``YYYY-MM-DDTHH:MM:SS.000Z``, ``…+0000``; becomes UTC
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

Kind = Literal["id", "text", "boolean", "number", "rate", "date", "datetime"]


@dataclass(frozen=True)
class Column:
    """One column that we read: Salesforce's API name and what its texts mean."""

    name: str
    kind: Kind


def _columns(**kinds: Kind) -> tuple[Column, ...]:
    return tuple(Column(name, kind) for name, kind in kinds.items())


#: Every object and column that we ever read, by Salesforce API name. An org reader selects
#: these (less what the org lacks), an export reader keeps these (less what the file lacks).
COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "User": _columns(
        Id="id",
        Name="text",
        Username="text",
        IsActive="boolean",
        UserType="text",
        UserRoleId="id",
        ProfileId="id",
        ManagerId="id",
        LastLoginDate="datetime",
        TimeZoneSidKey="text",
        LocaleSidKey="text",
        Division="text",
        State="text",
        Country="text",
        CreatedDate="datetime",
    ),
    "UserRole": _columns(Id="id", Name="text", ParentRoleId="id"),
    "Profile": _columns(Id="id", Name="text"),
    "Account": _columns(
        Id="id",
        Name="text",
        OwnerId="id",
        Industry="text",
        NumberOfEmployees="number",
        CreatedDate="datetime",
        CreatedById="id",
    ),
    "Contact": _columns(
        Id="id",
        AccountId="id",
        OwnerId="id",
        CreatedDate="datetime",
        CreatedById="id",
        LastModifiedDate="datetime",
        LastModifiedById="id",
    ),
    "Lead": _columns(
        Id="id",
        OwnerId="id",
        Company="text",
        Status="text",
        IsConverted="boolean",
        ConvertedDate="date",
        ConvertedContactId="id",
        Industry="text",
        LeadSource="text",
        CreatedDate="datetime",
        CreatedById="id",
        LastModifiedDate="datetime",
        LastModifiedById="id",
    ),
    # Only where the org tracks the history of its leads: when a status was changed, and by whom.
    "LeadHistory": _columns(
        Id="id", LeadId="id", Field="text", CreatedDate="datetime", CreatedById="id"
    ),
    "Opportunity": _columns(
        Id="id",
        Name="text",
        AccountId="id",
        OwnerId="id",
        StageName="text",
        Type="text",
        LeadSource="text",
        CampaignId="id",
        IsClosed="boolean",
        IsWon="boolean",
        Amount="number",
        CurrencyIsoCode="text",
        CloseDate="date",
        NextStep="text",
        LastStageChangeDate="datetime",
        PushCount="number",
        CreatedDate="datetime",
        CreatedById="id",
        LastModifiedDate="datetime",
        LastModifiedById="id",
    ),
    # Only in orgs with several currencies.
    "CurrencyType": _columns(Id="id", IsoCode="text", ConversionRate="rate", IsCorporate="boolean"),
    # Only where such an org keeps a rate for each stretch of time.
    "DatedConversionRate": _columns(
        Id="id", IsoCode="text", StartDate="date", ConversionRate="rate"
    ),
    # Only where campaigns are used. The report shows them; nothing is scored by them.
    "Campaign": _columns(Id="id", Name="text"),
    "CampaignMember": _columns(Id="id", CampaignId="id", LeadId="id", CreatedDate="datetime"),
    # Only where forecasts are on. The report shows them; nothing is scored by them.
    "ForecastingQuota": _columns(
        Id="id",
        QuotaOwnerId="id",
        QuotaAmount="number",
        CurrencyIsoCode="text",
        PeriodId="id",
        ForecastingTypeId="id",
    ),
    "ForecastingItem": _columns(
        Id="id",
        OwnerId="id",
        PeriodId="id",
        ForecastingTypeId="id",
        ForecastCategoryName="text",
        OwnerOnlyAmount="number",
        CurrencyIsoCode="text",
    ),
    "Period": _columns(Id="id", StartDate="date", EndDate="date"),
    "Task": _columns(
        Id="id",
        OwnerId="id",
        Subject="text",
        Status="text",
        IsClosed="boolean",
        TaskSubtype="text",
        WhoId="id",
        WhatId="id",
        ActivityDate="date",
        CompletedDateTime="datetime",
        IsRecurrence="boolean",
        CreatedDate="datetime",
        CreatedById="id",
        LastModifiedDate="datetime",
        LastModifiedById="id",
    ),
    "Event": _columns(
        Id="id",
        OwnerId="id",
        Subject="text",
        StartDateTime="datetime",
        EndDateTime="datetime",
        IsAllDayEvent="boolean",
        ShowAs="text",
        WhoId="id",
        WhatId="id",
        IsRecurrence="boolean",
        CreatedDate="datetime",
        CreatedById="id",
        LastModifiedDate="datetime",
        LastModifiedById="id",
    ),
}


#: What an org reader leaves alone: the report of an export shows it, and no score rests on it.
REPORTED_ONLY = frozenset(
    {"Campaign", "CampaignMember", "ForecastingItem", "ForecastingQuota", "Period"}
)
#: What only some orgs have. That it is absent says nothing by itself, so it is no gap of the
#: reading; whoever needs it names what cannot be shown without it. None: the whole object.
OPTIONAL: frozenset[tuple[str, str | None]] = frozenset(
    {
        ("CurrencyType", None),
        ("DatedConversionRate", None),
        ("ForecastingItem", None),
        ("ForecastingQuota", None),
        ("Period", None),
        ("ForecastingItem", "CurrencyIsoCode"),
        ("ForecastingQuota", "CurrencyIsoCode"),
        ("Opportunity", "CurrencyIsoCode"),
        ("Campaign", None),
        ("CampaignMember", None),
    }
)


@dataclass(frozen=True)
class Table:
    """One object's rows: pages on disk, and which of `COLUMNS[name]` they carry.

    `columns` holds only columns that are present *and* have at least one value: a wholly empty
    column counts as absent, because nothing can be concluded from it.
    """

    name: str
    pages: tuple[Path, ...]
    columns: frozenset[str]
    rows: int


@dataclass(frozen=True)
class Gap:
    """Something the data cannot show, named so that no one is judged by its absence."""

    object_name: str
    column: str | None  #: None when the whole object is absent
    why: str  #: one plain sentence for an admin


def telling(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """Those gaps of a reading that are not about what only some orgs have."""
    return tuple(gap for gap in gaps if (gap.object_name, gap.column) not in OPTIONAL)


@dataclass(frozen=True)
class Tables:
    """All tables of one reading.

    `naive_zone` is the IANA zone in which times without an offset are read.
    """

    by_name: Mapping[str, Table]
    gaps: tuple[Gap, ...]
    naive_zone: str = "UTC"
    rows_rejected: Mapping[str, int] = field(default_factory=dict)

    def has(self, object_name: str, *columns: str) -> bool:
        """True when the object was read and carries every one of the columns."""
        table = self.by_name.get(object_name)
        return table is not None and table.columns.issuperset(columns)
