"""Whether TLS with the org was refused for good, or only cut off on the way."""

from __future__ import annotations

import ssl

from requests.exceptions import SSLError

_CUT_OFF = (ssl.SSLEOFError, ssl.SSLZeroReturnError)


def is_untrusted(error: Exception) -> bool:
    """Say whether a person must act: a certificate that is not trusted, or no TLS at all there.

    A restart or a proxy that closes the connection in the middle looks like an SSL error too,
    but it passes by itself, and it does not prove that nothing was sent.
    """
    return isinstance(error, SSLError) and not isinstance(_cause(error), _CUT_OFF)


def _cause(error: SSLError) -> object:
    """Unwrap what requests and urllib3 put around the error of the standard library."""
    wrapped = error.args[0] if error.args else None
    reason = getattr(wrapped, "reason", wrapped)
    inner = getattr(reason, "args", ())
    return inner[0] if inner and isinstance(inner[0], ssl.SSLError) else reason
