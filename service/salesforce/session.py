"""The HTTP session to an org: always a time-out, one trust store, no proxies, one tally.

`requests` sends no time-out by itself, and the environment (REQUESTS_CA_BUNDLE, HTTPS_PROXY,
.netrc) silently overrides a session's settings; both end here.
Source: https://requests.readthedocs.io/en/latest/user/advanced/
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import requests
import urllib3

from service.packed import PackedError, packed, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONNECT_SECONDS = 10.0
#: Longest reply that is read, unpacked. A page of 2,000 rows of ours and the describe of a large
#: object are a few MB; a gzip reply of 300 kB can unpack to a worker's whole memory.
MOST_BYTES = 32_000_000
_CHUNK_BYTES = 65_536
#: Of a stream: the org may need longer to begin a page of a large result than to answer a call.
STREAM_SECONDS = 120.0
_USAGE = re.compile(r"(?:^|[;,\s])api-usage=(\d+)/(\d+)")
#: Every call below a version counts against the org's allocation; the version list does not.
_COUNTED = re.compile(r"^https://[^/]+/services/data/v\d+\.\d+/")


class ReplyTooLargeError(requests.exceptions.RequestException):
    """The reply is longer than any that we ask for; the rest of it was not read."""


@dataclass
class Tally:
    """What was spent: calls that were sent, and the org's own figure from the last reply."""

    api_calls: int = 0
    limit: tuple[int, int] | None = None  #: (used, maximum) of the rolling 24 hours
    about: str = "other"  #: the object that the next call is about
    by_object: Counter[str] = field(default_factory=Counter)  #: calls by what they were about


def parse_limit(header: str | None) -> tuple[int, int] | None:
    """Read `api-usage` out of Sforce-Limit-Info wherever it stands; None when it is not there.

    Newer orgs append `; api-bursts=…` and `; per-app-api-usage=…`.
    Source: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_api_usage.htm
    """
    found = _USAGE.search(header or "")
    return (int(found[1]), int(found[2])) if found else None


class OrgSession(requests.Session):
    """A session that never waits for ever and never trusts the environment."""

    def __init__(self, *, timeout_seconds: float, ca_file: Path | None, tally: Tally) -> None:
        super().__init__()
        self.trust_env = False
        self.tally = tally
        self._timeout = (min(CONNECT_SECONDS, timeout_seconds), timeout_seconds)
        self._verify: str | bool = str(ca_file) if ca_file else True
        self.headers["User-Agent"] = "Bellwether"

    def request(  # type: ignore[override]  # fewer ways to call it
        self,
        method: str,
        url: str,
        **options: Any,  # noqa: ANN401 - requests' own options
    ) -> requests.Response:
        """Send with our time-out and trust store, whatever the caller asked; never follow.

        A redirect is never followed, because it would carry the token to another host.
        """
        return whole(self._send(method, url, self._timeout, options))

    def open(self, url: str, headers: dict[str, str]) -> requests.Response:
        """GET without reading the body: read it with `packed_body`, `chunks` or `whole`, and close it."""
        connect, read = self._timeout
        timeout = (connect, max(read, STREAM_SECONDS))
        return self._send("GET", url, timeout, {"headers": headers})

    def _send(
        self, method: str, url: str, timeout: tuple[float, float], options: dict[str, Any]
    ) -> requests.Response:
        ours = {"timeout": timeout, "verify": self._verify, "allow_redirects": False}
        if _COUNTED.match(url):
            self.tally.api_calls += 1
            self.tally.by_object[self.tally.about] += 1
        reply = super().request(method, url, **{**options, **ours, "stream": True})
        self.tally.limit = parse_limit(reply.headers.get("Sforce-Limit-Info")) or self.tally.limit
        return reply


def packed_body(reply: requests.Response, most_bytes: int) -> Iterator[bytes]:
    """Give the body packed with gzip, a chunk at a time: as it came, or packed here.

    Raises ReplyTooLargeError beyond most_bytes of what comes.
    """
    if _is_packed(reply):
        return at_most(most_bytes, _as_it_came(reply))
    return packed(at_most(most_bytes, reply.iter_content(_CHUNK_BYTES)))


def chunks(reply: requests.Response, most_bytes: int) -> Iterator[bytes]:
    """Give the body unpacked, a chunk at a time; raises ReplyTooLargeError beyond most_bytes."""
    is_packed = _is_packed(reply)
    body = texts(_as_it_came(reply)) if is_packed else reply.iter_content(_CHUNK_BYTES)
    try:
        yield from at_most(most_bytes, body)
    except ReplyTooLargeError:
        reply.close()
        raise


def texts(body: Iterator[bytes]) -> Iterator[bytes]:
    """Unpack a packed body; raises as requests does with what it unpacks itself."""
    try:
        yield from unpacked(body)
    except PackedError as error:
        raise requests.exceptions.ContentDecodingError(error) from error


def at_most(most_bytes: int, found: Iterator[bytes]) -> Iterator[bytes]:
    """Pass chunks on; raises ReplyTooLargeError beyond most_bytes."""
    read = 0
    for chunk in found:
        read += len(chunk)
        if read > most_bytes:
            raise ReplyTooLargeError(f"more than {most_bytes:,} bytes")
        yield chunk


def _is_packed(reply: requests.Response) -> bool:
    return reply.headers.get("Content-Encoding", "").lower() == "gzip"


def _as_it_came(reply: requests.Response) -> Iterator[bytes]:
    """Raises as requests does with what it reads itself."""
    try:
        yield from reply.raw.stream(_CHUNK_BYTES, decode_content=False)
    except urllib3.exceptions.HTTPError as error:
        raise requests.exceptions.ChunkedEncodingError(error) from error


def whole(reply: requests.Response) -> requests.Response:
    """Read the body as requests does by itself, but no more of it than MOST_BYTES."""
    body = b"".join(chunks(reply, MOST_BYTES))
    reply._content = body  # noqa: SLF001 - where requests keeps what it has read
    return reply
