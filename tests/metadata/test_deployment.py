"""What a deployment does to the org, over SOAP as a client sends it."""

from __future__ import annotations

import base64
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from lxml import etree

from localorg import access, apps, permissions, sessions
from localorg.metadata import rows, soap
from localorg.org import Org

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
ENVELOPE = """<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="{namespace}">
<soapenv:Header><SessionHeader><sessionId>{session}</sessionId></SessionHeader></soapenv:Header>
<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"""
REPORT = "reports/Adoption_Reports/Scores_by_Word.report"


@dataclass
class Client:
    """Speaks SOAP to an org in this process."""

    org: Org
    session: str
    apps_changed: int = 0

    def call(self, body, status=200):
        """The answer's XML without namespaces."""
        text = ENVELOPE.format(namespace=NAMESPACE, session=self.session, body=body)
        got, xml = soap.handle(self.org, text.encode(), self._count)
        assert got == status, xml
        return etree.fromstring(re.sub(rb' xmlns(:\w+)?="[^"]*"|(?<=<)(/?)\w+:', rb"\2", xml))

    def _count(self):
        self.apps_changed += 1

    def deploy(self, content, **options):
        """The DeployResult of a deployment."""
        said = {"rollbackOnError": "true", "checkOnly": "false", "singlePackage": "true", **options}
        chosen = "".join(f"<{name}>{value}</{name}>" for name, value in said.items())
        zipped = base64.b64encode(content).decode()
        answer = self.call(
            f"<deploy><ZipFile>{zipped}</ZipFile><DeployOptions>{chosen}</DeployOptions></deploy>"
        )
        wanted = answer.findtext(".//id")
        asked = f"<checkDeployStatus><asyncProcessId>{wanted}</asyncProcessId><includeDetails>true</includeDetails></checkDeployStatus>"
        return self.call(asked).find(".//result")


def problems(result):
    return [
        (one.findtext("fullName"), one.findtext("problem"))
        for one in result.iterfind("details/componentFailures")
    ]


def successes(result):
    return {
        (one.findtext("componentType"), one.findtext("fullName")): (
            one.findtext("created"),
            one.findtext("changed"),
        )
        for one in result.iterfind("details/componentSuccesses")
    }


@pytest.fixture(scope="module")
def fresh_org(tmp_path_factory):
    """The folder of an org to which nothing was deployed."""
    directory = tmp_path_factory.mktemp("fresh")
    Org(directory).close()
    return directory


@pytest.fixture
def org(fresh_org, tmp_path):
    one = Org(shutil.copytree(fresh_org, tmp_path / "org"))
    yield one
    one.close()


def a_session(org, username, profile):
    with org.write() as db:
        profile_id = rows.put(db, org.schema.get("Profile"), ("Name", profile), {}, "")
        about = {"Name": "Ana Admin", "LastName": "Admin", "ProfileId": profile_id, "IsActive": 1}
        user_id = rows.put(db, org.schema.get("User"), ("Username", username), about, "")
        return sessions.start(db, org.org_id, user_id).token


@pytest.fixture
def client(org):
    return Client(org, a_session(org, "admin@bellwether.example", access.ADMIN_PROFILE))


def test_everything_is_created_then_unchanged(client, packed_files, zip_of):
    content = zip_of(packed_files)
    first, second = client.deploy(content), client.deploy(content)
    assert (first.findtext("status"), problems(first)) == ("Succeeded", [])
    assert int(first.findtext("numberComponentsDeployed")) == len(successes(first)) - 1 == 71
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
    assert names == {"Adoption_Admin", "Adoption_Panel_User", "Adoption_Integration"}
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
    assert listed.findall(".//result") == []


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


def test_everything_can_be_deleted_in_the_documented_order(
    client, org, packed_files, zip_of, manifest
):
    client.deploy(zip_of(packed_files))
    names = {"CustomTab": [], "CustomMetadata": ["Big_Deal_Rule.Big_Deal"]}
    names["CustomObject"] = [
        "Adoption_Score__c",
        "Big_Deal_Alert__c",
        "Adoption_Run__c",
        "Big_Deal_Rule__mdt",
    ]
    names["CustomTab"] = names["CustomObject"][:3]
    names["PermissionSet"] = ["Adoption_Admin", "Adoption_Panel_User", "Adoption_Integration"]
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
        {"Report": ["Adoption_Reports/Scores_by_Word"]},
        {"ReportType": ["Adoption_Scores"]},
        names,
    ):
        result = client.deploy(zip_of(destructive(manifest, step)))
        assert (result.findtext("success"), problems(result)) == ("true", [])
    assert all(org.schema.find(name) is None for name in names["CustomObject"])
    with org.read() as db:
        assert apps.all_apps(db) == ()
        assert permissions.rights_of(db, "Adoption_Panel_User") == permissions.Rights()


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
