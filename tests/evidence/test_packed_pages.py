"""Pages that an org packed are staged as if they had come in one plain file."""

from __future__ import annotations

import csv
import gzip
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.evidence import parts
from service.evidence.intake import open_intake
from service.evidence.packed_pages import pages_of
from service.packed import PackedError
from service.tables import PACKED, Table, Tables
from tests.evidence.builders import a_rule_set, user_id
from tests.evidence.odd_values import quoted, rows_of_values

HEADER = b'"Id","Subject","Note"\n'
USERS = [(user_id(number), f"User {number}") for number in range(1, 40)]


def packed(folder: Path, body: bytes, name: str = "Task-1") -> Path:
    path = folder / f"{name}{PACKED}"
    path.write_bytes(gzip.compress(body))
    return path


@settings(max_examples=100)
@given(rows_of_values, st.integers(1, 200))
def test_parts_hold_the_rows_under_the_header_each(rows, size):
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "PART_BYTES", size)
        page = packed(Path(name), HEADER + quoted(rows))
        found = [one.path.read_bytes() for one in pages_of("Task", page, Path(name))]
    assert all(one.startswith(HEADER) for one in found)
    read = [
        tuple(row)
        for one in found
        for row in list(csv.reader(io.StringIO(one.decode(), newline="")))[1:]
    ]
    assert read == rows


def test_nul_bytes_go_and_what_is_no_utf8_is_replaced(tmp_path):
    page = packed(tmp_path, b'"Id","Subject"\n"a","De\x00al \xed\xa0\xbd"\n')
    (part,) = pages_of("Task", page, tmp_path)
    assert (
        part.path.read_text(encoding="utf-8") == '"Id","Subject"\n"a","Deal \ufffd\ufffd\ufffd"\n'
    )


def staged(tmp_path, monkeypatch, *bodies):
    """Users of packed pages in parts of some rows each: their names, and what was set aside."""
    monkeypatch.setattr(parts, "PART_BYTES", 200)
    pages = [packed(tmp_path, body, f"User-{at}") for at, body in enumerate(bodies, start=1)]
    tables = Tables({"User": Table("User", tuple(pages), frozenset({"Id", "Name"}), 0)}, ())
    with open_intake(a_rule_set(), "UTC", work_dir=tmp_path / "db", memory_limit_mb=100) as intake:
        intake.take_pages(tables)
        rows = intake.finish().by_name["User"].rows
        names = intake.connection.execute("SELECT Name FROM staged_User").fetchall()
        left = sorted(path.name for path in tmp_path.glob("*.csv"))
        return {name for (name,) in names}, rows, intake.rejects.rejected(), left


def test_all_rows_of_all_pages_are_staged_and_no_part_is_left(tmp_path, monkeypatch):
    header = b'"Id","Name"\n'
    names, rows, aside, left = staged(
        tmp_path, monkeypatch, header + quoted(USERS[:20]), header + quoted(USERS[20:])
    )
    assert names == {name for _, name in USERS}
    assert (rows, aside, left) == (len(USERS), (), [])


def test_an_odd_row_is_set_aside_and_shown_by_its_line_in_the_page(tmp_path, monkeypatch):
    odd = quoted([*USERS[:20]]) + b'"005","x","more"\n' + quoted([*USERS[20:], USERS[3]])
    names, rows, aside, _ = staged(tmp_path, monkeypatch, b'"Id","Name"\n' + odd)
    assert names == {name for _, name in USERS}
    assert rows == len(USERS) + 2
    assert [one.place.partition(": ")[0] for one in aside] == [
        f"User-1{PACKED} row 21 (line 22)",
        f"User-1{PACKED} row {len(USERS) + 2} (line {len(USERS) + 3})",
    ]


def test_a_page_that_was_cut_meanwhile_is_an_error(tmp_path):
    page = packed(tmp_path, HEADER + quoted([("id", "", "")] * 9))
    page.write_bytes(page.read_bytes()[:-9])
    with pytest.raises(PackedError, match="too early"):
        list(pages_of("Task", page, tmp_path))
