"""What this org cannot draw is refused by name; filters and formats do what they say."""

from __future__ import annotations

import pytest

from localorg import seed
from localorg.metadata import model
from localorg.metadata.model import Component
from localorg.reports import criteria, definition
from localorg.reports.definition import RefusedError
from localorg.reports.run import run
from localorg.rights import permissions

NS = 'xmlns="http://soap.sforce.com/2006/04/metadata"'
USERS = "<reportType>User</reportType><params><name>active</name><value>active</value></params>"


def a_report(inside: str, format_: str = "Tabular") -> Component:
    text = f"<Report {NS}>{inside}<format>{format_}</format><name>R</name></Report>"
    return Component("Report", "F/R", "r", model.parse(text.encode()))


def the_rows(company, inside: str, format_: str = "Tabular", user_id: str = seed.ADMIN_ID):
    asked = definition.read(a_report(inside, format_))
    with company.org.read() as db:
        return run(company.org.schema, db, asked, user_id)


@pytest.mark.parametrize(
    ("inside", "word"),
    [
        ("<crossFilters><operation>with</operation></crossFilters>", "crossFilters"),
        ("<buckets><developerName>B</developerName></buckets>", "buckets"),
        ("<aggregates><developerName>FORMULA1</developerName></aggregates>", "aggregates"),
        ("<rowLimit>5</rowLimit>", "rowLimit"),
        ("<columns><field>ROLE</field><aggregateTypes>Median</aggregateTypes></columns>", "Median"),
        ("<timeFrameFilter><dateColumn>LAST_LOGIN</dateColumn><interval>INTERVAL_LAST7</interval></timeFrameFilter>", "INTERVAL_LAST7"),
        ("<filter><criteriaItems><column>ROLE</column><operator>includes</operator><value>x</value></criteriaItems></filter>", "includes"),
        ("<groupingsDown><field>LAST_LOGIN</field><dateGranularity>FiscalWeek</dateGranularity></groupingsDown>", "FiscalWeek"),
    ],
)  # fmt: skip
def test_unknown_parts_are_named(inside: str, word: str) -> None:
    with pytest.raises(RefusedError, match=word):
        definition.read(a_report(inside + USERS))


@pytest.mark.parametrize(
    ("inside", "word"),
    [
        (USERS + "<columns><field>CELL</field></columns>", "the column CELL of User"),
        ("<reportType>CaseList</reportType>", "the type CaseList"),
        (USERS.replace(">active</value>", ">some</value>"), "the parameter active = some of User"),
        (USERS + "<filter><criteriaItems><column>LAST_LOGIN</column><operator>equals</operator><value>soon</value></criteriaItems></filter>", "the date soon"),
        (USERS + "<filter><booleanFilter>1 XOR 1</booleanFilter><criteriaItems><column>ROLE</column><operator>equals</operator><value>x</value></criteriaItems></filter>", "booleanFilter"),
    ],
)  # fmt: skip
def test_unknown_names_are_named(company, inside: str, word: str) -> None:
    with pytest.raises(RefusedError, match=word):
        the_rows(company, inside)


def a_filter(*lines: tuple[str, str, str], boolean: str = "") -> str:
    items = "".join(
        f"<criteriaItems><column>{c}</column><operator>{o}</operator><value>{v}</value></criteriaItems>"
        for c, o, v in lines
    )
    logic = f"<booleanFilter>{boolean}</booleanFilter>" if boolean else ""
    return f"{USERS}<columns><field>FULL_NAME</field></columns><filter>{logic}{items}</filter>"


@pytest.mark.parametrize(
    ("lines", "boolean", "keeps"),
    [
        ([("LAST_NAME_", "", "")], "", None),
        ([("DIVISION", "equals", "")], "", lambda one: not one["Division"]),
        ([("DIVISION", "notEqual", "")], "", lambda one: one["Division"]),
        ([("DIVISION", "equals", "East,West")], "", lambda one: one["Division"] in {"East", "West"}),
        ([("DIVISION", "notEqual", "East")], "", lambda one: one["Division"] != "East"),
        ([("DIVISION", "contains", "as")], "", lambda one: "as" in one["Division"].lower()),
        ([("DIVISION", "notContain", "as")], "", lambda one: "as" not in one["Division"].lower()),
        ([("DIVISION", "startsWith", "e")], "", lambda one: one["Division"].lower().startswith("e")),
        ([("DIVISION", "equals", "East"), ("LAST_LOGIN", "equals", "")], "1 OR 2",
         lambda one: one["Division"] == "East" or not one["LastLoginDate"]),
        ([("DIVISION", "equals", "East"), ("LAST_LOGIN", "equals", "")], "1 AND NOT (2)",
         lambda one: one["Division"] == "East" and one["LastLoginDate"]),
    ],
)  # fmt: skip
def test_filters_keep_what_they_say(company, lines, boolean, keeps) -> None:
    if keeps is None:
        with pytest.raises(RefusedError, match="the column LAST_NAME_"):
            the_rows(company, a_filter(*[(c, "equals", v) for c, _, v in lines]))
        return
    ours = {seed.ADMIN_ID, seed.INTEGRATION_ID}
    expected = {one["Id"] for one in company.active if keeps(one)}
    found = {row.ids[0] for row in the_rows(company, a_filter(*lines, boolean=boolean)).rows}
    assert found - ours == expected


def test_the_regions_of_the_filters_exist(company) -> None:
    assert {one["Division"] for one in company.active} & {"East", "West"}


def test_a_matrix_adds_up_both_ways(company) -> None:
    inside = USERS + "".join(
        f"<groupings{where}><field>{name}</field></groupings{where}>"
        for where, name in (("Down", "ROLE"), ("Across", "DIVISION"))
    )
    result = the_rows(company, inside, "Matrix")
    down = sum(tally.rows for tally in result.rolled((0,)).values())
    across = sum(tally.rows for tally in result.rolled((1,)).values())
    assert down == across == result.total.rows == len(company.active) + 2


def test_a_column_without_field_level_security_is_left_out(company) -> None:
    with company.org.write() as db:
        held = permissions.rights_of(db, "Adoption_Panel_User")
        hidden = {**held.fields, "Adoption_Score__c.Score__c": (False, False)}
        permissions.replace_rights(
            db, "Adoption_Panel_User", permissions.Rights(held.objects, hidden, held.user)
        )
    try:
        result = company.report("Scores_by_Word", company.rep)
    finally:
        with company.org.write() as db:
            permissions.replace_rights(db, "Adoption_Panel_User", held)
    assert "Score" not in {one.label for one in result.columns}
    assert result.aggregates == ()
    assert "Score" in {one.label for one in company.report("Scores_by_Word", company.rep).columns}


def test_a_grouping_without_field_level_security_stops_the_report(company) -> None:
    with company.org.write() as db:
        held = permissions.rights_of(db, "Adoption_Panel_User")
        hidden = {**held.fields, "Adoption_Score__c.Word__c": (False, False)}
        permissions.replace_rights(
            db, "Adoption_Panel_User", permissions.Rights(held.objects, hidden, held.user)
        )
    try:
        with pytest.raises(RefusedError, match="no access to"):
            company.report("Scores_by_Word", company.rep)
    finally:
        with company.org.write() as db:
            permissions.replace_rights(db, "Adoption_Panel_User", held)


@pytest.mark.parametrize("text", ["1 AND", "(1", "1 2", "3", "AND 1", "1 AND (2 OR"])
def test_broken_logic_is_refused(text: str) -> None:
    conditions = [criteria.Comparison(criteria.Path((name,)), "=", ()) for name in "ab"]
    with pytest.raises(RefusedError, match="booleanFilter"):
        criteria._logic(text, conditions)
