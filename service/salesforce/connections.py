"""Connections to an org that one reader leaves for the next one.

A page that opens a connection of its own waits for three round trips: one to connect, one for TLS,
one for the answer. Only reads come through here: what is sent twice by mistake does no harm then.
Nothing of a reader stays behind: token and cookies are in the request and in the reader's session.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable

#: After so long without a request the kept ones are not trusted: something on the way may have
#: forgotten them without a word. Amazon's address translation does after 350 seconds:
#: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html
IDLE_SECONDS: Final = 45
_KEPT: Final = 16  #: as many as a web process has threads


class KeptConnections(HTTPAdapter):
    """Mount it in each reader's session; many threads may use it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(pool_maxsize=_KEPT)
        self._clock = clock
        self._used = clock()

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]  # noqa: ANN401 - requests' own options
        """Send on a kept connection; on a new one where the org hung up just then."""
        now = self._clock()
        if now - self._used > IDLE_SECONDS:
            self.poolmanager.clear()
        self._used = now
        try:
            return super().send(request, **options)
        except requests.exceptions.ConnectionError as error:
            if not isinstance(error.args[0] if error.args else None, ProtocolError):
                raise
            self.poolmanager.clear()
            return super().send(request, **options)
