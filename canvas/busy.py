"""How much one viewer, and one org, may ask of the panel in a minute.

A page costs the org one API call and an act up to four, and its day has a number of them: a page
that loads itself in a loop, or a script with somebody's token, must not spend it. The counts are
far beyond what people do.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from time import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from canvas.panel_token import Store

_MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class Most:
    """As many a minute."""

    name: str
    of_viewer: int
    of_org: int


ACTS: Final = Most("acts", 20, 300)
#: Of one address, which a whole office may share, and of all. Anybody may knock at that door: one
#: who does it in a loop must not close it to the others.
APPROVALS: Final = Most("approvals", 20, 600)
PAGES: Final = Most("pages", 300, 6_000)


def is_busy(store: Store, most: Most, user_id: str, org_id: str) -> bool:
    """Count one more, and say whether it is too often in this minute. Raises RedisError."""
    # The minute is in the name: a count that outlives its end by an accident counts nothing more.
    minute = str(int(time()) // _MINUTE)
    if _count(store, name_of(most.name, user_id, minute)) > most.of_viewer:
        return True  # and spends nothing of the others': one in a loop must not stop everybody
    return _count(store, name_of(most.name, org_id, minute)) > most.of_org


def _count(store: Store, name: str) -> int:
    store.set(name, b"0", 2 * _MINUTE, nx=True)
    return store.incr(name)


def name_of(*parts: str) -> str:
    """A name in the store that tells nothing of its parts."""
    return f"bellwether:panel:{hashlib.sha256(':'.join(parts).encode()).hexdigest()}"
