"""Old weekly scores: the figures of everybody stay, as one record a week, and the persons' go."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from service.facts.facts import AGGREGATE_LEAST
from service.facts.groups import is_few
from service.salesforce.fields import AdoptionSnapshot as Snapshot
from service.salesforce.fields import AdoptionTeam as Team
from service.salesforce.soql import quoted
from service.scoring.teams import spread
from service.weeks import week_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.salesforce.errors import SalesforceError
    from service.salesforce.gateway import Gateway

Row = dict[str, Any]
KIND = "Week"
#: Weeks of one run, so that a first one stays small; there is one more each week.
MOST_WEEKS = 4
_WORDS = {
    "On track": Team.ON_TRACK, "Building": Team.BUILDING, "Needs help": Team.NEEDS_HELP,
    "Not scored": Team.NOT_SCORED,
}  # fmt: skip


@dataclass
class Purged:
    """What a run deleted and wrote."""

    deleted: int = 0
    written: int = 0
    refused: int = 0
    is_behind: bool = False  #: there was more than one run takes
    told: list[str] = field(default_factory=list)  #: for the record, a line for each object

    def add(
        self, object_name: str, deleted: int, which: str, refused: Sequence[SalesforceError]
    ) -> None:
        """Count what became of the records of an object that were due."""
        self.deleted += deleted
        self.refused += len(refused)
        if deleted:
            self.told.append(f"{object_name}: {deleted:,} deleted {which}")
        if refused:
            self.told.append(f"{object_name}: {len(refused):,} not deleted. {refused[0]}")

    def leave(self, object_name: str, most: int) -> None:
        """Say that there was as much as one run takes, so that more may be due."""
        self.is_behind = True
        self.told.append(
            f"{object_name}: one run takes {most:,}, and there were as many. What is left goes on"
            " Saturday; to have it gone now, run bellwether purge until it says Finished."
        )


def purge_weeks(gateway: Gateway, before: date, as_of: str) -> Purged:
    """Turn at most MOST_WEEKS weeks into figures, the oldest first. `as_of` is the time of writing."""
    done = Purged()
    weeks = _weeks(gateway, before)
    kept = _kept(gateway, weeks[:MOST_WEEKS])
    for monday in weeks[:MOST_WEEKS]:
        rows = list(gateway.query(_of_week(monday)))
        if key_of(monday) not in kept:
            (outcome,) = gateway.upsert(Team.OBJECT, Team.KEY, [figures(monday, rows, as_of)])
            if outcome.error:
                raise outcome.error  # nothing of a week goes before its figures stand
            done.written += 1
        outcomes = gateway.delete([str(row["Id"]) for row in rows])
        refused = [one.error for one in outcomes if one.error]
        which = f"of the week of {monday.isoformat()}"
        done.add(Snapshot.OBJECT, len(outcomes) - len(refused), which, refused)
    if len(weeks) > MOST_WEEKS:
        done.told.append(f"{len(weeks) - MOST_WEEKS} older weeks are left to the next runs.")
    return done


def key_of(monday: date) -> str:
    """What there is one record for: a week."""
    return f"{KIND}:{week_of(monday)}"


def figures(monday: date, rows: Sequence[Row], as_of: str) -> Row:
    """The group of everybody who had a row in a week; no figure that tells of fewer than ten."""
    values = [row[Snapshot.SCORE] for row in rows if row[Snapshot.SCORE] is not None]
    found = spread(values, AGGREGATE_LEAST)
    words = Counter(row[Snapshot.WORD] for row in rows)
    hides = found is None or any(is_few(words[word], AGGREGATE_LEAST) for word in _WORDS)
    versions = sorted({str(row[Snapshot.RULE_VERSION]) for row in rows})
    return {
        Team.KEY: key_of(monday),
        Team.NAME: f"Week of {monday.isoformat()}",
        Team.KIND: KIND,
        Team.PEOPLE: len(rows),
        Team.SCORED: len(values) if found else None,
        Team.SCORED_SHARE: round(100 * len(values) / len(rows)) if found else None,
        Team.MEDIAN: found and found.median,
        Team.LOW_QUARTILE: found and found.low,
        Team.HIGH_QUARTILE: found and found.high,
        **{name: None if hides else words[word] for word, name in _WORDS.items()},
        Team.RULE_VERSION: versions[-1] if versions else None,
        Team.AS_OF: as_of,
    }


def _weeks(gateway: Gateway, before: date) -> list[date]:
    rows = gateway.query(
        f"SELECT {Snapshot.WEEK_BEGINS} FROM {Snapshot.OBJECT} "  # noqa: S608 - constants and a day
        f"WHERE {Snapshot.WEEK_BEGINS} < {before.isoformat()} GROUP BY {Snapshot.WEEK_BEGINS}"
    )
    return sorted(date.fromisoformat(str(row[Snapshot.WEEK_BEGINS])) for row in rows)


def _kept(gateway: Gateway, weeks: Sequence[date]) -> set[str]:
    """Weeks whose figures stand already: from a run that died before it was done with them."""
    if not weeks:
        return set()
    keys = ", ".join(quoted(key_of(monday)) for monday in weeks)
    soql = f"SELECT {Team.KEY} FROM {Team.OBJECT} WHERE {Team.KEY} IN ({keys})"  # noqa: S608 - quoted
    return {str(row[Team.KEY]) for row in gateway.query(soql)}


def _of_week(monday: date) -> str:
    names = (Snapshot.SCORE, Snapshot.WORD, Snapshot.RULE_VERSION)
    return (
        f"SELECT Id, {', '.join(names)} FROM {Snapshot.OBJECT} "  # noqa: S608 - constants and a day
        f"WHERE {Snapshot.WEEK_BEGINS} = {monday.isoformat()} ORDER BY Id"
    )
