"""History: one `Adoption_Snapshot__c` per person and ISO week, the score as it stood then.

Only the week of the run is ever written; older weeks are not worked out anew, not even when the
rules change. Nobody new enters who has no score record to hang it on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.records.changes import Shape, write_changed
from jobs.records.score_record import COMPONENTS
from service.salesforce.fields import AdoptionScore, AdoptionSnapshot
from service.salesforce.fields import AdoptionSnapshot as Fields
from service.weeks import monday_of, week_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from jobs.records.changes import Record, Written
    from jobs.records.org_now import OrgNow
    from service.salesforce.gateway import Gateway
    from service.scoring.result import Score

_COMPONENTS = {
    AdoptionScore.PRESENCE: AdoptionSnapshot.PRESENCE,
    AdoptionScore.RECORDED_WORK: AdoptionSnapshot.RECORDED_WORK,
    AdoptionScore.DATA_CARE: AdoptionSnapshot.DATA_CARE,
    AdoptionScore.FOLLOW_THROUGH: AdoptionSnapshot.FOLLOW_THROUGH,
}
SHAPE = Shape(
    Fields.OBJECT,
    Fields.KEY,
    numbers=(Fields.SCORE, Fields.BAND, *_COMPONENTS.values()),
    texts=(Fields.WORD, Fields.WEEK_BEGINS, Fields.RULE_VERSION),
    judged={},
)


def query(as_of: date) -> str:
    """The SOQL of what the org has of the week."""
    return SHAPE.query(where=f"{Fields.WEEK_BEGINS} = {monday_of(as_of).isoformat()}")


def write_snapshots(
    gateway: Gateway,
    scores: Iterable[Score],
    as_of: date,
    score_ids: Mapping[str, str],
    now: OrgNow,
) -> Written:
    """Write this week's rows that differ. `score_ids` are the score records, by user id."""
    there = {str(one[Fields.KEY]): SHAPE.fingerprint(one) for one in now.snapshots}
    records = (
        record_of(score, as_of, score_ids[score.user_id])
        for score in scores
        if score.user_id in score_ids
    )
    return write_changed(gateway, SHAPE, records, there)


def record_of(score: Score, as_of: date, score_id: str) -> Record:
    """Every field of a person's row of the week."""
    by_component = {part.component: part.score for part in score.components}
    return {
        Fields.KEY: f"{score.user_id}:{week_of(as_of)}",
        Fields.SCORE_RECORD: score_id,
        Fields.WEEK_BEGINS: monday_of(as_of).isoformat(),
        Fields.SCORE: score.value,
        Fields.BAND: score.band,
        Fields.WORD: score.word,
        **{
            _COMPONENTS[name]: by_component.get(component) for component, name in COMPONENTS.items()
        },
        Fields.RULE_VERSION: score.rule_version,
    }
