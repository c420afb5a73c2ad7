"""Absences that somebody approved in the org: excuses with a first and a last day.

An absence and the excuse of an exception are one record, so that neither is there without the
other. What somebody records about themselves approves nothing; who may record about another
person, Salesforce decides. Days that make no sense count as none.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from service.people_files import Absences
from service.salesforce.fields import LONGEST_ABSENCE
from service.salesforce.fields import AdoptionAction as Fields
from service.salesforce.fields import AdoptionScore as Score

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from service.salesforce.gateway import Gateway


def query(since: date) -> str:
    """Absences that last until this day or longer."""
    return (
        f"SELECT Adoption_Score__r.{Score.KEY}, {Fields.TYPE}, {Fields.AWAY_FROM},"  # noqa: S608 - constants and a day
        f" {Fields.AWAY_TO}, CreatedById FROM {Fields.OBJECT}"
        f" WHERE {Fields.TYPE} = 'Excused' AND {Fields.AWAY_FROM} != null"
        f" AND {Fields.AWAY_TO} >= {since.isoformat()}"
    )


def read_absences(gateway: Gateway, since: date) -> Absences:
    """Ask for them alone, in one call."""
    return absences_of(gateway.query(query(since)))


def absences_of(rows: Iterable[Mapping[str, Any]]) -> Absences:
    """The days away of each person, by user id."""
    away: defaultdict[str, set[date]] = defaultdict(set)
    for row in rows:
        user_id = str(row["Adoption_Score__r"][Score.KEY])
        if row[Fields.TYPE] == "Excused" and row["CreatedById"] != user_id:
            away[user_id].update(_days(row))
    return Absences({user_id: frozenset(days) for user_id, days in away.items() if days})


def _days(row: Mapping[str, Any]) -> Iterable[date]:
    first, last = row.get(Fields.AWAY_FROM), row.get(Fields.AWAY_TO)
    if not first or not last:
        return ()
    begins = date.fromisoformat(first)
    length = (date.fromisoformat(last) - begins).days + 1
    if not 0 < length <= LONGEST_ABSENCE:
        return ()
    return (begins + timedelta(days=at) for at in range(length))
