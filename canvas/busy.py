"""How much one viewer, and one org, may ask of the panel in a minute."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from canvas.panel_token import Lent, Store

MOST_A_MINUTE: Final = 20
#: Of one org, whoever acts: an act costs up to four API calls, and the org's day has a number of them.
MOST_OF_AN_ORG: Final = 300


def is_busy(store: Store, lent: Lent) -> bool:
    """Whether this viewer, or the whole org, acted too often in this minute."""
    own, all_ = (_count(store, of) for of in (lent.user_id, lent.org_id))
    return own > MOST_A_MINUTE or all_ > MOST_OF_AN_ORG


def _count(store: Store, of: str) -> int:
    name = name_of("minute", of)
    store.set(name, b"0", 60, nx=True)  # first, so that no count is ever without an end
    return store.incr(name)


def name_of(*parts: str) -> str:
    """A name in the store that tells nothing of its parts."""
    return f"bellwether:panel:{hashlib.sha256(':'.join(parts).encode()).hexdigest()}"
