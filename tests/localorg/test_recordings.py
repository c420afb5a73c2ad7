"""What this org says of standard objects, held against recordings of real orgs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.shared_data import shared_path

if TYPE_CHECKING:
    from tests.localorg.world import World

NAMES = ("Account", "Contact", "Lead", "Opportunity", "Event")
SAME = (
    "type", "length", "precision", "scale", "nillable", "filterable", "groupable", "sortable",
    "aggregatable", "createable", "updateable", "relationshipName", "nameField", "restrictedPicklist",
)  # fmt: skip


def recorded(name: str) -> dict[str, Any]:
    path = shared_path(f"data/payloads/cumulusci/GET_sobjects_{name}_describe__01.json")
    return dict(json.loads(path.read_text()))


@pytest.mark.parametrize("name", NAMES)
def test_a_described_field_is_as_recorded(world: World, name: str) -> None:
    real = {one["name"]: one for one in recorded(name)["fields"]}
    ours = world.http()("GET", f"/sobjects/{name}/describe").json()
    differing = [
        (one["name"], key, one[key], real[one["name"]][key])
        for one in ours["fields"]
        if one["name"] in real
        for key in SAME
        if one[key] != real[one["name"]][key]
    ]
    assert differing == []
    assert ours["keyPrefix"] == recorded(name)["keyPrefix"]


@pytest.mark.parametrize("name", NAMES)
def test_every_key_of_a_describe_exists_in_the_recording(world: World, name: str) -> None:
    real, ours = recorded(name), world.http()("GET", f"/sobjects/{name}/describe").json()
    later = {"sobjectDescribeOption", "associateEntityType", "associateParentEntity", "deepCloneable", "isInterface", "isSubtype", "hasSubtypes"}  # fmt: skip
    assert set(ours) - set(real) - later == set()
    assert set(ours["fields"][0]) - set(real["fields"][0]) == set()
    assert set(real["fields"][0]) - set(ours["fields"][0]) == set()


def test_a_global_describe_has_the_recorded_keys(world: World) -> None:
    path = shared_path("data/payloads/cumulusci/GET_sobjects_Global_describe__01.json")
    real = json.loads(path.read_text())
    ours = world.http()("GET", "/sobjects").json()
    assert set(ours) == set(real)
    assert set(real["sobjects"][0]) - set(ours["sobjects"][0]) == set()
    assert set(real["sobjects"][0]["urls"]) >= {"sobject", "describe", "rowTemplate"}


def test_refusals_are_worded_as_recorded(world: World) -> None:
    folder = "data/payloads/amp-labs-connectors"
    unknown = json.loads(shared_path(f"{folder}/unknown-object.json").read_text())
    ours = world.http().query("SELECT Id FROM Accout")
    assert ours[0]["message"].split("\n")[-1] == unknown[0]["message"].split("\n")[-1]
    expected = json.loads(
        shared_path(f"{folder}/batch/create/contacts/partial-but-allOrNone.json").read_text()
    )
    records = [
        {"attributes": {"type": "Contact"}, "FirstName": "A"},
        {"attributes": {"type": "Contact"}, "LastName": "B"},
    ]
    body = {"allOrNone": True, "records": records}
    assert world.http()("POST", "/composite/sobjects", body).json() == expected
    expected = json.loads(
        shared_path(f"{folder}/batch/update/contacts/err-each-no-ids.json").read_text()
    )
    body = {"records": [{"attributes": {"type": "Contact"}, "LastName": "B"}] * 2}
    assert world.http()("PATCH", "/composite/sobjects", body).json() == expected
