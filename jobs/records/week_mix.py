"""The mix of habits of the weeks before, counted by the org: one call for up to 2,000 people.

Reading every weekly score instead costs a call for each 2,000 of them: eight times as many rows as
there are people.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from service.salesforce.errors import SalesforceError
from service.salesforce.fields import AdoptionSnapshot as Fields
from service.salesforce.soql import quoted
from service.scoring.habits import ENOUGH_WEEKS, GOOD_FROM, LOW_BELOW, WEEKS, Mix, mix

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from service.salesforce.gateway import Gateway

#: Groups of one answer: grouped queries have no pages, and one group more fails the whole query.
#: Source: https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_groupby.htm
MOST_GROUPS = 2_000
#: Which weeks of a person count: all that were judged, the good ones, the low ones.
_JUDGED = (
    f"{Fields.SCORE} != null", f"{Fields.SCORE} >= {GOOD_FROM}", f"{Fields.SCORE} < {LOW_BELOW}",
)  # fmt: skip


def read_mix(gateway: Gateway, monday: date) -> Mix | None:
    """The mix of the weeks before that of `monday`; None where too few people can be told of."""
    since = monday - timedelta(weeks=WEEKS)
    of_these_weeks = f"{Fields.WEEK_BEGINS} >= {since.isoformat()} AND {Fields.WEEK_BEGINS} < {monday.isoformat()}"
    return mix(*_people(gateway, [f"{of_these_weeks} AND {judged}" for judged in _JUDGED]))


def _people(gateway: Gateway, conditions: Sequence[str]) -> list[int]:
    """How many people have enough weeks under each condition; asked for together."""
    counts, last = dict.fromkeys(conditions, 0), dict.fromkeys(conditions, "")
    while last:
        asked = list(last)
        answers = gateway.query_together([_query(one, last[one]) for one in asked])
        for condition, rows in zip(asked, answers, strict=True):
            if isinstance(rows, SalesforceError):
                raise rows
            counts[condition] += len(rows)
            if len(rows) < MOST_GROUPS:
                del last[condition]
            else:
                last[condition] = str(rows[-1][Fields.SCORE_RECORD])
    return list(counts.values())


def _query(condition: str, last: str) -> str:
    person = Fields.SCORE_RECORD
    further = f" AND {person} > {quoted(last)}" if last else ""
    return (
        f"SELECT {person} FROM {Fields.OBJECT} WHERE {condition}{further} GROUP BY {person}"  # noqa: S608 - constants, days, quoted
        f" HAVING COUNT(Id) >= {ENOUGH_WEEKS} ORDER BY {person} LIMIT {MOST_GROUPS}"
    )
