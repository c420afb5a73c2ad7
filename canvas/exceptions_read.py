"""What stands against somebody, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from canvas.ids import id18
from canvas.people_questions import EXCEPTIONS
from canvas.plain import children, clean, mapping, number, read_day
from service.salesforce.fields import AdoptionException as Exc

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ShownException:
    """A minimum that lies below what was agreed, with its evidence."""

    record_id: str | None
    label: str
    state: str
    expected: Decimal | None  #: in the window that confirmed it
    found: Decimal | None
    opened_on: date | None
    evidence: tuple[str, ...]  #: sentences; the last one is the question to ask
    person: str = ""
    manager: str = ""
    score_id: str | None = None  #: whose it is, where it was asked for
    executives_from: date | None = None  #: from when on it concerns executives, where asked for


def read_exceptions(record: Mapping[str, Any]) -> tuple[ShownException, ...]:
    """What stands of a score record."""
    return tuple(read_exception(one) for one in children(record, EXCEPTIONS))


def read_exception(record: Mapping[str, Any]) -> ShownException:
    """One exception, with the person and the manager where they were asked for."""
    person = mapping(mapping(record.get("Adoption_Score__r")).get("User__r"))
    lines = str(record.get(Exc.EVIDENCE) or "").splitlines()
    return ShownException(
        record_id=id18(record.get("Id")),
        label=clean(record.get(Exc.LABEL)),
        state=clean(record.get(Exc.STATE)),
        expected=number(record.get(Exc.SECOND_EXPECTED)),
        found=number(record.get(Exc.SECOND_FOUND)),
        opened_on=read_day(record.get(Exc.OPENED_ON)),
        evidence=tuple(filter(None, map(clean, lines))),
        person=clean(person.get("Name")),
        manager=clean(mapping(record.get("Manager__r")).get("Name")),
        score_id=id18(record.get(Exc.SCORE)),
        executives_from=read_day(record.get(Exc.EXECUTIVES_FROM)),
    )
