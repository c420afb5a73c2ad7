"""The company's figures of the running week: one `Adoption_Team__c` of the kind Week, night by night.

They are what `purge_weeks` keeps of a week for ever, so a trend is read from one kind of record.
The mix of habits is of the eight weeks before and does not move within a week: it is worked out on
the week's first night, by one call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.purge_weeks import figures, key_of
from jobs.records.week_mix import read_mix
from service.salesforce.fields import AdoptionSnapshot as Snapshot
from service.salesforce.fields import AdoptionTeam as Team
from service.weeks import monday_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from jobs.records.changes import Record
    from jobs.records.org_now import OrgNow
    from service.salesforce.gateway import Gateway
    from service.scoring.habits import Mix
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
    shares = {name: known.get(name) for name in MIX} if known else _mix(gateway, monday, now)
    return {**figures(monday, rows, at), **shares}


def _mix(gateway: Gateway, monday: date, now: OrgNow) -> dict[str, int | None]:
    """Of the weeks before; an org without scores has none, and is not asked."""
    return _shares(read_mix(gateway, monday) if now.scores else None)


def _shares(found: Mix | None) -> dict[str, int | None]:
    parts = (found.habit, found.forming, found.not_started) if found else (None, None, None)
    return dict(zip(MIX, parts, strict=True))
