"""What cannot be deleted, what is refused, and what a deleted field leaves behind."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest

from localorg.auth import apps
from localorg.metadata import deployment, rows
from localorg.metadata.reader import read_source
from localorg.rights import permissions
from tests.metadata.conftest import PROJECT
from tests.metadata.soap_client import (
    NAMESPACE,
    a_session,
    problems,
)


def destructive(manifest, members):
    return {"package.xml": manifest({}), "destructiveChangesPost.xml": manifest(members)}


def test_what_others_need_cannot_be_deleted(client, org, packed_files, zip_of, manifest):
    client.deploy(zip_of(packed_files))
    result = client.deploy(
        zip_of(destructive(manifest, {"CustomField": ["Adoption_Score__c.Band__c"]}))
    )
    assert result.findtext("success") == "false"
    assert any(
        "referenced elsewhere" in words and "Adoption_Scores" in words
        for _, words in problems(result)
    )
    assert "Band__c" in org.schema.get("Adoption_Score__c").fields


def every(type_):
    """The full names of all our components of that type."""
    return [one.full_name for one in read_source(PROJECT).components if one.type == type_]


def test_everything_can_be_deleted_in_the_documented_order(
    client, org, packed_files, zip_of, manifest
):
    client.deploy(zip_of(packed_files))
    names = {"CustomMetadata": ["Big_Deal_Rule.Big_Deal"]}
    names["CustomObject"] = [
        "Adoption_Score__c",
        "Big_Deal_Alert__c",
        "Adoption_Run__c",
        "Adoption_Team__c",
        "Adoption_Exception__c",
        "Adoption_Action__c",
        "Adoption_Snapshot__c",
        "Adoption_View__c",
        "Adoption_Record_Health__c",
        "Adoption_Digest__c",
        "Big_Deal_Rule__mdt",
    ]
    names["PermissionSet"] = [
        "Adoption_Admin", "Adoption_Panel_User", "Adoption_Leader", "Adoption_Integration",
        "Adoption_Record_Health",
    ]  # fmt: skip
    names["ExternalClientApplication"] = ["Bellwether_Jobs", "Bellwether_Panel"]
    for parts in (
        "OauthSettings",
        "OauthConfigurablePolicies",
        "ConfigurablePolicies",
        "CanvasSettings",
    ):
        suffix = {
            "OauthSettings": "oauth",
            "OauthConfigurablePolicies": "oauthPlcy",
            "ConfigurablePolicies": "plcy",
        }
        ends = {f"ExtlClntApp{name}": end for name, end in suffix.items()}
        type_ = f"ExtlClntApp{parts}"
        listed = (
            [f"{app}_{ends[type_]}" for app in names["ExternalClientApplication"]]
            if type_ in ends
            else ["Bellwether_Panel_canvasSettings"]
        )
        names[type_] = listed
    for step in (
        *(
            {type_: every(type_)}
            for type_ in (
                "CustomApplication",
                "CustomTab",
                "FlexiPage",
                "AuraDefinitionBundle",
                "Dashboard",
                "Report",
                "ReportType",
            )
        ),
        names,
    ):
        result = client.deploy(zip_of(destructive(manifest, step)))
        assert (result.findtext("success"), problems(result)) == ("true", [])
    assert all(org.schema.find(name) is None for name in names["CustomObject"])
    with org.read() as db:
        assert apps.all_apps(db) == ()
        assert permissions.rights_of(db, "Adoption_Panel_User") == permissions.Rights()
        kept = {one.component.key for one in deployment.every_component(db)}
    gone = set(names["CustomObject"])
    assert [key for key in kept if f"{key[1].partition('.')[0]}__mdt" in gone] == []


@pytest.mark.parametrize(
    ("type_", "still_needed_by"),
    [("CustomTab", "Bellwether_Adoption"), ("FlexiPage", "Bellwether"), ("AuraDefinitionBundle", "Bellwether")],
)  # fmt: skip
def test_what_holds_the_panel_is_not_deleted_before_what_shows_it(
    client, packed_files, zip_of, manifest, type_, still_needed_by
):
    client.deploy(zip_of(packed_files))
    result = client.deploy(zip_of(destructive(manifest, {type_: every(type_)})))
    assert result.findtext("success") == "false"
    assert any(still_needed_by in words for _, words in problems(result)), problems(result)


def test_deleting_what_is_not_there_is_a_warning(client, zip_of, manifest):
    result = client.deploy(zip_of(destructive(manifest, {"CustomObject": ["Gone__c"]})))
    warned = result.find("details/componentSuccesses[fullName='Gone__c']")
    assert (result.findtext("success"), warned.findtext("problem")) == (
        "true",
        "No CustomObject named: Gone__c found",
    )


def test_a_zip_bomb_and_a_non_zip_are_refused(client, zip_of):
    for content, words in (
        (b"no zip", "zip file is not valid"),
        (zip_of({"a.txt": "x"}), "No package.xml found"),
    ):
        zipped = base64.b64encode(content).decode()
        fault = client.call(f"<deploy><ZipFile>{zipped}</ZipFile></deploy>", status=500)
        assert words in fault.findtext(".//faultstring")


def test_entities_in_metadata_are_not_expanded(client, packed_files, zip_of):
    tab = '<!DOCTYPE x [<!ENTITY who SYSTEM "file:///etc/hostname">]><CustomTab xmlns="{}"><customObject>true</customObject><motif>&who;</motif></CustomTab>'
    packed_files["tabs/Adoption_Run__c.tab"] = tab.format(NAMESPACE)
    hostname = (
        Path("/etc/hostname").read_text("utf-8").strip() if Path("/etc/hostname").exists() else "?"
    )
    found = problems(client.deploy(zip_of(packed_files)))
    assert found
    assert all(hostname not in words for _, words in found)


@pytest.mark.parametrize(
    ("session", "code"), [("wrong", "INVALID_SESSION_ID"), ("", "INVALID_SESSION_ID")]
)
def test_no_valid_session_no_deployment(client, zip_of, packed_files, session, code):
    client.session = session
    fault = client.call(
        "<describeMetadata><asOfVersion>66.0</asOfVersion></describeMetadata>", status=500
    )
    assert fault.findtext(".//faultcode").endswith(code)


def test_a_plain_user_may_not_use_the_metadata_api(client, org):
    client.session = a_session(org, "rep@bellwether.example", "Standard User")
    fault = client.call(
        "<describeMetadata><asOfVersion>66.0</asOfVersion></describeMetadata>", status=500
    )
    assert fault.findtext(".//faultcode").endswith("INSUFFICIENT_ACCESS")


def test_an_unknown_operation_is_refused(client):
    fault = client.call("<renameMetadata/>", status=500)
    assert "No operation available for request" in fault.findtext(".//faultstring")


def test_an_unknown_deployment_is_refused(client):
    asked = (
        "<checkDeployStatus><asyncProcessId>0Af000000000001</asyncProcessId></checkDeployStatus>"
    )
    assert (
        client.call(asked, status=500)
        .findtext(".//faultcode")
        .endswith("INVALID_CROSS_REFERENCE_KEY")
    )


def test_a_type_that_values_contradict_is_refused_by_name(client, org, packed_files, zip_of):
    client.deploy(zip_of(packed_files))
    with org.write() as db:
        thing = org.schema.get("Adoption_Score__c")
        rows.put(db, thing, ("User_Key__c", "005000000000001AAA"), {"Band__c": 2.5}, "")
    path = "objects/Adoption_Score__c.object"
    number = rb"<precision>4</precision>\s*<required>false</required>\s*<scale>1</scale>\s*<type>Number</type>"
    band, rest = packed_files[path].split(b"<fullName>Band__c", 1)
    text = re.sub(
        number, b"<length>18</length><required>false</required><type>Text</type>", rest, count=1
    )
    packed_files[path] = band + b"<fullName>Band__c" + text
    result = client.deploy(zip_of(packed_files))
    assert [name for name, _ in problems(result)] == ["Adoption_Score__c.Band__c"]
    assert "holds values" in problems(result)[0][1]
    assert org.schema.get("Adoption_Score__c").fields["Band__c"].type == "double"
    with org.read() as db:
        assert db.execute("SELECT Band__c FROM Adoption_Score__c").fetchone()[0] == 2.5


def test_a_deleted_field_leaves_its_permission_sets_alone(
    client, org, packed_files, zip_of, manifest
):
    client.deploy(zip_of(packed_files))
    members = {"CustomField": ["Big_Deal_Alert__c.Detail__c"]}
    assert client.deploy(zip_of(destructive(manifest, members))).findtext("success") == "true"
    assert "Detail__c" not in org.schema.get("Big_Deal_Alert__c").fields
