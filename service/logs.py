"""Logs as events with fields, one JSON object a line, from which secrets are dropped.

`org_id` and `run_key` are on every event of a run. Nothing that was read from a record is ever
logged, only ids, counts and Salesforce's own error texts.
"""

from __future__ import annotations

import logging
import re
import sys
from typing import TYPE_CHECKING, Any, TextIO

import structlog

if TYPE_CHECKING:
    from collections.abc import MutableMapping

REMOVED = "[removed]"
_SECRET_KEY = re.compile(
    r"token|secret|password|assertion|authorization|session_?id|private_?key|consumer_?key"
    r"|signed_request|cookie",
    re.IGNORECASE,
)
#: An access token (organization id, "!", the rest), a refresh token, a JWT, a password in a URL,
#: a PEM block, a bearer header. Repeats are bounded or start once, so that a hostile text
#: cannot make a line cost more than about its length.
_SECRET_TEXT = re.compile(
    r"00D\w{12,15}(?:!|%21)\S+"
    r"|\b5Aep\S+"
    r"|eyJ[\w-]{1,500}\.[\w-]+\.[\w-]*"
    r"|(?<=://)[^\s/@:]*:[^\s/@]*(?=@)"
    r"|-----BEGIN [A-Z ]+-----.*?(?:-----END [A-Z ]+-----|$)"
    r"|[Bb]earer\s+\S+",
    re.DOTALL,
)


def drop_secrets(
    _logger: object, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Replace what is secret by its key or by its look, at any depth. A structlog processor."""
    return {
        str(key): REMOVED if _SECRET_KEY.search(str(key)) else _scrubbed(value)
        for key, value in event.items()
    }


def _scrubbed(value: object) -> object:
    if isinstance(value, str):
        return _SECRET_TEXT.sub(REMOVED, value)
    if isinstance(value, dict):
        return drop_secrets(None, "", value)
    if isinstance(value, (list, tuple)):
        return [_scrubbed(item) for item in value]
    if value is None or isinstance(value, (int, float)):
        return value
    return _SECRET_TEXT.sub(REMOVED, repr(value))  # as the renderer would show it


def configure(stream: TextIO | None = None) -> None:
    """Send every log, ours and the libraries', to `stream` as JSON without secrets.

    Standard error when None. Calling it again replaces what was there.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                drop_secrets,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("rq").setLevel(logging.WARNING)
    logging.getLogger("rq.worker").setLevel(logging.WARNING)
