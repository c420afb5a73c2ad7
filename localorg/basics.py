"""The small resources: versions, the list of resources, limits, tooling, column metadata.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_list.htm
"""

from __future__ import annotations

from typing import Any

from localorg.errors import SalesforceError, no_column
from localorg.soql import query
from localorg.soql.columns import unknown_object
from localorg.soql.parse import parse
from localorg.soql.tree import Path
from localorg.wire import VERSIONS, Reply, Request

_LABELS = {"51.0": "Spring '21", "65.0": "Winter '26", "66.0": "Spring '26"}
_RESOURCES = ("composite", "jobs", "limits", "query", "queryAll", "sobjects", "tooling")
#: What the tooling API of this org knows; both are empty. The sf CLI asks for them at login.
_TOOLING = {"SandboxProcess": ("Id", "SandboxName", "SandboxOrganization", "Status", "EndDate")}


def versions(_request: Request) -> Reply:
    """GET /services/data: needs no session and counts towards no limit."""
    return Reply(
        [
            {"label": _LABELS[one], "url": f"/services/data/v{one}", "version": one}
            for one in VERSIONS
        ]
    )


def resources(request: Request) -> Reply:
    """GET /services/data/v66.0."""
    return Reply({name: f"{request.base}/{name}" for name in _RESOURCES})


def limits(request: Request) -> Reply:
    """GET /limits, with the limits that this org keeps."""
    most = request.org.settings.api_limit
    left = max(0, most - request.org.usage.api_calls)
    return Reply({"DailyApiRequests": {"Max": most, "Remaining": left}})


def tooling_query(request: Request) -> Reply:
    """GET /tooling/query?q=…."""
    asked = parse(request.params.get("q", ""))
    known = next((f for name, f in _TOOLING.items() if name.lower() == asked.source.lower()), None)
    if known is None:
        raise unknown_object(asked)
    for one in asked.select:
        if not isinstance(one.what, Path) or one.what.parts[-1] not in known:
            raise no_column(str(one.what), asked.source)
    nothing: dict[str, Any] = {"size": 0, "totalSize": 0, "done": True, "queryLocator": None}
    return Reply(nothing | {"entityTypeName": asked.source, "records": []})


def get_query(request: Request) -> Reply:
    """GET /query: a query, or with `columns=true` what its columns are."""
    if "explain" in request.params:
        raise SalesforceError("INVALID_FIELD", "query plans are not available in this org")
    if request.params.get("columns") != "true":
        return query.get_query(request)
    compiled = query.compiler(request).compile(parse(request.params.get("q", "")))
    listed: list[dict[str, Any]] = [
        {
            "aggregate": compiled.query.aggregates, "apexType": None, "booleanType": False,
            "columnName": ".".join([*one.parent, one.name]), "custom": one.field.custom,
            "displayName": one.name, "foreignKeyName": None, "insertable": False,
            "joinColumns": [], "numberType": one.field.type in {"int", "double", "currency"},
            "textType": one.field.type == "string", "updatable": False,
        }
        for one in compiled.outputs
    ]  # fmt: skip
    return Reply(
        {
            "columnMetadata": listed, "entityName": compiled.columns.thing.name,
            "groupBy": bool(compiled.query.group_by), "idSelected": any(
                one.name == "Id" and not one.parent for one in compiled.outputs
            ),
            "keyPrefix": compiled.columns.thing.key_prefix,
        }
    )  # fmt: skip
