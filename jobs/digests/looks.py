"""Writing down who looked: the looks of the broker, into the digest of the week on its record.

A union of days, so that a run that dies in between and runs again changes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from jobs.digests.people import key_of
from service.salesforce.fields import AdoptionDigest as Fields

if TYPE_CHECKING:
    from datetime import datetime

    from jobs.digests.outcome import Digested
    from jobs.digests.people import Company, Row
    from service.look_log import Look, LookLog
    from service.salesforce.gateway import Gateway

#: How long a look waits for the digest of its week: somebody may be away on Monday.
WAITS = timedelta(days=8)
_FIELDS = {"panel": Fields.PANEL_DAYS, "digest": Fields.DIGEST_DAYS}
log = structlog.get_logger(__name__)


def keep_looks(
    gateway: Gateway, looks: LookLog, company: Company, now: datetime, done: Digested
) -> Company:
    """Write the looks of leaders, and forget everybody else's. Gives the digests as they are then.

    Where only groups may be written nobody's looks are kept.
    """
    rows = {str(row[Fields.KEY]): dict(row) for row in company.digests}
    changed: dict[str, Row] = {}
    over = []
    for look in looks.read():
        row = _row_of(look, rows, company)
        if row is not None:
            _add(row, look, company, changed)
        if row is not None or not _may_wait(look, company, now):
            over.append(look)
    if changed and not _write(gateway, list(changed.values()), done):
        return company
    looks.forget(over)
    return replace(company, digests=tuple(rows.values()))


def _person(look: Look, company: Company) -> str | None:
    """Whose look it is: of a link, that of the digest that holds it."""
    if company.aggregate_only:
        return None
    if look.way == "panel":
        one = company.people.get(look.by)
        return look.by if one and one.leads_as else None
    found = (row[Fields.PERSON] for row in company.digests if row["Id"] == look.by)
    person = next(found, None)
    return person if person in company.people else None


def _row_of(look: Look, rows: dict[str, Row], company: Company) -> Row | None:
    person = _person(look, company)
    if person is None:
        return None
    local = look.at.astimezone(company.people[person].zone).date()
    return rows.get(key_of(person, local))


def _add(row: Row, look: Look, company: Company, changed: dict[str, Row]) -> None:
    name = _FIELDS[look.way]
    zone = company.people[str(row[Fields.PERSON])].zone
    before = str(row[name] or "").split()
    days = sorted({*before, look.at.astimezone(zone).date().isoformat()})
    if days != before:
        row[name] = " ".join(days)
        changed[str(row["Id"])] = {
            "Id": row["Id"], **{field: row[field] for field in _FIELDS.values()},
        }  # fmt: skip


def _may_wait(look: Look, company: Company, now: datetime) -> bool:
    return _person(look, company) is not None and now - look.at < WAITS


def _write(gateway: Gateway, records: list[Row], done: Digested) -> bool:
    outcomes = gateway.update(Fields.OBJECT, records)
    refused = [one.error for one in outcomes if one.error]
    done.records_written += len(records) - len(refused)
    done.records_rejected += len(refused)
    done.problems += [f"A look is not written. {error}" for error in refused]
    return not refused
