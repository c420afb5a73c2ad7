"""What needs doing: records to mend, leads to convert, people who cannot be scored yet."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.evidence.usage import UNCONVERTED
from service.facts.groups import is_few, pooled
from service.scoring.result import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from service.evidence.usage import Usage
    from service.facts.facts import Member
    from service.report.facts import ReportFacts

ASKED = "Away? (a question to answer)"
#: "role not defined" first: whoever runs the report can settle it today.
_CODES = {
    "role_not_defined": "Role not defined",
    "not_enough_evidence": "Not enough evidence",
    "asked": ASKED,
    "away": "Away",
    "new": "New",
    "inactive": "Not active",
}

#: Why users are no people of the report, of one and of several.
_LEFT_OUT = {
    "inactive": ("is not active", "are not active"),
    "other_user_type": (
        "is of a user type that the rules do not score",
        "are of user types that the rules do not score",
    ),
    "excluded": ("is left out by the rules", "are left out by the rules"),
}


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with records. A record with two faults counts under both."""

    text: str
    records: int
    people: int
    amount: Decimal | None  #: None: of too few people to show


@dataclass(frozen=True)
class Record:
    """One record to mend and whose it is."""

    name: str
    owner: str
    amount: Decimal | None
    todo: str


@dataclass(frozen=True)
class Unscored:
    """Everybody who is not scored for one reason. `members` is empty where nobody may be named."""

    label: str
    count: int
    sentences: tuple[tuple[str, int], ...]  #: (reason, how many), the most frequent first
    members: tuple[Member, ...]
    roles: tuple[str, ...]  #: roles that the rules do not know, as TOML keys


@dataclass(frozen=True)
class Leads:
    """Leads in the data; `unconverted` is None where they do not say."""

    total: int
    unconverted: int | None


def faults(facts: ReportFacts) -> list[Fault]:
    """Every kind of fault, in the order of the rule set; few people's left out of aggregates."""
    found, texts = facts.mending, facts.rules.fault_texts
    order = [
        *(code for code in texts if code in found.records),
        *sorted(set(found.records) - set(texts)),
    ]
    return [
        Fault(
            texts.get(code, code),
            found.records[code],
            found.people[code],
            None if is_few(found.with_amount[code], facts.least) else found.amounts[code],
        )
        for code in order
        if not is_few(found.people[code], facts.least)
    ]


def largest(facts: ReportFacts) -> list[Record]:
    """The records with the largest amounts to mend; [] where nobody may be named."""
    if facts.aggregate_only:
        return []
    names = {member.user.user_id: member.user.name for member in facts.people}
    return [
        Record(
            one.record_name,
            names[one.user_id],
            one.amount,
            "; ".join(facts.rules.fault_texts.get(code, code) for code in one.faults),
        )
        for one in facts.mending.largest
    ]


def unscored(facts: ReportFacts) -> list[Unscored]:
    """People without a number, by reason."""
    by_code: dict[str, list[Member]] = {code: [] for code in _CODES}
    for member in facts.people:
        if member.score is not None and member.score.word == WORDS[-1]:
            code = "asked" if member.question else member.score.not_scored_code or ""
            by_code.setdefault(code, []).append(member)
    labels = {_CODES.get(code, "Other"): members for code, members in by_code.items()}
    return [
        _unscored(one.label, one.members, is_named=not facts.aggregate_only)
        for one in pooled(labels, facts.least)
    ]


def left_out(facts: ReportFacts) -> tuple[tuple[int, str], ...]:
    """How many users of the export are none of the report's people, and why."""
    return tuple(
        (count, one if count == 1 else several)
        for why, (one, several) in _LEFT_OUT.items()
        if (count := facts.left_out.get(why, 0))
    )


def waiting(facts: ReportFacts, code: str) -> int:
    """How many are not scored for one reason; 0 where that is not shown by itself."""
    return sum(one.count for one in unscored(facts) if one.label == _CODES[code])


def _unscored(label: str, members: tuple[Member, ...], *, is_named: bool) -> Unscored:
    if not is_named:
        return Unscored(label, len(members), (), (), ())
    sentences: defaultdict[str, int] = defaultdict(int)
    for member in members:
        if member.score is not None:
            sentences[member.score.not_scored_reason or ""] += 1
    most_first = sorted(sentences.items(), key=lambda one: (-one[1], one[0]))
    shown = sorted(members, key=lambda one: (one.user.name.casefold(), one.user.user_id))
    return Unscored(label, len(members), tuple(most_first), tuple(shown), _unknown_roles(members))


def _unknown_roles(members: Sequence[Member]) -> tuple[str, ...]:
    """A JSON string is a TOML basic string, https://toml.io/en/v1.0.0#string."""
    names = {
        one.user.role or ""
        for one in members
        if one.score is not None and one.score.not_scored_code == "role_not_defined"
    }
    return tuple(json.dumps(name, ensure_ascii=False) for name in sorted(names) if name)


def leads(facts: ReportFacts) -> Leads | None:
    """Leads and how many are not converted; None where the data have none, or too few own any."""
    if "leads" not in facts.counted:
        return None
    usages = [*(member.usage for member in facts.members), facts.unowned]
    if is_few(sum("leads" in one for one in usages), facts.least):
        return None
    is_told = UNCONVERTED in facts.counted and not any(
        is_few(count, facts.least) for count in _with_open(usages)
    )
    total = sum(one["leads"].total for one in usages if "leads" in one)
    open_ones = sum(one[UNCONVERTED].total for one in usages if UNCONVERTED in one)
    return Leads(total, open_ones if is_told else None)


def _with_open(usages: Iterable[Mapping[str, Usage]]) -> tuple[int, int]:
    """How many have leads that are not converted, and how many have others."""
    pairs = [
        (one["leads"].total, one[UNCONVERTED].total if UNCONVERTED in one else 0)
        for one in usages
        if "leads" in one
    ]
    return sum(some > 0 for _, some in pairs), sum(some < every for every, some in pairs)
