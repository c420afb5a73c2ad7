"""Answers are sent packed where the browser takes that: Heroku's router packs nothing.

https://devcenter.heroku.com/articles/compressing-http-messages-with-gzip
What gives access (tokens, tickets) is new in each page, and a page comes only to a request that the
org signed: nobody can have many made whose lengths would tell what is in them.
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import request

if TYPE_CHECKING:
    from flask import Flask, Response

#: A shorter answer fits one packet either way.
_LEAST: Final = 1_200
#: A part of a file, say, is counted in bytes of the file as it is.
_WHOLE: Final = HTTPStatus.OK
#: A page takes about a millisecond; a higher level saves next to nothing and takes twice as long.
_LEVEL: Final = 5
_TEXTS: Final = frozenset(
    {"text/html", "text/javascript", "application/javascript", "application/json", "image/svg+xml"}
)


def install_packing(app: Flask) -> None:
    """Pack texts of every answer."""

    @app.after_request
    def pack(response: Response) -> Response:
        if response.mimetype not in _TEXTS or "Content-Encoding" in response.headers:
            return response
        response.vary.add("Accept-Encoding")
        if not request.accept_encodings["gzip"] or response.status_code != _WHOLE:
            return response
        is_file = response.direct_passthrough
        response.direct_passthrough = False
        whole = response.get_data()
        if len(whole) >= _LEAST:
            response.set_data(_file(whole) if is_file else gzip.compress(whole, _LEVEL, mtime=0))
            response.headers["Content-Encoding"] = "gzip"
            response.headers.pop("ETag", None)  # it is that of the file as it is
        return response


@lru_cache(maxsize=64)
def _file(whole: bytes) -> bytes:
    """A file is packed once."""
    return gzip.compress(whole, 9, mtime=0)
