"""The files of the export: rows go to disk as they are made, and from there into the zip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.evidence.ids import to_18

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import TextIO

_AUDIT = ("CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById")
#: Object -> key prefix of its ids, and its columns beside Id. Their order is that of the zip.
LAYOUT: dict[str, tuple[str, tuple[str, ...]]] = {
    "User": ("005", (
        "Name", "Username", "Email", "IsActive", "UserType", "UserRoleId", "ProfileId", "ManagerId",
        "LastLoginDate", "TimeZoneSidKey", "LocaleSidKey", "Division", "City", "State", "Country",
        "CreatedDate",
    )),
    "UserRole": ("00E", ("Name", "ParentRoleId")),
    "Profile": ("00e", ("Name",)),
    "CurrencyType": ("01L", (
        "IsoCode", "ConversionRate", "DecimalPlaces", "IsActive", "IsCorporate",
    )),
    "Account": ("001", (
        "OwnerId", "Name", "Description", "NumberOfEmployees", "Industry", *_AUDIT,
    )),
    "Contact": ("003", ("OwnerId", "LastName", "AccountId", *_AUDIT)),
    "Campaign": ("701", (
        "OwnerId", "Name", "Type", "Status", "IsActive", "StartDate", "EndDate", "ActualCost", *_AUDIT,
    )),
    "CampaignMember": ("00v", (
        "CampaignId", "LeadId", "ContactId", "Status", "HasResponded", "FirstRespondedDate", *_AUDIT,
    )),
    "Lead": ("00Q", (
        "OwnerId", "LastName", "Company", "Status", "IsConverted", "ConvertedDate",
        "ConvertedAccountId", "ConvertedContactId", "ConvertedOpportunityId", "Industry",
        "LeadSource", *_AUDIT,
    )),
    "LeadHistory": ("017", ("LeadId", "Field", "OldValue", "NewValue", "CreatedDate", "CreatedById")),
    "Opportunity": ("006", (
        "OwnerId", "Name", "AccountId", "CampaignId", "StageName", "IsClosed", "IsWon", "Amount",
        "CurrencyIsoCode", "CloseDate", "NextStep", "Type", "LeadSource", "LastStageChangeDate",
        "PushCount", *_AUDIT,
    )),
    "OpportunityHistory": ("008", (
        "OpportunityId", "StageName", "Amount", "CloseDate", "CreatedDate", "CreatedById",
    )),
    "Period": ("026", ("StartDate", "EndDate", "Type")),
    "ForecastingQuota": ("0J9", (
        "QuotaOwnerId", "QuotaAmount", "CurrencyIsoCode", "PeriodId", "StartDate", "ForecastingTypeId",
    )),
    "LoginHistory": ("0Ya", ("UserId", "LoginTime", "LoginType", "Status", "Application")),
    "LightningUsageByAppTypeMetrics": ("0XU", ("UserId", "MetricsDate", "AppExperience")),
    "Task": ("00T", (
        "OwnerId", "Subject", "Description", "Status", "IsClosed", "TaskSubtype", "WhoId", "WhatId",
        "ActivityDate", "IsRecurrence", "CompletedDateTime", "CallDurationInSeconds", *_AUDIT,
    )),
    "Event": ("00U", (
        "OwnerId", "Subject", "StartDateTime", "EndDateTime", "IsAllDayEvent", "ShowAs", "WhoId",
        "WhatId", "IsRecurrence", *_AUDIT,
    )),
}  # fmt: skip
_HELD_ROWS = 2_000


class Sheet:
    """One object's rows. Only the last few are in memory."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.path, self.rows = name, folder / f"{name}.csv", 0
        prefix, self.columns = LAYOUT[name]
        self._known = frozenset(self.columns)
        # The ending of an 18-character id speaks of capitals only, so it is the same for all.
        self._start, self._end = f"{prefix}Bw", to_18(f"{prefix}Bw{0:010d}")[15:]
        self._ids, self._held = 0, [f"{','.join(('Id', *self.columns))}\n"]
        self._file: TextIO = self.path.open("w", encoding="utf-8", newline="", buffering=1 << 20)

    def next_id(self) -> str:
        """An id that no other row has."""
        return self.next_ids(1)[0]

    def next_ids(self, count: int) -> list[str]:
        """So many ids that no other row has."""
        first, self._ids = self._ids + 1, self._ids + count
        start, end = self._start, self._end
        return [f"{start}{number:010d}{end}" for number in range(first, first + count)]

    def add(self, record_id: str = "", **values: str) -> str:
        """Add a row, of which every column that is not named is empty; gives its id."""
        if not values.keys() <= self._known:
            unknown = sorted(values.keys() - self._known)
            raise ValueError(f"{self.name} has no column {', '.join(unknown)}.")
        record_id = record_id or self.next_id()
        quoted = {column: text.replace('"', '""') for column, text in values.items()}
        self.extend([(record_id, *(quoted.get(column, "") for column in self.columns))])
        return record_id

    def extend(self, rows: Iterable[Sequence[str]]) -> None:
        """Add whole rows, their ids first, all columns in order and no quotation mark inside."""
        before = len(self._held)
        self._held += ['"' + '","'.join(row) + '"\n' for row in rows]
        self.rows += len(self._held) - before
        if len(self._held) > _HELD_ROWS:
            self._flush()

    def close(self) -> None:
        """Write what is held."""
        if not self._file.closed:
            self._flush()
            self._file.close()

    def _flush(self) -> None:
        self._file.write("".join(self._held))
        self._held.clear()


class Sheets:
    """All of them, by object."""

    def __init__(self, folder: Path) -> None:
        self._by_name = {name: Sheet(name, folder) for name in LAYOUT}

    def __getitem__(self, name: str) -> Sheet:
        return self._by_name[name]

    def rows(self) -> dict[str, int]:
        """How many rows each has."""
        return {name: sheet.rows for name, sheet in self._by_name.items()}

    def close(self) -> None:
        """Close every file; closing twice is no harm."""
        for sheet in self._by_name.values():
            sheet.close()

    def __iter__(self) -> Iterator[Sheet]:
        return iter(self._by_name.values())
