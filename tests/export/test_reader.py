from __future__ import annotations

import csv
import io
import zipfile
from copy import copy

import pytest

from service.export import ExportError, Limits, read_export
from service.tables import Gap
from tests.export.zips import csv_text, write_zip
from tests.shared_data import shared_path

USERS = csv_text(
    ("Name", "Id", "Extra"), ("Ana", "005000000000001AAA", "x"), ("Raj", "005000000000002AAA", "y")
)


def read(tmp_path, members, **options):
    path = write_zip(tmp_path / "WE_1.ZIP", members)
    return read_export([path], tmp_path / "work", **options)


def rows_of(table):
    rows = []
    for page in table.pages:
        with page.open(encoding="utf-8", newline="") as lines:
            rows.extend(csv.DictReader(lines))
    return rows


def test_columns_may_come_in_any_order_and_extra_ones_are_no_columns_of_ours(tmp_path):
    table = read(tmp_path, {"User.csv": USERS}).by_name["User"]
    assert (table.rows, table.columns) == (2, {"Id", "Name"})


def test_members_are_matched_by_name_whatever_the_case_and_folder(tmp_path):
    tables = read(
        tmp_path, {"data/USER.CSV": USERS, "Solution.csv": "Id\r\n1\r\n", "Task.txt": USERS}
    )
    assert set(tables.by_name) == {"User"}


def test_a_member_named_like_a_path_out_of_the_folder_lands_inside_it(tmp_path):
    tables = read(tmp_path, {"../../User.csv": USERS})
    assert [page.parent for page in tables.by_name["User"].pages] == [tmp_path / "work"]


def test_a_folder_in_a_zip_does_not_speak_to_a_terminal(tmp_path):
    with pytest.raises(ExportError) as error:
        read(tmp_path, {"\x1b]0;owned\x07\u202e/User.csv": "no header of ours\r\n"})
    assert "WE_1.ZIP: ?]0;owned??/User.csv: " in str(error.value)
    assert str(error.value).isprintable()


def test_a_byte_order_mark_is_not_part_of_the_first_column(tmp_path):
    table = read(tmp_path, {"User.csv": b"\xef\xbb\xbf" + USERS.encode()}).by_name["User"]
    assert "Name" in table.columns


def test_texts_in_the_stated_encoding_become_utf_8(tmp_path):
    text = csv_text(("Id", "Name"), ("005000000000001AAA", "Zoë Ærø"))
    table = read(tmp_path, {"User.csv": text.encode("iso-8859-1")}, encoding="iso-8859-1").by_name[
        "User"
    ]
    assert rows_of(table)[0]["Name"] == "Zoë Ærø"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_inside_quotes_do_not_end_a_row(tmp_path, end):
    text = csv_text(
        ("Id", "Name"),
        ("005000000000001AAA", 'two\r\nlines, "quoted"'),
        ("005000000000002AAA", "a\nb"),
        end=end,
    )
    table = read(tmp_path, {"User.csv": text}).by_name["User"]
    assert table.rows == 2
    assert rows_of(table)[0]["Name"] == 'two\r\nlines, "quoted"'


def test_a_character_split_between_two_chunks_survives(tmp_path):
    name = "€" * 500_000
    table = read(
        tmp_path, {"Account.csv": csv_text(("Id", "Name"), ("001000000000001AAA", "x" + name))}
    ).by_name["Account"]
    csv.field_size_limit(10_000_000)
    try:
        assert rows_of(table)[0]["Name"] == "x" + name
    finally:
        csv.field_size_limit(131_072)


def test_parts_of_one_export_are_one_set_of_tables(tmp_path):
    first = write_zip(tmp_path / "WE_1.ZIP", {"User.csv": USERS})
    second = write_zip(
        tmp_path / "WE_2.ZIP",
        {"User.csv": csv_text(("Id", "Username"), ("005000000000003AAA", "c@x"))},
    )
    table = read_export([first, second], tmp_path / "work").by_name["User"]
    assert (table.rows, table.columns, len(table.pages)) == (3, {"Id", "Name", "Username"}, 2)


def test_a_wholly_empty_column_is_a_gap_and_not_a_column(tmp_path):
    tables = read(tmp_path, {"User.csv": csv_text(("Id", "ManagerId"), ("005000000000001AAA", ""))})
    assert not tables.has("User", "ManagerId")
    assert (
        Gap("User", "ManagerId", "User.csv has the column ManagerId, but it is empty in every row.")
        in tables.gaps
    )


def test_missing_objects_missing_columns_and_empty_files_are_named_gaps(tmp_path):
    gaps = read(tmp_path, {"User.csv": USERS, "Event.csv": "Id,OwnerId\r\n"}).gaps
    assert Gap("Task", None, "The export has no Task.csv.") in gaps
    assert Gap("User", "Username", "User.csv has no column Username.") in gaps
    assert Gap("Event", None, "Event.csv has no rows.") in gaps


def test_progress_ends_at_all_rows_and_all_bytes(tmp_path):
    seen = []
    read(tmp_path, {"User.csv": USERS}, progress=lambda *now: seen.append(now))
    assert seen[-1] == (2, len(USERS), len(USERS))


def failure(tmp_path, members, **options) -> str:
    with pytest.raises(ExportError) as caught:
        read(tmp_path, members, **options)
    assert not list((tmp_path / "work").glob("*.csv"))
    return str(caught.value)


def test_pages_that_are_kept_are_rid_of_broken_rows(tmp_path):
    tables = read(tmp_path, {"User.csv": 'Id,Name\n1,a\n2\n3,"b\n4,c\n'})
    table = tables.by_name["User"]
    assert [row["Name"] for row in rows_of(table)] == ["a", "c"]
    assert (table.rows, tables.rows_rejected) == (4, {"User": 2})


def test_bytes_that_are_not_in_the_stated_encoding_are_named_by_line(tmp_path):
    message = failure(tmp_path, {"User.csv": b"Id,Name\n1,a\n2,Zo\xeb\n"})
    assert "User.csv: line 3 has the bytes eb, which are not utf-8" in message
    assert "--encoding" in message


def test_bytes_cut_off_at_the_end_of_a_file_are_named(tmp_path):
    assert "line 2" in failure(tmp_path, {"User.csv": b"Id,Name\n1,\xe2\x82"})


@pytest.mark.parametrize(
    ("codec", "named"),
    [
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
    ],
)
@pytest.mark.parametrize("chosen", ["utf-8", "iso-8859-1"])
def test_a_wide_encoding_is_recognized_and_named(tmp_path, codec, named, chosen):
    member = {"User.csv": USERS.encode(codec)}
    message = failure(tmp_path, member, encoding=chosen)
    assert f"User.csv: line 1 is {named.upper()}, not {chosen.replace('iso-', 'iso')}" in message
    assert message.endswith(f"--encoding {named}.")
    assert read(tmp_path, member, encoding=named).by_name["User"].rows == 2


@pytest.mark.parametrize("name", ["rot13", "base64", "hex", "zip", "undefined"])
def test_a_codec_that_is_no_encoding_of_texts_is_refused(tmp_path, name):
    assert f"{name!r} is not known" in failure(tmp_path, {"User.csv": USERS}, encoding=name)


def test_an_unknown_encoding_is_refused_by_name(tmp_path):
    assert "'klingon' is not known" in failure(tmp_path, {"User.csv": USERS}, encoding="klingon")


def test_an_unknown_zone_is_refused_by_name(tmp_path):
    assert "'Mars/Base'" in failure(tmp_path, {"User.csv": USERS}, naive_zone="Mars/Base")


@pytest.mark.parametrize("content", ["", "\r\n"])
def test_a_member_without_a_header_is_named(tmp_path, content):
    assert "User.csv: has no header row" in failure(tmp_path, {"User.csv": content})


def test_a_first_line_that_is_no_header_is_named(tmp_path):
    assert "has no column Id" in failure(tmp_path, {"User.csv": "005000000000001AAA,Ana\n"})


def test_a_header_of_more_columns_than_any_object_has_is_refused(tmp_path):
    header = ",".join(["Id", *(f"c{at}" for at in range(2_000))])
    assert "User.csv: has 2,001 columns" in failure(tmp_path, {"User.csv": f"{header}\n"})


def test_a_column_named_twice_is_named(tmp_path):
    assert "names Name twice" in failure(tmp_path, {"User.csv": "Id,Name,Name\n1,a,b\n"})


def test_exports_of_two_orgs_are_not_one(tmp_path):
    one = write_zip(tmp_path / "WE_00D000000000001_1.ZIP", {"User.csv": USERS})
    two = write_zip(tmp_path / "WE_00D000000000001EAA_2.ZIP", {"Task.csv": "Id\r\n1\r\n"})
    other = write_zip(tmp_path / "WE_00D000000000002EAA_1.ZIP", {"Task.csv": "Id\r\n1\r\n"})
    renamed = write_zip(tmp_path / "export.zip", {"Lead.csv": "Id\r\n1\r\n"})
    read_export([one, two, renamed], tmp_path / "work")
    with pytest.raises(ExportError) as error:
        read_export([one, two, other], tmp_path / "work")
    assert str(error.value) == (
        "WE_00D000000000001_1.ZIP and WE_00D000000000002EAA_1.ZIP: are exports of different orgs, "
        "by their names. Give those of one org."
    )


def test_a_zip_without_any_object_of_ours_lists_what_was_looked_for(tmp_path):
    message = failure(tmp_path, {"Solution.csv": "Id\n"})
    assert "holds none of User.csv" in message


def test_a_file_that_is_no_zip_is_named(tmp_path):
    path = tmp_path / "x.zip"
    path.write_text("no zip")
    with pytest.raises(ExportError, match=r"x\.zip: is not a zip file"):
        read_export([path], tmp_path / "work")


def test_an_absent_file_is_named(tmp_path):
    with pytest.raises(ExportError, match="does not exist"):
        read_export([tmp_path / "none.zip"], tmp_path / "work")


def test_a_zip_cut_off_is_named(tmp_path):
    whole = write_zip(tmp_path / "whole.zip", {"User.csv": USERS * 50}).read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ExportError, match=r"cut\.zip: starts as a zip and then breaks off"):
        read_export([tmp_path / "cut.zip"], tmp_path / "work")


def test_a_member_whose_bytes_were_changed_is_named(tmp_path):
    path = write_zip(tmp_path / "bad.zip", {"User.csv": USERS * 50})
    data = bytearray(path.read_bytes())
    data[60] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(ExportError, match=r"User\.csv: is damaged"):
        read_export([path], tmp_path / "work")


def test_a_member_behind_a_password_is_named(tmp_path):
    path = write_zip(tmp_path / "locked.zip", {"User.csv": USERS})
    data = bytearray(path.read_bytes())
    data[6] |= 1  # local header
    data[data.index(b"PK\x01\x02") + 8] |= 1  # central directory
    path.write_bytes(data)
    with pytest.raises(ExportError, match="protected by a password"):
        read_export([path], tmp_path / "work")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    members = {"User.csv": USERS + " " * 3_000_000}
    message = failure(
        tmp_path, members, limits=Limits(ratio=100, ratio_matters_above_bytes=1_000_000)
    )
    assert "times its size, more than 100" in message


@pytest.mark.parametrize("is_one_piece", [True, False])
def test_a_bomb_of_many_small_members_is_refused_too(tmp_path, is_one_piece):
    """Many names of one and the same piece of the file, or members just below what matters."""
    path = tmp_path / "bomb.zip"
    text = USERS + " " * 900_000
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("User.csv", text)
        for at in range(10):
            if is_one_piece:
                again = copy(archive.filelist[0])
                again.filename = f"{at}/User.csv"
                archive.filelist.append(again)
            else:
                archive.writestr(f"{at}/User.csv", text)
    packed = path.stat().st_size
    assert packed < (5_000 if is_one_piece else 50_000)
    limits = Limits(ratio=500 if not is_one_piece else 2_000, ratio_matters_above_bytes=1_000_000)
    with pytest.raises(ExportError, match=r"bomb\.zip: unpacks to .* times its size"):
        read_export([path], tmp_path / "work", limits=limits)


def test_an_export_larger_than_the_limit_is_refused(tmp_path):
    assert "raise the limit" in failure(
        tmp_path, {"User.csv": USERS}, limits=Limits(total_bytes=10)
    )


def test_trial_export_counts_equal_a_standard_library_count(tmp_path):
    path = shared_path("data/sample_weekly_export/WE_00D5g000000Sample.ZIP")
    tables = read_export([path], tmp_path)
    with zipfile.ZipFile(path) as archive:
        for name, table in tables.by_name.items():
            rows = list(
                csv.DictReader(
                    io.TextIOWrapper(archive.open(f"{name}.csv"), "utf-8-sig", newline="")
                )
            )
            assert table.rows == len(rows)
            assert table.columns <= {
                column for column in rows[0] if any(row[column] for row in rows)
            }
    assert not tables.has("Opportunity", "NextStep")
    assert {gap.column for gap in tables.gaps if gap.object_name == "Event"} >= {"WhoId", "WhatId"}
