"""What is marked on a record before it is sent, because it cannot be in the record's transaction."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from service.salesforce.errors import AmbiguousOutcomeError, TransientSalesforceError
from service.salesforce.times import moment

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from service.salesforce.errors import SalesforceError
    from service.salesforce.gateway import Gateway

#: Of a record that is marked: Text(255).
DETAIL_LENGTH = 255
#: No run takes so long between a mark and what it marks.
SURELY_DEAD = timedelta(hours=1)


class Done(Protocol):
    """What a run keeps of its writing."""

    records_written: int
    records_rejected: int
    problems: list[str]


def state_of(wrong: Collection[SalesforceError]) -> str:
    """The state of what was sent in one way or several, by what went wrong."""
    if any(isinstance(error, AmbiguousOutcomeError) for error in wrong):
        return "Unconfirmed"
    return "Failed" if wrong else "Sent"


def is_left_behind(state: object, made: object, now: datetime) -> bool:
    """Whether a worker died between the mark, made with its record, and the end of its sending."""
    return state == "Sending" and now - moment(made) > SURELY_DEAD


def write_states(
    gateway: Gateway,
    object_name: str,
    records: Sequence[Mapping[str, Any]],
    done: Done,
    words: tuple[str, str],
) -> None:
    """Write what became of marked records; one that is not written stays marked, and is not sent again.

    `words` name one of them and several: ("an alert", "alerts").
    """
    one, several = words
    try:
        outcomes = gateway.update(object_name, records)
    except TransientSalesforceError as error:
        done.problems.append(f"The state of {len(records)} {several} is not written. {error}")
        return
    for outcome in outcomes:
        done.records_written += outcome.error is None
        if outcome.error:
            done.records_rejected += 1
            done.problems.append(f"The state of {one} is not written. {outcome.error}")
