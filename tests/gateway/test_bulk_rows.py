"""Blocks of lines: whatever the values hold and wherever a block ends, the files are the page."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.salesforce import bulk_rows
from service.salesforce.bulk_page import write_page
from service.salesforce.errors import TransientSalesforceError
from service.salesforce.transport import Stream

COLUMNS = ("Id", "Subject", "Note")
HEADER = b'"Id","Subject","Note"\n'
values = st.one_of(
    st.just(""),
    st.sampled_from(['"', '""', ",", '","', "\n", '"\n"', "\r\n", "\r", "Größe", "👩🏽‍🚀", "a,b"]),
    st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), max_size=8),
)
rows_of_values = st.lists(
    st.tuples(values.map(lambda text: f"id{text}"), values, values), min_size=1, max_size=30
)


def written(body: bytes, folder: Path, size: int = 16):
    """What `write_page` gives of a body that comes in chunks of so many bytes."""
    chunks = (body[at : at + size] for at in range(0, len(body), size))
    stream = Stream(200, {"Content-Type": "text/csv"}, chunks)
    return write_page(stream, COLUMNS, folder, "Task", 1)


def quoted(rows) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


@settings(max_examples=200)
@given(rows_of_values, st.integers(1, 200), st.integers(1, 40), st.integers(1, 12))
def test_whatever_the_values_hold_the_files_are_the_page(rows, block, size, in_a_file):
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk_rows, "_BLOCK_BYTES", block)
        patch.setattr(bulk_rows, "ROWS_A_FILE", in_a_file)
        page = written(HEADER + quoted(rows), Path(name), size)
        files = [(Path(name) / one).read_bytes() for one in page.files]
    assert all(one.startswith(HEADER) for one in files)
    assert b"".join(one.removeprefix(HEADER) for one in files) == quoted(rows)
    read = [list(csv.reader(io.StringIO(one.decode(), newline=""))) for one in files]
    assert all(1 < len(one) <= in_a_file + 1 for one in read)
    assert page.rows == len(rows) == sum(len(one) - 1 for one in read)


PLAIN = quoted([(f"id{number}", "Call", "") for number in range(40)])


@pytest.mark.parametrize(
    "odd",
    [
        b'"id","Call"\n',
        b'"id","Call","","more"\n',
        b'"id""Call",""\n',
        b'"id"x,"Call",""\n',
        b'"id","Call,""\n',
        b"\n",
    ],
)
def test_one_odd_row_among_plain_ones_is_an_error(odd, tmp_path, monkeypatch):
    monkeypatch.setattr(bulk_rows, "_BLOCK_BYTES", 200)
    with pytest.raises(TransientSalesforceError):
        written(HEADER + PLAIN + odd + PLAIN, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("commas", range(1, 5))
@pytest.mark.parametrize("lines", range(1, 4))
@pytest.mark.parametrize("begin", ["", "x", '"'])
def test_no_value_looks_like_the_end_of_a_row(begin, lines, commas, tmp_path):
    """Values made to look like other rows when quotes and commas are counted."""
    rows = [("id", begin + (',"' * commas + '\n"') * lines, '"' + '","' * commas), ("id2", "", "")]
    assert written(HEADER + quoted(rows), tmp_path).rows == 2


def test_values_of_many_lines_are_no_reason_to_gather_much(tmp_path, monkeypatch):
    """Nearly every line end is inside a value: a cut at any of them would seldom be between rows."""
    monkeypatch.setattr(bulk_rows, "_BLOCK_BYTES", 200)
    monkeypatch.setattr(bulk_rows, "_LONGEST_ROW_BYTES", 1000)
    rows = [(f"id{number}", "line\n" * 30 + "end", "") for number in range(200)]
    page = written(HEADER + quoted(rows), tmp_path)
    assert page.rows == 200
    assert (tmp_path / page.files[0]).read_bytes() == HEADER + quoted(rows)


@pytest.mark.parametrize("body", [b'"id","' + b"x\n" * 5000, b'"id","' + b"x" * 5000, b"\n" * 5000])
def test_a_value_without_an_end_is_not_gathered_for_ever(body, tmp_path, monkeypatch):
    monkeypatch.setattr(bulk_rows, "_BLOCK_BYTES", 200)
    monkeypatch.setattr(bulk_rows, "_LONGEST_ROW_BYTES", 1000)
    with pytest.raises(TransientSalesforceError):
        written(HEADER + PLAIN + body + PLAIN, tmp_path)
