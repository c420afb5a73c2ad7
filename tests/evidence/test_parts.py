"""A long text in parts: nothing is lost between them, and no row is cut in two."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.evidence import parts
from tests.evidence.odd_values import quoted, rows_of_values

HEADER = b'"Id","Subject","Note"\n'


@settings(max_examples=300)
@given(rows_of_values, st.integers(1, 60), st.integers(1, 200))
def test_wherever_chunks_end_parts_are_whole_rows(rows, chunk, size):
    body = quoted(rows)
    texts = [HEADER, *(body[at : at + chunk] for at in range(0, len(body), chunk))]
    longest = max(len(quoted([row])) for row in rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "PART_BYTES", longest + size)  # a part has room for any row
        found = list(parts.parts(texts))
    assert b"".join(one.text for one in found) == body
    ends = [len(HEADER) + sum(len(one.text) for one in found[:at]) for at in range(len(found))]
    assert [one.offset for one in found] == ends
    read = [
        tuple(row)
        for one in found
        for row in csv.reader(io.StringIO(one.text.decode(), newline=""))
    ]
    assert read == rows


@given(st.lists(st.text("ab\n é", min_size=1, max_size=9), max_size=30), st.integers(20, 60))
def test_texts_without_quotes_are_cut_at_line_ends(lines, size):
    body = "".join(f"{line}\n" for line in lines).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "PART_BYTES", size)
        found = list(
            parts.parts([b"Id,Name\n", *(body[at : at + 3] for at in range(0, len(body), 3))])
        )
    assert b"".join(one.text for one in found) == body
    assert all(one.text.endswith(b"\n") for one in found[:-1])
