"""The one sentence that a busy reader takes away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.report import adoption
from service.report.next_steps import without_roles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.report.facts import ReportFacts


def headline(facts: ReportFacts) -> str:
    """How many are on track, who needs help, who has no score; as far as they may be shown."""
    people = len(facts.people)
    if not facts.scored:
        why = ": the data name no roles" if without_roles(facts) else ""
        return f"None of {_count(people)} has a score yet{why}."
    shown = {part.key: part.count for part in adoption.words(facts) if part.count}
    if not any(key in shown for key in ("on_track", "building", "needs_help")):
        return f"{_count(people)}: too few alike to say more without naming anyone."
    return f"{_main(shown, people)}{_rest(shown)}."


def _main(shown: Mapping[str, int], people: int) -> str:
    if "on_track" in shown:
        return f"{shown['on_track']:,} of {_count(people)} {_are(shown['on_track'])} on track"
    key, text = ("building", "building up") if "building" in shown else ("needs_help", "in need of help")  # fmt: skip
    return f"{shown[key]:,} of {_count(people)} {_are(shown[key])} {text}"


def _rest(shown: Mapping[str, int]) -> str:
    parts = []
    if "needs_help" in shown and ("on_track" in shown or "building" in shown):
        number = shown["needs_help"]
        parts.append(f"{number:,} {'needs' if number == 1 else 'need'} help")
    if "not_scored" in shown:
        number = shown["not_scored"]
        parts.append(f"{number:,} {'has' if number == 1 else 'have'} no score yet")
    return f"; {', '.join(parts)}" if parts else ""


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _count(people: int) -> str:
    return "1 person" if people == 1 else f"{people:,} people"
