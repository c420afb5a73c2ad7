"""`make bench-day`: the API calls of a whole day, by the stand-in org's own journal.

    python -m bench.day [--users 1000] [--seed 1] [--json FILE]

Invents a company and lives one day of it: the first night, which writes everything, and one that
finds nothing changed; a look at deals every quarter of an hour; as many wins as the company has on a
working day, of which the big ones ring the doorbell; the four looks for the weekly
digest on the day on which everybody gets theirs; the deletion of what is too old. Jobs and their keys
are those of the clock process; the hours of the digest come from here instead of being waited for, and
looks overlap by seconds, as the quarters of an hour between them take seconds: else the loading of the
org, a mass update of minutes ago, would be within the overlap of each.
Ends with 1 where the day of either night takes more than 200 calls.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import requests
import structlog

from bench.run import say
from jobs import clock, digest
from jobs.deal_look import run_deal_look
from jobs.deals import watch
from jobs.purge import run_purge
from service.demo.road import Road

if TYPE_CHECKING:
    from collections.abc import Callable

#: Calls that a whole day of 1,000 people may take.
MOST = 200
QUARTER = timedelta(minutes=15)
WORKING_DAYS = 20
BIG = 100_000
_PATH = "/services/data/v66.0"
_DIGESTS = {"BELLWETHER_PUBLIC_URL": "https://bellwether.example", "BELLWETHER_LINK_SECRET": "k" * 40}  # fmt: skip


@dataclass
class Day:
    """The org, and what each part of the day cost."""

    road: Road
    calls: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._web = requests.Session()
        self._web.trust_env, self._web.verify = False, self.road.org.ca_file
        self._web.headers["Authorization"] = f"Bearer {self.road.org.admin['session_id']}"

    def counted(self, part: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Do something and note what the org's journal says that it cost."""
        before = self._journal()
        result = work()
        self.calls[part] += self._journal() - before
        self.done[part] += 1
        return result

    def _journal(self) -> int:
        url = f"{self.road.org.cli_url}/_localorg/counts"
        return int(self._web.get(url, timeout=30).json()["api_calls"])

    def soql(self, question: str) -> list[dict[str, Any]]:
        """Ask as the administrator; not counted, because no part of the day is under way."""
        answer = self._web.get(f"{self._api}/query", params={"q": question}, timeout=60)
        answer.raise_for_status()
        return list(answer.json()["records"])

    def win(self, opportunity_id: str) -> None:
        """Somebody wins a deal in the org."""
        said = {"StageName": "Closed Won", "CloseDate": self.road.as_of.isoformat()}
        url = f"{self._api}/sobjects/Opportunity/{opportunity_id}"
        self._web.patch(url, json=said, timeout=60).raise_for_status()

    @property
    def _api(self) -> str:
        return f"{self.road.org.api_url}{_PATH}"


def live(day: Day, dice: random.Random) -> None:
    """Everything between two nights."""
    org_id, midnight = day.road.org.org_id, datetime.combine(day.road.as_of, time(), UTC)
    wins = wins_of_a_day(day, dice)
    looked: set[str] = set()
    for quarter in range(96):
        at = midnight + quarter * QUARTER
        day.counted("looks at deals", lambda: _plain(run_deal_look(org_id, clock.run_key(at))))  # noqa: B023 - called at once
        for number, deal in enumerate(wins.get(quarter, ())):
            day.win(deal.id)
            if not deal.rings:
                continue
            key = f"ring-{quarter}-{number}"
            day.counted("doorbell", lambda: _plain(run_deal_look(org_id, key)))  # noqa: B023 - called at once
        key = clock.digest_key(at)
        if key not in looked:
            looked.add(key)
            with patch.object(digest, "_now", return_value=at):
                day.counted("digests", lambda: _plain(digest.run_digest(org_id, key)))  # noqa: B023 - called at once
    day.counted("deletion", lambda: _plain(run_purge(org_id, clock.purge_key(midnight))))


@dataclass(frozen=True)
class Win:
    """An opportunity that is won, and whether the org's flow rings for its amount."""

    id: str
    rings: bool


def wins_of_a_day(day: Day, dice: random.Random) -> dict[int, list[Win]]:
    """By quarter of an hour, open opportunities to be won: as many as on a working day of the data."""
    since = (day.road.as_of - timedelta(days=28)).isoformat()
    found: dict[int, list[Win]] = {}
    big = _big(day)
    for rings, size in ((True, big), (False, f"(NOT {big})")):
        (won,) = day.soql(
            f"SELECT COUNT(Id) n FROM Opportunity WHERE IsWon = true AND CloseDate > {since} AND {size}"
        )
        a_day = -(-int(won["n"]) // WORKING_DAYS)
        rows = day.soql(
            f"SELECT Id FROM Opportunity WHERE IsClosed = false AND {size} ORDER BY Id LIMIT {a_day}"
        )
        day.done["wins that ring" if rings else "wins that do not"] = len(rows)
        for row in rows:
            found.setdefault(dice.randrange(96), []).append(Win(str(row["Id"]), rings))
    return found


def _big(day: Day) -> str:
    """What the flow rings for: the rule's amount, in each currency of the company."""
    try:
        rates = day.soql("SELECT IsoCode, ConversionRate FROM CurrencyType")
    except requests.HTTPError:  # an org with one currency has no such object
        return f"(Amount >= {BIG})"
    ways = (
        f"(CurrencyIsoCode = '{one['IsoCode']}' AND Amount >= {BIG * one['ConversionRate']:.0f})"
        for one in rates
    )
    return f"({' OR '.join(ways)})"


def _plain(result: object) -> dict[str, Any]:
    if not isinstance(result, dict) or result["status"] != "Finished":
        raise SystemExit(f"A job did not finish: {result}")
    return result


def figures(day: Day) -> dict[str, Any]:
    """What was counted."""
    (posts,) = day.soql("SELECT COUNT(Id) n FROM Big_Deal_Alert__c WHERE Status__c = 'Announced'")
    (sent,) = day.soql("SELECT COUNT(Id) n FROM Adoption_Digest__c WHERE Status__c = 'Sent'")
    parts = ("looks at deals", "doorbell")
    # The deletion is Saturday's, on which hardly a digest is due: a day has the dearer of the two.
    between = sum(day.calls[part] for part in parts) + max(
        day.calls["digests"], day.calls["deletion"]
    )
    return {
        "users": day.road.users,
        "calls": dict(day.calls),
        "done": dict(day.done),
        "announced": posts["n"],
        "digests": sent["n"],
        "first_day": day.calls["first night"] + between,
        "usual_day": day.calls["usual night"] + between,
    }


def main() -> int:
    """Live it, print, and give the exit code."""
    options = argparse.ArgumentParser("python -m bench.day", description=__doc__.splitlines()[0])
    options.add_argument("--users", type=int, default=1000, help="subscriptions (1000)")
    options.add_argument("--seed", type=int, default=1, help="of the moments of the wins (1)")
    options.add_argument("--json", type=Path, help="write the figures here too")
    chosen = options.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with (
        tempfile.TemporaryDirectory(prefix="bellwether-day-") as name,
        Road(Path(name) / "day", users=chosen.users) as road,
    ):
        day = Day(road)
        day.counted("first night", lambda: road.run_night("day-1"))
        day.counted("usual night", lambda: road.run_night("day-2"))
        with (
            patch.dict(os.environ, {**road.environment, **_DIGESTS}),
            patch.object(watch, "OVERLAP", timedelta(seconds=15)),
        ):
            live(day, random.Random(chosen.seed))  # noqa: S311 - moments, no secrets
        found = figures(day)
    for part, calls in found["calls"].items():
        say(f"{part:15} {calls:4} calls, {found['done'][part]} times")
    say(
        f"{found['announced']} big deals announced, {found['digests']} digests sent, "
        f"{sum(count for what, count in found['done'].items() if what.startswith('wins'))} wins. "
        f"A day with the first night: {found['first_day']} calls, with a usual night: "
        f"{found['usual_day']} (at most {MOST})."
    )
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=2) + "\n")
    return int(max(found["first_day"], found["usual_day"]) > MOST)


if __name__ == "__main__":
    sys.exit(main())
