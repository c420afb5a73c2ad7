"""How the runs went and by which rules, as somebody may read it who looks after Bellwether."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from canvas.ids import checked18, id18
from canvas.plain import clean, number, read_day, read_moment, whole
from service.last_runs import LATE
from service.salesforce.fields import AdoptionRun as Run
from service.salesforce.rule_fields import AdoptionMeasure as Measure
from service.salesforce.rule_fields import AdoptionRole as Role
from service.salesforce.rule_fields import AdoptionSetting as Setting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from decimal import Decimal

OBJECT: Final = Run.OBJECT
_RUNS: Final = (
    200  #: two days of nights and of looks that all found something, one each quarter of an hour
)
_DAY: Final = timedelta(days=1)
_COUNTS: Final = (
    Run.SCORED, Run.NOT_SCORED, Run.ROWS_READ, Run.RECORDS_WRITTEN, Run.RECORDS_REJECTED, Run.POSTS_MADE,
    Run.API_CALLS,
)  # fmt: skip
_LISTED: Final = ("Id", Run.KIND, Run.STATUS, Run.STARTED_AT, Run.FINISHED_AT, *_COUNTS)
_TOLD: Final = (Run.RULE_VERSION, Run.RULE_SOURCE, Run.WRITTEN, Run.GAPS, Run.DETAIL)


def run_query(run_id: str, *, calls: bool = True) -> str:
    """The run itself; with `calls` where its API calls went, a field that came later."""
    fields = (*_LISTED, *_TOLD, *((Run.CALLS,) if calls else ()))
    return f"SELECT {', '.join(fields)} FROM {OBJECT} WHERE Id = '{checked18(run_id)}'"  # noqa: S608 - constants and a checked id


def admin_questions(run_id: str) -> dict[str, str]:
    """By name; five. Who may not read runs is told nothing; who may not read rules sees none."""
    fields = {
        "runs": f"{', '.join(_LISTED)} FROM {OBJECT} ORDER BY {Run.STARTED_AT} DESC LIMIT {_RUNS}",
        "settings": f"MasterLabel, {Setting.VERSION}, {Setting.AGREED_ON} FROM {Setting.OBJECT} LIMIT 5",
        "measures": f"MasterLabel, {Measure.COMPONENT}, {Measure.WEIGHT}, {Measure.ACTIVE}"
        f" FROM {Measure.OBJECT} LIMIT 200",
        "roles": f"MasterLabel, {Role.ROLE_NAMES}, {Role.PROFILE_NAMES} FROM {Role.OBJECT} LIMIT 100",
    }
    others = {name: f"SELECT {asked}" for name, asked in fields.items()}
    return {"run": run_query(run_id), **others}


@dataclass(frozen=True, slots=True)
class ShownRun:
    """One run, with its figures by field."""

    record_id: str | None
    kind: str
    status: str
    started_at: datetime | None
    finished_at: datetime | None
    counts: Mapping[str, int | None]

    @property
    def seconds(self) -> int | None:
        """How long it took."""
        if self.started_at is None or self.finished_at is None:
            return None
        return max(0, round((self.finished_at - self.started_at).total_seconds()))

    @property
    def is_well(self) -> bool:
        """Whether it came to a good end."""
        return self.status == "Finished"


@dataclass(frozen=True, slots=True)
class ShownRule:
    """A measure of the rules in the org."""

    label: str
    component: str
    weight: Decimal | None


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules as custom metadata holds them; a list is None where it may not be read."""

    version: str
    agreed_on: date | None
    measures: tuple[ShownRule, ...]
    unconfirmed_roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AdminScreen:
    """The page of whoever looks after Bellwether."""

    run: ShownRun
    version: str
    source: str
    written: str
    calls_by: tuple[tuple[str, int], ...]  #: API calls of this run by object, the most first
    gaps: tuple[str, ...]
    detail: tuple[str, ...]
    runs: tuple[ShownRun, ...] | None  #: the newest first; None: refused, or not answered
    calls_of_a_day: int  #: of our runs that began in the last 24 hours
    last_night: ShownRun | None
    is_late: bool  #: no night ended for longer than the doctor waits
    rules: Rules | None


def admin_screen(
    record: Mapping[str, Any],
    answers: Mapping[str, Sequence[Mapping[str, Any]] | None],
    now: datetime,
) -> AdminScreen:
    """Put the answers together; None among them was refused, or not answered."""
    listed = answers.get("runs")
    runs = tuple(map(_run, listed or ()))
    nights = [one for one in runs if one.kind == "Night"]
    last = nights[0] if nights else None
    recent = [one for one in runs if one.started_at and now - one.started_at <= _DAY]
    ended = last.finished_at if last else None
    return AdminScreen(
        run=_run(record),
        version=clean(record.get(Run.RULE_VERSION)),
        source=clean(record.get(Run.RULE_SOURCE)),
        written=clean(record.get(Run.WRITTEN)),
        calls_by=_calls_by(record.get(Run.CALLS)),
        gaps=_lines(record.get(Run.GAPS)),
        detail=_lines(record.get(Run.DETAIL)),
        runs=None if listed is None else runs,
        calls_of_a_day=sum(one.counts[Run.API_CALLS] or 0 for one in recent),
        last_night=last,
        is_late=ended is None or now - ended > LATE,
        rules=_rules(answers),
    )


def _run(record: Mapping[str, Any]) -> ShownRun:
    return ShownRun(
        id18(record.get("Id")),
        clean(record.get(Run.KIND)),
        clean(record.get(Run.STATUS)),
        read_moment(record.get(Run.STARTED_AT)),
        read_moment(record.get(Run.FINISHED_AT)),
        {name: whole(record.get(name)) for name in _COUNTS},
    )


def _lines(value: object) -> tuple[str, ...]:
    return tuple(filter(None, map(clean, str(value or "").splitlines())))


def _calls_by(value: object) -> tuple[tuple[str, int], ...]:
    """Objects and their figures, as the run wrote them: "Task 3, User 2"."""
    parts = (one.strip().rpartition(" ") for one in clean(value).split(","))
    found = ((name, whole(figure)) for name, _, figure in parts if name)
    known = [(name, figure) for name, figure in found if figure is not None]
    return tuple(sorted(known, key=lambda one: (-one[1], one[0])))


def _rules(answers: Mapping[str, Sequence[Mapping[str, Any]] | None]) -> Rules | None:
    settings, measures, roles = (answers.get(name) for name in ("settings", "measures", "roles"))
    if settings is None or measures is None:
        return None
    first: Mapping[str, Any] = settings[0] if settings else {}
    active = [one for one in measures if one.get(Measure.ACTIVE) is not False]
    shown = [
        ShownRule(
            clean(one.get("MasterLabel")),
            clean(one.get(Measure.COMPONENT)),
            number(one.get(Measure.WEIGHT)),
        )
        for one in active
    ]
    unconfirmed = [
        one
        for one in roles or ()
        if not (_lines(one.get(Role.ROLE_NAMES)) or _lines(one.get(Role.PROFILE_NAMES)))
    ]
    return Rules(
        version=clean(first.get(Setting.VERSION)),
        agreed_on=read_day(first.get(Setting.AGREED_ON)),
        measures=tuple(sorted(shown, key=lambda one: (-(one.weight or 0), one.label))),
        unconfirmed_roles=tuple(clean(one.get("MasterLabel")) for one in unconfirmed),
    )
