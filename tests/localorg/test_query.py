"""Queries as tables: what they answer, and what is refused with which code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from localorg.soql.parse import parse
from localorg.soql.tree import Combined, Comparison, Path, Value

if TYPE_CHECKING:
    from tests.localorg.world import World

LOCATOR = "0r8000000000000AAA"


@pytest.fixture(scope="module")
def sales(world: World) -> dict[str, str]:
    """Two accounts with contacts and opportunities; ids by name."""
    call = world.http()

    def make(kind: str, **values: Any) -> str:
        reply = call("POST", f"/sobjects/{kind}", values)
        assert reply.status_code == 201, reply.text
        return str(reply.json()["id"])

    owned = {"OwnerId": world.users["ana"]}
    made = {"acme": make("Account", Name="Acme", Industry="Media", NumberOfEmployees=7, **owned)}
    made["bolt"] = make("Account", Name="Bolt 100%", OwnerId=world.users["raj"])
    for name in ("Zed", "O'Hara"):
        make("Contact", LastName=name, AccountId=made["acme"], **owned)
    deals = (("Big", 300, "Closed Won"), ("Mid", 200, "Closed Lost"), ("Tiny", None, "Prospecting"))
    for number, (name, amount, stage) in enumerate(deals):
        made[name] = make(
            "Opportunity", Name=name, Amount=amount, StageName=stage, AccountId=made["acme"],
            CloseDate=f"2021-0{number + 1}-15", **owned,
        )  # fmt: skip
    make("Task", Subject="Call", WhatId=made["acme"], Status="Completed", **owned)
    make("Event", Subject="Meeting", StartDateTime="2021-04-15T21:30:00Z", DurationInMinutes=30)
    return made


ANSWERS: list[tuple[str, list[dict[str, Any]]]] = [
    ("SELECT Name FROM Account WHERE Name = 'ACME'", [{"Name": "Acme"}]),
    ("select name from account where industry = 'Media'", [{"Name": "Acme"}]),
    ("SELECT Name FROM Account WHERE Name LIKE 'b_lt%'", [{"Name": "Bolt 100%"}]),
    ("SELECT Name FROM Account WHERE Name LIKE '%100\\%'", [{"Name": "Bolt 100%"}]),
    ("SELECT LastName FROM Contact WHERE LastName = 'O\\'Hara'", [{"LastName": "O'Hara"}]),
    ("SELECT Name FROM Opportunity WHERE Amount != 300 ORDER BY Name", [{"Name": "Mid"}, {"Name": "Tiny"}]),
    ("SELECT Name FROM Opportunity WHERE NOT (Amount = 300) ORDER BY Name", [{"Name": "Mid"}, {"Name": "Tiny"}]),
    ("SELECT Name FROM Opportunity WHERE Amount = null", [{"Name": "Tiny"}]),
    ("SELECT Name FROM Opportunity WHERE NextStep = '' AND Amount > 2e2", [{"Name": "Big"}]),
    ("SELECT Name FROM Opportunity WHERE Amount NOT IN (300, 200)", [{"Name": "Tiny"}]),
    ("SELECT Name FROM Opportunity WHERE Amount IN (300, null) ORDER BY Name", [{"Name": "Big"}, {"Name": "Tiny"}]),
    ("SELECT Name FROM Opportunity WHERE (IsWon = true OR IsClosed = false) ORDER BY Name", [{"Name": "Big"}, {"Name": "Tiny"}]),
    ("SELECT Name FROM Opportunity ORDER BY Amount", [{"Name": "Tiny"}, {"Name": "Mid"}, {"Name": "Big"}]),
    ("SELECT Name FROM Opportunity ORDER BY Amount DESC", [{"Name": "Tiny"}, {"Name": "Big"}, {"Name": "Mid"}]),
    ("SELECT Name FROM Opportunity ORDER BY Amount DESC NULLS LAST LIMIT 1", [{"Name": "Big"}]),
    ("SELECT Name FROM Opportunity ORDER BY Name LIMIT 1 OFFSET 1", [{"Name": "Mid"}]),
    ("SELECT Name FROM Opportunity WHERE CloseDate = 2021-02-15", [{"Name": "Mid"}]),
    ("SELECT Name FROM Opportunity WHERE CloseDate >= LAST_N_YEARS:2", []),
    ("SELECT Name FROM Opportunity WHERE CreatedDate = TODAY AND Amount = 300", [{"Name": "Big"}]),
    ("SELECT Subject FROM Event WHERE StartDateTime >= 2021-04-15T23:30:00+02:00", [{"Subject": "Meeting"}]),
    ("SELECT EndDateTime FROM Event", [{"EndDateTime": "2021-04-15T22:00:00.000+0000"}]),
    ("SELECT Name FROM Opportunity WHERE Account.Name = 'Acme' AND Owner.Username = 'ana@example.com' AND IsWon = true", [{"Name": "Big"}]),
    ("SELECT o.Name FROM Opportunity o WHERE o.Amount = 300", [{"Name": "Big"}]),
    ("SELECT Opportunity.Name FROM Opportunity WHERE Opportunity.Amount = 300", [{"Name": "Big"}]),
    ("SELECT Subject FROM Task WHERE What.Type = 'Account' AND Who.Type = null", [{"Subject": "Call"}]),
    ("SELECT Name FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE LastName = 'Zed')", [{"Name": "Acme"}]),
    ("SELECT Name FROM Account WHERE Id NOT IN (SELECT AccountId FROM Opportunity)", [{"Name": "Bolt 100%"}]),
    ("SELECT LastName FROM Contact WHERE AccountId NOT IN (SELECT ParentId FROM Account)", []),
    ("SELECT LastName FROM Contact WHERE AccountId NOT IN (SELECT ParentId FROM Account WHERE ParentId != null) ORDER BY LastName", [{"LastName": "O'Hara"}, {"LastName": "Zed"}]),
    ("SELECT Amount__c, DeveloperName FROM Rule__mdt", [{"Amount__c": 5.0, "DeveloperName": "Big"}]),
]  # fmt: skip


@pytest.mark.parametrize(("soql", "expected"), ANSWERS)
def test_a_query_answers(world: World, sales: Any, soql: str, expected: list[Any]) -> None:
    assert world.http().rows(soql) == expected


GROUPED: list[tuple[str, list[dict[str, Any]]]] = [
    ("SELECT COUNT(Id) FROM Opportunity", [{"expr0": 3}]),
    ("SELECT MAX(Amount), MIN(Amount) low, SUM(Amount), AVG(Amount), COUNT(Amount) FROM Opportunity", [{"expr0": 300.0, "low": 200.0, "expr1": 500.0, "expr2": 250.0, "expr3": 2}]),
    ("SELECT StageName, COUNT(Id) n FROM Opportunity GROUP BY StageName ORDER BY StageName LIMIT 1", [{"StageName": "Closed Lost", "n": 1}]),
    ("SELECT Owner.Name, COUNT(Id) FROM Account WHERE Owner.Alias IN ('ana', 'raj') GROUP BY Owner.Name ORDER BY Owner.Name", [{"Name": "Ana", "expr0": 1}, {"Name": "Raj", "expr0": 1}]),
    ("SELECT CALENDAR_MONTH(CloseDate), COUNT(Id) FROM Opportunity GROUP BY CALENDAR_MONTH(CloseDate) ORDER BY CALENDAR_MONTH(CloseDate) LIMIT 1", [{"expr0": 1, "expr1": 1}]),
    ("SELECT DAY_ONLY(StartDateTime) day, COUNT(Id) FROM Event GROUP BY DAY_ONLY(StartDateTime)", [{"day": "2021-04-15", "expr0": 1}]),
    ("SELECT AccountId, COUNT(Id) FROM Opportunity GROUP BY AccountId HAVING COUNT(Id) > 3", []),
    ("SELECT COUNT_DISTINCT(OwnerId) FROM Opportunity", [{"expr0": 1}]),
]  # fmt: skip


@pytest.mark.parametrize(("soql", "expected"), GROUPED)
def test_a_grouped_query_answers(world: World, sales: Any, soql: str, expected: Any) -> None:
    result = world.http().query(soql)
    assert all(one.pop("attributes") == {"type": "AggregateResult"} for one in result["records"])
    assert result["records"] == expected
    assert (result["totalSize"], result["done"]) == (len(expected), True)


def test_count_of_all_is_the_total_size(world: World, sales: Any) -> None:
    expected = {"totalSize": 3, "done": True, "records": []}
    assert world.http().query("SELECT COUNT() FROM Opportunity") == expected


def test_parents_are_nested_and_missing_ones_null(world: World, sales: dict[str, str]) -> None:
    soql = "SELECT Id, Account.Name, Account.Owner.Name, Campaign.Name FROM Opportunity WHERE Name = 'Big'"
    record = world.http().query(soql)["records"][0]
    base = "/services/data/v66.0/sobjects"
    assert list(record) == ["attributes", "Id", "Account", "Campaign"]
    assert record["Campaign"] is None
    assert record["Account"] == {
        "attributes": {"type": "Account", "url": f"{base}/Account/{sales['acme']}"},
        "Name": "Acme",
        "Owner": {
            "attributes": {"type": "User", "url": f"{base}/User/{world.users['ana']}"},
            "Name": "Ana",
        },
    }


def test_children_are_a_result_of_their_own_or_null(world: World, sales: Any) -> None:
    soql = "SELECT Name, (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account WHERE Name IN ('Acme', 'Bolt 100%') ORDER BY Name"
    acme, bolt = world.http().query(soql)["records"]
    assert [one["LastName"] for one in acme["Contacts"]["records"]] == ["O'Hara", "Zed"]
    assert (acme["Contacts"]["totalSize"], acme["Contacts"]["done"]) == (2, True)
    assert bolt["Contacts"] is None


@pytest.fixture(scope="module")
def leads(world: World) -> None:
    """Two pages of them."""
    records = [
        {"attributes": {"type": "Lead"}, "LastName": f"L{n}", "Company": "C"} for n in range(200)
    ]
    for _ in range(2):
        world.http()("POST", "/composite/sobjects", {"records": records})


def test_offset_brings_one_batch(world: World, leads: None) -> None:
    call = world.http()
    page = call.query("SELECT Id FROM Lead OFFSET 0")
    assert (page["totalSize"], page["done"], len(page["records"])) == (200, True, 200)


def test_deleted_records_are_only_in_query_all(world: World) -> None:
    call = world.http()
    made = call("POST", "/sobjects/Campaign", {"Name": "Gone"}).json()["id"]
    call("DELETE", f"/sobjects/Campaign/{made}")
    soql = "SELECT Name, IsDeleted FROM Campaign WHERE Name = 'Gone'"
    assert call.rows(soql) == []
    assert call.query(soql, "queryAll")["records"][0]["IsDeleted"] is True


def test_more_than_one_batch_of_groups_fails_the_query(world: World) -> None:
    with world.org.write() as db:
        db.executemany(
            'INSERT INTO "Campaign" ("Id", "Name") VALUES (?, ?)',
            ((f"7015g0zz{number:07d}AAA", f"C{number}") for number in range(2001)),
        )
    call = world.http()
    result = call.query("SELECT Name, COUNT(Id) FROM Campaign GROUP BY Name")
    assert result[0]["errorCode"] == "EXCEEDED_ID_LIMIT"
    assert result[0]["message"].startswith("Aggregate query does not support queryMore()")
    assert len(call.rows("SELECT Name, COUNT(Id) FROM Campaign GROUP BY Name LIMIT 2000")) == 2000


REFUSED: list[tuple[str, str, str]] = [
    ("SELECT Id FROM Nothing", "INVALID_TYPE", "sObject type 'Nothing' is not supported"),
    ("SELECT Id FROM ScratchOrgInfo limit 1", "INVALID_TYPE", "ERROR at Row:1:Column:16"),
    ("SELECT Foo FROM Account", "INVALID_FIELD", "No such column 'Foo' on entity 'Account'"),
    ("SELECT Boss.Name FROM Account", "INVALID_FIELD", "Didn't understand relationship 'Boss'"),
    ("SELECT Owner.Department FROM Task", "INVALID_FIELD", "No such column 'Department' on entity 'Name'"),
    ("SELECT Id FORM Account", "MALFORMED_QUERY", "unexpected token"),
    ("SELECT Id FROM Account WHERE", "MALFORMED_QUERY", "unexpected token: '<EOF>'"),
    ("SELECT FROM Account", "MALFORMED_QUERY", "unexpected token"),
    ("SELECT Id FROM Account WHERE Name = 'x' AND Site = 'y' OR Fax = 'z'", "MALFORMED_QUERY", "unexpected token: 'OR'"),
    ("SELECT Id FROM Account WHERE Name = 'open", "MALFORMED_QUERY", "unexpected token"),
    ("SELECT Id FROM Account WHERE Name = '\\q'", "MALFORMED_QUERY", "Illegal character sequence"),
    ("SELECT TYPEOF What WHEN Account THEN Name END FROM Task", "MALFORMED_QUERY", "unexpected token"),
    ("SELECT FIELDS(ALL) FROM Account", "MALFORMED_QUERY", "Unknown function: FIELDS"),
    ("SELECT Id FROM Account USING SCOPE mine", "MALFORMED_QUERY", "unexpected token"),
    ("SELECT Id FROM Account LIMIT 1.5", "MALFORMED_QUERY", "unexpected token: '1.5'"),
    ("SELECT Id FROM Account OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "2000"),
    ("SELECT Id FROM Account WHERE Description = 'x'", "INVALID_FIELD", "can not be filtered"),
    ("SELECT Id FROM Account ORDER BY Description", "MALFORMED_QUERY", "can not be sorted"),
    ("SELECT Id FROM Opportunity WHERE HasOpenActivity = true", "INVALID_FIELD", "can not be filtered"),
    ("SELECT CreatedDate, COUNT(Id) FROM Task GROUP BY CreatedDate", "MALFORMED_QUERY", "can not be grouped"),
    ("SELECT Amount, COUNT(Id) FROM Opportunity GROUP BY Amount", "MALFORMED_QUERY", "can not be grouped"),
    ("SELECT Subject, COUNT(Id) FROM Task GROUP BY Subject", "MALFORMED_QUERY", "can not be grouped"),
    ("SELECT MAX(IsWon) FROM Opportunity", "MALFORMED_QUERY", "does not support aggregate operator MAX"),
    ("SELECT SUM(Name) FROM Opportunity", "MALFORMED_QUERY", "does not support aggregate operator SUM"),
    ("SELECT Name, COUNT(Id) FROM Account", "MALFORMED_QUERY", "must be grouped or aggregated"),
    ("SELECT MAX(Amount) FROM Opportunity LIMIT 1", "MALFORMED_QUERY", "LIMIT"),
    ("SELECT COUNT(), Name FROM Account", "MALFORMED_QUERY", "COUNT()"),
    ("SELECT COUNT() FROM Account ORDER BY Name", "MALFORMED_QUERY", "COUNT()"),
    ("SELECT StageName, COUNT(Id) FROM Opportunity GROUP BY StageName ORDER BY Name", "MALFORMED_QUERY", "must be grouped"),
    ("SELECT Id FROM Account WHERE Name = 5", "INVALID_FIELD", "must be of type string and should be enclosed in quotes"),
    ("SELECT Id FROM Opportunity WHERE Amount = '5'", "INVALID_FIELD", "must be of type currency and should not be enclosed"),
    ("SELECT Id FROM Opportunity WHERE IsWon = 'true'", "INVALID_FIELD", "must be of type boolean"),
    ("SELECT Id FROM Opportunity WHERE CreatedDate > 2021-01-01", "INVALID_FIELD", "must be of type dateTime"),
    ("SELECT Id FROM Opportunity WHERE CloseDate = '2021-01-01'", "INVALID_FIELD", "must be of type date"),
    ("SELECT Id FROM Opportunity WHERE CloseDate > SOMEDAY", "MALFORMED_QUERY", "unexpected token: 'SOMEDAY'"),
    ("SELECT Id FROM Opportunity WHERE IsWon > true", "INVALID_QUERY_FILTER_OPERATOR", "boolean"),
    ("SELECT Id FROM Opportunity WHERE Amount LIKE '5%'", "INVALID_FIELD", "must be of type currency"),
    ("SELECT Id FROM Account WHERE Id = 'abc'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: abc"),
    ("SELECT Id FROM Account WHERE OwnerId LIKE '005%'", "INVALID_QUERY_FILTER_OPERATOR", "id field"),
    ("SELECT Id FROM Account WHERE Id IN (SELECT WhatId FROM Task)", "MALFORMED_QUERY", "Entity 'Task' is not supported"),
    ("SELECT Id FROM Account WHERE Name = 'x' OR Id IN (SELECT AccountId FROM Contact)", "MALFORMED_QUERY", "'OR'"),
    ("SELECT Id FROM Account WHERE Id IN (SELECT LastName FROM Contact)", "MALFORMED_QUERY", "id and reference"),
    ("SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact) AND Id IN (SELECT AccountId FROM Contact) AND Id IN (SELECT AccountId FROM Contact)", "EXCEEDED_MAX_SEMIJOIN_SUBSELECTS", "2"),
    ("SELECT Id, (SELECT Id FROM Nieces) FROM Account", "INVALID_TYPE", "Didn't understand relationship 'Nieces'"),
    ("SELECT CALENDAR_YEAR(Name) FROM Account GROUP BY CALENDAR_YEAR(Name)", "MALFORMED_QUERY", "not allowed"),
    ("SELECT CALENDAR_YEAR(CloseDate) FROM Opportunity", "MALFORMED_QUERY", "grouped"),
    ("", "MALFORMED_QUERY", "query string"),
]  # fmt: skip


@pytest.mark.parametrize(("soql", "code", "part"), REFUSED)
def test_a_query_is_refused(world: World, soql: str, code: str, part: str) -> None:
    reply = world.http()("GET", "/query", params={"q": soql})
    assert reply.status_code == 400
    said = reply.json()
    assert (said[0]["errorCode"], len(said)) == (code, 1)
    assert part in said[0]["message"]


def test_the_caret_points_at_the_place(world: World) -> None:
    message = world.http().query("select count() from XYZZY")[0]["message"]
    assert message.split("\n")[1:4] == [
        "select count() from XYZZY",
        "                    ^",
        "ERROR at Row:1:Column:21",
    ]


def test_locators_are_refused_when_bad_expired_or_anothers(world: World, leads: None) -> None:
    call = world.http()
    assert call.refusal("GET", f"/query/{LOCATOR}-200") == (400, "INVALID_QUERY_LOCATOR")
    after = call.query("SELECT Id FROM Lead")["nextRecordsUrl"]
    assert world.http("robot").refusal("GET", after) == (400, "INVALID_QUERY_LOCATOR")
    assert call("GET", after).status_code == 200
    world.org.cursors.forget_all()
    assert call.refusal("GET", after) == (400, "INVALID_QUERY_LOCATOR")


def test_columns_are_told_when_asked_for(world: World) -> None:
    call = world.http()
    reply = call(
        "GET", "/query", params={"q": "SELECT Id, Owner.Name FROM Account", "columns": "true"}
    )
    assert [one["columnName"] for one in reply.json()["columnMetadata"]] == ["Id", "Owner.Name"]


def test_the_parts_of_a_query_are_plain_values() -> None:
    query = parse("SELECT Id FROM Account WHERE NOT Name IN ('a', 'b') LIMIT 3")
    names = Comparison(Path(("Name",)), "IN", (Value("string", "a"), Value("string", "b")))
    assert (query.source, query.limit, query.where) == ("Account", 3, Combined("not", (names,)))
