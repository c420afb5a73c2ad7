"""What the doctor says: one thing that was looked at, and what to do. An admin's panel shows it, too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Level: TypeAlias = Literal["ok", "warning", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `what` is one sentence, `remedy` says what to do next."""

    check: str
    level: Level
    what: str
    remedy: str = ""

    def as_dict(self) -> dict[str, str]:
        """Give it as plain data."""
        return {
            "check": self.check,
            "level": self.level,
            "what": self.what,
            "remedy": self.remedy,
        }


def good(check: str, what: str) -> Finding:
    """Give what was found in order."""
    return Finding(check, "ok", what)


def doubtful(check: str, what: str, remedy: str) -> Finding:
    """Give what works, and will not do so for ever."""
    return Finding(check, "warning", what, remedy)


def wrong(check: str, what: str, remedy: str = "") -> Finding:
    """Give what does not work."""
    return Finding(check, "failed", what, remedy)


def unseen(check: str, why: str) -> Finding:
    """Give what could not be looked at."""
    return Finding(check, "skipped", why)
