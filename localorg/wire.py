"""One request and one reply, as the resources see them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from localorg.errors import SalesforceError
from localorg.rights.access import Viewer
from localorg.rights.permissions import Rights

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping

    from localorg.org import Org

#: The versions that this org lists and answers; it behaves as the last one throughout.
VERSIONS = ("51.0", "65.0", "66.0")
NEWEST = VERSIONS[-1]
NOBODY = Viewer("", Rights())


@dataclass(frozen=True)
class Request:
    """What a resource needs to know. `db` is inside one transaction."""

    org: Org
    db: sqlite3.Connection
    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)  #: lower-case names
    raw: bytes = b""
    viewer: Viewer = NOBODY
    app: str = ""  #: developer name of the app that the session belongs to
    version: str = NEWEST

    @property
    def base(self) -> str:
        """`/services/data/v66.0`."""
        return f"/services/data/v{self.version}"

    def json(self) -> dict[str, Any]:
        """The body as a JSON object; `JSON_PARSER_ERROR` if it is none."""
        try:
            body = json.loads(self.raw)
        except ValueError as error:
            raise bad_json(str(error)) from None
        if not isinstance(body, dict):
            raise bad_json("Cannot deserialize instance of object from the body")
        return body


@dataclass
class Reply:
    """What a resource answers. `body` None is an empty body."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


if TYPE_CHECKING:
    Resource = Callable[..., Reply]


def bad_json(why: str) -> SalesforceError:
    """A body that is no JSON, or not of the shape that the resource needs."""
    return SalesforceError("JSON_PARSER_ERROR", why)


def need_list(body: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """A list of objects in a body."""
    found = body.get(key)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise bad_json(f"Cannot deserialize instance of list<object> at {key}")
    return found
