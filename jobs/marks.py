"""What is marked on a record before it is sent, because it cannot be in the record's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from service.salesforce.errors import TransientSalesforceError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service.salesforce.gateway import Gateway


class Done(Protocol):
    """What a run keeps of its writing."""

    records_written: int
    records_rejected: int
    problems: list[str]


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
