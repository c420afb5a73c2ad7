"""Pages of a query job's result: odd bodies, broken pages, rows that do not add up."""

from __future__ import annotations

import gzip
import json
import time
from functools import partial

import pytest

from service.salesforce import bulk
from service.salesforce.errors import (
    AdminActionNeededError,
    RequestDefectError,
    TransientSalesforceError,
)
from tests.gateway.bulk_wire import (
    COLUMNS,
    JOB,
    JOBS,
    RESULTS,
    asked,
    break_off,
    csv_of,
    page,
    read,
    state,
    text_of,
)

#: Always the same bytes, because tests are named after them.
compress = partial(gzip.compress, mtime=0)


def test_pages_are_followed_to_the_literal_null(gateway, made, tmp_path):
    state(made, rows=3)
    page(made, csv_of("a", "b"), 2, "MTAw")
    page(made, csv_of("c"), 1)
    table = read(gateway, tmp_path)
    assert [path.name for path in table.pages] == ["Task-1.csv.gz", "Task-2.csv.gz"]
    assert text_of(table) == [csv_of("a", "b"), csv_of("c")]
    first, second = (call.request.params for call in asked(made, RESULTS))
    assert first == {"maxRecords": "250000"}
    assert second == {"maxRecords": "250000", "locator": "MTAw"}


def test_only_gzip_is_asked_for_and_kept_as_it_came(gateway, made, tmp_path):
    state(made)
    packed = compress(csv_of("a", "b").encode())
    page(made, packed, 2, headers={"Content-Encoding": "gzip"})
    (path,) = read(gateway, tmp_path).pages
    assert path.read_bytes() == packed
    assert asked(made, RESULTS)[0].request.headers["Accept-Encoding"] == "gzip"


def test_plain_text_is_packed_here(gateway, made, tmp_path):
    state(made, rows=2)
    body = '"Id","Subject"\n"a","two\r\nlines, ""quoted"""\n"b",""\n'
    page(made, body, 2)
    (path,) = read(gateway, tmp_path).pages
    assert gzip.decompress(path.read_bytes()) == body.encode()


@pytest.mark.parametrize("body", ["", '"Id","Subject"\n'])
def test_a_result_without_rows_may_be_empty(gateway, made, tmp_path, body):
    made.get(JOB, json={"state": "JobComplete"})
    page(made, body, 0)
    table = read(gateway, tmp_path)
    assert (table.rows, table.columns) == (0, frozenset())
    assert text_of(table) == [body]


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
PACKED = compress(WHOLE.encode())


@pytest.mark.parametrize(
    "broken",
    [
        PACKED[:40],
        PACKED[:-1],
        b"\x1f\x8bno",
        PACKED[:-8] + b"\0\0\0\0" + PACKED[-4:],  # another checksum
        PACKED[:-4] + b"\0\0\0\0",  # another length
        PACKED + b"more",
    ],
)
def test_a_job_with_a_page_that_is_not_whole_is_let_go(gateway, made, tmp_path, broken):
    """The others' pages stay; of this object the next reading makes a new job."""
    state(made, rows=4)
    page(made, csv_of("a", "b"), 2, "MQ")
    page(made, broken, 2, headers={"Content-Encoding": "gzip"})
    with pytest.raises(TransientSalesforceError, match="broken"):
        read(gateway, tmp_path)
    assert not (tmp_path / "Task.job").exists()
    made.remove("GET", RESULTS)
    page(made, csv_of("a", "b"), 2, "MQ")
    page(made, WHOLE, 2)
    assert text_of(read(gateway, tmp_path)) == [csv_of("a", "b"), WHOLE]
    assert len(asked(made, JOBS)) == 2


def test_pages_of_a_reading_that_broke_off_are_proven_too(gateway, made, tmp_path):
    break_off(gateway, made, tmp_path)
    (tmp_path / "Task-1.csv.gz").write_bytes(b"half")
    page(made, csv_of("c"), 1)
    with pytest.raises(TransientSalesforceError, match="broken"):
        read(gateway, tmp_path)
    assert not (tmp_path / "Task.job").exists()


GZIP = {"Content-Encoding": "gzip"}


@pytest.mark.parametrize("body", [b"", compress(b""), b"\0\0", compress(b"\n" + WHOLE.encode())])
def test_a_page_without_a_header_row_has_no_rows_to_give(gateway, made, tmp_path, body):
    state(made, rows=2)
    page(made, body, 2, headers=GZIP)
    with pytest.raises(TransientSalesforceError, match="no header row"):
        read(gateway, tmp_path)


@pytest.mark.parametrize(
    "header", [b'"Id","Subject\n', b'"Id","Sub\rject"\r', b'"Id"x,"Subject"\n']
)
def test_a_header_row_that_is_no_csv_is_a_broken_page(gateway, made, tmp_path, header):
    state(made, rows=1)
    page(made, header + b'"a","b"\n', 1)
    with pytest.raises((TransientSalesforceError, RequestDefectError)):
        read(gateway, tmp_path)
    assert not (tmp_path / "Task.job").exists()


def test_a_page_may_come_in_several_members(gateway, made, tmp_path):
    state(made, rows=2)
    body = compress(b'"Id",') + compress(b'"Subject"\n"c",') + compress(b'""\n"d",""\n')
    page(made, body, 2, headers=GZIP)
    assert text_of(read(gateway, tmp_path)) == ['"Id","Subject"\n"c",""\n"d",""\n']


def test_the_rest_of_a_job_with_a_broken_page_is_not_asked_for(
    gateway, made, tmp_path, monkeypatch
):
    """As soon as it is seen, which is beside the next pages."""
    state(made, rows=100)
    page(made, PACKED[:-1], 2, "L0", headers=GZIP)
    for at in range(49):
        page(made, WHOLE, 2, f"L{at + 1}" if at < 48 else "null")
    read_page = bulk._read_page
    monkeypatch.setattr(bulk, "_read_page", lambda *args: (read_page(*args), time.sleep(0.05)))
    with pytest.raises(TransientSalesforceError, match="broken"):
        read(gateway, tmp_path)
    assert len(asked(made, RESULTS)) < 20
    assert list(tmp_path.iterdir()) == []


def test_a_job_that_an_older_version_kept_is_made_anew(gateway, made, tmp_path):
    (tmp_path / "Task-1.csv").write_text(csv_of("a"))
    old = {"object_name": "Task", "columns": COLUMNS, "id": "750old", "version": bulk.BASE[-4:],
           "made_at": time.time(), "is_run": True, "total": 1, "locator": "", "is_whole": True,
           "files": ["Task-1.csv"], "rows": 1}  # fmt: skip
    (tmp_path / "Task.job").write_text(json.dumps(old))
    state(made, rows=1)
    page(made, csv_of("b"), 1)
    assert text_of(read(gateway, tmp_path)) == [csv_of("b")]


@pytest.mark.parametrize("said", [None, "many", "-1", "9" * 5000])
def test_a_page_that_does_not_say_how_many_rows_it_has_is_none(gateway, made, tmp_path, said):
    state(made, rows=1)
    page(made, csv_of("a"), headers={"Sforce-NumberOfRecords": said} if said else {})
    page(made, csv_of("a"), 1)
    assert read(gateway, tmp_path).rows == 1
    assert len(asked(made, RESULTS)) == 2


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
    bomb = compress(b'"Id","Subject"\n"a","' + b" " * 2_000_000 + b'"\n')
    page(made, bomb, 1, headers={"Content-Encoding": "gzip"})
    with pytest.raises(AdminActionNeededError, match="BELLWETHER_PAGE_LIMIT_MB"):
        read(gateway, tmp_path)
    assert len(asked(made, RESULTS)) == 1
    assert list(tmp_path.iterdir()) == []


def test_so_does_one_that_comes_as_plain_text(gateway, made, tmp_path):
    state(made, rows=1)
    page(made, b'"Id","Subject"\n"a","' + b" " * 2_000_000 + b'"\n', 1)
    with pytest.raises(AdminActionNeededError, match="BELLWETHER_PAGE_LIMIT_MB"):
        read(gateway, tmp_path)
    assert not list(tmp_path.glob("Task-*"))
