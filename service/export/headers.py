"""The header rows of an export's files: whether they can be one, and what they lack."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from service.export.errors import HeaderError
from service.tables import COLUMNS, Gap

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from service.tables import Table

#: An object has at most about 900 fields; a header of 100,000 would cost 600 MB to look at.
MOST_COLUMNS = 2_000


@dataclass
class Headers:
    """Which columns the files of each object have."""

    present: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, object_name: str, label: str, names: tuple[str, ...]) -> None:
        """Note the header of a file. Raises HeaderError."""
        _check(object_name, label, names)
        self.present[object_name].update(names)

    def gaps(self, tables: Mapping[str, Table], objects: Collection[str]) -> Iterator[Gap]:
        """What the files do not have, in the order of `COLUMNS`."""
        for name in (one for one in COLUMNS if one in objects):
            if name not in self.present:
                yield Gap(name, None, f"The export has no {name}.csv.")
            elif not tables[name].rows:
                yield Gap(name, None, f"{name}.csv has no rows.")
            else:
                for column in COLUMNS[name]:
                    if column.name not in tables[name].columns:
                        yield Gap(name, column.name, self._why(name, column.name))

    def _why(self, name: str, column: str) -> str:
        if column in self.present[name]:
            return f"{name}.csv has the column {column}, but it is empty in every row."
        return f"{name}.csv has no column {column}."


def _check(object_name: str, label: str, names: tuple[str, ...]) -> None:
    if not any(names):
        raise HeaderError(f"{label}: has no header row. Export it again.")
    if len(names) > MOST_COLUMNS:
        raise HeaderError(f"{label}: has {len(names):,} columns. Export it again.")
    wanted = {column.name for column in COLUMNS[object_name]}
    twice = sorted(name for name in wanted if names.count(name) > 1)
    if twice:
        raise HeaderError(f"{label}: names {', '.join(twice)} twice. Export it again.")
    if "Id" not in names:
        raise HeaderError(
            f"{label}: the first line has no column Id, so it is not a header row. "
            "Export it again, and do not edit the files inside the zip."
        )
