"""Why an opportunity is healthy or not, and what to do next: the night's definitions, applied now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from canvas.plain import clean, local_day, mappings, number
from service.scoring.healthy import (
    OpenOpportunity,
    Yardstick,
    entered_stage,
    faults,
    pushes,
    undecided,
)
from service.scoring.written_dates import names_day_between

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from decimal import Decimal
    from typing import Any

    from canvas.catalogue import Catalogue
    from canvas.formats import Formats
    from canvas.opportunity_read import Planned, ShownOpportunity
    from service.scoring.healthy import Save


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion: `state` is "good", "bad" or "unknown"."""

    code: str
    state: str
    fact: str
    todo: str  #: what to do, where it is bad


@dataclass(frozen=True, slots=True)
class OpportunityScreen:
    """`state` is "healthy", "partly" (what could be judged is in order), "not-healthy" or "closed"."""

    state: str
    shown: ShownOpportunity
    judged: tuple[Judged, ...]
    is_by_the_night: bool  #: False: by the usual limits, as no score told those of the company
    points: Decimal | None  #: what putting it right adds to its owner's score

    @property
    def todo(self) -> tuple[str, ...]:
        """What to do next, the first thing first."""
        return tuple(one.todo for one in self.judged if one.state == "bad")


@dataclass(frozen=True, slots=True)
class History:
    """What is known of its past."""

    saves: tuple[Save, ...] = ()
    step_written: datetime | None = None


def opportunity_screen(
    shown: ShownOpportunity,
    history: History,
    by: Yardstick | None,
    today: date,
    words: tuple[Catalogue, Formats],
    *,
    is_all_read: bool = True,
) -> OpportunityScreen:
    """Judge what was read. An opportunity that is closed is not judged.

    Without `is_all_read` Salesforce did not answer some of the questions this time.
    """
    if shown.is_closed:
        return OpportunityScreen("closed", shown, (), by is not None, None)
    rule = by or Yardstick()
    known = _known(shown, history, rule, today, words[1])
    wrong, open_questions = faults(known, rule, today), undecided(known, rule)
    texts, formats = words
    told = _told(known, shown, rule, formats)
    judged = []
    for code in rule.criteria:
        state = "unknown" if code in open_questions else "bad" if code in wrong else "good"
        is_hidden = state == "unknown" and not shown.is_whole
        words_of = "opportunity.hidden" if is_hidden else f"opportunity.facts.{code}.{state}"
        fact = texts(words_of, **told)
        todo = rule.texts.get(code) or texts(f"opportunity.todo.{code}")
        judged.append(Judged(code, state, fact, todo))
    # What the night cannot judge either is no fault; what is hidden from the viewer may be one.
    is_sure = shown.is_whole and is_all_read
    in_order = "partly" if open_questions and not is_sure else "healthy"
    state = "not-healthy" if wrong else in_order
    return OpportunityScreen(state, shown, tuple(judged), by is not None, None)


def points_of(details: Mapping[str, Any], record_id: str | None) -> Decimal | None:
    """What the owner's score says that putting this record right adds to it."""
    fixes = mappings(details.get("fixes"))
    mine = (one for one in fixes if record_id and clean(one.get("record_id")) == record_id)
    found = (number(one.get("points")) for one in mine)
    return next((points for points in found if points), None)


def _known(
    shown: ShownOpportunity, history: History, by: Yardstick, today: date, formats: Formats
) -> OpenOpportunity:
    planned = [one.made_at for one in _near(shown, by, today)]
    is_text_dated = history.step_written is not None or not _is_written_near(shown, by, today)
    return OpenOpportunity(
        closes_on=shown.closes_on,
        has_next_step=_has_next_step(shown, by, today) if shown.is_whole else None,
        days_in_stage=_days_in_stage(shown, history.saves, today, formats),
        days_at_most=by.days_at_most(shown.stage, shown.employees) if shown.is_whole else None,
        has_amount=shown.amount is not None if shown.is_whole else None,
        pushes=pushes(history.saves, history.step_written, *planned)
        if history.saves
        else shown.push_count,
        is_step_dated=shown.is_whole
        and bool(history.saves)
        and is_text_dated
        and None not in planned,
    )


def _has_next_step(shown: ShownOpportunity, by: Yardstick, today: date) -> bool:
    near = () if by.any_text_is_a_next_step else _near(shown, by, today)
    return bool(near) or _is_written_near(shown, by, today)


def _near(shown: ShownOpportunity, by: Yardstick, today: date) -> list[Planned]:
    until = today + timedelta(days=by.next_step_within_days)
    return [one for one in shown.planned if today <= one.on <= until]


def _is_written_near(shown: ShownOpportunity, by: Yardstick, today: date) -> bool:
    if by.any_text_is_a_next_step:
        return bool(shown.next_step)
    until = today + timedelta(days=by.next_step_within_days)
    return names_day_between(shown.next_step, today, until)


def _days_in_stage(
    shown: ShownOpportunity, saves: Sequence[Save], today: date, formats: Formats
) -> int | None:
    entered = shown.stage_changed_at or entered_stage(saves, shown.stage) or shown.created_at
    day = local_day(entered, formats.zone) if entered else None
    return (today - day).days if day else None


def _told(
    known: OpenOpportunity, shown: ShownOpportunity, by: Yardstick, formats: Formats
) -> dict[str, object]:
    """What the sentences beside the criteria are filled with."""
    return {
        "closes_on": formats.day(known.closes_on),
        "within": by.next_step_within_days,
        "in_stage": known.days_in_stage,
        "at_most": known.days_at_most,
        "stage": shown.stage,
        "amount": formats.money(shown.amount, shown.currency),
        "pushes": known.pushes,
        "below": by.pushes_below,
    }
