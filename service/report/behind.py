"""How many people stand behind each result: what decides whether it may be shown in aggregates."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from service.evidence.outcomes import Closed, Conversions
    from service.facts.facts import Member
    from service.report.results import ByOwner


def contributors(
    members: Iterable[Member], own: ByOwner, *, with_nobody: bool = False
) -> dict[str, tuple[int, ...]]:
    """How many people stand behind each result of a group; owners who are no users count as one.

    A quota is reached by people: those who did and those who did not are counted apart.
    """
    ids = {one.user.user_id for one in members} | ({""} if with_nobody else set())
    closed = [one for user in ids for one in own.closed.get(user, ())]
    leads = [one for user in ids for one in own.conversions.get(user, ())]
    pipeline = [own.pipeline[user] for user in ids if user in own.pipeline]
    seconds = [own.selling[user][0] for user in ids if user in own.selling]
    reached_it = [own.quota[one].is_reached for one in ids if one in own.quota]
    return {
        "won": behind_won(closed), "converted": behind_converted(leads),
        "pipeline": (len(pipeline), sum(amount != 0 for _, amount in pipeline)),
        "selling": (len(seconds), sum(one > 0 for one in seconds)),
        "quota": (sum(reached_it), len(reached_it) - sum(reached_it)),
    }  # fmt: skip


def behind_won(closed: Iterable[Closed]) -> tuple[int, int]:
    """How many people won any, and how many lost any."""
    own = list(closed)
    return _owners(one for one in own if one.won), _owners(one for one in own if one.lost)


def behind_converted(leads: Iterable[Conversions]) -> tuple[int, int]:
    """How many people have leads that are converted, and how many have others."""
    own = list(leads)
    return (
        _owners(one for one in own if one.converted),
        _owners(one for one in own if one.converted < one.leads),
    )


def behind_line(closed: Sequence[Closed]) -> dict[str, tuple[int, ...]]:
    """The same of the deals of one quarter, or of customers of one size."""
    amounts = _owners(one for one in closed if one.won_amount)
    return {"won": behind_won(closed), "amount": (amounts,)}


def _owners(found: Iterable[Closed | Conversions]) -> int:
    return len({one.user_id for one in found})
