"""The objects and columns that are ever read, and what a text in each of them means.

Kinds and the texts they accept (sources: Salesforce's Data Export, Bulk API 2.0 and REST pages):

- ``id``        15 or 18 characters, widened to 18 on reading
- ``text``      as it is
- ``boolean``   ``1``/``0``, ``true``/``false`` (any case)
- ``number``    decimal point, no grouping, perhaps an exponent (query jobs write ten million and
                more as ``1.0E7``: https://github.com/forcedotcom/cli/issues/3367); money is
                this kind and becomes DECIMAL(18,2)
- ``rate``      a number with up to six decimals, as Salesforce keeps conversion rates
- ``date``      ``YYYY-MM-DD``
- ``datetime``  ``YYYY-MM-DD HH:MM:SS`` (naive: read in `Tables.naive_zone`),
                ``YYYY-MM-DDTHH:MM:SS.000Z``, ``…+0000``; becomes UTC
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    # One row for each save that touched stage, amount, probability or close date.
    "OpportunityHistory": _columns(
        Id="id", OpportunityId="id", StageName="text", CloseDate="date", CreatedDate="datetime"
    ),
    # Only where the org tracks the history of an opportunity's fields.
    "OpportunityFieldHistory": _columns(
        Id="id", OpportunityId="id", Field="text", CreatedDate="datetime"
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
