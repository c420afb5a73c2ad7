"""A bad row never aborts a reading and never vanishes: it is counted and shown by file, row and line."""

from __future__ import annotations

import tracemalloc

import pytest

from service.evidence import parts, staging, typed
from service.evidence.careful import clean
from service.evidence.intake import open_intake
from service.export import read_export, stage_export
from service.tables import COLUMNS
from tests.evidence.builders import a_rule_set, user_id
from tests.export.zips import csv_text, write_zip

USERS = csv_text(("Id", "Name"), *((user_id(number), f"User {number}") for number in range(1, 4)))
HEADER = '"Id","OwnerId","CreatedDate"\n'


def lead(number: int, at: str = "2021-04-01 10:00:00", owner: int = 1) -> str:
    return f'"00Q000000{number:06d}AAA","{user_id(owner)}","{at}"\n'


@pytest.fixture
def staged(tmp_path):
    """Stage an export; (ids of the staged leads, what was rejected, rows of the leads)."""

    def stage(members, name="Lead", naive_zone="UTC"):
        path = write_zip(tmp_path / "WE_1.ZIP", {"User.csv": USERS} | members)
        with open_intake(
            a_rule_set(), naive_zone, work_dir=tmp_path / "work", memory_limit_mb=100
        ) as intake:
            tables = stage_export([path], intake, tmp_path / "pages")
            ids = intake.connection.execute(f"SELECT Id FROM staged_{name} ORDER BY ALL").fetchall()
            assert list((tmp_path / "pages").iterdir()) == []
            found = intake.rejects.rejected()
        return [one for (one,) in ids], found, tables.by_name[name].rows

    return stage


def numbers(ids):
    return [int(one[3:15]) for one in ids]


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (f'"00Q000000000009AAA","{user_id(1)}"\n', "has 2 fields where the header has 3"),
        (lead(9)[:-1] + ',"more"\n', "has 4 fields where the header has 3"),
        ('"00Q000000000009AAA","x"y","2021-04-01 10:00:00"\n', "cannot be read"),
        ('"00Q000000000009AAA","x","2021-04-01 10:00:00\n', "cannot be read"),
        (lead(9)[1:-1].replace('"', "", 1) + '"\n', "cannot be read"),
    ],
    ids=["too few", "too many", "a quote in a value", "an open quote", "a quote too many"],
)
def test_a_broken_row_is_counted_and_shown_and_its_neighbours_live(staged, bad, why):
    ids, (found,), rows = staged({"Lead.csv": HEADER + lead(1) + bad + lead(2) + lead(3)})
    assert numbers(ids) == [1, 2, 3]
    assert (found.object_name, found.rows, found.reason, rows) == ("Lead", 1, "broken", 4)
    assert found.example.startswith("WE_1.ZIP: Lead.csv row 2 (line 3): ")
    assert why in found.example


def test_an_open_quote_at_the_end_costs_its_own_row_only(staged):
    ids, (found,), _ = staged({"Lead.csv": HEADER + lead(1) + '"00Q000000000009AAA","x\n'})
    assert (numbers(ids), found.rows) == ([1], 1)


def test_an_open_quote_without_other_quotes_does_not_swallow_what_follows(staged):
    rows = "".join(lead(number) for number in range(1, 4)).replace('"', "")
    text = f'Id,OwnerId,CreatedDate\n{rows[:70]}"{rows[70:]}'
    ids, (found,), _ = staged({"Lead.csv": text})
    assert (len(ids), found.rows) == (2, 1)


def test_lines_are_counted_across_quoted_line_ends(staged):
    text = HEADER.replace("\n", ',"Company"\n') + lead(1)[:-1] + ',"two\nlines"\n' + lead(2)
    _, (found,), _ = staged({"Lead.csv": text})
    assert found.example.startswith("WE_1.ZIP: Lead.csv row 2 (line 4): has 3 fields")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (lead(2, at="yesterday"), "CreatedDate is 'yesterday', not a time such as"),
        (lead(2, at="2021-02-30 10:00:00"), "CreatedDate is '2021-02-30 10:00:00'"),
        (lead(2).replace("00Q000000000002AAA", "42"), "Id is '42', not an id"),
        (HEADER, "Id is 'Id', not an id of 15 or 18 characters"),
    ],
    ids=["no date", "no such day", "no id", "the header again"],
)
def test_an_unreadable_row_is_counted_and_shown(staged, row, says):
    ids, (found,), rows = staged({"Lead.csv": HEADER + lead(1) + row + lead(3)})
    assert numbers(ids) == [1, 3]
    assert (found.rows, found.reason, rows) == (1, "unreadable", 3)
    assert found.example.startswith(f"WE_1.ZIP: Lead.csv row 2 (line 3): {says}")


@pytest.mark.parametrize(
    "at",
    [
        "2021-04-01T10:00:00.000Z", "2021-04-01T10:00:00.000+0000", "2021-04-01T10:00:00Z",
        "2021-04-01 10:00:00", "2021-04-01T12:00:00.000+0200", "2021-04-01 04:30:00-05:30",
    ],
)  # fmt: skip
def test_every_form_of_a_time_is_read(tmp_path, at):
    path = write_zip(tmp_path / "1.zip", {"User.csv": USERS, "Lead.csv": HEADER + lead(1, at=at)})
    with open_intake(
        a_rule_set(), "UTC", work_dir=tmp_path / "work", memory_limit_mb=100
    ) as intake:
        stage_export([path], intake, tmp_path / "pages")
        found = intake.connection.execute("SELECT created::VARCHAR FROM staged_Lead").fetchall()
    assert found == [("2021-04-01 10:00:00",)]


@pytest.mark.parametrize(
    ("forms", "is_plain"),
    [
        (["{} {}"], True),
        (["{}T{}.000Z"], True),
        (["{}T{}.000+0000"], False),
        (["{}T{}.000Z", "{} {}"], False),
        (["{} {}", "{}T{}.0000"], False),  # as long as the one with Z, and in no zone
    ],
)
def test_pages_are_read_alike_in_whatever_form_their_times_are(
    tmp_path, monkeypatch, forms, is_plain
):
    def rows(number: int, prefix: str) -> str:
        at = forms[number % len(forms)].format("2021-04-01", f"10:00:{number:02d}")
        return task(number, at, prefix)

    monkeypatch.setattr(parts, "PART_BYTES", 900)
    monkeypatch.setattr("service.export.unpack.CHUNK_BYTES", 300)
    read, careful = [], typed.careful
    monkeypatch.setattr(typed, "careful", lambda *a: (read.append(a[1]), careful(*a))[1])
    members = {
        f"{name}.csv": HEADER + "".join(rows(number, prefix) for number in range(40))
        for name, prefix in (("Lead", "00Q"), ("Task", "00T"))
    }
    path = write_zip(tmp_path / "1.zip", {"User.csv": USERS, **members})
    with open_intake(a_rule_set(), "UTC", work_dir=tmp_path / "w", memory_limit_mb=100) as intake:
        stage_export([path], intake, tmp_path / "pages")
        for name in ("Lead", "Task"):
            found = intake.connection.execute(
                f"SELECT created::VARCHAR FROM staged_{name} ORDER BY created"
            ).fetchall()
            assert [at for (at,) in found] == [f"2021-04-01 10:00:{n:02d}" for n in range(40)]
    assert ("Task" not in read) == is_plain, "leads have shown the form of the reading's times"


def test_ids_of_15_and_18_characters_are_one(staged):
    rows = lead(1) + lead(2).replace("AAA", "")
    ids, found, _ = staged({"Lead.csv": HEADER + rows})
    assert (numbers(ids), found) == ([1, 2], ())


def test_bad_rows_of_several_parts_are_counted_from_the_start_of_the_file(staged, monkeypatch):
    monkeypatch.setattr(parts, "PART_BYTES", 1)
    monkeypatch.setattr("service.export.unpack.CHUNK_BYTES", 200)
    good = "".join(lead(number) for number in range(1, 40))
    text = HEADER + good + lead(40, at="soon") + lead(41) + "what?\n" + lead(42)
    ids, (broken, unreadable), rows = staged({"Lead.csv": text})
    assert numbers(ids) == [*range(1, 40), 41, 42]
    assert rows == 43
    assert unreadable.example.startswith(
        "WE_1.ZIP: Lead.csv row 40 (line 41): CreatedDate is 'soon'"
    )
    assert broken.example.startswith("WE_1.ZIP: Lead.csv row 42 (line 43): has 1 fields")


def test_a_file_that_is_read_carefully_from_its_first_row_on_says_the_same(staged):
    rows = "".join(lead(number, at=f"2021-04-01T10:00:{number:02d}.000Z") for number in range(10))
    ids, (found,), _ = staged({"Lead.csv": HEADER + rows + lead(11, at="soon")})
    assert numbers(ids) == [*range(10)]
    assert "row 11 (line 12)" in found.example


def test_dates_in_the_future_are_no_bad_rows(staged):
    ids, found, _ = staged({"Lead.csv": HEADER + lead(1, at="2099-01-01 00:00:00")})
    assert (numbers(ids), found) == ([1], ())


def test_every_object_can_be_staged_empty(tmp_path):
    members = {f"{name}.csv": "Id\n" for name in COLUMNS if name != "User"}
    path = write_zip(tmp_path / "1.zip", {"User.csv": USERS, **members})
    with open_intake(
        a_rule_set(), "UTC", work_dir=tmp_path / "work", memory_limit_mb=100
    ) as intake:
        tables = stage_export([path], intake, tmp_path / "pages")
    assert {name: one.rows for name, one in tables.by_name.items() if one.rows} == {"User": 3}


def task(number: int, at: str = "2021-04-01 10:00:00", record: str = "00T") -> str:
    return f'"{record}000000{number:06d}AAA","{user_id(1)}","{at}"\n'


@pytest.mark.parametrize(("name", "record"), [("Lead", "00Q"), ("Task", "00T")])
@pytest.mark.parametrize("is_kept", [True, False], ids=["staged", "kept"])
def test_the_first_of_repeated_records_counts(tmp_path, monkeypatch, name, record, is_kept):
    monkeypatch.setattr(parts, "PART_BYTES", 300)
    monkeypatch.setattr("service.export.unpack.CHUNK_BYTES", 200)
    first = "".join(task(number, record=record) for number in range(20))
    again = task(3, at="2021-03-01 10:00:00", record=record) + "broken\n"
    short = task(5, at="2021-02-01 10:00:00", record=record).replace("AAA", "", 1)
    one = write_zip(tmp_path / "1.zip", {"User.csv": USERS, f"{name}.csv": HEADER + first + again})
    two = write_zip(tmp_path / "2.zip", {f"{name}.csv": HEADER + short + task(77, record=record)})
    with open_intake(a_rule_set(), "UTC", work_dir=tmp_path / "w", memory_limit_mb=100) as intake:
        if is_kept:
            intake.take_pages(read_export([one, two], tmp_path / "pages"))
            intake.finish()
        else:
            stage_export([one, two], intake, tmp_path / "pages")
            assert list((tmp_path / "pages").iterdir()) == []
        query = f"SELECT count(*), min(created)::VARCHAR FROM staged_{name}"
        assert intake.connection.execute(query).fetchall() == [(21, "2021-04-01 10:00:00")]
        found = {one.reason: one for one in intake.rejects.rejected()}
    repeated = found["repeated"]
    assert (repeated.object_name, repeated.rows) == (name, 2)
    assert f"the record {record}000000000003 was there before" in repeated.example
    if not is_kept:
        assert repeated.example.startswith(f"1.zip: {name}.csv row 21 (line 22): ")


def test_two_ids_with_one_hash_are_two_records(tmp_path, monkeypatch):
    monkeypatch.setattr(
        staging, "_RELATED", staging._RELATED.replace("hash(left(r.Id, 15))", "7::UBIGINT")
    )
    monkeypatch.setattr("service.evidence.repeats._HASH", "7::UBIGINT")
    path = write_zip(
        tmp_path / "1.zip", {"User.csv": USERS, "Task.csv": HEADER + task(1) + task(2)}
    )
    with open_intake(a_rule_set(), "UTC", work_dir=tmp_path / "w", memory_limit_mb=100) as intake:
        stage_export([path], intake, tmp_path / "pages")
        assert intake.rejects.rejected() == ()


def test_rows_without_an_id_are_no_repetitions(staged):
    rows = task(1).replace("00T000000000001AAA", "") * 2
    _, found, read = staged({"Task.csv": HEADER + rows}, "User")
    assert (found, read) == ((), 3)


def test_quotes_that_are_left_open_everywhere_are_counted_in_little_room(tmp_path):
    rows = 50_000
    page = tmp_path / "Task.csv"
    page.write_text(HEADER + '"open\n' * rows)
    tracemalloc.start()
    found = clean(page, tmp_path / "clean.csv")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (found.rows, found.broken) == (rows, rows)
    assert found.first.line == 2
    assert peak < page.stat().st_size  # 180 kB, however many rows
