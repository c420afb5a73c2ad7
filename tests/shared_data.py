"""Where the trial data lies, for the tests that use it. Users do not have it: those tests skip, loudly."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def shared_path(name: str) -> Path:
    """The path of `name` under the trial data folder; skips the calling test when it is absent."""
    folder = Path(os.environ.get("BELLWETHER_SHARED", ROOT.parent / "shared"))
    path = folder / name
    if not path.exists():
        pytest.skip(
            f"TRIAL DATA ABSENT: {name} (looked beside the checkout); this proof did not run"
        )
    return path
