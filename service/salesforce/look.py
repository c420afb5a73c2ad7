"""Looking at objects before reading them: which fields this user may read, and how many rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from service.columns import COLUMNS
from service.salesforce.errors import (
    AdminActionNeededError,
    LimitReachedError,
    SalesforceError,
    TransientSalesforceError,
)
from service.salesforce.together import Caller, read_together
from service.salesforce.transport import BASE, Request
from service.tables import REPORTED_ONLY, Gap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: What is asked of an org. What only a report of an export shows is left alone.
OBJECTS = tuple(name for name in COLUMNS if name not in REPORTED_ONLY)
#: Objects in one call: a composite takes five queries, and five descriptions of large objects (a
#: few MB each) stay below the longest reply that is read.
AT_ONCE = 5
_ABSENT = frozenset({"NOT_FOUND", "INVALID_TYPE"})


@dataclass(frozen=True)
class Look:
    """One object as this user sees it."""

    object_name: str
    fields: frozenset[str] | None  #: readable ones; None: the object is absent or hidden
    rows: int | None  #: None: the org did not count in time
    also: tuple[str, ...] = ()  #: custom fields that are wanted beside COLUMNS

    @property
    def wanted(self) -> tuple[str, ...]:
        """Those of COLUMNS in their order, then those wanted beside them."""
        return (*(column.name for column in COLUMNS[self.object_name]), *self.also)

    @property
    def columns(self) -> tuple[str, ...]:
        """Those wanted that can be read."""
        return tuple(name for name in self.wanted if name in (self.fields or ()))

    @property
    def gaps(self) -> list[Gap]:
        """What cannot be read.

        Fields hidden by field-level security are absent from the describe, so they are gaps too,
        and no query fails by them.
        """
        name = self.object_name
        if self.fields is None:
            return [Gap(name, None, f"The integration user cannot see the object {name}.")]
        return [
            Gap(name, column, f"The integration user cannot read {name}.{column}.")
            for column in self.wanted
            if column not in self.fields
        ]


def look_at(
    caller: Caller, names: Sequence[str], also: Mapping[str, Sequence[str]] | None = None
) -> list[Look]:
    """Describe and count each object, AT_ONCE in one call; `also` names custom fields of theirs."""
    looks: list[Look] = []
    for start in range(0, len(names), AT_ONCE):
        looks += _look_at(caller, names[start : start + AT_ONCE])
    return [replace(look, also=tuple((also or {}).get(look.object_name, ()))) for look in looks]


def calls_to_look(objects: int) -> int:
    """How many calls `look_at` costs where all goes well."""
    return -(-objects // AT_ONCE)


def _look_at(caller: Caller, names: Sequence[str]) -> list[Look]:
    describes = [f"{BASE}/sobjects/{name}/describe" for name in names]
    counts = [f"{BASE}/query?q={quote(f'SELECT COUNT() FROM {name}')}" for name in names]  # noqa: S608 - names from COLUMNS
    try:
        # A count that took too long would take as long again, so it is asked once.
        answers = read_together(caller, [*describes, *counts], repeatable=False)
    except TransientSalesforceError:
        answers = [*read_together(caller, describes), *[None] * len(names)]
    fields = [_fields(caller, *pair) for pair in zip(describes, answers, strict=False)]
    rows = map(_rows, answers[len(names) :])
    return [Look(*one) for one in zip(names, fields, rows, strict=True)]


def _fields(caller: Caller, path: str, answer: Any) -> frozenset[str] | None:  # noqa: ANN401 - JSON
    try:
        if isinstance(answer, TransientSalesforceError):
            answer = caller.call(Request("GET", path))  # alone, with the gateway's patience
        elif isinstance(answer, SalesforceError):
            raise answer
    except AdminActionNeededError as error:
        if error.code not in _ABSENT:
            raise
        return None
    return frozenset(str(field["name"]) for field in answer["fields"])


def _rows(answer: Any) -> int | None:  # noqa: ANN401 - parsed JSON
    """Give the number of rows; None when the org did not count, whose reason reading will meet."""
    if isinstance(answer, LimitReachedError):
        raise answer
    if answer is None or isinstance(answer, SalesforceError):
        return None
    return int(answer["totalSize"])
