"""A Score as an `Adoption_Score__c` record, and what makes two records the same.

Two records are the same when nothing that was judged differs: neither the as-of time alone nor
the window's dates alone are a change, or every record would be rewritten every night.
"""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from service.salesforce.fields import AdoptionScore as Fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.scoring.result import Score

SHORT_TEXT = 255
REASONS_LENGTH = 32_768
DETAILS_LENGTH = 131_072
#: Keys of the details that move every day by themselves.
_CLOCK = ("as_of", "window_from", "window_to")

_COMPONENTS: Mapping[str, str] = {
    "presence": Fields.PRESENCE,
    "recorded_work": Fields.RECORDED_WORK,
    "data_care": Fields.DATA_CARE,
    "follow_through": Fields.FOLLOW_THROUGH,
}
_NUMBERS = (Fields.SCORE, Fields.BAND, Fields.AVAILABLE_DAYS, *_COMPONENTS.values())
_TEXTS = (
    Fields.USER, Fields.WORD, Fields.NOT_SCORED_REASON, Fields.REASONS, Fields.RULE_VERSION,
)  # fmt: skip
#: What is compared, and so what is read from the org first.
COMPARED = (*_NUMBERS, *_TEXTS, Fields.DETAILS)


def record_of(score: Score, as_of: str) -> dict[str, Any]:
    """Give every field of the record, with null where there is nothing; no owner, no Id."""
    by_component = {part.component: part.score for part in score.components}
    return {
        Fields.KEY: score.user_id,
        Fields.USER: score.user_id,
        Fields.SCORE: score.value,
        Fields.BAND: score.band,
        Fields.WORD: score.word,
        Fields.NOT_SCORED_REASON: (score.not_scored_reason or "")[:SHORT_TEXT] or None,
        Fields.AVAILABLE_DAYS: score.available_days,
        **{name: by_component.get(component) for component, name in _COMPONENTS.items()},
        Fields.REASONS: "\n".join(score.reasons)[:REASONS_LENGTH] or None,
        Fields.DETAILS: _details(score),
        Fields.RULE_VERSION: score.rule_version,
        Fields.AS_OF: as_of,
    }


def _details(score: Score) -> str:
    """Render as JSON that fits the field: the least of the fixes go first."""
    details = score.as_details()
    text = _json(details)
    while len(text) > DETAILS_LENGTH and details["fixes"]:
        details["fixes"] = details["fixes"][: len(details["fixes"]) // 2]
        text = _json(details)
    return text


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def fingerprint(record: Mapping[str, Any]) -> str:
    """Give a digest of what was judged; equal for a record as sent and as the org gives it back.

    An org returns 71.0 for 71, null for an empty text, and may change line ends.
    """
    seen: list[object] = [_number(record.get(name)) for name in _NUMBERS]
    seen += [_text(record.get(name)) for name in _TEXTS]
    seen.append(_judged(record.get(Fields.DETAILS)))
    return hashlib.sha256(_json(seen).encode()).hexdigest()


def _number(value: object) -> str:
    return "" if value is None else format(Decimal(str(value)).normalize(), "f")


def _text(value: object) -> str:
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


def _judged(details: object) -> object:
    try:
        found = json.loads(_text(details))
    except ValueError:
        return _text(details)  # not ours, or cut: it differs from anything we write
    if isinstance(found, dict):
        return {key: value for key, value in found.items() if key not in _CLOCK}
    return found
