"""The panel's own web server in the demo, as a platform runs it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

from service.processes import Child, wait_until

if TYPE_CHECKING:
    from collections.abc import Mapping

_GUNICORN = Path(__file__).resolve().parent.parent / "gunicorn.py"


def start_panel(folder: Path, environment: Mapping[str, str]) -> Child:
    """Start it at the environment's PORT and wait until it is ready; its log goes to `folder`."""
    place = f"127.0.0.1:{environment['PORT']}"
    command = [
        sys.executable, "-m", "gunicorn", "--config", str(_GUNICORN), "--bind", place,
        "service.wsgi:app",
    ]  # fmt: skip
    panel = Child("the panel", command, folder / "panel.log", dict(environment))
    wait_until(
        lambda: _answers(f"http://{place}/readyz"),
        panel, seconds=30, what="the panel to be healthy",
    )  # fmt: skip
    return panel


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as reply:  # noqa: S310 - our own loopback address
            return bool(reply.status == 200)  # noqa: PLR2004 - HTTP's word for fine
    except (URLError, OSError):
        return False
