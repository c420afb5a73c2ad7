"""How far the looks at won opportunities came: in Redis, and not missed when it is lost."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from jobs.deals.reach import Reach
from service.salesforce.times import moment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from redis import Redis

#: Rows appear up to so much later than their SystemModstamp says.
OVERLAP = timedelta(minutes=15)
STAMP = "SystemModstamp"


@dataclass(frozen=True)
class Watched:
    """What was seen of the won opportunities."""

    until: datetime  #: the newest SystemModstamp
    seen: Mapping[str, str]  #: SystemModstamp by id, of those within the overlap
    has_currencies: bool
    reach: Reach = field(default_factory=Reach)  #: what the rules looked for

    @property
    def since(self) -> datetime:
        """Where the next look begins."""
        return self.until - OVERLAP

    def fresh(self, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Give the rows that changed since they were seen."""
        return [row for row in rows if self.seen.get(str(row["Id"])) != row[STAMP]]

    def after(self, rows: Sequence[Mapping[str, Any]]) -> Watched:
        """Give what was seen after these rows, too."""
        until = max([self.until, *(moment(row[STAMP]) for row in rows)])
        stamps = {**self.seen, **{str(row["Id"]): str(row[STAMP]) for row in rows}}
        lately = {key: at for key, at in stamps.items() if moment(at) >= until - OVERLAP}
        return Watched(until, lately, self.has_currencies, self.reach)


class Watch:
    """The watermark of one org."""

    def __init__(self, connection: Redis, org_id: str) -> None:
        self._connection, self._key = connection, f"bellwether:{org_id[:15]}:deals"

    def read(self) -> Watched | None:
        """Give it; None when there is none, or none that can be read."""
        kept = self._connection.get(self._key)
        if kept is None:
            return None
        try:
            said = json.loads(kept)
            until = datetime.fromisoformat(said["until"])
            reach = Reach.from_data(said["reach"])
            seen, has_currencies = dict(said["seen"]), bool(said["has_currencies"])
            return Watched(until, seen, has_currencies, reach)
        except (ValueError, KeyError, TypeError):
            return None

    def keep(self, seen: Watched) -> None:
        """Keep it until the next look."""
        said = {
            "until": seen.until.isoformat(),
            "seen": dict(seen.seen),
            "has_currencies": seen.has_currencies,
            "reach": seen.reach.as_data(),
        }
        self._connection.set(self._key, json.dumps(said))
