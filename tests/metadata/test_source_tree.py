"""The metadata as it is in the repository: words for admins, nothing secret, nothing of one org."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest

from localorg.metadata.checks import check
from localorg.metadata.reader import read_source

PROJECT = Path(__file__).resolve().parents[2] / "sfdx"
PACKAGE = read_source(PROJECT)
OURS = [path for path in PROJECT.rglob("*") if path.is_file() and "node_modules" not in path.parts]


def test_nothing_is_wrong_with_it():
    assert [str(problem) for problem in check(PACKAGE)] == []


@pytest.mark.parametrize(
    "type_",
    ["CustomObject", "CustomField", "PermissionSet", "ReportType", "Report", "Dashboard"],
)
def test_everything_an_admin_sees_is_described(type_):
    listed = [one for one in PACKAGE.components if one.type == type_]
    assert listed
    assert [
        one.full_name for one in listed if len(one.text("description")) < len("a sentence.")
    ] == []


NAMED = ("{*}field", "{*}object", "{*}name")


def test_every_field_helps_the_reader():
    fields = [one for one in PACKAGE.components if one.type == "CustomField"]
    assert [one.full_name for one in fields if not one.text("inlineHelpText").endswith(".")] == []


def test_keys_are_external_ids_that_the_org_holds_unique():
    keys = [
        one
        for one in PACKAGE.components
        if one.type == "CustomField" and one.name.endswith("_Key__c")
    ]
    flags = [
        [one.is_true(name) for name in ("externalId", "unique", "caseSensitive", "required")]
        for one in keys
    ]
    assert flags == [[True] * 4] * 9


def test_scores_are_private_and_decide_who_sees_what_hangs_on_them():
    sharing = {
        one.full_name: one.text("sharingModel")
        for one in PACKAGE.components
        if one.type == "CustomObject"
    }
    assert sharing == {
        "Adoption_Score__c": "Private",
        "Adoption_Exception__c": "ControlledByParent",
        "Adoption_Action__c": "ControlledByParent",
        "Adoption_Snapshot__c": "ControlledByParent",
        "Adoption_View__c": "ControlledByParent",
        "Adoption_Record_Health__c": "ControlledByParent",
        "Adoption_Team__c": "Read",
        "Adoption_Digest__c": "Private",
        "Adoption_Run__c": "Private",
        "Big_Deal_Alert__c": "Read",
        "Big_Deal_Rule__mdt": "",
        **{f"Adoption_{name}__mdt": "" for name in ("Setting", "Role", "Measure", "Minimum")},
    }


def test_the_panel_set_only_reads_but_for_recording_an_action():
    one = next(one for one in PACKAGE.components if one.full_name == "Adoption_Panel_User")
    granted = {
        (child.tag.rpartition("}")[2], name.partition(".")[0])
        for part in one.xml
        for name in [
            next(part.iterfind(path)).text for path in NAMED if part.find(path) is not None
        ]
        for child in part
        if child.text == "true"
    }
    read = {name for right, name in granted if right in {"readable", "allowRead"}}
    rest = {each for each in granted if each[0] not in {"readable", "allowRead"}}
    assert read == {
        "Adoption_Score__c", "Adoption_Exception__c", "Adoption_Snapshot__c",
        "Adoption_Action__c", "Adoption_Digest__c", "Big_Deal_Alert__c", "Adoption_View__c",
    }  # fmt: skip
    assert rest == {
        ("enabled", "ApiEnabled"),
        ("allowCreate", "Adoption_Action__c"),
        ("editable", "Adoption_Action__c"),
    }


def test_the_integration_set_changes_no_standard_object():
    one = next(one for one in PACKAGE.components if one.full_name == "Adoption_Integration")
    objects = {
        next(part.iterfind("{*}object")).text: {
            child.tag.rpartition("}")[2] for child in part if child.text == "true"
        }
        for part in one.every("objectPermissions")
    }
    standard = {name: rights for name, rights in objects.items() if not name.endswith("__c")}
    assert standard == {
        name: {"allowRead", "viewAllRecords"}
        for name in ("Account", "Contact", "Lead", "Opportunity")
    }
    assert not any(
        next(part.iterfind("{*}editable")).text == "true"
        for part in one.every("fieldPermissions")
        if not re.search(r"__c\.", next(part.iterfind("{*}field")).text)
    )


def test_who_reads_the_health_of_opportunities_gets_no_right_to_more_of_their_records():
    """Salesforce asks for read of the master; of View All, or of writing, it needs none."""
    one = next(one for one in PACKAGE.components if one.full_name == "Adoption_Record_Health")
    rights = {
        next(part.iterfind("{*}object")).text: [
            child.tag.rpartition("}")[2] for child in part if child.text == "true"
        ]
        for part in one.every("objectPermissions")
    }
    names = ("Account", "Adoption_Record_Health__c", "Opportunity")
    assert rights == {name: ["allowRead"] for name in names}
    assert not list(one.every("userPermissions"))


def test_no_global_oauth_settings_are_kept():
    lines = (PROJECT / "oauth/.gitignore").read_text("utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == ["*", "!.gitignore"]
    assert sorted(path.name for path in (PROJECT / "templates").iterdir()) == [
        "Bellwether_Doorbell.flow-meta.xml",
        "Bellwether_Jobs_glbloauth.ecaGlblOauth-meta.xml",
        "Bellwether_Panel_glbloauth.ecaGlblOauth-meta.xml",
        "Opportunity.workflow-meta.xml",
    ]


def test_nothing_secret_or_of_one_org_is_in_a_file():
    secret = re.compile(
        r"consumerKey|consumerSecret|orgScopedExternalApp|oauthLink|BEGIN [A-Z ]*PRIVATE KEY|\b00D[0-9A-Za-z]{12}"
    )
    texts = {
        path.name: path.read_text("utf-8")
        for path in OURS
        if path.suffix in {".xml", ".json", ".md"}
    }
    assert [name for name, text in texts.items() if secret.search(text)] == []


def test_lock_file_pins_the_cli_and_names_no_registry():
    lock = json.loads((PROJECT / "package-lock.json").read_text("utf-8"))
    assert lock["packages"]["node_modules/@salesforce/cli"]["version"] == "2.150.6"
    assert [name for name, said in lock["packages"].items() if "resolved" in said] == []
    assert [
        name
        for name, said in lock["packages"].items()
        if name and "integrity" not in said and not said.get("inBundle")
    ] == []


def test_urls_and_mail_come_from_the_environment():
    said = json.loads((PROJECT / "sfdx-project.json").read_text("utf-8"))
    for one in said["replacements"]:
        files = list(PROJECT.glob(one.get("glob") or one["filename"]))
        assert files
        assert all(one["stringToReplace"] in path.read_text("utf-8") for path in files)
    assert {one["replaceWithEnv"] for one in said["replacements"]} == {
        "BELLWETHER_CANVAS_URL",
        "BELLWETHER_CONTACT_EMAIL",
    }


@pytest.fixture
def render():
    spec = importlib.util.spec_from_file_location("render_oauth", PROJECT / "render_oauth.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_private_key_never_gets_into_the_files(render):
    with pytest.raises(render.CertificateError, match="private key"):
        render.certificate_body("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")


def test_the_callback_is_that_of_the_panel_alone_and_is_escaped(render, project):
    pem = "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n"
    written = render.render(project, pem, "https://x.example/?a=1&b=2")
    jobs, panel = (
        next(path for path in written if name in path.name).read_text("utf-8")
        for name in ("Jobs", "Panel")
    )
    assert "<callbackUrl>https://x.example/?a=1&amp;b=2</callbackUrl>" in panel
    assert f"<callbackUrl>{render.CALLBACK_URL}</callbackUrl>" in jobs
    assert "<certificate>QUJD</certificate>" in jobs
