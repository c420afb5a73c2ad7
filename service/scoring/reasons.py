"""Plain sentences that say why a score is what it is: the heaviest loss first, then notes."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

from service.scoring.expectation import average_ramp, working_time
from service.scoring.results import losses
from service.scoring.rounding import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.scoring.calendar import Window
    from service.scoring.credit import Credit
    from service.scoring.evidence import Coverage, Finding, PersonEvidence
    from service.scoring.reckoning import Reckoning
    from service.scoring.rule_set import RuleSet

MINUS = "\N{MINUS SIGN}"


def reasons(
    reckoning: Reckoning,
    person_evidence: PersonEvidence,
    coverage: Coverage,
    rules: RuleSet,
    window: Window,
) -> tuple[str, ...]:
    """Why the score is not 100, what could not be judged, and what was taken into account."""
    lost = sorted(
        zip(losses(reckoning), reckoning.credits, strict=True),
        key=lambda pair: -pair[0],
    )
    sentences = [
        _loss(points, credit, person_evidence.findings, rules)
        for points, credit in lost
        if credit.value is not None and credit.value < 1
    ]
    if not sentences:
        sentences = ["Everything that is asked of your role and can be seen is on record."]
    sentences += _gaps(reckoning.credits, coverage)
    return (*sentences, *_notes(person_evidence, coverage, rules, window))


def _loss(points: Decimal, credit: Credit, findings: Sequence[Finding], rules: RuleSet) -> str:
    amount = f"{MINUS}{points} points" if points else "less than 0.1 points"
    fact = _count(credit) if credit.expected is not None else _share(credit, findings, rules)
    return f"{fact}: {amount}."


def _count(credit: Credit) -> str:
    tally, label = credit.tally, credit.measure.label.lower()
    text = f"{tally.done} of {plain(credit.expected or Decimal(0))} expected {label} credited"
    set_aside = tally.seen - tally.done
    if set_aside > 0 and credit.measure.set_aside:
        text += f" ({tally.seen} logged: {set_aside} set aside {credit.measure.set_aside})"
    return text


def _share(credit: Credit, findings: Sequence[Finding], rules: RuleSet) -> str:
    tally, name = credit.tally, credit.measure.name
    text = f"{tally.good} of {tally.eligible} {credit.measure.label.lower()}"
    own = [finding for finding in findings if finding.measure == name]
    faults = Counter(fault for finding in own for fault in finding.faults)
    if not faults:
        return text
    fault, times = min(faults.items(), key=lambda item: (-item[1], item[0]))
    # Only the largest records may be listed; then their faults cannot be counted for all.
    are_all = len(own) == tally.eligible - tally.good
    often = f"{times} times" if are_all and times > 1 else "for one" if are_all else "most often"
    return f"{text} (to do {often}: {rules.fault_texts.get(fault, fault)})"


def _gaps(credits_in_order: Sequence[Credit], coverage: Coverage) -> list[str]:
    """Measures that the data cannot show; what a role is not asked for is no gap."""
    return [
        f"{credit.measure.label} not judged: {credit.why_not}"
        for credit in credits_in_order
        if credit.why_not and credit.why_not == coverage.absent_measures.get(credit.measure.name)
    ]


def _notes(
    person_evidence: PersonEvidence, coverage: Coverage, rules: RuleSet, window: Window
) -> list[str]:
    person = person_evidence.person
    notes = []
    if person.role is None and not coverage.roles_known:
        notes.append(
            "This data has no roles: the rule set has everyone measured as "
            f"“{rules.role_when_unknown}”."
        )
    if not coverage.footprint_complete:
        notes.append(
            "This data does not say who created a record: its owner stands in, "
            "so absences cannot be seen and are not asked about."
        )
    ramp = average_ramp(person.started_on, window.available, rules.ramp)
    if ramp < 1:
        notes.append(f"Ramping: {plain(100 * ramp)} % of the full expectation is asked so far.")
    time = working_time(person)
    if time < 1:
        notes.append(f"Part-time: {plain(100 * time)} % of the full expectation is asked.")
    return notes
