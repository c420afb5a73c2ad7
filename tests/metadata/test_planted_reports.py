"""Damage to reports, dashboards, folders and apps, planted one at a time, is named by the check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from localorg.metadata.checks import check
from localorg.metadata.reader import read_source
from tests.metadata.test_planted_damage import APP, NS, PANEL_SET, change, copy, remove, write

if TYPE_CHECKING:
    from pathlib import Path

REPORTS = f"{APP}/reports/Adoption_Reports"
BOARDS = f"{APP}/dashboards/Adoption_Dashboards"
LOGIN = f"{BOARDS}/Adoption_Login.dashboard-meta.xml"
USAGE = f"{BOARDS}/Adoption_Usage.dashboard-meta.xml"
CARE = f"{BOARDS}/Adoption_Data_Care.dashboard-meta.xml"
EXCEPTIONS = f"{BOARDS}/Adoption_Exceptions_and_Deals.dashboard-meta.xml"
BOARD_FOLDER = f"{APP}/dashboards/Adoption_Dashboards.dashboardFolder-meta.xml"
REPORT_FOLDER = f"{APP}/reports/Adoption_Reports.reportFolder-meta.xml"
ACTIVE = f"{REPORTS}/Active_7_Days.report-meta.xml"
ACCOUNTS = f"{REPORTS}/Accounts_Created.report-meta.xml"
TASKS = f"{REPORTS}/Overdue_Tasks.report-meta.xml"
DEALS = f"{REPORTS}/Big_Deals.report-meta.xml"
SCORES = f"{REPORTS}/Scores_by_Word.report-meta.xml"
STANDING = f"{REPORTS}/Standing_Exceptions.report-meta.xml"
PANEL_TAB = f"{APP}/tabs/Bellwether.tab-meta.xml"
PANEL_PAGE = f"{APP}/flexipages/Bellwether.flexipage-meta.xml"
RUN_PAGE = f"{APP}/flexipages/Adoption_Run_Record_Page.flexipage-meta.xml"
LIGHTNING = f"{APP}/applications/Bellwether_Adoption.app-meta.xml"
SHARE = """    <folderShares>
        <accessLevel>View</accessLevel>
        <sharedTo>AllInternalUsers</sharedTo>
        <sharedToType>Organization</sharedToType>
    </folderShares>
"""
GROUPING = """<groupingsDown>
        <dateGranularity>Day</dateGranularity>
        <field>{}</field>
        <sortOrder>Asc</sortOrder>
    </groupingsDown>"""
CROSS = "<crossFilters><criteriaItems><column>Id</column><operator>equals</operator><value>x</value></criteriaItems><operation>with</operation><primaryTableColumn>Account$Id</primaryTableColumn><relatedTable>Opportunity</relatedTable><relatedTableJoinColumn>AccountId</relatedTableJoinColumn></crossFilters>"


def three_more_dynamic_boards(project: Path) -> None:
    for number in range(2):
        copy(CARE, f"{BOARDS}/More_{number}.dashboard-meta.xml")(project)


def both(*damages):
    def damage(project: Path) -> None:
        for one in damages:
            one(project)

    return damage


#: name -> (damage, what the check must say)
DAMAGE = {
    # as whom a dashboard runs
    "scores shown to everybody": (change(EXCEPTIONS, ">LoggedInUser<", ">SpecifiedUser<"), "Everybody would see Adoption_Score__c as one user does"),
    "exceptions shown to everybody": (change(EXCEPTIONS, ">LoggedInUser<", ">SpecifiedUser<"), "Everybody would see Adoption_Exception__c as one user does"),
    "no type is a specified user": (change(EXCEPTIONS, "    <dashboardType>LoggedInUser</dashboardType>\n", ""), "Everybody would see Adoption_Score__c"),
    "a broad dashboard takes in scores": (change(USAGE, "<report>Adoption_Reports/Groups", "<report>Adoption_Reports/Scores_by_Word"), "Everybody would see Adoption_Score__c"),
    "people in a chart of a broad dashboard": (change(CARE, ">LoggedInUser<", ">SpecifiedUser<"), "Everybody would see people by name (ASSIGNED)"),
    "people in a table of a broad dashboard": (change(CARE, ">LoggedInUser<", ">SpecifiedUser<"), "Everybody would see people by name (FULL_NAME)"),
    "a team's manager in a broad dashboard": (both(change(f"{APP}/reportTypes/Adoption_Groups.reportType-meta.xml", "<field>People__c<", "<field>Manager__c<"), change(f"{REPORTS}/Groups.report-meta.xml", "Adoption_Team__c$People__c", "Adoption_Team__c$Manager__c"), change(USAGE, "Adoption_Team__c$People__c", "Adoption_Team__c$Manager__c")), "Everybody would see people by name (Adoption_Team__c$Manager__c)"),
    "names of owners in a broad chart": (both(change(f"{APP}/reportTypes/Users_with_Accounts.reportType-meta.xml", "<field>Division<", "<field>Name<"), change(ACCOUNTS, "User$Division", "User$Name"), change(USAGE, "User$Division", "User$Name")), "Everybody would see people by name (User$Name)"),
    "too many dynamic dashboards": (three_more_dynamic_boards, "More than 3 dashboards run as the LoggedInUser"),
    "dynamic dashboard in a private folder": (change(BOARD_FOLDER, SHARE, ""), "cannot be in a private folder"),
    # dashboards and their reports
    "dashboard shared wider than its reports": (change(REPORT_FOLDER, SHARE, ""), "The folder of the report Adoption_Reports/Active_7_Days is not shared with whom"),
    "dashboard's report deleted": (remove(TASKS), "no Report named Adoption_Reports/Overdue_Tasks found"),
    "chart by no grouping": (change(LOGIN, "<groupingColumn>ROLE<", "<groupingColumn>TITLE<"), "The groupingColumn is no grouping of Adoption_Reports/Active_7_Days: TITLE"),
    "chart without a grouping": (change(LOGIN, "                <groupingColumn>ROLE</groupingColumn>\n", ""), "A Bar needs a groupingColumn"),
    "chart of no column": (change(LOGIN, "<column>RowCount<", "<column>AMOUNT<"), "The chartSummary is no column of Adoption_Reports/Active_7_Days: AMOUNT"),
    "table of no column": (change(CARE, "<reportColumn>NEXT_STEP<", "<reportColumn>AMOUNT<"), "The detail of a table is not in Adoption_Reports/Neglected_Opportunities: AMOUNT"),
    "table groups by a column": (change(CARE, "<reportColumn>FULL_NAME<", "<reportColumn>CLOSE_DATE<"), "The grouping of a table is not in"),
    "chart of a report that has none": (change(LOGIN, "<useReportChart>false", "<useReportChart>true"), "has no chart"),
    "component twice in one place": (change(LOGIN, "<columnIndex>4", "<columnIndex>3"), "overlap in the grid"),
    "filter without columns": (change(LOGIN, "    <dashboardGridLayout>", "    <dashboardFilters><dashboardFilterOptions><operator>equals</operator><values>East</values></dashboardFilterOptions><name>Region</name></dashboardFilters>\n    <dashboardGridLayout>"), "Every component needs 1 dashboardFilterColumns"),
    "dashboard title too long": (change(LOGIN, "<title>Login", "<title>" + "x" * 81), "title maximum length is:80"),
    "dashboard description too long": (change(LOGIN, "<description>", "<description>" + "x" * 250), "description maximum length is:255"),
    "everybody may edit a folder": (change(BOARD_FOLDER, "<accessLevel>View", "<accessLevel>Manage"), "Everybody gets Manage on this folder"),
    "dashboard folder missing": (remove(BOARD_FOLDER), "Cannot find folder:Adoption_Dashboards"),
    # reports
    "unknown standard column": (change(ACTIVE, "<field>DIVISION<", "<field>REGION<"), "Invalid field name: REGION"),
    "unknown relative date": (change(ACTIVE, "LAST_N_DAYS:7", "LAST_7_DAYS"), "Unknown relative date in the filter: LAST_7_DAYS"),
    "relative date without its number": (change(ACTIVE, "LAST_N_DAYS:7", "LAST_N_DAYS"), "Unknown relative date in the filter: LAST_N_DAYS"),
    "parameter left out": (change(ACTIVE, "<name>active</name>", "<name>actives</name>"), "A report on User needs the parameter active"),
    "scope of a type that has none": (change(ACTIVE, "    <showDetails>", "    <scope>organization</scope>\n    <showDetails>"), "Invalid scope for the report type User: organization"),
    "unknown scope": (change(TASKS, "<scope>team", "<scope>mine"), "Invalid scope for the report type Activity: mine"),
    "four levels of groups": (change(ACTIVE, "    <name>Active", f"    {GROUPING.format('TITLE')}\n    <name>Active"), "A Summary report has at most 3 groupingsDown: 4"),
    "the same group twice": (change(ACTIVE, "<field>PROFILE<", "<field>ROLE<"), "grouped by the same column twice: ROLE"),
    "sum of a text": (change(DEALS, "        <field>Big_Deal_Alert__c$Status__c", "        <aggregateTypes>Sum</aggregateTypes>\n        <field>Big_Deal_Alert__c$Status__c"), "Status__c of type Picklist has no Sum"),
    "filter that is not there": (change(f"{REPORTS}/Neglected_Opportunities.report-meta.xml", "1 OR 2", "1 OR 3"), "names a filter that is not there"),
    "too many cross filters": (change(ACCOUNTS, "    <description>", f"    {CROSS * 4}\n    <description>"), "at most 3 cross filters: 4"),
    "time frame backwards": (change(TASKS, "<interval>INTERVAL_CUSTOM</interval>", "<endDate>2026-01-01</endDate><interval>INTERVAL_CUSTOM</interval><startDate>2026-02-01</startDate>"), "ends before it begins"),
    "matrix without a side": (change(STANDING, "<format>Matrix", "<format>Summary"), "at most 0 groupingsAcross"),
    "report on a deleted report type": (remove(f"{APP}/reportTypes/Users_with_Leads.reportType-meta.xml"), "invalid report type: Users_with_Leads__c"),
    "join of a lookup that is not there": (change(f"{APP}/reportTypes/Users_with_Leads.reportType-meta.xml", "<relationship>Lead$OwnerId", "<relationship>Lead$Owner"), "Could not find relationship Lead$Owner of User"),
    "join of a lookup to something else": (change(f"{APP}/reportTypes/Users_with_Leads.reportType-meta.xml", "<relationship>Lead$OwnerId", "<relationship>Contact$AccountId"), "Could not find relationship Contact$AccountId of User"),
    "column of a join that is not there": (change(f"{APP}/reportTypes/Adoption_Exceptions.reportType-meta.xml", "<field>Measure_Label__c", "<field>Measure_Name__c"), "Could not find field Measure_Name__c in table Adoption_Score__c.Adoption_Exceptions__r"),
    # apps
    "app with a missing tab": (change(LIGHTNING, "<tabs>Adoption_Score__c", "<tabs>Adoption_Scare__c"), "In field: tab - no CustomTab named Adoption_Scare__c found"),
    "app with an unknown standard tab": (change(LIGHTNING, "standard-report", "standard-Report"), "no CustomTab named standard-Report found"),
    "app with a tab twice": (change(LIGHTNING, "<tabs>Adoption_Score__c", "<tabs>Adoption_Team__c"), "The tab is in the app twice: Adoption_Team__c"),
    "app without a form": (change(LIGHTNING, "    <formFactors>Small</formFactors>\n    <formFactors>Large</formFactors>\n", ""), "needs formFactors"),
    "app of an unknown kind": (change(LIGHTNING, "<navType>Standard", "<navType>Simple"), "'Simple' is not a valid value for the enum 'NavType'"),
    "permission to a missing app": (change(PANEL_SET, "<application>Bellwether_Adoption", "<application>Bellwether_Adaption"), "no CustomApplication named Bellwether_Adaption found"),
    "app without a label": (change(LIGHTNING, "    <label>Adoption</label>\n", ""), "Required field is missing: label"),
    # Lightning pages
    "tab of a missing page": (change(PANEL_TAB, "<flexiPage>Bellwether", "<flexiPage>Bell_Wether"), "no FlexiPage named Bell_Wether found"),
    "tab of a record's page": (change(PANEL_TAB, "<flexiPage>Bellwether", "<flexiPage>Adoption_Run_Record_Page"), "A tab shows a page of type AppPage"),
    "page's tab without a label": (change(PANEL_TAB, "    <label>Bellwether</label>\n", ""), "Required field is missing: label"),
    "page with a missing component": (change(PANEL_PAGE, "<componentName>bellwetherPanel", "<componentName>bellPanel"), "component information for component bellPanel"),
    "page with an unknown standard component": (change(RUN_PAGE, "force:detailPanel", "flexipage:detailPanel"), "component information for component flexipage:detailPanel"),
    "page whose component is for no page": (change(f"{APP}/aura/bellwetherPanel/bellwetherPanel.cmp", "flexipage:availableForAllPageTypes,", ""), "The component bellwetherPanel is not available for AppPage"),
    "page with a region of another template": (change(PANEL_PAGE, "<name>main", "<name>header"), "The 'header' region (type Region) doesn't exist."),
    "page with a facet of nothing": (change(PANEL_PAGE, "<type>Region", "<type>Facet"), "The 'main' region (type Facet) doesn't exist."),
    "page with a region twice": (change(RUN_PAGE, "<name>sidebar", "<name>main"), "Duplicate region in the page: main"),
    "page with an identifier twice": (change(RUN_PAGE, "<identifier>force_detailPanel", "<identifier>bellwetherPanel"), "Duplicate identifier in the page: bellwetherPanel"),
    "page without an identifier": (change(PANEL_PAGE, "                <identifier>bellwetherPanel</identifier>\n", ""), "Required field is missing: identifier"),
    "page of an unknown template": (change(PANEL_PAGE, "defaultAppHomeTemplate", "appHomeTemplateDesktop_3"), "Template flexipage:appHomeTemplateDesktop_3 doesn't exist."),
    "page of another kind than its template": (change(PANEL_PAGE, "<type>AppPage", "<type>HomePage"), "is for pages of type AppPage, not HomePage"),
    "record page of a missing object": (change(RUN_PAGE, "<sobjectType>Adoption_Run__c", "<sobjectType>Adoption_Ran__c"), "no CustomObject named Adoption_Ran__c found"),
    "record page of nothing": (change(RUN_PAGE, "    <sobjectType>Adoption_Run__c</sobjectType>\n", ""), "Required field is missing: sobjectType"),
    "app page of an object": (change(PANEL_PAGE, "    <template>", "    <sobjectType>Account</sobjectType>\n    <template>"), "has no sobjectType"),
    "page of a kind that is none": (change(PANEL_PAGE, "<type>AppPage", "<type>AppsPage"), "'AppsPage' is not a valid value for the enum 'FlexiPageType'"),
    "app that shows a missing page": (change(LIGHTNING, "<content>Adoption_Run_Record_Page", "<content>Adoption_Run_Page"), "no FlexiPage named Adoption_Run_Page found"),
    "app that shows a page of another object": (change(LIGHTNING, "<pageOrSobjectType>Adoption_Run__c", "<pageOrSobjectType>Account"), "is a page of Adoption_Run__c, not of Account"),
    "app that replaces another action": (change(LIGHTNING, "<actionName>View", "<actionName>Edit"), "Only a Lightning page for View is known here"),
    "stray dashboard": (write(f"{APP}/dashboards/Loose.dashboard-meta.xml", f"<Dashboard {NS}></Dashboard>"), "must be inside a folder"),
}  # fmt: skip


@pytest.mark.parametrize("kind", DAMAGE)
def test_planted_damage_is_named(project, kind):
    damage, words = DAMAGE[kind]
    damage(project)
    said = [str(problem) for problem in check(read_source(project))]
    assert any(words in line for line in said), said


def test_three_dynamic_dashboards_are_fine(project):
    copy(CARE, f"{BOARDS}/More.dashboard-meta.xml")(project)
    assert [one for one in check(read_source(project)) if not one.style] == []
