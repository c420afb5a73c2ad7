"""Exceptions that cleared, with what was done before: do they come back? In words for the company.

Read together with the known exceptions, so it costs no call of its own. What is shown is counts of
the whole company: no arm of fewer than ten exceptions, and no verdict below the n of `recidivism`.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any

from service.facts.facts import AGGREGATE_LEAST
from service.facts.groups import is_few
from service.salesforce.fields import AdoptionAction as Action
from service.salesforce.fields import AdoptionException as Fields
from service.scoring.recidivism import VERDICT_AT_LEAST, Ended, arms, verdict
from service.scoring.rounding import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from service.scoring.recidivism import Arm

#: Recorded, but nothing that anybody did about the person.
_NO_ACT = frozenset({"Seen", "Excused", "Reply", "Rated"})
#: Whatever its state is now: one that came back may have been seen, acted on or excused since.
_WHERE = f"{{of}}{Fields.CLEARED_ON} != null"
_ENDED = (
    f"SELECT {Fields.KEY}, {Fields.CLEARED_ON}, {Fields.RECURRED_ON} FROM {Fields.OBJECT} "  # noqa: S608 - constants
    f"WHERE {_WHERE.format(of='')}"
)
_ACTS = (
    f"SELECT Exception__r.{Fields.KEY}, {Action.TYPE}, {Action.DONE_ON}, CreatedById, CreatedDate "  # noqa: S608 - constants
    f"FROM {Action.OBJECT} WHERE {_WHERE.format(of='Exception__r.')}"
)
QUERIES = (_ENDED, _ACTS)
_CAUTION = (
    "Nobody drew by lot on whom to act, so a difference does not show what caused it, and one of "
    "twenty such differences is chance."
)


def ended_of(
    records: Iterable[Mapping[str, Any]], rows: Iterable[Mapping[str, Any]]
) -> tuple[Ended, ...]:
    """Give them by the answers to QUERIES. What people recorded about themselves is no act."""
    acts: defaultdict[str, list[tuple[date, str]]] = defaultdict(list)
    for row in rows:
        key = str(row["Exception__r"][Fields.KEY])
        if row["CreatedById"] != key.partition(":")[0] and row[Action.TYPE] not in _NO_ACT:
            on = str(row[Action.DONE_ON] or row["CreatedDate"])[:10]
            acts[key].append((date.fromisoformat(on), str(row[Action.TYPE])))
    cleared = (one for one in records if one[Fields.CLEARED_ON])
    return tuple(_ended(one, acts[str(one[Fields.KEY])]) for one in cleared)


def _ended(record: Mapping[str, Any], acts: Sequence[tuple[date, str]]) -> Ended:
    """One that cleared again after it came back keeps the later day alone: the return bounds it."""
    cleared = date.fromisoformat(record[Fields.CLEARED_ON])
    back = record[Fields.RECURRED_ON]
    first = min(cleared, date.fromisoformat(back)) if back else cleared
    before = frozenset(kind for on, kind in acts if on <= first)
    return Ended(first, came_back=back is not None, acts=before)


def told(ended: Iterable[Ended], as_of: date, recurs_within_weeks: int) -> str | None:
    """What the company's record says; None where nothing cleared long enough ago."""
    nobody, *acted = arms(ended, as_of, recurs_within_weeks)
    if not any(one.cleared for one in (nobody, *acted)):
        return None
    verdicts = [_verdict(one, nobody) for one in acted if one.cleared >= AGGREGATE_LEAST]
    return "\n".join([
        f"Exceptions that cleared {recurs_within_weeks} weeks ago or earlier:",
        *map(_counted, (nobody, *acted)),
        *verdicts,
        _CAUTION,
    ])  # fmt: skip


def _counted(arm: Arm) -> str:
    name = arm.action or "Nobody acted"
    if is_few(arm.cleared, AGGREGATE_LEAST):
        return f"{name}: fewer than {AGGREGATE_LEAST}."
    if not arm.cleared:
        return f"{name}: none."
    share, low, high = map(plain, arm.percent)
    return f"{name}: {arm.came_back} of {arm.cleared} came back ({share} %, {low} to {high})."


def _verdict(acted: Arm, nobody: Arm) -> str:
    said = {
        "too few": f"no verdict below {VERDICT_AT_LEAST} of each",
        "no difference": "no difference can be told",
        "less often": "they came back less often",
        "more often": "they came back more often",
    }
    return f"{acted.action} against nobody acted: {said[verdict(acted, nobody)]}."
