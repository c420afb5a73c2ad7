"""Static files under names that carry their content: cached for a year, never stale."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, abort, send_from_directory

from service.looks import TOKENS

FOLDER: Final = Path(__file__).parent / "static"
#: Files of other folders that are served as if they were in this one.
SHARED: Final = {TOKENS.name: TOKENS}
_YEAR_SECONDS: Final = 31_536_000
_DIGEST_LENGTH: Final = 16


def digests(folder: Path = FOLDER) -> dict[str, str]:
    """Name to the start of its SHA-256, for every file in the folder and the shared ones."""
    own = {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()[:_DIGEST_LENGTH]
        for name, path in (own | SHARED).items()
    }


def create_assets(known: dict[str, str]) -> Blueprint:
    """Serves `/assets/<digest>/<name>`, for exactly the names and contents that are known."""
    assets = Blueprint("assets", __name__)

    @assets.get("/assets/<digest>/<path:name>")
    def asset(digest: str, name: str) -> Response:
        if known.get(name) != digest:
            abort(404)
        folder = SHARED[name].parent if name in SHARED else FOLDER
        response = send_from_directory(folder, name, max_age=_YEAR_SECONDS)
        response.headers["Cache-Control"] = f"public, max-age={_YEAR_SECONDS}, immutable"
        return response

    return assets
