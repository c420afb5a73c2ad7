"""Writing exceptions: those that others may see, where anything about them changed.

A heads-up is between Salesforce and the person, and so are the first days of an exception: neither
is written, because a detail of the score is read by whoever reads the score. What was written once
is kept up to date until it is over. What people recorded is never written, only its outcome.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.records.changes import Shape, count, write_changed
from jobs.records.exception_shape import AT_OPENING, SHAPE, excused_record, key_of, record_of
from service.salesforce.fields import AdoptionAction as Action
from service.salesforce.fields import AdoptionException as Fields

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobs.exceptions_known import Act, Known, KnownExceptions
    from jobs.records.changes import Record, Written
    from service.facts.facts import Facts, Member
    from service.salesforce.gateway import Gateway
    from service.scoring.standing_result import ExceptionResult

LEFT = "The person is not an active user any more."
NOT_SCORED = "The rules no longer judge this person."
NOT_ASKED = "This is no longer asked of the person's role."
_OUTCOMES = Shape(Action.OBJECT, "Id", (), (Action.OUTCOME,), {})


def write_exceptions(
    gateway: Gateway, facts: Facts, known: KnownExceptions, score_ids: Mapping[str, str]
) -> tuple[Written, Written]:
    """Write the exceptions and the outcomes of actions that differ from the org's.

    `score_ids` are the score records, by user id: whose score the org refused has no exceptions.
    """
    there = {one.key: one for one in known}
    records = {
        str(one[Fields.KEY]): {**one, Fields.SCORE: score_ids[user_id]}
        for user_id, one in (*_judged(facts, there), *_closed(facts, known))
        if user_id in score_ids
    }
    prints = {key: SHAPE.fingerprint(one.record) for key, one in there.items()}
    written = write_changed(gateway, SHAPE, records.values(), prints)
    outcomes = [
        {"Id": act.record_id, Action.OUTCOME: outcome}
        for key, one in there.items()
        for act, outcome in _outcomes(one, records.get(key, one.record))
    ]
    done = gateway.update(Action.OBJECT, outcomes)
    return written, count(_OUTCOMES, outcomes, done, 0)


def _judged(facts: Facts, there: Mapping[str, Known]) -> Iterator[tuple[str, Record]]:
    """The records of everyone's exceptions that are open for others, or were written before."""
    users = {one.user.user_id for one in facts.members}
    for member in facts.people:
        manager = member.user.manager_id
        for one in member.standing.exceptions if member.standing else ():
            known = there.get(key_of(member.user.user_id, one))
            if known is None and not _is_open_for_others(member, one):
                continue
            record = record_of(
                member.user.user_id, one, manager if manager in users else None, facts.rules.version
            )
            if known is not None:
                record |= {name: known.record.get(name) for name in AT_OPENING}
            yield member.user.user_id, record


def _is_open_for_others(member: Member, one: ExceptionResult) -> bool:
    return member.standing is not None and one in member.standing.opened


def _closed(facts: Facts, known: KnownExceptions) -> Iterator[tuple[str, Record]]:
    """Exceptions that stand in the org though nobody can be asked about them any more."""
    members = {one.user.user_id: one for one in facts.members}
    for one in known:
        why = _why_over(facts, members.get(one.user_id), str(one.record[Fields.MEASURE]))
        if one.stands and why is not None:
            yield one.user_id, excused_record(one.record, facts.as_of, why)


def _why_over(facts: Facts, member: Member | None, measure: str) -> str | None:
    """Why a measure cannot be asked of somebody any more; None: it can, or tonight cannot tell."""
    if member is None or not member.user.is_active:
        return LEFT
    standing = member.standing
    if standing is None:
        return NOT_SCORED
    if measure in facts.absent_measures or not facts.roles_known:
        return None
    if standing.why_not is not None:
        return standing.why_not
    is_asked = any(each.measure == measure for each in standing.minimums)
    return None if is_asked else NOT_ASKED


def _outcomes(known: Known, record: Mapping[str, object]) -> Iterator[tuple[Act, str]]:
    """What became of the exception after each act, where nobody said so yet."""
    state = record[Fields.STATE]
    days = {name: str(record[name] or "") for name in (Fields.CLEARED_ON, Fields.RECURRED_ON)}
    for act in known.acts:
        on = act.event.on.isoformat()
        if state == "cleared" and act.outcome is None and on <= days[Fields.CLEARED_ON]:
            yield act, "Cleared"
        elif state == "recurred" and act.outcome != "Came back" and on < days[Fields.RECURRED_ON]:
            yield act, "Came back"
