"""Which resource answers which method and path; everything else is refused.

A route's `access` says what it needs: "open" no session, "session" a session of any user, "api"
a session of a user with API Enabled. `writes` says whether it needs a transaction that writes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from localorg import actions_api, basics, collections_api, describe, sobjects
from localorg.auth import oauth, oauth_code
from localorg.bulk import ingest as bulk_ingest
from localorg.bulk import query as bulk_query
from localorg.reports import analytics
from localorg.soql import query
from localorg.wire import VERSIONS

if TYPE_CHECKING:
    from localorg.wire import Resource

Access = Literal["open", "session", "api"]


@dataclass(frozen=True)
class Route:
    """One resource."""

    method: str
    pattern: str  #: as in EVIDENCE.md: `/sobjects/{name}/{key}`, below `/services/data/vNN.N`
    resource: Resource
    access: Access = "api"
    writes: bool = False
    versioned: bool = True

    def match(self, path: str) -> re.Match[str] | None:
        """The path's parts, if it is this route's."""
        return _compiled(self).fullmatch(path)


def _data(method: str, pattern: str, resource: Resource) -> Route:
    return Route(method, pattern, resource, writes=method != "GET")


ROUTES: tuple[Route, ...] = (
    Route("GET", "/services/data", basics.versions, "open", versioned=False),
    Route("POST", "/services/oauth2/token", oauth.token, "open", writes=True, versioned=False),
    Route("GET", "/services/oauth2/authorize", oauth_code.authorize, "open", versioned=False),
    Route("GET", "/services/oauth2/userinfo", oauth.userinfo, "session", versioned=False),
    _data("GET", "", basics.resources),
    _data("GET", "/limits", basics.limits),
    _data("GET", "/query", basics.get_query),
    _data("GET", "/query/{locator}-{start}", query.get_more),
    _data("GET", "/queryAll", query.get_query_all),
    _data("GET", "/tooling/query", basics.tooling_query),
    _data("GET", "/sobjects", describe.everything),
    _data("GET", "/sobjects/{name}", describe.basic),
    _data("GET", "/sobjects/{name}/describe", describe.one_object),
    _data("POST", "/sobjects/{name}", sobjects.create),
    _data("GET", "/sobjects/{name}/{key}", sobjects.read),
    _data("PATCH", "/sobjects/{name}/{key}", sobjects.update),
    _data("DELETE", "/sobjects/{name}/{key}", sobjects.delete),
    _data("PATCH", "/sobjects/{name}/{field}/{key}", sobjects.upsert),
    Route("POST", "/jobs/query", bulk_query.create),
    Route("GET", "/jobs/query/{job}", bulk_query.read),
    Route("PATCH", "/jobs/query/{job}", bulk_query.abort),
    Route("DELETE", "/jobs/query/{job}", bulk_query.delete),
    Route("GET", "/jobs/query/{job}/results", bulk_query.results),
    Route("POST", "/jobs/ingest", bulk_ingest.create),
    Route("GET", "/jobs/ingest/{job}", bulk_ingest.read),
    Route("PATCH", "/jobs/ingest/{job}", bulk_ingest.change),
    Route("DELETE", "/jobs/ingest/{job}", bulk_ingest.delete),
    Route("PUT", "/jobs/ingest/{job}/batches", bulk_ingest.upload),
    Route("GET", "/jobs/ingest/{job}/successfulResults", bulk_ingest.successful),
    Route("GET", "/jobs/ingest/{job}/failedResults", bulk_ingest.failed),
    Route("GET", "/jobs/ingest/{job}/unprocessedrecords", bulk_ingest.unprocessed),
    _data("POST", "/actions/standard/emailSimple", actions_api.email_simple),
    _data("POST", "/actions/standard/customNotificationAction", actions_api.custom_notification),
    _data("POST", "/actions/standard/chatterPost", actions_api.chatter_post),
    _data("GET", "/analytics/reports", analytics.every_report),
    _data("GET", "/analytics/reports/{report}", analytics.run_report),
    _data("POST", "/composite/sobjects", collections_api.create),
    _data("PATCH", "/composite/sobjects", collections_api.update),
    _data("DELETE", "/composite/sobjects", collections_api.delete),
    _data("POST", "/composite/sobjects/{name}", collections_api.retrieve),
    _data("PATCH", "/composite/sobjects/{name}/{field}", collections_api.upsert),
)
#: The composite resource is the dispatcher's own: it runs other routes.
COMPOSITE = "/composite"

_SEGMENT = {"start": r"\d+", "key": r"[^/]+"}
_cache: dict[tuple[str, str], re.Pattern[str]] = {}


def find(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The route of a request, with the parts of its path; a trailing slash does not matter."""
    for route in ROUTES:
        found = route.match(path.rstrip("/")) if route.method == method else None
        if found:
            parts = {k: v for k, v in found.groupdict().items() if k != "version"}
            return route, parts
    return None


def methods(path: str) -> list[str]:
    """The methods that a path knows."""
    return [route.method for route in ROUTES if route.match(path.rstrip("/"))]


def version_of(path: str) -> str | None:
    """The API version in a path, if this org answers it."""
    found = re.match(r"/services/data/v(\d+\.\d)(/|\Z)", path)
    return found[1] if found and found[1] in VERSIONS else None


def _compiled(route: Route) -> re.Pattern[str]:
    key = (route.method, route.pattern)
    if key not in _cache:
        parts = re.sub(
            r"\{(\w+)\}",
            lambda m: f"(?P<{m[1]}>{_SEGMENT.get(m[1], '[A-Za-z0-9_]+')})",
            route.pattern,
        )
        start = rf"/services/data/v(?P<version>{'|'.join(map(re.escape, VERSIONS))})"
        _cache[key] = re.compile((start if route.versioned else "") + parts)
    return _cache[key]
