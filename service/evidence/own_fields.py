"""Fields that are read and kept because a measure of the rules' own names them.

Custom fields are read as text: what a condition takes them for is its own affair, and a text that
does not fit must not spoil a row for everybody else. Of tasks and events, which are many, only
what measures need is kept, so other fields are kept when they are named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.columns import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.scoring.composition import Composition, Condition
    from service.scoring.rule_set import RuleSet

#: What the staged tasks `e` and events `e` keep anyway, by API name. A row of a recurring series is
#: neither closed nor counted.
STAGED = {
    "Task": {
        "CreatedDate": "e.created", "LastModifiedDate": "coalesce(e.modified, e.created)",
        "IsClosed": "e.is_done", "ActivityDate": "e.due", "CompletedDateTime": "e.completed",
        "IsRecurrence": "NOT e.is_row",
    },
    "Event": {
        "CreatedDate": "e.created", "LastModifiedDate": "coalesce(e.modified, e.created)",
        "StartDateTime": "e.started", "EndDateTime": "e.ended", "IsAllDayEvent": "e.all_day",
        "IsRecurrence": "NOT e.is_row",
    },
}  # fmt: skip
_PREFIX = "own_"


def custom(rules: RuleSet, name: str) -> tuple[str, ...]:
    """Custom fields of an object that must be read."""
    return rules.custom_fields.get(name, ())


def kept(rules: RuleSet, name: str) -> tuple[str, ...]:
    """Fields that the staged rows of an object must keep beside what they keep anyway."""
    if name not in STAGED:
        return custom(rules, name)
    found: dict[str, None] = {}
    for measure in rules.measures:
        if measure.counts is not None and measure.counts.object_name == name:
            found |= dict.fromkeys(
                _named(measure.counts, rules, shows_records=measure.kind == "share")
            )
    return tuple(found)


def _named(counts: Composition, rules: RuleSet, *, shows_records: bool) -> Iterator[str]:
    if shows_records:
        yield "Id"
    for condition in counts.conditions:
        if condition.field not in STAGED[counts.object_name] and not is_other_subtype(
            condition, rules
        ):
            yield condition.field


def is_other_subtype(condition: Condition, rules: RuleSet) -> bool:
    """Whether a condition asks for tasks that are no calls, whose subtype is kept anyway."""
    calls = {one.casefold() for one in rules.calls.subtypes}
    wanted = {str(value).strip().casefold() for value in condition.values}
    is_one_of = condition.operator in ("is", "in")
    return condition.field == "TaskSubtype" and is_one_of and not wanted & calls


def keeps(rules: RuleSet, name: str) -> list[str]:
    """SQL select list of those fields of the typed row `r`."""
    return [f'r."{field}" AS "{_PREFIX}{field}"' for field in kept(rules, name)]


def staged(name: str, condition: Condition, rules: RuleSet) -> str:
    """SQL of a condition's field in the staged row `e`."""
    field = condition.field
    if name in STAGED and field in STAGED[name]:
        return STAGED[name][field]
    if name == "Task" and is_other_subtype(condition, rules):
        return "e.subtype"
    is_kept = name in STAGED or field not in {column.name for column in COLUMNS[name]}
    return f'e."{_PREFIX}{field}"' if is_kept else f'e."{field}"'
