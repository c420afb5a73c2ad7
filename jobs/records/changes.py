"""Writing what differs: compare records with what the org has now, send only those that changed.

Shared by every object that a run writes. An org gives 71.0 for 71, null for an empty text, and
may change line ends; none of that is a change.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import structlog

from service.salesforce.in_log import in_log

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from service.salesforce.errors import SalesforceError
    from service.salesforce.gateway import Gateway
    from service.salesforce.outcome import Outcome
    from service.tables import Gap

Record = dict[str, Any]
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Shape:
    """What is compared of an object's records, and so what is read from the org first.

    Fields in neither tuple are written together with a change, and are none by themselves.
    """

    object_name: str
    key: str  #: the external id
    numbers: tuple[str, ...]
    texts: tuple[str, ...]  #: also ids, dates and picklists
    judged: Mapping[str, Callable[[object], object]]  #: field -> what of its value is compared

    @property
    def compared(self) -> tuple[str, ...]:
        """Every field that is compared."""
        return (*self.numbers, *self.texts, *self.judged)

    def without(self, names: Collection[str]) -> Shape:
        """The same, blind to some fields: a run that does not write them compares the others."""
        numbers = tuple(name for name in self.numbers if name not in names)
        texts = tuple(name for name in self.texts if name not in names)
        judged = {name: judge for name, judge in self.judged.items() if name not in names}
        return replace(self, numbers=numbers, texts=texts, judged=judged)

    def fingerprint(self, record: Mapping[str, Any]) -> str:
        """A digest, equal for a record as it is sent and as the org gives it back."""
        seen: list[object] = [_number(record.get(name)) for name in self.numbers]
        seen += [text_of(record.get(name)) for name in self.texts]
        seen += [judge(record.get(name)) for name, judge in self.judged.items()]
        return hashlib.sha256(to_json(seen).encode()).hexdigest()

    def query(self, *also: str, where: str = "") -> str:
        """The SOQL that reads what is compared, and fields of yours."""
        names = ", ".join((self.key, *also, *self.compared))
        condition = f" WHERE {where}" if where else ""
        return f"SELECT {names} FROM {self.object_name}{condition}"  # noqa: S608 - constants


@dataclass(frozen=True)
class Written:
    """What became of the records of one object."""

    object_name: str
    created: int
    changed: int
    unchanged: int
    rejected: tuple[tuple[str, SalesforceError], ...]  #: (key, why)
    gaps: tuple[Gap, ...] = ()

    @property
    def records_written(self) -> int:
        """Records that this run created or changed."""
        return self.created + self.changed


def write_changed(
    gateway: Gateway, shape: Shape, records: Iterable[Record], there: Mapping[str, str]
) -> Written:
    """Write the records that differ from the org's; `there` has the org's fingerprints by key.

    Idempotent: the key decides which record it is. One refused record does not stop the others.
    """
    every = list(records)
    changed = [one for one in every if shape.fingerprint(one) != there.get(one[shape.key])]
    outcomes = gateway.upsert(shape.object_name, shape.key, changed)
    return count(shape, changed, outcomes, len(every) - len(changed))


def count(
    shape: Shape,
    records: Sequence[Mapping[str, Any]],
    outcomes: Sequence[Outcome],
    unchanged: int,
    gaps: tuple[Gap, ...] = (),
) -> Written:
    """Add up one outcome per record; whatever was refused is named by its key."""
    rejected = []
    for record, outcome in zip(records, outcomes, strict=True):
        if outcome.error:
            key = str(record[shape.key])
            rejected.append((key, outcome.error))
            log.error("record_rejected", of=shape.object_name, key=key, error=in_log(outcome.error))
    created = sum(outcome.created for outcome in outcomes)
    written = sum(outcome.is_written for outcome in outcomes)
    return Written(shape.object_name, created, written - created, unchanged, tuple(rejected), gaps)


def nothing_written(object_name: str, why: Gap) -> Written:
    """What became of records that wait."""
    return Written(object_name, 0, 0, 0, (), (why,))


def to_json(value: object) -> str:
    """The one way in which a value is written as JSON, so that equal values are equal texts."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def text_of(value: object) -> str:
    """A text as it is compared."""
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


def _number(value: object) -> str:
    return "" if value is None else format(Decimal(str(value)).normalize(), "f")
