"""Static files under names that carry their content, cached for a year; and the style of every page.

Scripts are files, because they wait until a page is read. The style stands in the page: a file would
be one more round trip before anything is painted.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, abort, send_from_directory

from service.looks import TOKENS

FOLDER: Final = Path(__file__).parent / "static"
STYLE: Final = Path(__file__).with_name("panel.css")
_YEAR_SECONDS: Final = 31_536_000
_DIGEST_LENGTH: Final = 16
_NOT_NEEDED: Final = re.compile(r"/\*.*?\*/|^\s+|\n", re.DOTALL | re.MULTILINE)


def digests(folder: Path = FOLDER) -> dict[str, str]:
    """Name to the start of its SHA-256, for every file in the folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[
            :_DIGEST_LENGTH
        ]
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def style() -> str:
    """The whole style without comments and line breaks; no text of it could end its element."""
    return "".join(_NOT_NEEDED.sub("", path.read_text("utf-8")) for path in (TOKENS, STYLE))


def create_assets(known: dict[str, str]) -> Blueprint:
    """Serves `/assets/<digest>/<name>`, for exactly the names and contents that are known."""
    assets = Blueprint("assets", __name__)

    @assets.get("/assets/<digest>/<path:name>")
    def asset(digest: str, name: str) -> Response:
        if known.get(name) != digest:
            abort(404)
        response = send_from_directory(FOLDER, name, max_age=_YEAR_SECONDS)
        response.headers["Cache-Control"] = f"public, max-age={_YEAR_SECONDS}, immutable"
        return response

    return assets
