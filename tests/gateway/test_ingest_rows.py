"""Blocks of whole rows: whatever the values hold and wherever a chunk ends, no row is cut in two."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.salesforce import ingest_rows
from tests.evidence.odd_values import quoted, rows_of_values

HEADER = b'"Id","Subject","Note"\n'
PLAIN = quoted([(f"id{number}", "Call", "") for number in range(40)])


def blocks(body: bytes, size: int, block: int, longest: int = 1 << 20) -> list[bytes]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest_rows, "_BLOCK_BYTES", block)
        patch.setattr(ingest_rows, "_LONGEST_ROW_BYTES", longest)
        return list(ingest_rows.blocks(body[at : at + size] for at in range(0, len(body), size)))


@settings(max_examples=200)
@given(rows_of_values, st.integers(0, 10**6))
def test_whatever_the_values_hold_blocks_are_whole_rows(rows, seed):
    found = blocks(HEADER + quoted(rows), seed % 40 + 1, seed % 197 + 1)
    assert b"".join(found) == HEADER + quoted(rows)
    read = [list(csv.reader(io.StringIO(one.decode(), newline=""))) for one in found]
    assert [tuple(row) for rows in read for row in rows][1:] == rows


@pytest.mark.parametrize("commas", range(1, 5))
@pytest.mark.parametrize("lines", range(1, 4))
@pytest.mark.parametrize("begin", ["", "x", '"'])
def test_no_value_looks_like_the_end_of_a_row(begin, lines, commas):
    """Values made to look like other rows when quotes and commas are counted."""
    rows = [("id", begin + (',"' * commas + '\n"') * lines, '"' + '","' * commas), ("id2", "", "")]
    for block in range(1, 60):
        found = blocks(HEADER + quoted(rows), 1, block)
        assert all(one.startswith((b'"Id"', b'"id"', b'"id2"')) for one in found)


def test_values_of_many_lines_are_no_reason_to_gather_much():
    """Nearly every line end is inside a value: a cut at any of them would seldom be between rows."""
    rows = [(f"id{number}", "line\n" * 30 + "end", "") for number in range(200)]
    assert b"".join(blocks(quoted(rows), 16, 200, 1000)) == quoted(rows)


@pytest.mark.parametrize("body", [b'"id","' + b"x\n" * 5000, b'"id","' + b"x" * 5000, b"\n" * 5000])
def test_a_value_without_an_end_is_not_gathered_for_ever(body):
    with pytest.raises(csv.Error):
        blocks(HEADER + PLAIN + body + PLAIN, 16, 200, 1000)
