"""Which object a call is about, so that a run's record says where its API calls went."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.salesforce.transport import Request

#: A call that several objects share: their descriptions, their first pages, an upsert of no one kind.
SEVERAL = "several at once"
_FROM = re.compile(r"\bFROM\s+(\w+)", re.IGNORECASE)
_SOBJECT = re.compile(r"/sobjects/(\w+)")


def subject_of(request: Request) -> str:
    """The object's API name, SEVERAL, or what else the call is for, such as an action's name."""
    if request.about:
        return request.about
    body = request.body if isinstance(request.body, dict) else {}
    query = str((request.params or {}).get("q") or body.get("query") or "")
    together = body.get("compositeRequest") or [{"url": request.path, "body": body, "q": query}]
    found = {_of(one) for one in together}
    return found.pop() if len(found) == 1 else SEVERAL


def object_in(soql: str) -> str:
    """The object that a query is about."""
    found = _FROM.search(soql)
    return found[1] if found else ""


def _of(asked: Mapping[str, Any]) -> str:
    path, _, query = str(asked["url"]).partition("?")
    in_path = _SOBJECT.search(path)
    if in_path:
        return in_path[1]
    records = (asked.get("body") or {}).get("records") or [{}]
    of_records = str(records[0].get("attributes", {}).get("type", ""))
    return of_records or object_in(asked.get("q") or unquote(query)) or path.rpartition("/")[2]
