"""Which value of a rule set stands in which field of which record: one table for both directions.

Keys are those of the rules file (docs/rules.md). What is no plain value of one record is left to
the two directions: which names in Salesforce are which role, and what is asked of whom.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from service.salesforce.fields import BigDealRule as Deal
from service.salesforce.rule_fields import AdoptionMeasure as Measure
from service.salesforce.rule_fields import AdoptionMinimum as Minimum
from service.salesforce.rule_fields import AdoptionSetting as Setting

#: How a value is written in a field: see `forms`.
Form = Literal[
    "text", "whole", "number", "day", "truth", "lines", "names", "words", "components",
    "required", "conditions",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of the rules and the field that holds it."""

    field: str
    key: tuple[str, ...]  #: where it stands in the mapping
    form: Form


def _cells(section: str, form: Form, **fields: str) -> tuple[Cell, ...]:
    inside = (section,) if section else ()
    return tuple(Cell(field, (*inside, key), form) for key, field in fields.items())


SETTING: tuple[Cell, ...] = (
    *_cells("", "text", version=Setting.VERSION),
    *_cells("", "day", agreed_on=Setting.AGREED_ON),
    *_cells(
        "window", "whole",
        window_days=Setting.WINDOW_DAYS, look_back_days=Setting.LOOK_BACK_DAYS,
        available_at_least=Setting.AVAILABLE_AT_LEAST, away_after_days=Setting.AWAY_AFTER_DAYS,
    ),
    *_cells(
        "score", "whole",
        weight_at_least=Setting.WEIGHT_AT_LEAST, fade_below=Setting.FADE_BELOW,
        on_track_at=Setting.ON_TRACK_AT, building_at=Setting.BUILDING_AT,
    ),
    *_cells("ramp", "number", first_week=Setting.RAMP_FIRST_WEEK),
    *_cells("ramp", "whole", full_in_week=Setting.RAMP_FULL_IN_WEEK),
    *_cells("", "components", components=Setting.COMPONENTS),
    *_cells(
        "people", "lines",
        user_types=Setting.USER_TYPES, excluded_usernames=Setting.EXCLUDED_USERNAMES,
        region_fields=Setting.REGION_FIELDS,
    ),
    *_cells("roles", "text", when_unknown=Setting.ROLE_WHEN_UNKNOWN),
    *_cells("segments", "whole", corporate_below=Setting.CORPORATE_BELOW),
    *_cells("calls", "lines", subtypes=Setting.CALL_SUBTYPES),
    *_cells(
        "calls", "whole",
        burst_records=Setting.BURST_RECORDS, burst_minutes=Setting.BURST_MINUTES,
    ),
    *_cells(
        "healthy_opportunities", "whole",
        next_step_within_days=Setting.NEXT_STEP_WITHIN_DAYS,
        stage_median_at_least=Setting.STAGE_MEDIAN_AT_LEAST,
        stage_age_days=Setting.STAGE_AGE_DAYS, pushes_below=Setting.PUSHES_BELOW,
    ),
    *_cells("healthy_opportunities", "number", stage_age_factor=Setting.STAGE_AGE_FACTOR),
    *_cells("leads", "whole", within_hours=Setting.LEAD_WITHIN_HOURS),
    *_cells("leads", "lines", untouched_statuses=Setting.UNTOUCHED_STATUSES),
    *_cells("tasks", "whole", closed_within_days=Setting.TASK_CLOSED_WITHIN_DAYS),
    *_cells("", "required", required_fields=Setting.REQUIRED_FIELDS),
    *_cells(
        "faults", "words",
        close_date_past=Setting.FAULT_CLOSE_DATE_PAST, no_next_step=Setting.FAULT_NO_NEXT_STEP,
        stage_too_old=Setting.FAULT_STAGE_TOO_OLD, amount_missing=Setting.FAULT_AMOUNT_MISSING,
        pushed_twice=Setting.FAULT_PUSHED_TWICE, task_overdue=Setting.FAULT_TASK_OVERDUE,
    ),
    *_cells(
        "exceptions", "whole",
        notice_days=Setting.NOTICE_DAYS, asked_after_days=Setting.ASKED_AFTER_DAYS,
        deals_at_least=Setting.DEALS_AT_LEAST, rep_first_days=Setting.REP_FIRST_DAYS,
        ignored_after_days=Setting.IGNORED_AFTER_DAYS,
        recurs_within_weeks=Setting.RECURS_WITHIN_WEEKS,
    ),
)  # fmt: skip
MEASURE: tuple[Cell, ...] = (
    *_cells("", "words", explanation=Measure.EXPLANATION, act=Measure.ACT, set_aside=Measure.SET_ASIDE),
    *_cells(
        "", "text",
        kind=Measure.KIND, component=Measure.COMPONENT, object=Measure.OBJECT_NAME,
        owner_field=Measure.OWNER_FIELD, day_field=Measure.DAY_FIELD,
        amount_field=Measure.AMOUNT_FIELD,
    ),
    *_cells("", "number", weight=Measure.WEIGHT),
    *_cells("", "whole", minutes=Measure.MINUTES),
    *_cells("", "lines", roles=Measure.ROLES),
    *_cells("", "day", effective_from=Measure.EFFECTIVE_FROM, effective_to=Measure.EFFECTIVE_TO),
    *_cells("", "conditions", predicate=Measure.PREDICATE, good=Measure.GOOD),
)  # fmt: skip
DEAL: tuple[Cell, ...] = (
    *_cells("", "number", amount_at_least=Deal.AMOUNT),
    *_cells("", "whole", closed_within_days=Deal.CLOSED_WITHIN_DAYS),
    *_cells("", "text", group_name=Deal.GROUP_NAME, version=Deal.VERSION),
    *_cells("", "day", announce_from=Deal.ANNOUNCE_FROM),
    *_cells("", "truth", on_opportunity=Deal.ON_OPPORTUNITY, bell=Deal.BELL, mail=Deal.MAIL),
    *_cells("", "names", leaders=Deal.LEADERS),
    *_cells("", "lines", record_types=Deal.RECORD_TYPES, stages=Deal.STAGES),
    *_cells("", "text", segment=Deal.SEGMENT),
    *_cells("", "whole", probability_at_least=Deal.PROBABILITY),
)
#: What makes a minimum one that takes the place of another.
CHANGE: tuple[Cell, ...] = (
    *_cells("", "day", announced_on=Minimum.ANNOUNCED_ON, effective_on=Minimum.EFFECTIVE_ON),
    *_cells("", "words", reason=Minimum.REASON),
)
#: The key of what a measure asks, by its kind; share measures list their roles instead.
ASKED_IN = {"count": "weekly_minimums", "money": "monthly_minimums", "hygiene": "limits"}
CHANGED_IN = {"count": "weekly_minimum", "money": "monthly_minimum"}
SETTINGS_NAME = "Rules"  #: of the one settings record
