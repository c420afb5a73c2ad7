"""What it takes for an exception to open, by several rules: how often false, how often found.

    python -m bench.openings [--reps 200000] [--seed 1]

Draws reps as the specification of the evidence rule does (see `bench.invented_reps`), for 13 weekly
checks of calls and meetings, all at once with numpy and without the product's code: the table of
docs/decisions/0045-half-way-between.md. *False*: opened for somebody who truly meets both minimums;
*found*: for a measure of which they truly do less than 85 %.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Flags = NDArray[Any]  #: a row a rep, a column a weekly check
    Totals = NDArray[Any]
    Rates = NDArray[Any]

CHECKS, WEEKS, DISPERSION = 13, 4, 20
MINIMUMS = {"calls": 25, "meetings": 10}
MEANS = {"calls": (31.5, 0.30), "meetings": (13.0, 0.35)}
AT_THE_LIMIT, CLEARLY_BELOW = 1.04, 0.85


def windows(random: np.random.Generator, rates: Rates) -> Totals:
    """The four-week totals at each check."""
    shape = (len(rates), CHECKS + WEEKS - 1)
    weekly = random.poisson(rates[:, None] * random.gamma(DISPERSION, 1 / DISPERSION, shape))
    sums = np.cumsum(np.pad(weekly, ((0, 0), (1, 0))), axis=1)
    return sums[:, WEEKS:] - sums[:, :-WEEKS]


def flagged(totals: Totals, minimum: int) -> Flags:
    """Whether each lies below the minimum by the evidence rule."""
    return totals + 1.28 * np.sqrt(totals) + 0.5 < WEEKS * minimum


def pairs(flags: Flags) -> Flags:
    """Whether the window that ends at each check from the fifth on, and the one before, are flagged."""
    return flags[:, WEEKS:] & flags[:, :-WEEKS]


def between(least: int) -> Callable[[Flags, Flags], Flags]:
    """So many of the three checks between the two were flagged as well."""
    return lambda flags, _: pairs(flags) & (sum(_at(flags, at) for at in (1, 2, 3)) >= least)


def _at(flags: Flags, after: int) -> Totals:
    return flags[:, after : after - WEEKS].astype(int)


def first_of_its_kind(flags: Flags, _: Flags) -> Flags:
    """The earlier one was not flagged the week before, or all were from the first check on."""
    begins = flags.copy()
    begins[:, 1:] &= ~flags[:, :-1]
    begins[:, 0] = flags[:, : WEEKS + 1].all(axis=1)
    return begins[:, :-WEEKS] & flags[:, WEEKS:]


def never_met(flags: Flags, is_short: Flags) -> Flags:
    """None of the three between them met the minimum."""
    return pairs(flags) & (sum(_at(is_short, at) for at in (1, 2, 3)) == WEEKS - 1)


RULES: dict[str, Callable[[Flags, Flags], Flags]] = {
    "two windows that do not overlap": lambda flags, _: pairs(flags),
    "and the first was the first flag of its kind": first_of_its_kind,
    "and none between met the minimum": never_met,
    "and one of three between was flagged": between(1),
    "and the one half-way was flagged": lambda flags, _: pairs(flags) & (_at(flags, 2) > 0),
    "and all three between were flagged": between(3),
}  # fmt: skip


def main() -> None:
    """Print a line for each rule."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reps", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    random = np.random.default_rng(chosen.seed)
    rates: dict[str, Rates] = {}
    flags: dict[str, Flags] = {}
    short: dict[str, Flags] = {}
    for name, (mean, spread) in MEANS.items():
        rates[name] = random.gamma(spread**-2, mean * spread**2, chosen.reps)
        totals = windows(random, rates[name])
        flags[name] = flagged(totals, MINIMUMS[name])
        short[name] = totals < WEEKS * MINIMUMS[name]
    calls = MINIMUMS["calls"]
    near = windows(random, np.full(chosen.reps, AT_THE_LIMIT * calls))
    is_met = np.all([rates[name] >= least for name, least in MINIMUMS.items()], axis=0)
    below = {name: rates[name] < CLEARLY_BELOW * least for name, least in MINIMUMS.items()}
    for label, rule in RULES.items():
        opened: dict[str, Flags] = {
            name: np.any(rule(flags[name], short[name]), axis=1) for name in MINIMUMS
        }
        false = np.any(list(opened.values()), axis=0)[is_met].mean()
        found = sum(opened[name][below[name]].sum() for name in MINIMUMS)
        of = sum(one.sum() for one in below.values())
        at_limit = rule(flagged(near, calls), near < WEEKS * calls).any(axis=1).mean()
        print(  # noqa: T201 - a bench prints
            f"{label:<46} false {false:6.1%}  found {found / of:6.1%}  false at {AT_THE_LIMIT} {at_limit:6.1%}"
        )


if __name__ == "__main__":
    main()
