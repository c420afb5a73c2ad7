"""The headers of every answer: who may frame it, what it may load, that no one keeps it."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from flask import Flask, g, request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Response

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
#: The frame's opener must stay reachable for Salesforce's authorisation window, so the opener
#: policy isolates nothing: https://developer.mozilla.org/docs/Web/HTTP/Headers/Cross-Origin-Opener-Policy
_FIXED: Final = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "unsafe-none",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


#: One site of frame-ancestors. Anything more would let a setting write other parts of the policy.
_SITE: Final = re.compile(
    r"https?://(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::[0-9]{1,5})?|'self'",
    re.ASCII | re.IGNORECASE,
)


def unfit_ancestors(sites: Sequence[str]) -> list[str]:
    """Those that are no single site, in the order given: they must not reach the policy."""
    return [site for site in sites if not _SITE.fullmatch(site)]


def install_headers(app: Flask, frame_ancestors: Sequence[str]) -> None:
    """Give every answer its headers. No X-Frame-Options: it would blank the frame."""

    @app.before_request
    def new_nonce() -> None:
        g.nonce = secrets.token_urlsafe(16)

    @app.after_request
    def add(response: Response) -> Response:
        response.headers.update(_FIXED)
        response.headers["Content-Security-Policy"] = _policy(g.nonce, frame_ancestors)
        response.headers.setdefault("Cache-Control", "no-store")
        if request.is_secure and urlsplit(request.host_url).hostname not in _LOOPBACK:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response


def _policy(nonce: str, frame_ancestors: Sequence[str]) -> str:
    ancestors = " ".join(frame_ancestors) or "'none'"
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce}'",
            f"style-src 'nonce-{nonce}'",
            "img-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            f"frame-ancestors {ancestors}",
        )
    )
