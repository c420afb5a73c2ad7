"""How often exceptions are false, and how often they find who is truly below a minimum.

    python -m bench.exceptions [--seeds 20] [--people 1000] [--days-off]
    python -m bench.exceptions --company [--seeds 20] [--people 1000]

Draws reps (`bench.invented_reps`) and judges each by the product's own code for the last quarter;
with --company, makes the sample company of each seed and judges the people of its export. Prints a
line for each seed and all of them pooled with intervals of 95 % (Wilson), beside the plain rules of
the specification's table. *False*: an exception opened within the quarter of somebody who truly
meets all their minimums. *Found*: one opened for a measure of which they truly do less than 85 %;
an amount's exception opens in that quarter, too, but its windows are thirteen weeks each and reach
back three quarters. In the company also of those who were there for two windows (who never logged
in is asked "Away?", who began of late has one window), without the many whom it plants just above
a minimum, and of calls and meetings alone. The plain rules are told everybody's days off there.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass, field
from math import sqrt
from typing import TYPE_CHECKING, Self

from bench.company_people import MONEY, company
from bench.invented_reps import AS_OF, MINIMUMS, draw
from bench.plain_rules import PLAIN, upper_bound
from service.rules_file import read_rules
from service.scoring.calendar import Calendar
from service.scoring.evidence import Coverage
from service.scoring.standing import standing_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bench.company_people import Judged

FALSE_AT_MOST, FOUND_AT_LEAST = 0.03, 0.85
CLEARLY_BELOW = 0.85
#: The planted habit of filling a week up to the very minimum: nobody is nearer to a flag.
AT_THE_LIMIT = "just_enough"
_NORMAL_95 = 1.96
Share = tuple[int, int]  #: so many of so many


@dataclass
class Tally:
    """How often, of how many: by the name of the question."""

    of: Counter[str] = field(default_factory=Counter)
    yes: Counter[str] = field(default_factory=Counter)

    def add(self, name: str, *, answer: bool) -> None:
        """Count one answer."""
        self.of[name] += 1
        self.yes[name] += answer

    def share(self, name: str) -> Share:
        """The answers to one question."""
        return self.yes[name], self.of[name]

    def __iadd__(self, other: Tally) -> Self:
        self.of += other.of
        for name, count in other.yes.items():
            self.yes[name] += count
        return self


def judge(
    tally: Tally, rates: dict[str, float], asked: dict[str, float], opened: Iterable[str]
) -> None:
    """Count one person: `rates` are true, `opened` the measures whose exception opened."""
    found = set(opened)
    if all(rates[name] >= minimum for name, minimum in asked.items()):
        tally.add("false", answer=bool(found))
    for name, minimum in asked.items():
        if rates[name] < CLEARLY_BELOW * minimum:
            tally.add(f"found {name}", answer=name in found)
            tally.add("found", answer=name in found)
        if rates[name] >= minimum:
            tally.add(f"false {name}", answer=name in found)


def drawn(number: int, seed: int, plain: Tally, *, days_off: bool) -> Tally:
    """The reps of one seed, judged by the product and by the plain rules."""
    rules, tally = read_rules(None), Tally()
    for rep in draw(number, seed, days_off=days_off):
        standing = standing_of(rep.found, Coverage(), rules, AS_OF, Calendar())
        opened = [one.measure for one in standing.exceptions if one.second is not None]
        judge(tally, rep.rates, dict(MINIMUMS), opened)
        asked = {name: float(minimum) for name, minimum in MINIMUMS.items()}
        weekly = {name: (done, [asked[name]] * len(done)) for name, done in rep.weekly.items()}
        compare(plain, rep.rates, asked, weekly)
    return tally


def compare(
    plain: Tally,
    rates: Mapping[str, float],
    asked: Mapping[str, float],
    weekly: Mapping[str, tuple[Sequence[float], Sequence[float]]],
) -> None:
    """Count what the plain rules say of one person, and any flag of the quarter by the last of them.

    `weekly` are what was done and what was asked in each week, by measure.
    """
    flags = []
    for name, weeks in weekly.items():
        rate, minimum = rates[name], asked[name]
        for label, rule in PLAIN.items():
            if rate >= minimum:
                plain.add(f"{label} false {name}", answer=rule(*weeks))
            if rate < CLEARLY_BELOW * minimum:
                plain.add(f"{label} found {name}", answer=rule(*weeks))
        ends = range(4, len(weeks[0]) + 1)
        flags.append(any(upper_bound(weeks[0][:end], weeks[1][:end]) for end in ends))
    if flags and all(rates[name] >= asked[name] for name in weekly):
        plain.add("any week of the quarter", answer=any(flags))


def wilson(share: Share) -> tuple[float, float]:
    """The interval of 95 %.

    https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson_score_interval
    """
    yes, of = share
    if not of:
        return 0.0, 1.0
    rate, square = yes / of, _NORMAL_95**2
    middle = (rate + square / (2 * of)) / (1 + square / of)
    half = _NORMAL_95 / (1 + square / of) * sqrt(rate * (1 - rate) / of + square / (4 * of * of))
    return middle - half, middle + half


def shown(share: Share) -> str:
    """A share with its interval."""
    low, high = wilson(share)
    rate = share[0] / share[1] if share[1] else float("nan")
    return f"{100 * rate:5.1f} % ({100 * low:.1f} to {100 * high:.1f}, {share[0]} of {share[1]})"


def report(tallies: Iterable[tuple[int, Tally]]) -> Iterator[str]:
    """A line a seed, then all of them pooled and whether that is enough."""
    pooled = Tally()
    for seed, tally in tallies:
        pooled += tally
        yield f"seed {seed:>4}: false {shown(tally.share('false'))}; found {shown(tally.share('found'))}"
    yield ""
    yield "pooled, per person and quarter over all minimums:"
    for name in sorted(pooled.of):
        yield f"  {name:<32} {shown(pooled.share(name))}"
    false, found = pooled.share("false"), pooled.share("found")
    good = false[0] <= FALSE_AT_MOST * false[1] and found[0] >= FOUND_AT_LEAST * found[1]
    yield f"  at most {FALSE_AT_MOST:.0%} false and at least {FOUND_AT_LEAST:.0%} found: {'yes' if good else 'NO'}"


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--days-off", action="store_true", help="everybody has some, up to 15 days")
    parser.add_argument("--company", action="store_true", help="the sample company's exports")
    arguments = parser.parse_args()
    seeds, plain = range(1, arguments.seeds + 1), Tally()
    if arguments.company:
        tallies = ((seed, _of_company(arguments.people, seed, plain)) for seed in seeds)
    else:
        tallies = (
            (seed, drawn(arguments.people, seed, plain, days_off=arguments.days_off))
            for seed in seeds
        )
    for line in report(tallies):
        print(line, flush=True)  # noqa: T201 - a bench prints
    for line in _table(plain):
        print(line)  # noqa: T201


def _of_company(number: int, seed: int, plain: Tally) -> Tally:
    tally = Tally()
    for one in company(number, seed):
        judge(tally, one.rates, one.asked, one.opened)
        tally.add("open at the end, of people", answer=bool(one.still_open))
        for name in one.still_open:
            tally.add("open at the end and true", answer=one.rates[name] < one.asked[name])
        is_met = all(one.rates[name] >= asked for name, asked in one.asked.items())
        if is_met and one.habit != AT_THE_LIMIT:
            tally.add("false but for bunchers", answer=bool(one.opened))
        _but_for_amounts(tally, one)
        below = _below(one)
        if below:
            tally.add("found somebody", answer=not below.isdisjoint(one.opened))
        if one.was_there:
            _of_who_was_there(tally, one)
            compare(plain, one.rates, one.asked, one.weekly)
    return tally


def _but_for_amounts(tally: Tally, one: Judged) -> None:
    """The same question of calls and meetings alone, as in the specification's table."""
    counts = one.asked.keys() - MONEY
    if all(one.rates[name] >= one.asked[name] for name in counts):
        tally.add("false but for amounts", answer=not counts.isdisjoint(one.opened))


def _below(one: Judged) -> set[str]:
    """The minimums that somebody is clearly below."""
    return {
        name for name, minimum in one.asked.items() if one.rates[name] < CLEARLY_BELOW * minimum
    }


def _of_who_was_there(tally: Tally, one: Judged) -> None:
    below = _below(one)
    for name in below:
        tally.add("found of who was there", answer=name in one.opened)
        if name in MONEY:
            tally.add(f"found {name}, {one.segment}", answer=name in one.opened)
        else:
            tally.add("found but for amounts", answer=name in one.opened)
    if below:
        tally.add("found somebody who was there", answer=not below.isdisjoint(one.opened))
    if all(one.rates[name] >= asked for name, asked in one.asked.items()):
        tally.add("false of who was there", answer=bool(one.opened))


def _table(plain: Tally) -> Iterator[str]:
    if not plain.of:
        return
    yield ""
    yield "plain rules, looked at once (calls / meetings):"
    for label in PLAIN:
        cells = [
            " / ".join(_percent(plain.share(f"{label} {what} {name}")) for name in MINIMUMS)
            for what in ("false", "found")
        ]
        yield f"  {label:<30} false {cells[0]:<18} found {cells[1]}"
    yield f"  the last of them, checked every week of a quarter, both measures: false {_percent(plain.share('any week of the quarter'))}"


def _percent(share: Share) -> str:
    return f"{100 * share[0] / share[1]:.1f} %" if share[1] else "-"


if __name__ == "__main__":
    main()
