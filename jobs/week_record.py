"""The company's figures of the running week: one `Adoption_Team__c` of the kind Week, night by night.

They are what `purge_weeks` keeps of a week for ever, so a trend is read from one kind of record.
The mix of habits is of the eight weeks before and does not move within a week: it is worked out on
the week's first night, from one row a person and week.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from jobs.purge_weeks import figures, key_of
from service.salesforce.fields import AdoptionSnapshot as Snapshot
from service.salesforce.fields import AdoptionTeam as Team
from service.scoring.habits import WEEKS, Mix, mix
from service.weeks import monday_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jobs.changes import Record
    from jobs.org_now import OrgNow
    from service.salesforce.gateway import Gateway
    from service.scoring.result import Score

MIX = (Team.HABIT_SHARE, Team.FORMING_SHARE, Team.NOT_STARTED_SHARE)


def week_record(
    gateway: Gateway, scores: Iterable[Score], as_of: date, at: str, now: OrgNow
) -> Record:
    """The week's record as it stands tonight. `at` is the time of writing."""
    rows = [
        {
            Snapshot.SCORE: one.value,
            Snapshot.WORD: one.word,
            Snapshot.RULE_VERSION: one.rule_version,
        }
        for one in scores
    ]
    monday = monday_of(as_of)
    known = next((one for one in now.teams if one[Team.KEY] == key_of(monday)), None)
    shares = {name: known.get(name) for name in MIX} if known else _read_mix(gateway, monday)
    return {**figures(monday, rows, at), **shares}


def _read_mix(gateway: Gateway, monday: date) -> dict[str, Any]:
    since = monday - timedelta(weeks=WEEKS)
    rows = gateway.query(
        f"SELECT {Snapshot.SCORE_RECORD}, {Snapshot.SCORE} FROM {Snapshot.OBJECT}"  # noqa: S608 - constants and days
        f" WHERE {Snapshot.WEEK_BEGINS} >= {since.isoformat()}"
        f" AND {Snapshot.WEEK_BEGINS} < {monday.isoformat()} AND {Snapshot.SCORE} != null"
    )
    people: defaultdict[str, list[Decimal]] = defaultdict(list)
    for row in rows:
        people[str(row[Snapshot.SCORE_RECORD])].append(Decimal(str(row[Snapshot.SCORE])))
    found = mix(people.values())
    return dict(zip(MIX, _shares(found), strict=True))


def _shares(found: Mix | None) -> tuple[int | None, ...]:
    return (found.habit, found.forming, found.not_started) if found else (None, None, None)
