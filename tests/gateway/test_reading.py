from __future__ import annotations

import csv
from urllib.parse import parse_qs, urlsplit

import pytest

from service.salesforce import reading
from service.salesforce.errors import AdminActionNeededError, TransientSalesforceError
from service.tables import COLUMNS
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
def whole_org(org):
    """An org with every object; tests take things away."""
    for name, columns in COLUMNS.items():
        org.get(
            f"{DATA}/sobjects/{name}/describe",
            json={"fields": [{"name": c.name} for c in columns] + [{"name": "Fax"}]},
        )
    return org


def answers(org, rows_by_object):
    def reply(request):
        import json  # noqa: PLC0415

        soql = parse_qs(urlsplit(request.url).query)["q"][0]
        name = soql.split(" FROM ")[1].split()[0]
        selected = soql.removeprefix("SELECT ").split(" FROM ")[0].split(", ")
        rows = [
            {"attributes": {}, **{c: row.get(c) for c in selected}}
            for row in rows_by_object.get(name, [])
        ]
        return 200, {}, json.dumps({"totalSize": len(rows), "done": True, "records": rows})

    org.add_callback("GET", f"{DATA}/query", callback=reply)


def test_tables_are_written_as_texts_that_the_kinds_expect(gateway, whole_org, tmp_path):
    lead = {
        "Id": "00Q000000000001AAA",
        "Status": 'Open, "hot"\nline two',
        "IsConverted": False,
        "CreatedDate": "2021-04-16T10:00:00.000+0000",
    }
    answers(whole_org, {"Lead": [lead]})
    table = gateway.read_tables(tmp_path / "pages").by_name["Lead"]
    with table.pages[0].open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["Id"] == "00Q000000000001AAA"
    assert row["Status"] == 'Open, "hot"\nline two'
    assert row["IsConverted"] == "false"
    assert row["CreatedDate"] == "2021-04-16T10:00:00.000+0000"
    assert row["OwnerId"] == ""
    assert table.columns == {"Id", "Status", "IsConverted", "CreatedDate"}
    assert table.rows == 1


def test_half_an_emoji_in_one_name_does_not_stop_the_reading(gateway, whole_org, tmp_path):
    answers(whole_org, {"Opportunity": [{"Id": "006000000000001AAA", "Name": "Deal \ud83d\x00"}]})
    table = gateway.read_tables(tmp_path / "pages").by_name["Opportunity"]
    with table.pages[0].open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["Name"] == "Deal ?"


def test_wholly_empty_columns_and_objects_are_gaps(gateway, whole_org, tmp_path):
    answers(whole_org, {"Lead": [{"Id": "00Q", "OwnerId": "005"}]})
    tables = gateway.read_tables(tmp_path)
    gaps = {(gap.object_name, gap.column) for gap in tables.gaps}
    assert ("Lead", "Status") in gaps
    assert ("Lead", "OwnerId") not in gaps
    assert ("Task", None) in gaps
    assert not tables.has("Lead", "Status")


def test_a_hidden_field_is_not_selected_and_is_a_gap(gateway, org, tmp_path):
    for name, columns in COLUMNS.items():
        shown = [{"name": c.name} for c in columns if c.name != "UserRoleId"]
        org.get(f"{DATA}/sobjects/{name}/describe", json={"fields": shown})
    answers(org, {"User": [{"Id": "005", "Name": "Ana"}]})
    tables = gateway.read_tables(tmp_path)
    assert any("User.UserRoleId" in gap.why for gap in tables.gaps)
    header = tables.by_name["User"].pages[0].read_text().splitlines()[0]
    assert "UserRoleId" not in header
    assert "ManagerId" in header


def test_a_missing_object_is_a_gap_and_the_others_are_read(gateway, org, tmp_path):
    for name, columns in COLUMNS.items():
        url = f"{DATA}/sobjects/{name}/describe"
        if name == "Event":
            error = {"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}
            org.get(url, status=404, json=[error])
        else:
            org.get(url, json={"fields": [{"name": c.name} for c in columns]})
    answers(org, {"User": [{"Id": "005"}]})
    tables = gateway.read_tables(tmp_path)
    assert "Event" not in tables.by_name
    assert next(g for g in tables.gaps if g.object_name == "Event").column is None
    assert tables.by_name["User"].rows == 1


def test_a_forbidden_describe_is_not_taken_for_a_missing_object(gateway, org, tmp_path):
    org.get(
        f"{DATA}/sobjects/User/describe",
        status=403,
        json=[{"errorCode": "API_DISABLED_FOR_ORG", "message": "no"}],
    )
    with pytest.raises(AdminActionNeededError):
        gateway.read_tables(tmp_path)


def test_long_tables_go_to_several_files(gateway, whole_org, tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "ROWS_A_FILE", 2)
    first = page(["a", "b"], 3, "/services/data/v66.0/query/x-2")
    whole_org.get(f"{DATA}/query", json=first)
    whole_org.get(f"{DATA}/query/x-2", json=page(["c"], 3))
    seen = []
    tables = gateway.read_tables(tmp_path, lambda *step: seen.append(step))
    paths = tables.by_name["Lead"].pages
    assert [p.read_text().count("\n") - 1 for p in paths] == [2, 1]
    assert ("Lead", 2, 3) in seen
    assert ("Lead", 3, 3) in seen
