"""People, evidence and rule sets for the tests of the scoring floor: sensible defaults."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from service.rules_file import read_rules
from service.scoring.calendar import Calendar
from service.scoring.evidence import Coverage, Evidence, Finding, Person, PersonEvidence
from service.scoring.score import score_person

AS_OF = date(2026, 3, 27)  # a Friday
ANA = "005000000000001AAA"
COMPLETE = Coverage()
PLAIN = Calendar()


def a_person(**changes):
    person = Person(user_id=ANA, name="Ana", time_zone="Europe/Madrid", role="Account Executive")
    return replace(person, **changes)


def weekdays(count, last=AS_OF):
    """The last so many Mondays to Fridays, ascending."""
    days, on = [], last
    while len(days) < count:
        if on.weekday() < 5:
            days.append(on)
        on -= timedelta(days=1)
    return days[::-1]


def acts(measure, total, days, seen=None):
    """`total` acts spread evenly over the days, earliest days first for the rest."""
    share, rest = divmod(total, len(days))
    rows = [
        Evidence(ANA, measure, on, done=share + (at < rest), seen=share + (at < rest))
        for at, on in enumerate(days)
    ]
    extra = (seen or total) - total
    return [*rows[:-1], replace(rows[-1], seen=rows[-1].seen + extra)]


def footprints(days):
    return [Evidence(ANA, "footprint_days", on, done=1, seen=3) for on in days]


def records(good, eligible, measure="healthy_opportunities", on=AS_OF):
    return [Evidence(ANA, measure, on, good=good, eligible=eligible, seen=eligible)]


def findings(count, measure="healthy_opportunities", faults=("no_next_step",)):
    return tuple(
        Finding(ANA, measure, f"006{at:015d}", f"Deal {at}", faults, Decimal(1000 * at))
        for at in range(1, count + 1)
    )


def some_evidence(*, calls=60, meetings=30, footprint_days=16, good=9, eligible=14):
    """Twenty weekdays of a rep, every footprint-free day alone."""
    days = weekdays(20)
    free = set(days[1::2][: 20 - footprint_days]) if footprint_days >= 10 else set()
    present = [on for on in days if on not in free] if free else days[:footprint_days]
    return (
        *footprints(present),
        *acts("calls", calls, days),
        *acts("meetings", meetings, days),
        *records(good, eligible),
    )


def default_rules(**changes):
    return replace(read_rules(None), **changes)


def thin_rules(**changes):
    """Four measures of 65 points: what is left where nobody is asked for the others."""
    rules = read_rules(None)
    parts = tuple(one for one in rules.components if one.name != "follow_through")
    return replace(rules, version="thin", measures=rules.measures[:4], components=parts, **changes)


def full_rules(**changes):
    """All measures, with the minutes of the specification's example."""
    minutes = {
        "calls": 1, "meetings": 1, "healthy_opportunities": 3, "required_fields": 4,
        "tasks_on_time": 2,
    }  # fmt: skip
    rules = read_rules(None)
    measures = tuple(replace(m, minutes=minutes.get(m.name, 0)) for m in rules.measures)
    return replace(rules, version="full", measures=measures, **changes)


def score(evidence, *, person=None, findings=(), coverage=COMPLETE, rules=None, as_of=AS_OF,
          calendar=PLAIN):  # fmt: skip
    ana = PersonEvidence.of_rows(person or a_person(), evidence, tuple(findings))
    return score_person(ana, coverage, rules or default_rules(), as_of, calendar)


def measure_of(result, name):
    return next(measure for measure in result.measures if measure.measure == name)
