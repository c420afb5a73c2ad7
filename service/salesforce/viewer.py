"""The org with a viewer's own token: a few questions, one call, no retry, no renewal.

Salesforce applies the viewer's sharing and field security, so nothing here filters. The token
goes only to a host that the settings allow, whatever the signed request names.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urlsplit

from service.salesforce.errors import (
    AdminActionNeededError,
    AmbiguousOutcomeError,
    SalesforceError,
    TransientSalesforceError,
)
from service.salesforce.refusals import classify
from service.salesforce.session import OrgSession, Tally
from service.salesforce.together import read_together
from service.salesforce.transport import BASE, Request, Transport

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service.salesforce.connections import KeptConnections
    from service.settings import Settings

#: A screen waits for this; Heroku's router gives up after 30 seconds.
#: Source: https://devcenter.heroku.com/articles/request-timeout
MOST_SECONDS = 10
#: Of the rows that would have been in order.
_UNDONE: Final = "ALL_OR_NONE_OPERATION_ROLLED_BACK"
#: A host as every parser reads it. `https://evil.example\\.my.salesforce.com` is one host to
#: urllib and another, evil.example, to the client that would connect.
_HOST: Final = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*", re.ASCII)


class ViewerGateway:
    """Reads as the viewer. Make one per request; never keep or log the token."""

    def __init__(
        self,
        instance_url: str,
        token: str,
        settings: Settings,
        connections: KeptConnections | None = None,
    ) -> None:
        """Raise AdminActionNeededError when the host is not one that may see a token.

        `connections` are for whoever only reads.
        """
        if not is_allowed(instance_url, settings.viewer_hosts):
            raise AdminActionNeededError(
                "the org's address is not among the allowed hosts",
                remedy="Add the org's My Domain host to SALESFORCE_VIEWER_HOSTS.",
            )
        seconds = min(settings.timeout_seconds, MOST_SECONDS)
        session = OrgSession(timeout_seconds=seconds, ca_file=settings.ca_file, tally=Tally())
        if connections:
            session.mount("https://", connections)
        self._tally = session.tally
        self._transport = Transport(instance_url, token, session)

    @property
    def limit(self) -> tuple[int, int] | None:
        """Calls that the org has used of 24 hours, and their most, as its last answer said."""
        return self._tally.limit

    def call(self, request: Request) -> Any:  # noqa: ANN401 - parsed JSON
        """Send a request once and give its parsed body."""
        return self._transport.send(request)

    def query_together(
        self, questions: Sequence[str]
    ) -> list[list[dict[str, Any]] | SalesforceError]:
        """Give the first page of each of at most five questions, or its refusal, in one round trip.

        Raises SessionExpiredError (the page must be loaded again), AdminActionNeededError
        (API Enabled is missing), TransientSalesforceError.
        """
        paths = [f"{BASE}/query?{urlencode({'q': soql})}" for soql in questions]
        answers = read_together(self, paths)
        return [one if isinstance(one, SalesforceError) else _records(one) for one in answers]

    def create(self, object_name: str, values: Mapping[str, Any]) -> str:
        """Create one record as the viewer and give its id; sent once.

        Raises AmbiguousOutcomeError when it may be there although no answer came, and as
        `query_together` does.
        """
        path = f"{BASE}/sobjects/{object_name}"
        body = self._transport.send(Request("POST", path, body=dict(values), repeatable=False))
        if not isinstance(body, dict) or not body.get("success"):
            raise AmbiguousOutcomeError("an empty reply where a record's id was due")
        return str(body["id"])

    def create_together(self, records: Sequence[Mapping[str, Any]]) -> list[str]:
        """Create all of these (at most 200, each with its `attributes`) or none; give their ids.

        One call, sent once. Raises what refused the first record that is to blame, and as `create`.
        https://developer.salesforce.com/docs/platform/api-rest/guide/resources-composite-sobjects-collections-create.html
        """
        body = {"allOrNone": True, "records": list(records)}
        path = f"{BASE}/composite/sobjects"
        rows = self._transport.send(Request("POST", path, body=body, repeatable=False))
        if not isinstance(rows, list) or len(rows) != len(records):
            raise AmbiguousOutcomeError(f"{len(records)} records were sent, not each was answered")
        refused = [classify(400, [row]) for row in rows if row.get("success") is not True]
        if refused:
            raise next((one for one in refused if one.code != _UNDONE), refused[0])
        return [str(row["id"]) for row in rows]


def _records(body: object) -> list[dict[str, Any]]:
    if not isinstance(body, dict) or not isinstance(body.get("records"), list):
        raise TransientSalesforceError("an empty reply where a page was due")
    return [_bare(record) for record in body["records"]]


def _bare(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != "attributes"}


def is_allowed(instance_url: str, patterns: tuple[str, ...]) -> bool:
    """Say whether a token may be sent to this address.

    Only https, no user part, no path. A pattern is `host` or `host:port`; `*.` in front stands
    for one or more first labels and nothing else. Without a port it means 443.
    """
    try:
        parts = urlsplit(instance_url)
        port = 443 if parts.port is None else parts.port
    except ValueError:
        return False
    clean = not (parts.username or parts.password or parts.query or parts.fragment)
    host = parts.hostname or ""
    if parts.scheme != "https" or parts.path not in {"", "/"} or not clean:
        return False
    if "@" in parts.netloc or not instance_url.isprintable() or not _HOST.fullmatch(host):
        return False
    return any(_matches(host, port, pattern.lower()) for pattern in patterns)


def _matches(host: str, port: int, pattern: str) -> bool:
    name, _, wanted_port = pattern.partition(":")
    if port != int(wanted_port or 443):
        return False
    if name.startswith("*."):
        return host.endswith(name[1:]) and len(host) > len(name[1:]) and "*" not in name[1:]
    return host == name
