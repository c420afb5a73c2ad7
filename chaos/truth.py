"""What the org must hold in the end, asked as its administrator and counted without the product."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.jobs.live_org import ANA, RAJ

if TYPE_CHECKING:
    import random

    from tests.jobs.live_org import LiveOrg

BIG = 100_000
_LINK = re.compile(r"/Opportunity/(006\w{15})/view")
CLOSED = {"Finished", "Failed", "Stopped"}


@dataclass
class Found:
    """What is wrong in the org, by kind; empty when all is well."""

    lost: list[str] = field(default_factory=list)
    double: list[str] = field(default_factory=list)
    stray: list[str] = field(default_factory=list)
    told_twice: list[str] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any(vars(self).values())

    def __str__(self) -> str:
        named = vars(self).items()
        return "; ".join(f"{what}: {', '.join(names[:3])}" for what, names in named if names)


class Deals:
    """The opportunities that were won for this, and those of them that are due."""

    def __init__(self, org: LiveOrg, rng: random.Random) -> None:
        self._org, self._rng = org, rng
        self._made = 0
        self.due: dict[str, str] = {}  #: name by id, of those that are big

    def win(self, count: int, *, big: bool = True) -> list[str]:
        """Win so many deals, as people do; gives their ids."""
        return [self._win(big=big) for _ in range(count)]

    def _win(self, *, big: bool) -> str:
        self._made += 1
        name = f"Chaos {self._made:05}."
        amount = self._rng.randint(BIG, 9 * BIG) if big else self._rng.randint(1, BIG - 1)
        yesterday = (datetime.now(UTC) - timedelta(days=1)).date()
        made = self._org.post("/sobjects/Opportunity", {
            "Name": name, "OwnerId": self._rng.choice((ANA, RAJ)), "StageName": "Closed Won",
            "Amount": amount, "CloseDate": yesterday.isoformat(),
        })  # fmt: skip
        if big:
            self.due[made["id"]] = name
        return str(made["id"])

    def check(self, needed_runs: set[str]) -> Found:
        """Compare the org's posts, claims, bells, mails and run records with what is due."""
        found = Found()
        posts = self._org.soql("SELECT Id, Body FROM FeedItem")
        claims = self._org.soql("SELECT Alert_Key__c, Status__c, Post_Id__c FROM Big_Deal_Alert__c")
        self._check_posts(posts, claims, found)
        self._check_told(found)
        _check_runs(self._org, needed_runs, found)
        return found

    def _check_posts(self, posts: list[Any], claims: list[Any], found: Found) -> None:
        posted = Counter(at for row in posts for at in _LINK.findall(row["Body"]))
        announced = [row for row in claims if row["Status__c"] == "Announced"]
        claimed = {row["Alert_Key__c"].partition(":")[0] for row in announced}
        found.lost = [self.due[one] for one in self.due if not posted[one] or one not in claimed]
        found.double = [self.due.get(one, one) for one, times in posted.items() if times > 1]
        found.stray = [one for one in posted if one not in self.due]
        known = {row["Id"] for row in posts}
        found.stray += [r["Alert_Key__c"] for r in announced if r["Post_Id__c"] not in known]

    def _check_told(self, found: Found) -> None:
        told: Counter[tuple[str, str]] = Counter()
        for entry in self._org.control("GET", "outbox")["entries"]:
            names = set(re.findall(r"Chaos \d{5}\.", json.dumps(entry)))
            told.update((entry["action"], name) for name in names)
        found.told_twice = [f"{name} by {how}" for (how, name), times in told.items() if times > 1]


def _check_runs(org: LiveOrg, needed: set[str], found: Found) -> None:
    rows = org.soql("SELECT Run_Key__c, Status__c, Finished_At__c FROM Adoption_Run__c")
    found.runs = [
        f"{row['Run_Key__c']} is open"
        for row in rows
        if row["Status__c"] not in CLOSED or not row["Finished_At__c"]
    ]
    times = Counter(row["Run_Key__c"] for row in rows)
    found.runs += [f"{key} has {n} records" for key, n in times.items() if n > 1]
    found.runs += [f"{key} has no record" for key in sorted(needed - set(times))]
