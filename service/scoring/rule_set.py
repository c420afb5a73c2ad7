"""The rule set: what was agreed, as data. One structure, whatever it was read from.

Shapes only; `service/scoring/validate.py` turns a plain mapping (TOML, custom metadata) into one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from service.scoring.composition import Composition

#: How a measure is counted: acts, good records of all, records out of order, amounts.
Kind = Literal["count", "share", "hygiene", "money"]


@dataclass(frozen=True, slots=True)
class Component:
    """A part of the score, for instance Presence with weight 15."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that a role agreed to keep in Salesforce.

    `weekly_minimums` maps a role to its minimum for 5 working days (count measures; for footprint
    days it is days of 5), `monthly_minimums` to that of a month (money measures), `limits` to the
    most records that may be out of order (hygiene measures). A role that is not in it is never
    judged by this measure. Share measures list the roles they apply to in `roles`.
    `segment_minimums` maps a role to the minimums of its segments, per week or month as the
    others are; they go before the role's own. What changed since is in `RuleSet.minimum_changes`.
    """

    name: str  #: one of `measure_rules.MEASURES`, or any other that says what it `counts`
    label: str
    explanation: str  #: plain words for the scored person
    component: str  #: "" where the measure is not scored
    kind: Kind
    weight: Decimal  #: 0: reported, or a minimum, but never scored
    roles: tuple[str, ...]
    weekly_minimums: Mapping[str, Decimal]
    minutes: int  #: estimated work to do or fix one; 0: it cannot be caught up, so never listed
    act: str  #: "Log a call", "Fix an opportunity"
    set_aside: str = ""  #: why a raw row may not be credited, in plain words; "": not said
    monthly_minimums: Mapping[str, Decimal] = field(default_factory=dict)  #: corporate currency
    limits: Mapping[str, Decimal] = field(default_factory=dict)
    segment_minimums: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    counts: Composition | None = None  #: None: counted in a way of its own
    effective_from: date | None = None  #: not in force before
    effective_to: date | None = None  #: nor after

    def is_in_force(self, on: date) -> bool:
        """Whether the measure holds on a day."""
        begins, ends = self.effective_from, self.effective_to
        return (begins is None or begins <= on) and (ends is None or on <= ends)


@dataclass(frozen=True, slots=True)
class MinimumChange:
    """A new minimum of a measure for a role, or for one segment of it, and why.

    A stricter one counts only once it was announced for `ExceptionRules.notice_days`.
    """

    measure: str
    role: str
    minimum: Decimal  #: per week or month, as the measure's others
    announced_on: date
    effective_on: date
    reason: str
    segment: str | None = None  #: None: everyone of the role whose segment has none of its own


@dataclass(frozen=True, slots=True)
class ExceptionRules:
    """How minimums are judged and who sees an exception when: docs/exceptions.md."""

    notice_days: int = (
        14  #: calendar days between the announcement of a stricter minimum and its use
    )
    asked_after_days: int = 10  #: available days in a row without a footprint: "Away?"
    deals_at_least: int = 3  #: a money minimum below so many deals' worth is too lumpy to judge
    rep_first_days: int = 2  #: working days in which only the rep sees an open exception
    ignored_after_days: int = 7  #: calendar days after which a manager has ignored it
    recurs_within_weeks: int = 8  #: flagged again so soon after clearing: the same exception


@dataclass(frozen=True, slots=True)
class CallRules:
    """Which calls count: docs/rules.md, `[calls]`."""

    subtypes: tuple[str, ...] = ("Call",)  #: Task.TaskSubtype values that are calls
    burst_records: int = 10  #: more than this many records …
    burst_minutes: int = 5  #: … in this many minutes by one user are set aside as bulk


@dataclass(frozen=True, slots=True)
class HealthyRules:
    """When an open opportunity is healthy: docs/rules.md, `[healthy_opportunities]`."""

    next_step_within_days: int = 30
    stage_age_factor: Decimal = Decimal("1.5")
    stage_median_at_least: int = 20  #: won deals needed before a stage median is trusted
    stage_age_days: int | None = None  #: the admin's value when there are too few; None: not judged
    pushes_below: int = 2  #: this many close-date pushes without a new next step is unhealthy


@dataclass(frozen=True, slots=True)
class LeadRules:
    """When a lead counts as answered in time."""

    within_hours: int = 24  #: business hours: hours of Monday to Friday, owner's local time
    #: Lead.Status values (any case) of a lead that nobody has worked on yet
    untouched_statuses: tuple[str, ...] = (
        "New", "Open", "Not Contacted", "Open - Not Contacted",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class TaskRules:
    """Which finished tasks stay in the count of tasks on time."""

    closed_within_days: int = 28  #: calendar days up to and with the as-of day


@dataclass(frozen=True, slots=True)
class Ramp:
    """The share of the expectation in week 1, rising linearly to all of it."""

    first_week: Decimal = Decimal("0.25")
    full_in_week: int = 13


@dataclass(frozen=True, slots=True)
class BigDealRule:
    """When an opportunity is announced, and in which Chatter group.

    It is announced when won, or when it first reaches one of `stages` or `probability_at_least`.
    """

    name: str
    amount_at_least: Decimal
    closed_within_days: int
    group_name: str
    version: str
    announce_from: date | None = None  #: no win that closed before it is ever announced
    on_opportunity: bool = False  #: posted on the opportunity, too
    bell: bool = False  #: rung for all managers and executives, and the named leaders
    mail: bool = False  #: sent to the same
    leaders: tuple[str, ...] = ()  #: usernames of others who are told
    record_types: tuple[str, ...] = ()  #: RecordType.DeveloperName; (): of every type, or of none
    segment: str | None = None  #: of the customer, by employees; None: of every size
    stages: tuple[str, ...] = ()  #: StageName; (): not by stage
    probability_at_least: int | None = None  #: percent; None: not by probability

    @property
    def waits_for_win(self) -> bool:
        """Whether it is about wins, not about a stage or a probability before them."""
        return not self.stages and self.probability_at_least is None

    @property
    def asks_amount_alone(self) -> bool:
        """Whether it is about wins of an amount, whatever the customer and record type."""
        return self.waits_for_win and not self.record_types and self.segment is None

    @property
    def tells_people(self) -> bool:
        """Whether anything is sent besides the posts."""
        return self.bell or self.mail


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Everything that was agreed. `version` is printed on every score."""

    version: str
    components: tuple[Component, ...]
    measures: tuple[Measure, ...]
    role_names: Mapping[str, str]  #: UserRole.Name (any case) -> role
    role_when_unknown: str | None  #: used only where the data has no roles at all; a named gap
    calls: CallRules
    healthy: HealthyRules
    ramp: Ramp
    big_deals: tuple[BigDealRule, ...]
    fault_texts: Mapping[str, str]  #: fault code of a Finding -> what to do
    window_days: int = 20  #: available working days scored
    look_back_days: int = 40  #: working days looked back at most
    available_at_least: int = 10
    weight_at_least: int = 60  #: scorable weight below which there is not enough evidence
    fade_below: int = 5  #: a share measure fades in up to this many eligible records
    away_after_days: int = 5  #: consecutive working days without footprint that raise the question
    on_track_at: int = 80
    building_at: int = 50
    excluded_usernames: tuple[str, ...] = ()  #: integration users and data loads
    user_types: tuple[str, ...] = ("Standard",)
    #: fields of User: the first that is not empty is a user's region
    region_fields: tuple[str, ...] = ("Division", "State", "Country")
    #: Profile.Name (any case) -> role, for users whose UserRole is no role of these rules
    profile_roles: Mapping[str, str] = field(default_factory=dict)
    leads: LeadRules = LeadRules()
    tasks: TaskRules = TaskRules()
    #: object -> fields that its open records need; their fault code is "Object.Field"
    required_fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    minimum_changes: tuple[MinimumChange, ...] = ()
    exceptions: ExceptionRules = ExceptionRules()
    #: the day on which the minimums were agreed; None: they count as agreed from the beginning
    agreed_on: date | None = None
    corporate_below: int = 1000  #: employees of a customer below which it is a corporate one
    source: str = field(default="", compare=False)  #: where the rules were read, for people

    @property
    def custom_fields(self) -> dict[str, tuple[str, ...]]:
        """Object -> fields that are read because a measure names them."""
        found: dict[str, dict[str, None]] = {}
        for measure in self.measures:
            if measure.counts is not None:
                own = found.setdefault(measure.counts.object_name, {})
                own |= dict.fromkeys(
                    one.field for one in measure.counts.conditions if one.is_custom
                )
        return {name: tuple(fields) for name, fields in found.items() if fields}

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that a name stands for or that a measure asks something of."""
        named = (*self.role_names.values(), *self.profile_roles.values())
        asked = (
            role
            for one in self.measures
            for roles in (one.roles, one.weekly_minimums, one.monthly_minimums, one.limits)
            for role in roles
        )
        last = (self.role_when_unknown,) if self.role_when_unknown else ()
        return tuple(dict.fromkeys((*named, *asked, *last)))

    @property
    def scored(self) -> tuple[Measure, ...]:
        """The measures that a score is made of."""
        return tuple(measure for measure in self.measures if measure.weight)

    def scored_on(self, on: date) -> tuple[Measure, ...]:
        """Those of them that are in force on a day."""
        return tuple(measure for measure in self.scored if measure.is_in_force(on))
