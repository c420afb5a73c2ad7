"""The rules in force, in words: whatever is set in the rule set is said, and nothing else."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from service.facts.groups import those_without_role
from service.report.told_measures import number
from service.scoring.rounding import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from service.facts.facts import Facts
    from service.scoring.rule_set import MinimumChange, RuleSet

Told = tuple[str, str]  #: (what it is about, a sentence)


def told_rules(facts: Facts) -> tuple[Told, ...]:
    """Every rule that is no measure, in the order of the work."""
    rules = facts.rules
    return (
        *_window(rules),
        *_people(facts),
        *_definitions(facts),
        *_exceptions(rules),
        *_roles(facts),
        ("Never measured", "keystrokes, location, the content of mail, or results such as quota and win rate"),
    )  # fmt: skip


def _window(rules: RuleSet) -> Iterator[Told]:
    total = sum((one.weight for one in rules.scored), start=rules.ramp.first_week * 0)
    yield (
        "Window",
        (
            f"the last {rules.window_days} working days on which a person was there, looking back "
            f"{rules.look_back_days} at most; fewer than {rules.available_at_least} give no score"
        ),
    )
    yield (
        "Needed",
        f"measures worth {rules.weight_at_least} points; {number(total)} exist in these rules",
    )
    yield "Few records", f"a share weighs less below {rules.fade_below} records"
    yield (
        "Words",
        (
            f"On track from {rules.on_track_at} with no part below {rules.building_at}; Building from "
            f"{rules.building_at}; else Needs help"
        ),
    )
    yield "Band", "the range in which nine of ten scores would fall by chance alone"


def _people(facts: Facts) -> Iterator[Told]:
    rules = facts.rules
    yield (
        "New people",
        (
            f"asked {plain(100 * rules.ramp.first_week)} % in their first week, rising evenly to all "
            f"of it in week {rules.ramp.full_in_week}"
        ),
    )
    yield (
        "Part-time",
        (
            "taken off once: days that are regularly free in the calendar ask nothing, and the working "
            "time takes off only what such days do not"
        ),
    )
    yield (
        "Away?",
        (
            f"{rules.away_after_days} working days in a row without a footprint are asked about before "
            "anyone is scored, until the absence file answers"
        ),
    )
    yield (
        "Who is measured",
        f"active users of type {', '.join(rules.user_types)}"
        + (
            f", without {', '.join(rules.excluded_usernames)}"
            if rules.excluded_usernames and not facts.aggregate_only
            else ""
        ),
    )
    yield "Regions", f"the first of {', '.join(rules.region_fields)} of a user that is filled in"
    yield (
        "Teams",
        (
            "the median of the scored, from the people themselves; the middle half is the range between "
            "the quartiles"
        ),
    )


def _definitions(facts: Facts) -> Iterator[Told]:
    rules, healthy = facts.rules, facts.rules.healthy
    yield (
        "Calls",
        (
            f"tasks of subtype {', '.join(rules.calls.subtypes)}, one for each contact and day; more than "
            f"{rules.calls.burst_records} within {rules.calls.burst_minutes} minutes are set aside as bulk"
        ),
    )
    age = f", {healthy.stage_age_days} days where there are fewer" if healthy.stage_age_days else ""
    yield (
        "Healthy opportunity",
        (
            "close date to come, a dated next step, an amount, a stage no older than "
            f"{plain(healthy.stage_age_factor)} times the median of won deals (of at least "
            f"{healthy.stage_median_at_least}{age}), fewer than {healthy.pushes_below} pushes of the close "
            "date without a next step"
        ),
    )
    yield (
        "Dated next step",
        (
            "an open activity on the opportunity is due within "
            f"{healthy.next_step_within_days} days, or Next Step is filled in where that is all there is"
        ),
    )
    yield (
        "Lead answered",
        (
            "by the first task done or meeting, with the lead or the contact it became, new status or "
            "conversion, of a person and whoever it is, "
            f"within {rules.leads.within_hours} hours of Monday to Friday; untouched are the statuses "
            f"{', '.join(rules.leads.untouched_statuses)}"
        ),
    )
    yield (
        "Tasks",
        f"open ones with a due date, and those finished in the last {rules.tasks.closed_within_days} days",
    )
    for name, fields in rules.required_fields.items():
        yield f"Required of {name}", ", ".join(fields)
    yield (
        "Size of a customer",
        f"fewer than {rules.corporate_below:,} employees are corporate, others field",
    )
    if facts.currency:
        yield (
            "Amounts",
            (
                f"in {facts.currency}, the corporate currency: each is divided by the conversion rate of "
                "its currency, that of its close date where there are dated rates; an amount without a "
                "rate is not counted"
            ),
        )
    yield (
        "Minutes",
        "what a fix takes is the estimate in the rules: "
        + (
            "; ".join(f"{one.label} {one.minutes}" for one in rules.scored if one.minutes) or "none"
        ),
    )


def _exceptions(rules: RuleSet) -> Iterator[Told]:
    own = rules.exceptions
    yield (
        "Exceptions",
        (
            "four weeks whose upper bound (its total, 1.28 times the root of it, and a half) stays below the pro-rated minimum, "
            "thirteen for amounts, again in the next window that does not overlap, and half-way between; amounts from "
            f"{own.deals_at_least} deals"
        ),
    )
    yield "No footprint", f"{own.asked_after_days} available days in a row are asked about as well"
    yield (
        "Who sees an exception",
        (
            f"first the person alone for {own.rep_first_days} working days, then the manager, and "
            f"executives once it was ignored for {own.ignored_after_days} days; flagged again within "
            f"{own.recurs_within_weeks} weeks it is the same one"
        ),
    )
    yield (
        "Agreed",
        (
            f"the minimums were agreed on {rules.agreed_on}: no window that begins before is judged"
            if rules.agreed_on
            else "the rules name no day, so the minimums count as agreed from the beginning"
        ),
    )
    yield "Notice", f"a stricter minimum counts {own.notice_days} days after it was announced"
    for change in rules.minimum_changes:
        yield "Changed minimum", _change(change, rules)


def _change(change: MinimumChange, rules: RuleSet) -> str:
    label = next(
        (one.label for one in rules.measures if one.name == change.measure), change.measure
    )
    whom = f"{change.role} of {change.segment} customers" if change.segment else change.role
    return (
        f"{label}, {whom}: {number(change.minimum)} from {change.effective_on}, announced on "
        f"{change.announced_on}: {change.reason}"
    )


def _roles(facts: Facts) -> Iterator[Told]:
    rules = facts.rules
    for kind, names in (("Role", rules.role_names), ("Role, by profile,", rules.profile_roles)):
        for role, own in _grouped(names.items()).items():
            yield f"{kind} {role}", ", ".join(own)
    if rules.role_when_unknown and not facts.roles_known:
        whoever = those_without_role(facts)
        yield (
            "Without roles",
            f"the data have no roles, so {whoever} is measured as “{rules.role_when_unknown}”",
        )


def _grouped(names: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, role in names:
        found[role].append(name)
    return found
