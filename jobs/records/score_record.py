"""A Score as an `Adoption_Score__c` record, and what makes two records the same.

Two records are the same when nothing that was judged differs: neither the as-of time alone nor
the window's dates alone are a change, or every record would be rewritten every night.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from jobs.records.changes import Shape, text_of, to_json
from jobs.records.further import NOTHING, PERSONAL, Further
from service.salesforce.fields import AdoptionScore as Fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.scoring.healthy import Yardstick
    from service.scoring.result import Score

SHORT_TEXT = 255
REASONS_LENGTH = 32_768
DETAILS_LENGTH = 131_072
#: Keys of the details that move every day by themselves.
_CLOCK = ("as_of", "window_from", "window_to")

#: The field of each component.
COMPONENTS: Mapping[str, str] = {
    "presence": Fields.PRESENCE,
    "recorded_work": Fields.RECORDED_WORK,
    "data_care": Fields.DATA_CARE,
    "follow_through": Fields.FOLLOW_THROUGH,
}


def record_of(
    score: Score, as_of: str, yardstick: Yardstick | None = None, use: Further = NOTHING
) -> dict[str, Any]:
    """Give every field of the record, with null where there is nothing; no owner, no Id.

    What is known of logins and days of use (`use`) is written with a change, and is one by itself
    only where it begins, ends or stops being known: the number moves every day. What did not answer
    is left out. The details carry the `yardstick` too, by which the panel judges the opportunity on
    whose page it is: a score is what everybody who may see anything may see.
    """
    by_component = {part.component: part.score for part in score.components}
    return {
        Fields.KEY: score.user_id,
        Fields.USER: score.user_id,
        Fields.SCORE: score.value,
        Fields.BAND: score.band,
        Fields.WORD: score.word,
        Fields.NOT_SCORED_REASON: (score.not_scored_reason or "")[:SHORT_TEXT] or None,
        Fields.AVAILABLE_DAYS: score.available_days,
        **{name: by_component.get(component) for component, name in COMPONENTS.items()},
        Fields.REASONS: "\n".join(score.reasons)[:REASONS_LENGTH] or None,
        Fields.DETAILS: _details(score, yardstick),
        Fields.RULE_VERSION: score.rule_version,
        **use.of(score.user_id),
        Fields.AS_OF: as_of,
    }


def _details(score: Score, yardstick: Yardstick | None) -> str:
    """Render as JSON that fits the field: the least of the fixes go first."""
    details = score.as_details()
    if yardstick:
        details["healthy_by"] = yardstick.as_details()
    text = to_json(details)
    while len(text) > DETAILS_LENGTH and details["fixes"]:
        details["fixes"] = details["fixes"][: len(details["fixes"]) // 2]
        text = to_json(details)
    return text


def _judged(details: object) -> object:
    try:
        found = json.loads(text_of(details))
    except ValueError:
        return text_of(details)  # not ours, or cut: it differs from anything we write
    if isinstance(found, dict):
        return {key: value for key, value in found.items() if key not in _CLOCK}
    return found


class Digest(str):
    """Of the details of a score, as they are compared."""

    __slots__ = ()


def digest_of(details: object) -> Digest:
    """Equal for details that say the same; a digest is its own."""
    if isinstance(details, Digest):
        return details
    return Digest(hashlib.sha256(to_json(_judged(details)).encode()).hexdigest())


def light(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the org with the digest in place of its details: they are long, and only compared."""
    if Fields.DETAILS in row:
        row[Fields.DETAILS] = digest_of(row[Fields.DETAILS])
    return row


def _any(times: object) -> object:
    """Whether it is known, and whether there is any."""
    return None if times is None else float(str(times)) > 0


#: What makes two records the same.
SHAPE = Shape(
    Fields.OBJECT,
    Fields.KEY,
    numbers=(Fields.SCORE, Fields.BAND, Fields.AVAILABLE_DAYS, *COMPONENTS.values()),
    texts=(
        Fields.USER, Fields.WORD, Fields.NOT_SCORED_REASON, Fields.REASONS, Fields.RULE_VERSION,
    ),
    judged={Fields.DETAILS: digest_of, **dict.fromkeys(PERSONAL, _any)},
)  # fmt: skip
