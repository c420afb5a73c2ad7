"""The people who are asked whether they were away, and the lines for the absence file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.facts.facts import Facts, Member

#: From so many working days in a row the question is urgent: two weeks without any trace.
LONG_DAYS = 10
#: The page shows so many people at once and lists so many; the file has all.
SHOWN = 10
LISTED_AT_MOST = 300


def asked(facts: Facts) -> list[Member]:
    """Everybody who is asked, the longest stretch first; [] where nobody may be named."""
    if facts.aggregate_only:
        return []
    found = [one for one in facts.people if one.question is not None]
    return sorted(
        found, key=lambda one: (-_longest(one), one.user.name.casefold(), one.user.user_id)
    )


def long_ones(found: Sequence[Member]) -> int:
    """How many of them left nothing for two weeks or longer."""
    return sum(_longest(member) >= LONG_DAYS for member in found)


def _longest(member: Member) -> int:
    return member.question.longest if member.question else 0


def lines(facts: Facts) -> list[tuple[str, str, str, str]]:
    """Rows for the absence file, as if everybody had been away: user, from, to, kind (the name)."""
    return [
        (_named(member), str(one.first), str(one.last), member.user.name)
        for member in asked(facts)
        if member.question is not None
        for one in member.question.stretches
    ]


def _named(member: Member) -> str:
    """The username where it stays one in a spreadsheet, else the id."""
    name = member.question.username if member.question else None
    return name if name and name[:1].isalnum() else member.user.user_id
