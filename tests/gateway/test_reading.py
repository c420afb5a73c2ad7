from __future__ import annotations

import csv

import pytest

from service.salesforce import rest_table
from service.salesforce.errors import (
    AdminActionNeededError,
    LimitReachedError,
    SalesforceError,
    TransientSalesforceError,
)
from service.salesforce.look import OBJECTS
from tests.gateway.reading_org import ReadingOrg
from tests.gateway.wire import DATA, ORG

SOQL = "SELECT Id FROM Lead"


def page(ids, total, following=None):
    body = {"totalSize": total, "done": following is None}
    if following:
        body["nextRecordsUrl"] = following
    records = [{"attributes": {"type": "Lead", "url": f"/{i}"}, "Id": i} for i in ids]
    return {**body, "records": records}


def test_pages_are_followed_in_order_and_nothing_is_repeated(gateway, org):
    org.get(f"{DATA}/query", json=page(["a", "b"], 5, "/services/data/v66.0/query/0r8x-2"))
    org.get(f"{DATA}/query/0r8x-2", json=page(["c"], 5, "/services/data/v66.0/query/0r8x-3"))
    org.get(f"{DATA}/query/0r8x-3", json=page(["d", "e"], 5))
    assert list(gateway.query(SOQL)) == [{"Id": i} for i in "abcde"]
    assert gateway.api_calls == 3


def test_a_page_that_failed_is_asked_for_again_and_not_counted_twice(gateway, org):
    org.get(f"{DATA}/query", json=page(["a", "b"], 3, "/services/data/v66.0/query/0r8x-2"))
    org.get(f"{DATA}/query/0r8x-2", status=503, body="<html>")
    org.get(f"{DATA}/query/0r8x-2", json=page(["c"], 3))
    assert [record["Id"] for record in gateway.query(SOQL)] == ["a", "b", "c"]


@pytest.mark.parametrize("ids", [["a"], ["a", "b", "c"]])
def test_rows_that_do_not_add_up_are_an_error(gateway, org, ids):
    org.get(f"{DATA}/query", json=page(ids, 2))
    with pytest.raises(TransientSalesforceError, match="promised 2 rows"):
        list(gateway.query(SOQL))


def test_a_locator_that_leads_back_is_an_error(gateway, org):
    again = "/services/data/v66.0/query/0r8x-2"
    org.get(f"{DATA}/query", json=page(["a"], 9, again))
    org.get(f"{ORG}{again}", json=page(["b"], 9, again))
    with pytest.raises(TransientSalesforceError, match="twice"):
        list(gateway.query(SOQL))


def test_a_next_page_elsewhere_is_refused(gateway, org):
    org.get(f"{DATA}/query", json=page(["a"], 9, "https://evil.example/services/data/"))
    with pytest.raises(Exception, match="not a path"):
        list(gateway.query(SOQL))


def test_an_expired_locator_is_transient_but_not_asked_again(gateway, org):
    org.get(f"{DATA}/query", json=page(["a"], 2, "/services/data/v66.0/query/0r8x-1"))
    org.get(
        f"{DATA}/query/0r8x-1",
        status=400,
        json=[{"errorCode": "INVALID_QUERY_LOCATOR", "message": "invalid query locator"}],
    )
    with pytest.raises(TransientSalesforceError):
        list(gateway.query(SOQL))
    assert gateway.api_calls == 2


@pytest.fixture
def reading_org(org):
    return ReadingOrg(org)


def test_tables_are_written_as_texts_that_the_kinds_expect(gateway, reading_org, tmp_path):
    lead = {
        "Id": "00Q000000000001AAA",
        "Status": 'Open, "hot"\nline two',
        "IsConverted": False,
        "CreatedDate": "2021-04-16T10:00:00.000+0000",
    }
    reading_org.rows = {"Lead": [lead]}
    table = gateway.read_tables(tmp_path / "pages").by_name["Lead"]
    with table.pages[0].open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["Id"] == "00Q000000000001AAA"
    assert row["Status"] == 'Open, "hot"\nline two'
    assert row["IsConverted"] == "false"
    assert row["CreatedDate"] == "2021-04-16T10:00:00.000+0000"
    assert row["OwnerId"] == ""
    assert table.rows == 1


def test_half_an_emoji_in_one_name_does_not_stop_the_reading(gateway, reading_org, tmp_path):
    reading_org.rows = {"Opportunity": [{"Id": "006000000000001AAA", "Name": "Deal \ud83d\x00"}]}
    table = gateway.read_tables(tmp_path / "pages").by_name["Opportunity"]
    with table.pages[0].open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["Name"] == "Deal ?"


def test_objects_without_rows_are_gaps(gateway, reading_org, tmp_path):
    reading_org.rows = {"Lead": [{"Id": "00Q", "OwnerId": "005"}]}
    tables = gateway.read_tables(tmp_path)
    gaps = {(gap.object_name, gap.column) for gap in tables.gaps}
    assert ("Task", None) in gaps
    assert ("Lead", None) not in gaps
    assert tables.has("Lead", "OwnerId", "Status")
    assert not tables.has("Task", "Id")


def test_an_object_without_rows_has_a_page_with_a_header_and_costs_no_call(
    gateway, reading_org, org, tmp_path
):
    tables = gateway.read_tables(tmp_path)
    assert [p.read_text() for p in tables.by_name["UserRole"].pages] == ["Id,Name,ParentRoleId\n"]
    assert gateway.api_calls == gateway.reading_plan.calls_to_plan


def test_a_hidden_field_is_not_selected_and_is_a_gap(gateway, reading_org, tmp_path):
    reading_org.fields["User"].remove("UserRoleId")
    reading_org.rows = {"User": [{"Id": "005", "Name": "Ana"}]}
    tables = gateway.read_tables(tmp_path)
    assert any("User.UserRoleId" in gap.why for gap in tables.gaps)
    header = tables.by_name["User"].pages[0].read_text().splitlines()[0]
    assert "UserRoleId" not in header
    assert "ManagerId" in header


def test_custom_fields_that_the_rules_name_are_read_too(gateway, reading_org, tmp_path):
    reading_org.fields["Opportunity"] = [*reading_org.fields["Opportunity"], "MEDDIC__c"]
    reading_org.rows = {"Opportunity": [{"Id": "006", "MEDDIC__c": "yes"}], "Lead": [{"Id": "00Q"}]}
    also = {"Opportunity": ("MEDDIC__c", "Hidden__c")}
    tables = gateway.read_tables(tmp_path, also=also)
    header, row = tables.by_name["Opportunity"].pages[0].read_text().splitlines()
    assert (header.split(",")[-1], row.split(",")[-1]) == ("MEDDIC__c", "yes")
    assert "__c" not in tables.by_name["Lead"].pages[0].read_text()
    assert any("cannot read Opportunity.Hidden__c" in gap.why for gap in tables.gaps)


@pytest.mark.parametrize("fields", [None, []])
def test_a_missing_object_is_a_gap_and_the_others_are_read(gateway, reading_org, tmp_path, fields):
    reading_org.fields["Event"] = fields
    if fields is None:
        del reading_org.fields["Event"]
    reading_org.rows = {"User": [{"Id": "005"}]}
    tables = gateway.read_tables(tmp_path)
    assert "Event" not in tables.by_name
    assert next(g for g in tables.gaps if g.object_name == "Event").column is (
        "Id" if fields == [] else None
    )
    assert tables.by_name["User"].rows == 1
    assert "Event" not in {read.object_name for read in gateway.reading_plan.reads}


def test_a_forbidden_describe_is_not_taken_for_a_missing_object(gateway, reading_org, tmp_path):
    no = [{"errorCode": "API_DISABLED_FOR_ORG", "message": "no"}]
    reading_org.answers["User/describe"] = (403, no)
    with pytest.raises(AdminActionNeededError):
        gateway.read_tables(tmp_path)


def test_a_describe_that_met_a_passing_error_is_asked_alone(gateway, reading_org, org, tmp_path):
    reading_org.answers["User/describe"] = (503, [{"errorCode": "SERVER_UNAVAILABLE"}])
    reading_org.rows = {"User": [{"Id": "005"}]}
    org.get(f"{DATA}/sobjects/User/describe", status=503, body="<html>")
    org.get(f"{DATA}/sobjects/User/describe", json={"fields": [{"name": "Id"}]})
    assert gateway.read_tables(tmp_path).by_name["User"].columns == {"Id"}


def test_describing_and_counting_cost_one_call_for_five_objects(gateway, reading_org, tmp_path):
    gateway.read_tables(tmp_path)
    assert gateway.api_calls == len(reading_org.composites) == -(-len(OBJECTS) // 5)
    assert all(len(urls) <= 25 for urls in reading_org.composites)
    assert all(sum("/query" in url for url in urls) <= 5 for urls in reading_org.composites)


def test_long_tables_go_to_several_files(gateway, org, tmp_path, monkeypatch):
    monkeypatch.setattr(rest_table, "ROWS_A_FILE", 2)
    first = page(["a", "b"], 3, "/services/data/v66.0/query/x-2")
    answer = {"referenceId": "r0", "httpStatusCode": 200, "body": first}
    org.post(f"{DATA}/composite", json={"compositeResponse": [answer]})
    org.get(f"{DATA}/query/x-2", json=page(["c"], 3))
    seen = []
    wanted = {"Lead": ("Id",)}
    (table,) = rest_table.read_tables(
        gateway, wanted, tmp_path, lambda *one: seen.append(one)
    ).values()
    assert [p.read_text().count("\n") - 1 for p in table.pages] == [2, 1]
    assert seen == [("Lead", 2, 3), ("Lead", 3, 3)]


def test_first_pages_of_five_small_objects_cost_one_call(gateway, reading_org, tmp_path):
    names = OBJECTS[:7]
    reading_org.rows = {name: [{"Id": f"{name}-1"}, {"Id": f"{name}-2"}] for name in names}
    tables = gateway.read_tables(tmp_path)
    plan = gateway.reading_plan
    assert {name: tables.by_name[name].rows for name in names} == dict.fromkeys(names, 2)
    for name in names:
        (pages,) = tables.by_name[name].pages
        with pages.open(encoding="utf-8", newline="") as file:
            assert [row["Id"] for row in csv.DictReader(file)] == [f"{name}-1", f"{name}-2"]
    assert plan.calls_shared == 5
    assert gateway.api_calls == plan.calls == plan.calls_to_plan + 2
    assert [len(urls) for urls in reading_org.composites[plan.calls_to_plan :]] == [5, 2]


def test_a_first_page_that_met_a_passing_error_is_asked_alone(gateway, reading_org, org, tmp_path):
    reading_org.rows = {"User": [{"Id": "005"}], "Lead": [{"Id": "00Q"}]}
    busy = (503, [{"errorCode": "SERVER_UNAVAILABLE", "message": "busy"}])
    reading_org.first_pages["User"] = busy
    tables = gateway.read_tables(tmp_path)
    assert (tables.by_name["User"].rows, tables.by_name["Lead"].rows) == (1, 1)
    assert gateway.api_calls == gateway.reading_plan.calls + 1


def test_a_first_page_that_the_org_refuses_stops_the_reading(gateway, reading_org, tmp_path):
    reading_org.rows = {"User": [{"Id": "005"}], "Lead": [{"Id": "00Q"}]}
    no = (400, [{"errorCode": "INVALID_FIELD", "message": "No such column"}])
    reading_org.first_pages["User"] = no
    with pytest.raises(SalesforceError, match="No such column"):
        gateway.read_tables(tmp_path)


def test_the_plan_says_rows_way_and_calls(gateway, reading_org):
    reading_org.counts = {"User": 1000, "Lead": 8_000, "Task": 8_001, "Event": 600_000}
    plan = gateway.plan_reading()
    told = {read.object_name: (read.rows, read.way, read.calls) for read in plan.reads}
    assert told["User"] == (1000, "rest", 1)
    assert told["Lead"] == (8_000, "rest", 4)
    assert told["Task"] == (8_001, "bulk", 4)
    assert told["Event"] == (600_000, "bulk", 6)
    assert told["Account"] == (0, "none", 0)
    assert plan.calls_to_plan == gateway.api_calls
    # The first pages of User and Lead come in one call.
    assert (plan.calls, plan.calls_shared) == (plan.calls_to_plan + 1 + 4 + 4 + 6 - 1, 1)
    assert [read.as_dict()["object"] for read in plan.reads] == list(OBJECTS)


SLOW = (400, [{"errorCode": "QUERY_TIMEOUT", "message": "Your query request was running too long"}])


def test_an_object_that_is_not_counted_in_time_is_taken_for_large(gateway, reading_org):
    reading_org.answers["FROM Task"] = SLOW
    reads = {read.object_name: read for read in gateway.plan_reading().reads}
    assert (reads["Task"].rows, reads["Task"].way) == (None, "bulk")
    assert reads["Event"].way == "none"


def test_a_count_without_a_reply_is_not_asked_again(gateway, reading_org):
    reading_org.lost = "FROM%20Task"
    reads = {read.object_name: read for read in gateway.plan_reading().reads}
    assert (reads["Task"].rows, reads["Task"].way) == (None, "bulk")
    asked = [urls for urls in reading_org.composites if any("/Task/" in url for url in urls)]
    assert [any("/query" in url for url in urls) for urls in asked] == [True, False]


def test_a_spent_allocation_stops_the_count(gateway, reading_org):
    reading_org.answers["FROM Task"] = (
        403,
        [{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}],
    )
    with pytest.raises(LimitReachedError):
        gateway.plan_reading()


def test_a_composite_that_does_not_speak_of_each_is_an_error(gateway, org):
    org.post(f"{DATA}/composite", json={"compositeResponse": []})
    with pytest.raises(TransientSalesforceError, match="not each was answered"):
        gateway.plan_reading()
