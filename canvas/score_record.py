"""The viewer's own score record: the one query, and its tolerant reading into a `ShownScore`.

The record's fields are the result; `Details__c` (Score.as_details() as JSON) explains it. A
record written by another version may lack keys or hold unknown ones: what is there is shown, and
`explained` says whether the details could be read at all.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from canvas.ids import checked18, id18
from canvas.people_questions import acts_and_exceptions, views_of, weeks_of
from canvas.plain import clean, mapping, mappings, number, read_day, read_moment, whole
from canvas.shown_score import ShownComponent, ShownFix, ShownMeasure, ShownScore
from service.salesforce.fields import AdoptionScore as Fields
from service.scoring.result import WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NOT_SCORED: Final = WORDS[-1]
COMPONENTS: Final = {
    "presence": Fields.PRESENCE,
    "recorded_work": Fields.RECORDED_WORK,
    "data_care": Fields.DATA_CARE,
    "follow_through": Fields.FOLLOW_THROUGH,
}
_READ: Final = (
    "Id", Fields.SCORE, Fields.BAND, Fields.WORD, Fields.NOT_SCORED_REASON, Fields.AVAILABLE_DAYS,
    *COMPONENTS.values(), Fields.REASONS, Fields.DETAILS, Fields.RULE_VERSION, Fields.AS_OF,
)  # fmt: skip


def own_score_query(user_id: str, *, children: bool = True, looks: bool = True) -> str:
    """The score of this user (an 18-character id); with `children`, what stands and was done, too.

    And with `looks` what is for that user alone: who looked at it, and how it stood week by week.
    """
    more = f", {acts_and_exceptions()}" if children else ""
    more += f", {views_of()}, {weeks_of()}" if children and looks else ""
    return (
        f"SELECT {', '.join(_READ)}{more} FROM {Fields.OBJECT} "  # noqa: S608 - constants and a checked id
        f"WHERE {Fields.KEY} = '{checked18(user_id)}' LIMIT 1"
    )


def read_score(record: Mapping[str, Any]) -> ShownScore:
    """The record as it is shown. Never raises on what a record holds."""
    details = details_of(record)
    value = _between(number(record.get(Fields.SCORE)), 0, 100)
    return ShownScore(
        record_id=id18(record.get("Id")),
        word=_word(record, details, value),
        value=value,
        band=_between(number(record.get(Fields.BAND)), 0, 100),
        not_scored_code=clean(details.get("not_scored_code")),
        not_scored_reason=_first_text(
            record.get(Fields.NOT_SCORED_REASON), details.get("not_scored_reason")
        ),
        role=clean(details.get("role")),
        available_days=whole(record.get(Fields.AVAILABLE_DAYS)),
        window_from=read_day(details.get("window_from")),
        window_to=read_day(details.get("window_to")),
        as_of=read_day(details.get("as_of")),
        as_of_at=read_moment(record.get(Fields.AS_OF)),
        rule_version=_first_text(record.get(Fields.RULE_VERSION), details.get("rule_version")),
        explained=bool(details),
        on_track_at=_between(number(details.get("on_track_at")), 0, 100),
        building_at=_between(number(details.get("building_at")), 0, 100),
        components=_components(record, details),
        measures=_measures(mappings(details.get("measures"))),
        reasons=_reasons(record, details),
        fixes=_fixes(details),
    )


def details_of(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """The details of a score record; empty where they cannot be read: its fields still say the score."""
    text = record.get(Fields.DETAILS)
    try:
        return mapping(json.loads(text)) if isinstance(text, str) else {}
    except (ValueError, RecursionError):  # cut short, or not JSON
        return {}


def _word(record: Mapping[str, Any], details: Mapping[str, Any], value: Decimal | None) -> str:
    """Only the four words are shown; a number without one keeps its number and no word."""
    if value is None:
        return NOT_SCORED
    for text in (record.get(Fields.WORD), details.get("word")):
        if text in WORDS and text != NOT_SCORED:
            return str(text)
    return ""


def _components(
    record: Mapping[str, Any], details: Mapping[str, Any]
) -> tuple[ShownComponent, ...]:
    shown = tuple(
        ShownComponent(
            clean(each.get("component")),
            clean(each.get("label")),
            _between(number(each.get("score")), 0, 100),
            number(each.get("weight")),
        )
        for each in mappings(details.get("components"))
    )
    if shown:
        return shown
    return tuple(
        ShownComponent(name, "", _between(number(record.get(api_name)), 0, 100), None)
        for name, api_name in COMPONENTS.items()
        if record.get(api_name) is not None
    )


def _measures(listed: Sequence[Mapping[str, Any]]) -> tuple[ShownMeasure, ...]:
    """Points are weight x credit over all scorable weight, so full credit is worth 100 x weight.

    Points are rounded so that they add up to the score: by up to a tenth more than full credit.
    """
    weights = [number(each.get("scorable_weight")) or Decimal(0) for each in listed]
    total = sum(weights, Decimal(0))
    return tuple(
        _measure(each, 100 * weight / total if total > 0 and weight > 0 else None)
        for each, weight in zip(listed, weights, strict=True)
    )


def _measure(each: Mapping[str, Any], most_points: Decimal | None) -> ShownMeasure:
    points = number(each.get("points"))
    return ShownMeasure(
        name=clean(each.get("measure")),
        label=clean(each.get("label")),
        component=clean(each.get("component")),
        kind="share" if each.get("kind") == "share" else "count",
        done=number(each.get("done")),
        expected=number(each.get("expected")),
        seen=whole(each.get("seen")) or 0,
        good=whole(each.get("good")),
        eligible=whole(each.get("eligible")),
        points=points,
        most_points=most_points and max(most_points, points or most_points),
        why_not=clean(each.get("why_not")),
        explanation=clean(each.get("explanation")),
    )


def _reasons(record: Mapping[str, Any], details: Mapping[str, Any]) -> tuple[str, ...]:
    listed = details.get("reasons")
    text = record.get(Fields.REASONS)
    lines = listed if isinstance(listed, list) else str(text or "").splitlines()
    return tuple(line for line in map(clean, lines) if line)


def _fixes(details: Mapping[str, Any]) -> tuple[ShownFix, ...]:
    return tuple(
        ShownFix(
            clean(each.get("text")),
            number(each.get("points")) or Decimal(0),
            whole(each.get("minutes")),
            id18(each.get("record_id")),
            clean(each.get("record_name")),
        )
        for each in mappings(details.get("fixes"))
        if clean(each.get("text"))
    )


def _between(value: Decimal | None, low: int, high: int) -> Decimal | None:
    return value if value is not None and low <= value <= high else None


def _first_text(*values: object) -> str:
    return next((text for text in map(clean, values) if text), "")
