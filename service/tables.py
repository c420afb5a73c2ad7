"""The typed tables that both doors (an org, an export zip) hand to the evidence floor.

A table is a list of CSV pages on local disk, exactly as they arrived, packed or not: UTF-8, a header
row, every value as text. What a text means is said here once, by `Column.kind`; the evidence floor
casts with it and nowhere else. Pages are never held in memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from service.columns import COLUMNS, Column, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = ["COLUMNS", "PACKED", "Column", "Gap", "Kind", "Table", "Tables", "telling"]

#: How the name of a page ends that is packed with gzip.
PACKED = ".csv.gz"

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
        ("OpportunityFieldHistory", None),
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

    A wholly empty column counts as absent, because nothing can be concluded from it. Where that is
    not known before the rows are staged, `columns` holds it until then (`evidence.reduce`).
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
    why: str  #: one plain sentence for an admin, without any value of a record
    example: str | None = None  #: the same with the text, id or country that shows it

    def told(self, *, is_named: bool) -> str:
        """The sentence, with its example only where people may be named."""
        return (is_named and self.example) or self.why


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
