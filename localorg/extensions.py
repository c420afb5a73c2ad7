"""Parts of the org that are built next to REST: the Metadata API's SOAP, and the pages."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from localorg.wire import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from localorg.org import Org

    Extension = Callable[[Org, str, str, Mapping[str, str], bytes], Reply]

SOAP_PREFIX = "/services/Soap/m/"


def find(path: str) -> Extension | None:
    """What answers a path outside the routes, or nothing."""
    return _soap if path.startswith(SOAP_PREFIX) else None


def _soap(org: Org, _method: str, _path: str, _headers: Mapping[str, str], raw: bytes) -> Reply:
    soap = importlib.import_module("localorg.metadata.soap")  # lxml is loaded when needed
    status, xml = soap.handle(org, raw, org.on_apps_changed)
    return Reply(xml, status, {"Content-Type": "text/xml; charset=utf-8"})
