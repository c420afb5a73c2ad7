"""What a deployment does to the org, over SOAP as a client sends it."""

from __future__ import annotations

from localorg.auth import apps
from localorg.rights import permissions
from tests.metadata.conftest import COMPONENTS
from tests.metadata.soap_client import (
    REPORT,
    problems,
    successes,
)


def test_everything_is_created_then_unchanged(client, packed_files, zip_of):
    content = zip_of(packed_files)
    first, second = client.deploy(content), client.deploy(content)
    assert (first.findtext("status"), problems(first)) == ("Succeeded", [])
    assert (
        int(first.findtext("numberComponentsDeployed")) == len(successes(first)) - 1 == COMPONENTS
    )
    assert {state for key, state in successes(first).items() if key[0]} == {("true", "true")}
    assert {state for key, state in successes(second).items() if key[0]} == {("false", "false")}
    assert first.findtext("createdByName") == "Ana Admin"


def test_deployed_objects_are_in_the_schema(client, org, packed_files, zip_of):
    client.deploy(zip_of(packed_files))
    score = org.schema.get("Adoption_Score__c")
    key, word, user = (score.fields[name] for name in ("User_Key__c", "Word__c", "User__c"))
    assert (score.sharing_model, score.name_field.auto_number) == ("Private", "AS-{000000}")
    assert (
        key.type,
        key.length,
        key.unique,
        key.external_id,
        key.case_sensitive,
        key.nillable,
    ) == ("string", 18, True, True, True, False)
    assert (word.picklist, word.restricted) == (
        ("On track", "Building", "Needs help", "Not scored"),
        True,
    )
    assert (user.reference_to, user.relationship_name, user.child_relationship_name) == (
        ("User",),
        "User__r",
        "Adoption_Scores__r",
    )
    assert (score.fields["Score__c"].precision, score.fields["Score__c"].scale) == (4, 1)
    assert org.schema.get("Big_Deal_Alert__c").sharing_model == "Read"


def test_the_custom_metadata_record_can_be_read(client, org, packed_files, zip_of):
    client.deploy(zip_of(packed_files))
    with org.read() as db:
        row = db.execute("SELECT * FROM Big_Deal_Rule__mdt").fetchone()
    names = (
        "DeveloperName",
        "Active__c",
        "Amount_At_Least__c",
        "Closed_Within_Days__c",
        "Chatter_Group__c",
    )
    assert [row[name] for name in names] == ["Big_Deal", 1, 100000.0, 30.0, "Sales Management"]


def test_permission_sets_grant_what_their_files_say(client, org, packed_files, zip_of):
    client.deploy(zip_of(packed_files))
    with org.read() as db:
        panel = permissions.rights_of(db, "Adoption_Panel_User")
        jobs = permissions.rights_of(db, "Adoption_Integration")
        names = {row[0] for row in db.execute("SELECT Name FROM PermissionSet")}
    assert names == {
        "Adoption_Admin", "Adoption_Panel_User", "Adoption_Leader", "Adoption_Integration",
        "Adoption_Record_Health", "Adoption_Login_History",
    }  # fmt: skip
    assert panel.user == {"ApiEnabled"}
    assert panel.objects["Adoption_Score__c"].as_tuple() == (
        True,
        False,
        False,
        False,
        False,
        False,
    )
    assert panel.fields["Adoption_Score__c.Score__c"] == (True, False)
    assert jobs.objects["Adoption_Score__c"].as_tuple() == (True,) * 6
    assert jobs.objects["Big_Deal_Rule__mdt"].read
    assert "ViewAllData" in jobs.user


def test_apps_get_keys_once_and_all_their_parts(client, org, packed_files, zip_of):
    client.deploy(zip_of(packed_files))
    with org.read() as db:
        panel, jobs = apps.find(db, "Bellwether_Panel"), apps.find(db, "Bellwether_Jobs")
    client.deploy(zip_of(packed_files))
    with org.read() as db:
        again = apps.find(db, "Bellwether_Panel")
    assert (again.consumer_key, again.consumer_secret) == (
        panel.consumer_key,
        panel.consumer_secret,
    )
    assert (panel.canvas_url, panel.canvas_access_method, panel.canvas_locations) == (
        "https://canvas-url.example/canvas", "Post", ("Aura", "Visualforce"),
    )  # fmt: skip
    assert (panel.canvas_enabled, jobs.canvas_enabled, panel.certificate) == (True, False, "")
    assert (jobs.scopes, jobs.admin_approved_only) == (("Api", "RefreshToken"), True)
    assert jobs.permission_sets == ("Adoption_Integration",)
    assert client.apps_changed == 2


def test_check_only_leaves_nothing_behind(client, org, packed_files, zip_of):
    result = client.deploy(zip_of(packed_files), checkOnly="true")
    assert (result.findtext("success"), result.findtext("checkOnly")) == ("true", "true")
    assert org.schema.find("Adoption_Score__c") is None
    assert (
        len(
            client.call(
                "<listMetadata><queries><type>CustomObject</type></queries></listMetadata>"
            ).findall(".//result")
        )
        == 0
    )
    assert client.apps_changed == 0


def test_one_failure_undoes_everything(client, org, packed_files, zip_of):
    packed_files[REPORT] = packed_files[REPORT].replace(b"$Band__c", b"$Bend__c")
    result = client.deploy(zip_of(packed_files))
    name = "Adoption_Reports/Scores_by_Word"
    assert problems(result) == [(name, "Invalid field name: Adoption_Score__c$Bend__c")]
    assert (result.findtext("status"), result.findtext("numberComponentErrors")) == ("Failed", "1")
    assert org.schema.find("Adoption_Score__c") is None
    assert client.apps_changed == 0


def test_without_rollback_the_sound_ones_stay(client, org, packed_files, zip_of):
    packed_files[REPORT] = packed_files[REPORT].replace(b"$Band__c", b"$Bend__c")
    result = client.deploy(zip_of(packed_files), rollbackOnError="false")
    assert result.findtext("status") == "SucceededPartial"
    assert org.schema.find("Adoption_Score__c") is not None
    listed = client.call(
        "<listMetadata><queries><type>Report</type><folder>Adoption_Reports</folder></queries></listMetadata>"
    )
    names = {one.findtext("fullName") for one in listed.findall(".//result")}
    assert "Adoption_Reports/Scores_by_Word" not in names
    assert "Adoption_Reports/Big_Deals" in names


def test_a_later_deployment_may_lean_on_an_earlier_one(client, packed_files, zip_of, manifest):
    client.deploy(zip_of(packed_files))
    alone = {
        "package.xml": manifest({"Report": ["Adoption_Reports/Scores_by_Word"]}),
        REPORT: packed_files[REPORT],
    }
    assert client.deploy(zip_of(alone)).findtext("success") == "true"


def test_a_report_alone_lacks_its_type_and_folder(client, packed_files, zip_of, manifest):
    alone = {
        "package.xml": manifest({"Report": ["Adoption_Reports/Scores_by_Word"]}),
        REPORT: packed_files[REPORT],
    }
    words = [problem for _, problem in problems(client.deploy(zip_of(alone)))]
    assert words == [
        "Cannot find folder:Adoption_Reports",
        "invalid report type: Adoption_Scores__c",
    ]


def test_a_member_without_file_and_a_file_without_member_are_named(client, packed_files, zip_of):
    packed_files["package.xml"] = packed_files["package.xml"].replace(
        "Adoption_Scores<", "Adoption_Scares<"
    )
    named = dict(problems(client.deploy(zip_of(packed_files))))
    assert named["Adoption_Scares"] == (
        "An object 'Adoption_Scares' of type ReportType was named in package.xml, but was not found in zipped directory"
    )
    assert "not in package.xml" in named["Adoption_Scores"]
