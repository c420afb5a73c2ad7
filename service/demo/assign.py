"""What an admin does in Setup: give many people a permission set, take the hierarchy from an object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import requests

from service.processes import ChildError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service.demo.localorg import Handoff

#: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_create.htm
_AT_ONCE = 200
_PATH = "/services/data/v66.0"
_SECONDS = 120


def assign_all(org: Handoff, permission_set: str, user_ids: Iterable[str]) -> None:
    """Give people the permission set. Raises ChildError with the org's words.

    The Salesforce CLI would ask and write for each by themselves: most of a minute for a thousand.
    """
    people = list(user_ids)
    with requests.Session() as session:
        session.trust_env = False  # a proxy of this machine has no way to the stand-in org
        session.verify = org.ca_file
        session.headers["Authorization"] = f"Bearer {org.admin['session_id']}"
        question = f"SELECT Id FROM PermissionSet WHERE Name = '{permission_set}'"  # noqa: S608 - a name of ours
        url = f"{org.api_url}{_PATH}"
        (found,) = _json(session.get(f"{url}/query", params={"q": question}, timeout=_SECONDS))[
            "records"
        ]
        for start in range(0, len(people), _AT_ONCE):
            records = [_assignment(found["Id"], one) for one in people[start : start + _AT_ONCE]]
            body = {"allOrNone": True, "records": records}
            answer = session.post(f"{url}/composite/sobjects", json=body, timeout=_SECONDS)
            refused = [one["errors"] for one in _json(answer) if not one["success"]]
            if refused:
                raise ChildError(f"{permission_set} could not be assigned: {refused[0]}")


def switch_hierarchy_off(org: Handoff, object_name: str) -> None:
    """Setup > Sharing Settings: take the tick from Grant Access Using Hierarchies.

    Only Setup can, so the stand-in org has a switch of its own for it.
    """
    with requests.Session() as session:
        session.trust_env = False
        said = {"object": object_name, "grants": False}
        _json(session.post(f"{org.cli_url}/_localorg/hierarchy", json=said, timeout=_SECONDS))


def _assignment(set_id: str, user_id: str) -> dict[str, Any]:
    kind = {"type": "PermissionSetAssignment"}
    return {"attributes": kind, "PermissionSetId": set_id, "AssigneeId": user_id}


def _json(answer: requests.Response) -> Any:  # noqa: ANN401 - whatever the org says
    if not answer.ok:
        raise ChildError(f"The stand-in org answered {answer.status_code}: {answer.text[:200]}")
    return answer.json()
