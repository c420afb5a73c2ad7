"""Every kind of damage, planted one at a time in a copy of the project, is named by the check."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from localorg.metadata.checks import check
from localorg.metadata.reader import read_source
from tests.metadata.conftest import COMPONENTS

APP = "force-app/main/default"
SCORE = f"{APP}/objects/Adoption_Score__c"
REPORT = f"{APP}/reports/Adoption_Reports/Scores_by_Word.report-meta.xml"
REPORT_TYPE = f"{APP}/reportTypes/Adoption_Scores.reportType-meta.xml"
FOLDER = f"{APP}/reports/Adoption_Reports.reportFolder-meta.xml"
PANEL_SET = f"{APP}/permissionsets/Adoption_Panel_User.permissionset-meta.xml"
JOBS_SET = f"{APP}/permissionsets/Adoption_Integration.permissionset-meta.xml"
RULE = "seed/main/default/customMetadata/Big_Deal_Rule.Big_Deal.md-meta.xml"
LIST = f"{APP}/objects/Adoption_Exception__c/listViews/Open_Exceptions.listView-meta.xml"
SCORE_LAYOUT = f"{APP}/layouts/Adoption_Score__c-Adoption Score Layout.layout-meta.xml"
LAYOUT = f"{APP}/layouts/Adoption_Role__mdt-Adoption Role Layout.layout-meta.xml"
ECA = "eca/main/default"
CANVAS = f"{ECA}/extlClntAppCanvasSettings/Bellwether_Panel_canvasSettings.ecaCanvas-meta.xml"
POLICY = f"{ECA}/extlClntAppOauthPolicies/Bellwether_Jobs_oauthPlcy.ecaOauthPlcy-meta.xml"
OAUTH = f"{ECA}/extlClntAppOauthSettings/Bellwether_Jobs_oauth.ecaOauth-meta.xml"
GLOBAL = (
    "oauth/main/default/extlClntAppGlobalOauthSets/Bellwether_Jobs_glbloauth.ecaGlblOauth-meta.xml"
)
NS = 'xmlns="http://soap.sforce.com/2006/04/metadata"'


def change(file, old, new):
    """Replace the first occurrence; the damage is no damage if the text is not there."""

    def damage(project: Path) -> None:
        path = project / file
        text = path.read_text("utf-8")
        assert old in text, f"{file} has no {old!r}"
        path.write_text(text.replace(old, new, 1), "utf-8")

    return damage


def remove(file):
    return lambda project: (project / file).unlink()


def move(file, to):
    def damage(project: Path) -> None:
        (project / to).parent.mkdir(parents=True, exist_ok=True)
        shutil.move(project / file, project / to)

    return damage


def copy(file, to):
    def damage(project: Path) -> None:
        (project / to).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(project / file, project / to)

    return damage


def write(file, text):
    def damage(project: Path) -> None:
        (project / file).parent.mkdir(parents=True, exist_ok=True)
        (project / file).write_text(text, "utf-8")

    return damage


def dashboard(report="Adoption_Reports/Scores_by_Word", second_column=6, running_user=""):
    part = """<dashboardGridComponents><colSpan>6</colSpan><columnIndex>{}</columnIndex><dashboardComponent>
      <componentType>Metric</componentType><report>{}</report></dashboardComponent><rowIndex>0</rowIndex>
      <rowSpan>4</rowSpan></dashboardGridComponents>"""
    text = f"""<Dashboard {NS}><backgroundEndColor>#FFFFFF</backgroundEndColor>
      <backgroundFadeDirection>Diagonal</backgroundFadeDirection><backgroundStartColor>#FFFFFF</backgroundStartColor>
      <dashboardGridLayout>{part.format(0, "Adoption_Reports/Scores_by_Word")}{part.format(second_column, report)}
      <numberOfColumns>12</numberOfColumns><rowHeight>36</rowHeight></dashboardGridLayout>
      <dashboardType>LoggedInUser</dashboardType><isGridLayout>true</isGridLayout>
      {running_user}<textColor>#000000</textColor><title>T</title><titleColor>#000000</titleColor><titleSize>12</titleSize>
      </Dashboard>"""

    def damage(project: Path) -> None:
        folder = f"""<DashboardFolder {NS}><folderShares><accessLevel>View</accessLevel>
      <sharedTo>AllInternalUsers</sharedTo><sharedToType>Organization</sharedToType></folderShares>
      <name>D</name></DashboardFolder>"""
        write(f"{APP}/dashboards/D.dashboardFolder-meta.xml", folder)(project)
        write(f"{APP}/dashboards/D/X.dashboard-meta.xml", text)(project)

    return damage


def global_oauth(certificate):
    text = f"""<ExtlClntAppGlobalOauthSettings {NS}><callbackUrl>https://x.example</callbackUrl>
      <certificate>{certificate}</certificate><externalClientApplication>Bellwether_Jobs</externalClientApplication>
      </ExtlClntAppGlobalOauthSettings>"""
    return write(GLOBAL, text)


WORD = f"{SCORE}/fields/Word__c.field-meta.xml"
BAND = f"{SCORE}/fields/Band__c.field-meta.xml"
KEY = f"{SCORE}/fields/User_Key__c.field-meta.xml"
USER = f"{SCORE}/fields/User__c.field-meta.xml"
REASONS = f"{SCORE}/fields/Reasons__c.field-meta.xml"
OBJECT = f"{SCORE}/Adoption_Score__c.object-meta.xml"
TAB = f"{APP}/tabs/Adoption_Score__c.tab-meta.xml"
#: name -> (damage, what the check must say)
DAMAGE = {
    # what the CLI's own convert lets through
    "malformed report": (change(REPORT, "</Report>", ""), "Error parsing file"),
    "malformed field": (change(WORD, "<label>Word", "<label>W<ord"), "Error parsing file"),
    "unknown element": (change(BAND, "<label>", "<colour>red</colour><label>"), "colour invalid at this location in type CustomField"),
    "unknown nested element": (change(REPORT, "<sortOrder>Asc</sortOrder>\n    </groupingsDown>", "<sorted>Asc</sorted></groupingsDown>"), "sorted invalid at this location in type ReportGrouping"),
    "wrong enum": (change(REPORT, ">Summary<", ">Joined<"), "'Joined' is not a valid value for the enum 'ReportFormat'"),
    "yes for a boolean": (change(KEY, "<unique>true", "<unique>yes"), "'yes' is not a valid value for the type xsd:boolean"),
    "text for a number": (change(BAND, "<precision>4", "<precision>four"), "'four' is not a valid value for the type xsd:int"),
    "element twice": (change(BAND, "<label>Band</label>", "<label>Band</label><label>Band</label>"), "Duplicate element label"),
    "required element missing": (change(REPORT_TYPE, "    <label>Adoption Scores</label>\n", ""), "Required field is missing: label"),
    "wrong root element": (change(TAB, "CustomTab ", "CustomApplication "), "Error parsing file"),
    "no namespace": (change(WORD, f" {NS}", ""), "Error parsing file"),
    "dashboard names a missing report": (dashboard(report="Adoption_Reports/Gone"), "no Report named Adoption_Reports/Gone found"),
    "folder file missing": (remove(FOLDER), "Cannot find folder:Adoption_Reports"),
    "report outside a folder": (move(REPORT, f"{APP}/reports/Scores_by_Word.report-meta.xml"), "must be inside a folder"),
    "fullName differs from the file": (change(WORD, "<fullName>Word__c", "<fullName>Words__c"), "fullName Words__c does not match"),
    "same component twice": (copy(PANEL_SET, "eca/main/default/permissionsets/Adoption_Panel_User.permissionset-meta.xml"), "in the package more than once"),
    "right file in a wrong directory": (move(TAB, f"{APP}/reportTypes/Adoption_Score__c.tab-meta.xml"), "does not belong into reportTypes/"),
    "stray file": (write(f"{APP}/notes.txt", "x"), "This file is no metadata"),
    "unknown suffix": (copy(TAB, f"{APP}/tabs/Adoption_Score__c.tabb-meta.xml"), "suffix .tabb does not belong"),
    "elements out of order": (change(BAND, "    <label>Band</label>\n    <precision>4</precision>\n", "    <precision>4</precision>\n    <label>Band</label>\n"), "out of its canonical order"),
    # fields and objects
    "lookup to nothing": (change(USER, "<referenceTo>User<", "<referenceTo>Person<"), "no CustomObject named Person found"),
    "lookup without relationship name": (change(USER, "    <relationshipName>Adoption_Scores</relationshipName>\n", ""), "Must specify 'relationshipName'"),
    "relationship name used twice": (copy(USER, f"{SCORE}/fields/Other__c.field-meta.xml"), "relationshipName Adoption_Scores is used"),
    "text without length": (change(KEY, "    <length>18</length>\n", ""), "Must specify 'length' for a CustomField of type Text"),
    "text too long": (change(KEY, "<length>18", "<length>256"), "Length must be between 1 and 255"),
    "long text without lines": (change(REASONS, "    <visibleLines>10</visibleLines>\n", ""), "Must specify 'visibleLines'"),
    "too many digits": (change(BAND, "<precision>4", "<precision>19"), "Precision must be at most 18"),
    "label too long": (change(BAND, "<label>Band", "<label>" + "x" * 41), "Value too long for field: label"),
    "object without sharing": (change(OBJECT, "    <sharingModel>Private</sharingModel>\n", ""), "non-empty sharingModel"),
    "controlled by no parent": (change(OBJECT, "<sharingModel>Private", "<sharingModel>ControlledByParent"), "ControlledByParent goes with master-detail"),
    "auto number without format": (change(OBJECT, "        <displayFormat>AS-{000000}</displayFormat>\n", ""), "Must specify 'displayFormat'"),
    "fields of no object": (remove(OBJECT), "no CustomObject named Adoption_Score__c found"),
    "tab of no object": (move(TAB, f"{APP}/tabs/Adoption_Scare__c.tab-meta.xml"), "no CustomObject named Adoption_Scare__c found"),
    # custom metadata
    "record names a missing field": (change(RULE, "Amount_At_Least__c", "Amount__c"), "no CustomField named Big_Deal_Rule__mdt.Amount__c found"),
    "record value of a wrong type": (change(RULE, 'xsi:type="xsd:boolean">true', 'xsi:type="xsd:string">true'), "Active__c must be of type xsd:boolean"),
    "record value that is no number": (change(RULE, ">100000.0<", ">much<"), "'much' is not a valid value for the type xsd:double"),
    "record of no type": (move(RULE, "seed/main/default/customMetadata/Large_Deal_Rule.Big_Deal.md-meta.xml"), "no CustomObject named Large_Deal_Rule__mdt found"),
    # layouts
    "layout of no object": (move(LAYOUT, LAYOUT.replace("Role__mdt-", "Rule__mdt-")), "no CustomObject named Adoption_Rule__mdt found"),
    "layout with a missing field": (change(LAYOUT, "Role_Names__c", "Rule_Names__c"), "no CustomField named Adoption_Role__mdt.Rule_Names__c found"),
    "layout with a field twice": (change(LAYOUT, "<field>Profile_Names__c", "<field>Role_Names__c"), "Duplicate field in the layout: Role_Names__c"),
    "layout with a column too few": (change(LAYOUT, "<style>OneColumn", "<style>TwoColumnsTopToBottom"), "The section Who is it has 1 columns, not 2"),
    "related list by a missing lookup": (change(SCORE_LAYOUT, "Adoption_Exception__c.Adoption_Score__c", "Adoption_Exception__c.Score__c"), "Cannot find related list: Adoption_Exception__c.Score__c"),
    "related list by a lookup to another object": (change(SCORE_LAYOUT, "Adoption_Exception__c.Adoption_Score__c", "Adoption_Exception__c.Manager__c"), "Cannot find related list: Adoption_Exception__c.Manager__c"),
    "related list with a missing field": (change(SCORE_LAYOUT, "<fields>Week_Begins__c", "<fields>Month_Begins__c"), "no CustomField named Adoption_Snapshot__c.Month_Begins__c found"),
    # list views
    "list view with a missing field": (change(LIST, "<columns>Opened_On__c", "<columns>Opened_At__c"), "Could not resolve list view column: Opened_At__c"),
    "list view by a missing field": (change(LIST, "<field>State__c", "<field>Status__c"), "Could not resolve list view column: Status__c"),
    "list view by a value that is not there": (change(LIST, "<value>open,seen", "<value>open,looked"), "looked is no value of State__c"),
    "list view of owners where there are none": (change(LIST, "<columns>NAME", "<columns>OWNER.ALIAS"), "Could not resolve list view column: OWNER.ALIAS"),
    "list view of one's own where nobody owns": (change(LIST, "<filterScope>Everything", "<filterScope>Mine"), "Records of Adoption_Exception__c have no owner"),
    "list view's label too long": (change(LIST, "<label>", "<label>" + "x" * 40), "label maximum length is:40"),
    # permission sets
    "permission on a missing field": (change(PANEL_SET, "Adoption_Score__c.Band__c", "Adoption_Score__c.Bend__c"), "no CustomField named Adoption_Score__c.Bend__c found"),
    "permission on a required field": (change(PANEL_SET, "Adoption_Score__c.Band__c", "Adoption_Score__c.User_Key__c"), "You cannot deploy to a required field: Adoption_Score__c.User_Key__c"),
    "permission on a missing object": (change(PANEL_SET, "<object>Adoption_Score__c", "<object>Adoption_Scare__c"), "no CustomObject named Adoption_Scare__c found"),
    "permission on a missing tab": (change(PANEL_SET, "<tab>Adoption_Score__c", "<tab>Adoption_Scare__c"), "no CustomTab named Adoption_Scare__c found"),
    "edit without read": (change(PANEL_SET, "<allowEdit>false</allowEdit>\n        <allowRead>true", "<allowEdit>true</allowEdit>\n        <allowRead>false"), "Permission Edit Adoption_Action__c depends on permission(s): Read Adoption_Action__c"),
    "unknown user permission": (change(PANEL_SET, "<name>ApiEnabled", "<name>ApiEnable"), "Unknown user permission: ApiEnable"),
    "user permission without its others": (change(JOBS_SET, "<name>ViewPublicReports", "<name>RunReports"), "ViewAllData depends on permission(s): ViewPublicReports"),
    "description too long": (change(PANEL_SET, "<description>", "<description>" + "x" * 255), "max length=255"),
    # reports
    "report names a missing field": (change(REPORT, "Adoption_Score__c$Band__c", "Adoption_Score__c$Bend__c"), "Invalid field name: Adoption_Score__c$Bend__c"),
    "report of a missing type": (change(REPORT, "<reportType>Adoption_Scores__c", "<reportType>Adoption_Score__c"), "invalid report type: Adoption_Score__c"),
    "report groups a column": (change(REPORT, "$Band__c</field>\n    </columns>", "$Word__c</field>\n    </columns>"), "A grouping must not be a column too"),
    "report sorts by no column": (change(REPORT, "<sortColumn>Adoption_Score__c$Score__c", "<sortColumn>Adoption_Score__c$Name"), "sortColumn is no column"),
    "report in an unknown scope": (change(REPORT, "<scope>organization", "<scope>org"), "Invalid scope"),
    "report dated by a missing field": (change(REPORT, "<dateColumn>Adoption_Score__c$As_Of__c", "<dateColumn>Adoption_Score__c$As_For__c"), "Invalid field name: Adoption_Score__c$As_For__c"),
    "report name too long": (change(REPORT, "<name>Scores by Word", "<name>" + "x" * 41), "name maximum length is:40"),
    "report type of a missing field": (change(REPORT_TYPE, "<field>Band__c", "<field>Bend__c"), "Could not find field Bend__c in table Adoption_Score__c"),
    "report type on no object": (change(REPORT_TYPE, "<baseObject>Adoption_Score__c", "<baseObject>Adoption_Scare__c"), "no CustomObject named Adoption_Scare__c found"),
    "report type joins nothing": (change(REPORT_TYPE, "    <label>Adoption Scores", "    <join><outerJoin>true</outerJoin><relationship>Gone__r</relationship></join>\n    <label>Adoption Scores"), "Could not find relationship Gone__r"),
    "object without reports": (change(OBJECT, "<enableReports>true", "<enableReports>false"), "Reports are not enabled"),
    "folder shared with one user": (change(FOLDER, "<sharedTo>AllInternalUsers</sharedTo>\n        <sharedToType>Organization", "<sharedTo>a@b.example</sharedTo>\n        <sharedToType>User"), "no User named a@b.example found"),
    # dashboards
    "dashboard parts overlap": (dashboard(second_column=5), "overlap in the grid"),
    "dashboard too wide": (dashboard(second_column=8), "over the 12 columns"),
    "dashboard with a running user": (dashboard(running_user="<runningUser>a@b.example</runningUser>"), "runningUser names a user of one org"),
    # external client apps
    "part of another app": (change(CANVAS, "<externalClientApplication>Bellwether_Panel", "<externalClientApplication>Bellwether_Pane"), "no ExternalClientApplication named Bellwether_Pane found"),
    "app for a missing permission set": (change(POLICY, "<commaSeparatedPermissionSet>Adoption_Integration", "<commaSeparatedPermissionSet>Adoption_Integrator"), "no PermissionSet named Adoption_Integrator found"),
    "app open to all": (change(POLICY, "AdminApprovedPreAuthorized", "AllSelfAuthorized"), "goes with AdminApprovedPreAuthorized only"),
    "app with the policy's old name": (change(POLICY, "AdminApprovedPreAuthorized", "AdminApproved"), "not a valid value for the enum 'PermittedUsersPolicyType'"),
    "unknown scope": (change(OAUTH, "Api, RefreshToken", "Api, Refresh"), "'Refresh' is not a valid OAuth scope"),
    "canvas without TLS": (change(CANVAS, "https://canvas-url", "http://canvas-url"), "must start with https://"),
    "legacy canvas location": (change(CANVAS, ">Visualforce<", ">ServiceDesk<"), "no canvas location ServiceDesk"),
    "connected app's spelling": (change(CANVAS, "<label>", "<lifecycleClass>X</lifecycleClass><label>"), "lifecycleClass invalid at this location"),
    "certificate with its header lines": (global_oauth("-----BEGIN CERTIFICATE-----"), "without BEGIN and END lines"),
    "certificate placeholder left in": (global_oauth("@@CERTIFICATE@@"), "base64 body of one X.509 certificate"),
    "consumer secret in a file": (change(CANVAS.replace("extlClntAppCanvasSettings/Bellwether_Panel_canvasSettings.ecaCanvas", "externalClientApps/Bellwether_Panel.eca"), "<label>", "<orgScopedExternalApp>00D:X</orgScopedExternalApp><label>"), "belongs to one org"),
    "canvas before API 66": (change("sfdx-project.json", '"66.0"', '"65.0"'), "is not available in API version 65.0"),
}  # fmt: skip


@pytest.mark.parametrize("kind", DAMAGE)
def test_planted_damage_is_named(project, kind):
    damage, words = DAMAGE[kind]
    damage(project)
    said = [str(problem) for problem in check(read_source(project))]
    assert any(words in line for line in said), said


def test_a_sound_dashboard_passes(project):
    dashboard()(project)
    assert [one for one in check(read_source(project)) if not one.style] == []


def test_command_prints_file_and_line_and_fails(project):
    DAMAGE["report names a missing field"][0](project)
    done = subprocess.run(
        [sys.executable, "-m", "localorg.metadata", str(project)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    line = rf"{re.escape(str(project / REPORT))}:\d+: Adoption_Reports/Scores_by_Word: Invalid field name: "
    assert re.search(line + re.escape("Adoption_Score__c$Bend__c"), done.stdout), done.stdout


def test_command_passes_on_the_repository():
    repository = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "localorg.metadata", "sfdx"],
        cwd=repository, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, f"{COMPONENTS} components, 0 problems\n")
