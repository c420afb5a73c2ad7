"""An open exception as an `Adoption_Exception__c` record, and what makes two records the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobs.records.changes import Shape
from service.salesforce.fields import AdoptionException as Fields
from service.scoring.rounding import plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from jobs.records.changes import Record
    from service.scoring.standing_result import ExceptionResult, WindowResult

SHORT_TEXT, EVIDENCE_LENGTH = 255, 4000
_WINDOWS = (
    Fields.FIRST_EXPECTED, Fields.FIRST_FOUND, Fields.SECOND_EXPECTED, Fields.SECOND_FOUND,
    Fields.FALSE_FLAG,
)  # fmt: skip
#: As they were when the exception opened: later evidence may not reach back so far.
AT_OPENING = (*_WINDOWS, Fields.EVIDENCE)
SHAPE = Shape(
    Fields.OBJECT,
    Fields.KEY,
    numbers=_WINDOWS,
    texts=(
        Fields.MEASURE, Fields.LABEL, Fields.STATE, Fields.HEADS_UP_ON, Fields.FLAGGED_ON,
        Fields.OPENED_ON, Fields.SEEN_ON, Fields.CLEARED_ON, Fields.RECURRED_ON,
        Fields.EXCUSED_ON, Fields.EXECUTIVES_FROM, Fields.MANAGER, Fields.EXCUSE,
        Fields.EVIDENCE, Fields.RULE_VERSION,
    ),
    judged={},
)  # fmt: skip


def key_of(user_id: str, one: ExceptionResult) -> str:
    """What there is one record for: a person, a measure, and the day the heads-up began."""
    return f"{user_id}:{one.measure}:{one.life.heads_up_on.isoformat()}"


def record_of(user_id: str, one: ExceptionResult, manager_id: str | None, version: str) -> Record:
    """Every field of the record but the score it hangs on, with null where there is nothing."""
    life, first, second = one.life, one.first, one.second
    excuse = life.excuse if life.state == "excused" else None
    return {
        Fields.KEY: key_of(user_id, one),
        Fields.MEASURE: one.measure,
        Fields.LABEL: one.label[:SHORT_TEXT],
        Fields.STATE: life.state,
        Fields.FIRST_EXPECTED: first.minimum,
        Fields.FIRST_FOUND: first.actual,
        Fields.SECOND_EXPECTED: second and second.minimum,
        Fields.SECOND_FOUND: second and second.actual,
        Fields.FALSE_FLAG: one.false_exception,
        Fields.HEADS_UP_ON: _day(life.heads_up_on),
        Fields.FLAGGED_ON: _day(life.flagged_on),
        Fields.OPENED_ON: _day(life.opened_on),
        Fields.SEEN_ON: _day(life.seen_on),
        Fields.CLEARED_ON: _day(life.cleared_on),
        Fields.RECURRED_ON: _day(life.recurred_on),
        Fields.EXCUSED_ON: _day(excuse.on if excuse else None),
        Fields.EXECUTIVES_FROM: _day(one.ladder.executives),
        Fields.MANAGER: manager_id,
        Fields.EXCUSE: excuse and (excuse.how or "")[:SHORT_TEXT],
        Fields.EVIDENCE: evidence_of(one)[:EVIDENCE_LENGTH],
        Fields.RULE_VERSION: version,
    }


def excused_record(record: Mapping[str, Any], state_on: date, why: str) -> Record:
    """A record of the org that nobody can be asked about any more, closed with a reason."""
    kept = {name: record[name] for name in (Fields.KEY, *SHAPE.compared)}
    closed = {Fields.STATE: "excused", Fields.EXCUSED_ON: _day(state_on), Fields.EXCUSE: why}
    return {**kept, **closed, Fields.EXECUTIVES_FROM: None}


def evidence_of(one: ExceptionResult) -> str:
    """The plain account: what was asked and found in both windows, how sure that is, a question."""
    windows = [each for each in (one.first, one.second) if each is not None]
    told = [f"{one.label}, {_window(each)}." for each in windows]
    if one.false_exception is not None:
        told.append(
            "Somebody who does exactly the minimum gets this exception with a chance of at most "
            f"{plain(one.false_exception)} %."
        )
    return "\n".join([*told, one.question])


def _window(one: WindowResult) -> str:
    less = [
        f"{count} {what}"
        for count, what in (
            (one.days_off, "days off"),
            (one.days_unexplained, "days without a footprint that nobody has explained"),
        )
        if count
    ]
    asked = f"{plain(one.actual)} found where {plain(one.minimum)} were asked"
    taken = f", {' and '.join(less)} not counted" if less else ""
    return f"{one.first.isoformat()} to {one.last.isoformat()}: {asked}{taken}"


def _day(on: date | None) -> str | None:
    return None if on is None else on.isoformat()
