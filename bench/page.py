"""How large the report's page is and how long its files take: python -m bench.page [--people 1000 10000].

A company of a thousand is invented and scored once; larger ones are copies of it beside each other,
because only the writing is measured. CPU seconds, which a busy machine stretches less than the clock.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from service.facts.teams import hierarchy
from service.report.facts import Options
from service.report.gather import Stopwatch, gather
from service.report.page import render
from service.report.watching import Unwatched
from service.report.write import files_of
from service.sample import write_sample

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from service.facts.facts import Member
    from service.report.facts import ReportFacts

    T = TypeVar("T")

AS_OF = date(2026, 11, 20)
_COMPANY = 1000


def company(folder: Path) -> ReportFacts:
    """The company of a thousand, read and scored."""
    sample = write_sample(folder / "sample.zip", people=_COMPANY, as_of=AS_OF)
    options = Options(exports=(sample.path,), out=folder / "out", aggregate_only=False)
    return gather(options, folder / "work", Stopwatch(), Unwatched())


def beside_each_other(facts: ReportFacts, people: int) -> ReportFacts:
    """So many times the same company, each with ids of its own."""
    copies = range(max(1, people // _COMPANY))
    return replace(facts, members=tuple(_copy(one, at) for at in copies for one in facts.members))


def _copy(member: Member, at: int) -> Member:
    def own(user_id: str | None) -> str | None:
        return user_id and f"{user_id[:6]}{at:03d}{user_id[9:]}"

    user_id = own(member.user.user_id) or ""
    user = replace(member.user, user_id=user_id, manager_id=own(member.user.manager_id))
    return replace(member, user=user, score=member.score and replace(member.score, user_id=user_id))


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """CPU seconds, and what came of it."""
    begun = time.process_time()
    result = work()
    return time.process_time() - begun, result


def main() -> None:
    """Print one line for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, nargs="+", default=[1000, 10_000])
    sizes = parser.parse_args().people
    with tempfile.TemporaryDirectory(prefix="bench-page-") as folder:
        facts = company(Path(folder))
    sys.stdout.write("  people    page MB   page s   all files s   all files MB\n")
    for people in sizes:
        whole = beside_each_other(facts, people)
        page_s, page = timed(lambda: render(whole, hierarchy(whole)))  # noqa: B023 - called at once
        all_s, files = timed(lambda: files_of(whole))  # noqa: B023
        total = sum(map(len, files.values())) / 1e6
        sys.stdout.write(
            f"{len(whole.people):8,} {len(page.encode()) / 1e6:10.2f} {page_s:8.2f} {all_s:13.2f} "
            f"{total:14.2f}\n"
        )


if __name__ == "__main__":
    main()
