"""Pages of a query job's result: odd bodies, broken pages, rows that do not add up."""

from __future__ import annotations

import gzip

import pytest

from service.salesforce import bulk_rows
from service.salesforce.errors import (
    AdminActionNeededError,
    RequestDefectError,
    TransientSalesforceError,
)
from tests.gateway.bulk_wire import (
    JOB,
    RESULTS,
    asked,
    csv_of,
    page,
    read,
    state,
    text_of,
)


def test_pages_are_followed_to_the_literal_null(gateway, made, tmp_path):
    state(made, rows=3)
    page(made, csv_of("a", "b"), 2, "MTAw")
    page(made, csv_of("c"), 1)
    table = read(gateway, tmp_path)
    assert [path.name for path in table.pages] == ["Task-1.csv", "Task-2.csv"]
    assert text_of(table) == [csv_of("a", "b"), csv_of("c")]
    first, second = (call.request.params for call in asked(made, RESULTS))
    assert first == {"maxRecords": "250000"}
    assert second == {"maxRecords": "250000", "locator": "MTAw"}


def test_only_gzip_is_asked_for_and_unpacked(gateway, made, tmp_path):
    state(made)
    packed = gzip.compress(csv_of("a", "b").encode())
    page(made, packed, 2, headers={"Content-Encoding": "gzip"})
    assert text_of(read(gateway, tmp_path)) == [csv_of("a", "b")]
    assert asked(made, RESULTS)[0].request.headers["Accept-Encoding"] == "gzip"


def test_quotes_and_line_ends_inside_values_stay(gateway, made, tmp_path):
    state(made, rows=2)
    body = '"Id","Subject"\n"a","two\r\nlines, ""quoted"""\n"b",""\n'
    page(made, body, 2)
    (path,) = read(gateway, tmp_path).pages
    assert path.read_bytes() == body.encode()


def test_nul_bytes_go_and_what_is_no_utf8_is_replaced(gateway, made, tmp_path):
    state(made, rows=1)
    page(made, b'"Id","Subject"\n"a","De\x00al \xed\xa0\xbd"\n', 1)
    (text,) = text_of(read(gateway, tmp_path))
    assert text == '"Id","Subject"\n"a","Deal ���"\n'


@pytest.mark.parametrize("body", ["", '"Id","Subject"\n'])
def test_a_result_without_rows_may_be_empty(gateway, made, tmp_path, body):
    made.get(JOB, json={"state": "JobComplete"})
    page(made, body)
    table = read(gateway, tmp_path)
    assert (table.rows, table.columns) == (0, frozenset())
    assert text_of(table)[0].replace('"', "") == "Id,Subject\n"


@pytest.mark.parametrize(
    "reply",
    [
        {"status": 204},
        {"status": 412, "json": [{"errorCode": "JOB_NOT_COMPLETE", "message": "can only"}]},
        {"status": 200, "body": "<html>down for maintenance</html>", "content_type": "text/html"},
        {"status": 503, "body": "<html>"},
    ],
)
def test_a_result_that_is_not_ready_is_asked_for_again(gateway, made, tmp_path, reply):
    state(made, rows=1)
    made.get(RESULTS, **reply)
    page(made, csv_of("a"), 1)
    assert text_of(read(gateway, tmp_path)) == [csv_of("a")]


WHOLE = csv_of("c", "d")


@pytest.mark.parametrize(
    "broken",
    [
        {"body": WHOLE[:-14], "rows": 2},  # cut between two rows
        {"body": WHOLE[:-4], "rows": 2},  # cut inside a value
        {"body": WHOLE, "rows": 3},
        {"body": WHOLE, "rows": 1},
        {"body": WHOLE + '"e"\n', "rows": 3},
        {"body": gzip.compress(WHOLE.encode())[:40], "rows": 2, "headers": {"Content-Encoding": "gzip"}},
        {"body": b"\x1f\x8bno", "rows": 2, "headers": {"Content-Encoding": "gzip"}},
    ],
)  # fmt: skip
def test_a_page_that_breaks_off_is_fetched_again_from_its_start(gateway, made, tmp_path, broken):
    state(made, rows=4)
    page(made, csv_of("a", "b"), 2, "MQ")
    page(made, **broken)
    page(made, WHOLE, 2)
    assert text_of(read(gateway, tmp_path)) == [csv_of("a", "b"), WHOLE]
    locators = [call.request.params.get("locator") for call in asked(made, RESULTS)]
    assert locators == [None, "MQ", "MQ"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "Task-1.csv",
        "Task-2.csv",
        "Task.job",
    ]


@pytest.mark.parametrize("given", [[3], [2, 2], [2, 0]])
def test_rows_that_do_not_add_up_are_an_error(gateway, made, tmp_path, given):
    state(made, rows=3 if len(given) == 2 else 2)
    for number, rows in enumerate(given, start=1):
        ids = [f"{number}-{row}" for row in range(rows)]
        page(made, csv_of(*ids), rows, f"L{number}" if number < len(given) else "null")
    with pytest.raises(TransientSalesforceError, match="promised"):
        read(gateway, tmp_path)
    assert not (tmp_path / "Task.job").exists()


def test_a_locator_that_leads_back_is_an_error(gateway, made, tmp_path):
    state(made, rows=9)
    page(made, csv_of("a"), 1, "MQ")
    page(made, csv_of("b"), 1, "MQ")
    with pytest.raises(TransientSalesforceError, match="twice"):
        read(gateway, tmp_path)


def test_other_columns_than_those_asked_are_an_error(gateway, made, tmp_path):
    state(made, rows=1)
    page(made, '"Subject","Id"\n"x","a"\n', 1)
    with pytest.raises(RequestDefectError, match="columns"):
        read(gateway, tmp_path)


def test_another_version_is_our_defect(gateway, made, tmp_path):
    state(made)
    made.get(RESULTS, status=409, json=[{"errorCode": "API_ERROR", "message": "version"}])
    with pytest.raises(RequestDefectError):
        read(gateway, tmp_path)


def test_a_page_that_unpacks_to_too_much_says_which_setting(gateway, made, tmp_path):
    state(made, rows=1)
    bomb = gzip.compress(b'"Id","Subject"\n"a","' + b" " * 2_000_000 + b'"\n')
    page(made, bomb, 1, headers={"Content-Encoding": "gzip"})
    with pytest.raises(AdminActionNeededError, match="BELLWETHER_PAGE_LIMIT_MB"):
        read(gateway, tmp_path)
    assert len(asked(made, RESULTS)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["Task.job"]


def test_a_page_becomes_files_of_so_many_rows_each_with_a_header(
    gateway, made, tmp_path, monkeypatch
):
    monkeypatch.setattr(bulk_rows, "ROWS_A_FILE", 2)
    state(made, rows=7)
    page(made, '"Id","Subject"\n"a",""\n"b","x\n"\n"c","\ny"\n"d",""\n"e",""\n', 5, "MQ")
    page(made, csv_of("f", "g"), 2)
    table = read(gateway, tmp_path)
    assert [path.name for path in table.pages] == [f"Task-{n}.csv" for n in range(1, 5)]
    header = '"Id","Subject"\n'
    assert text_of(table) == [
        f'{header}"a",""\n"b","x\n"\n',
        f'{header}"c","\ny"\n"d",""\n',
        f'{header}"e",""\n',
        csv_of("f", "g"),
    ]
