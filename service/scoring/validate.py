"""One validation for every source of a rule set: a plain mapping in, a `RuleSet` out.

The keys are explained in docs/rules.md; the shape is that of service/rules/default.toml.
"""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from service.scoring.big_deal_rules import NAME_LENGTH, big_deals_of
from service.scoring.mapping import Table
from service.scoring.measure_rules import ALL_POINTS, measures_of, most_weight
from service.scoring.minimum_rules import changes_of, exception_rules_of
from service.scoring.role_rules import region_fields_of, roles_of
from service.scoring.rule_set import (
    CallRules,
    Component,
    HealthyRules,
    LeadRules,
    Measure,
    Ramp,
    RuleSet,
    TaskRules,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from service.scoring.rule_set import BigDealRule

#: The fault codes that findings carry; each needs a text that says what to do.
FAULTS = (
    "close_date_past",
    "no_next_step",
    "stage_too_old",
    "amount_missing",
    "pushed_twice",
    "task_overdue",
)
#: The fields that may be required: those that are read, and that people fill in.
REQUIRABLE: Mapping[str, tuple[str, ...]] = {
    "Account": ("Industry", "NumberOfEmployees"),
    "Lead": ("Industry", "LeadSource"),
    "Opportunity": ("AccountId", "Amount", "LeadSource", "NextStep", "Type"),
}

_KEYS = (
    "version", "agreed_on", "components", "measures", "roles", "calls", "healthy_opportunities", "ramp",
    "big_deals", "faults", "window", "score", "people", "leads", "tasks", "required_fields",
    "minimum_changes", "exceptions", "segments",
)  # fmt: skip
#: What the shape says where a key is absent: said once, there.
_DEFAULTS: Mapping[str, Any] = {entry.name: entry.default for entry in fields(RuleSet)}


class RuleSetError(Exception):
    """A rule set that cannot be used: every error at once, each with its key path and remedy.

    The admin who wrote the rules must act.
    """

    def __init__(self, errors: Iterable[str]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(self.errors))


def rule_set(mapping: Mapping[str, Any]) -> RuleSet:
    """The rule set that a plain mapping describes. Raises RuleSetError with all that is wrong."""
    errors: list[str] = []
    top = Table(mapping, "", errors, _KEYS)
    roles = roles_of(top)
    components = _components(top)
    measures = measures_of(top, {component.name for component in components}, roles.defined)
    required = _required(top)
    people = top.table("people", ("user_types", "excluded_usernames", "region_fields"))
    segments = top.table("segments", ("corporate_below",))
    rules = RuleSet(
        version=top.text("version", longest=NAME_LENGTH),
        agreed_on=top.day("agreed_on"),
        components=components,
        measures=measures,
        role_names=roles.names,
        profile_roles=roles.profiles,
        role_when_unknown=roles.when_unknown,
        calls=_calls(top),
        healthy=_healthy(top),
        ramp=_ramp(top),
        big_deals=big_deals_of(top),
        fault_texts=_fault_texts(top) | _required_texts(required) | _own_texts(measures),
        leads=_leads(top),
        tasks=_tasks(top),
        required_fields={name: tuple(fields) for name, fields in required.items()},
        minimum_changes=changes_of(top, measures, roles.defined),
        exceptions=exception_rules_of(top),
        corporate_below=segments.whole(
            "corporate_below", _DEFAULTS["corporate_below"], least=1, most=10_000_000
        ),
        excluded_usernames=people.texts("excluded_usernames", ()),
        user_types=people.texts("user_types", _DEFAULTS["user_types"]),
        region_fields=region_fields_of(people, _DEFAULTS["region_fields"]),
        **_window(top),
        **_score(top, measures),
    )
    if errors:
        raise RuleSetError(errors)
    return rules


def big_deal_rules(mapping: Mapping[str, Any]) -> tuple[BigDealRule, ...]:
    """The big deal rules alone, where they are all that is read. Raises RuleSetError."""
    errors: list[str] = []
    rules = big_deals_of(Table(mapping, "", errors, ("big_deals",)))
    if errors:
        raise RuleSetError(errors)
    return rules


def _components(top: Table) -> tuple[Component, ...]:
    tables = top.tables("components", ("name", "label"))
    found = tuple(Component(table.text("name"), table.text("label")) for table in tables)
    top.refuse_twice("components", [component.name for component in found])
    return found


def _calls(top: Table) -> CallRules:
    calls = top.table("calls", ("subtypes", "burst_records", "burst_minutes"))
    usual = CallRules()
    return CallRules(
        subtypes=calls.texts("subtypes", usual.subtypes),
        burst_records=calls.whole("burst_records", usual.burst_records, least=1),
        burst_minutes=calls.whole("burst_minutes", usual.burst_minutes, least=1),
    )


def _healthy(top: Table) -> HealthyRules:
    keys = (
        "next_step_within_days", "stage_age_factor", "stage_median_at_least", "stage_age_days",
        "pushes_below",
    )  # fmt: skip
    table, usual = top.table("healthy_opportunities", keys), HealthyRules()
    has_factor, has_days = ("stage_age_factor" in table.data, "stage_age_days" in table.data)
    least = table.whole("stage_median_at_least", usual.stage_median_at_least, least=1)
    within = table.whole("next_step_within_days", usual.next_step_within_days, least=1)
    return HealthyRules(
        next_step_within_days=within,
        stage_age_factor=table.number("stage_age_factor") if has_factor else usual.stage_age_factor,
        stage_median_at_least=least,
        stage_age_days=table.whole("stage_age_days", least=1) if has_days else None,
        pushes_below=table.whole("pushes_below", usual.pushes_below, least=1),
    )


def _leads(top: Table) -> LeadRules:
    table, usual = top.table("leads", ("within_hours", "untouched_statuses")), LeadRules()
    return LeadRules(
        within_hours=table.whole("within_hours", usual.within_hours, least=1, most=240),
        untouched_statuses=table.texts("untouched_statuses", usual.untouched_statuses),
    )


def _tasks(top: Table) -> TaskRules:
    table, usual = top.table("tasks", ("closed_within_days",)), TaskRules()
    days = table.whole("closed_within_days", usual.closed_within_days, least=1, most=90)
    return TaskRules(closed_within_days=days)


def _required(top: Table) -> dict[str, dict[str, str]]:
    """Object -> field -> what to do where it is empty. Names are Salesforce's, as they stand."""
    table = top.table("required_fields", REQUIRABLE)
    found = {name: table.named_texts(name) for name in table.data if name in REQUIRABLE}
    for name, texts in found.items():
        for field in texts:
            if field not in REQUIRABLE[name]:
                known = ", ".join(REQUIRABLE[name])
                table.refuse(f"{name}.{field}", f"is not read; use one of {known}, or remove it")
    return {name: texts for name, texts in found.items() if texts}


def _own_texts(measures: Iterable[Measure]) -> dict[str, str]:
    """What to do about a record that a share measure of the rules' own does not find good."""
    return {
        one.name: one.act or one.label
        for one in measures
        if one.counts is not None and one.kind == "share"
    }


def _required_texts(required: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {
        f"{name}.{field}": text for name, texts in required.items() for field, text in texts.items()
    }


def _ramp(top: Table) -> Ramp:
    table, usual = top.table("ramp", ("first_week", "full_in_week")), Ramp()
    return Ramp(
        first_week=table.number("first_week", most=Decimal(1))
        if "first_week" in table.data
        else usual.first_week,
        full_in_week=table.whole("full_in_week", usual.full_in_week, least=1, most=520),
    )


def _fault_texts(top: Table) -> dict[str, str]:
    texts = top.named_texts("faults")
    for fault in FAULTS:
        if fault not in texts:
            top.refuse(f"faults.{fault}", "is missing: say what to do about it")
    return texts


def _window(top: Table) -> dict[str, Any]:
    keys = ("window_days", "look_back_days", "available_at_least", "away_after_days")
    table = top.table("window", keys)
    days = table.whole("window_days", _DEFAULTS["window_days"], least=1, most=260)
    back = table.whole("look_back_days", _DEFAULTS["look_back_days"], least=1, most=520)
    least = table.whole("available_at_least", _DEFAULTS["available_at_least"], least=1, most=260)
    if not least <= days <= back:
        table.refuse("", "available_at_least <= window_days <= look_back_days must hold")
    away = table.whole("away_after_days", _DEFAULTS["away_after_days"], least=1, most=260)
    return dict(zip(keys, (days, back, least, away), strict=True))


def _score(top: Table, measures: Iterable[Measure]) -> dict[str, Any]:
    keys = ("weight_at_least", "fade_below", "on_track_at", "building_at")
    table = top.table("score", keys)
    weight = table.whole("weight_at_least", _DEFAULTS["weight_at_least"], least=1, most=100)
    total = most_weight(measures)
    are_right = not any(error.startswith("measures[") for error in top.errors)
    if are_right and not weight <= total <= ALL_POINTS:
        top.refuse(
            "measures", f"weights add up to {total}; they must reach {weight} and stay <= 100"
        )
    fade = table.whole("fade_below", _DEFAULTS["fade_below"], least=1)
    on_track = table.whole("on_track_at", _DEFAULTS["on_track_at"], least=1, most=100)
    building = table.whole("building_at", _DEFAULTS["building_at"], least=1, most=100)
    if building >= on_track:
        table.refuse("building_at", "must be below on_track_at")
    return dict(zip(keys, (weight, fade, on_track, building), strict=True))
