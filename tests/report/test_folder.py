"""All of a report or nothing, the same bytes every time, and never over somebody else's files."""

from __future__ import annotations

import json
import os
from dataclasses import replace as changed
from decimal import Decimal

import pytest

from service.export import ExportError
from service.report.facts import Options
from service.report.folder import FILES, OutputError, publish
from service.report.history import gaps
from service.report.write import write_report
from service.rules_file import read_rules
from tests.export.zips import csv_text, write_zip

USERS = csv_text(
    ("Id", "Name", "Username", "CreatedDate"),
    ("005000000000001AAA", "Ana", "ana@x.example", "2020-01-01 00:00:00"),
)


@pytest.fixture
def export(tmp_path):
    return write_zip(tmp_path / "WE_1.ZIP", {"User.csv": USERS})


def contents(folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_export_gives_the_same_bytes(sample, sample_report, tmp_path):
    again = write_report(Options(exports=(sample.path,), out=tmp_path / "again"))
    first, second = contents(sample_report.folder), contents(again.folder)
    assert set(first) == set(second) == FILES
    assert [name for name in FILES - {"run.json"} if first[name] != second[name]] == []


def test_an_earlier_report_is_replaced_as_a_whole(export, tmp_path):
    out = tmp_path / "report"
    write_report(Options(exports=(export,), out=out))
    write_report(Options(exports=(export,), out=out, aggregate_only=True))
    assert set(contents(out)) == {"report.html", "results.csv", "teams.csv", "run.json"}
    assert {path.name for path in tmp_path.iterdir()} == {"WE_1.ZIP", "report"}


def test_an_empty_folder_is_taken(export, tmp_path):
    """What a file manager leaves in every folder that somebody looks into is no file of theirs."""
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / ".DS_Store").touch()
    write_report(Options(exports=(export,), out=tmp_path / "report"))
    assert set(contents(tmp_path / "report")) == FILES


def test_where_an_earlier_report_cannot_be_replaced_it_is_said_before_anything_is_read(
    tmp_path, monkeypatch
):
    (tmp_path / "report").mkdir()
    monkeypatch.setattr("service.report.folder.os.access", lambda *_: False)
    with pytest.raises(OutputError, match=r"may not be written by you\. Name another folder"):
        write_report(Options(exports=(tmp_path / "none.zip",), out=tmp_path / "report"))


@pytest.mark.parametrize("name", ["notes.txt", "scores.csv", "run.json"])
def test_a_folder_with_foreign_files_is_refused_and_left_as_it_was(export, tmp_path, name):
    out = tmp_path / "mine"
    out.mkdir()
    (out / name).write_text("{}")
    with pytest.raises(OutputError, match=name):
        write_report(Options(exports=(export,), out=out))
    assert contents(out) == {name: b"{}"}


def test_a_file_beside_an_earlier_report_is_not_lost(export, tmp_path):
    out = tmp_path / "report"
    write_report(Options(exports=(export,), out=out))
    (out / "mine.txt").write_text("keep")
    with pytest.raises(OutputError, match=r"mine\.txt"):
        write_report(Options(exports=(export,), out=out))
    assert (out / "mine.txt").read_text() == "keep"


def test_a_file_and_a_missing_parent_are_refused(export, tmp_path):
    with pytest.raises(OutputError, match="is a file"):
        write_report(Options(exports=(export,), out=export))
    with pytest.raises(OutputError, match="does not exist"):
        write_report(Options(exports=(export,), out=tmp_path / "no" / "report"))


def test_a_failed_run_leaves_nothing(tmp_path):
    broken = write_zip(tmp_path / "WE_1.ZIP", {"User.csv": b"Id,Name\n1,\xff\n"})
    with pytest.raises(ExportError):
        write_report(Options(exports=(broken,), out=tmp_path / "report"))
    assert [path.name for path in tmp_path.iterdir()] == ["WE_1.ZIP"]


def test_a_failed_run_leaves_the_earlier_report(export, tmp_path):
    out = tmp_path / "report"
    write_report(Options(exports=(export,), out=out))
    before = contents(out)
    with pytest.raises(ExportError):
        write_report(Options(exports=(tmp_path / "none.zip",), out=out))
    assert contents(out) == before


def test_a_replacement_that_fails_brings_the_earlier_report_back(export, tmp_path, monkeypatch):
    out = tmp_path / "report"
    write_report(Options(exports=(export,), out=out))
    before, replace = contents(out), os.replace

    def fail_on_new(source, target):
        if str(source).endswith("new"):
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", fail_on_new)
    with pytest.raises(OSError, match="No space"):
        publish(out, {"report.html": b"x"})
    assert contents(out) == before


def test_the_record_says_what_was_read_and_with_what(sample, sample_report):
    record = json.loads((sample_report.folder / "run.json").read_text("utf-8"))
    assert record["rows_read"].items() <= sample.rows.items()
    assert {"User", "Task", "Event", "Opportunity", "LeadHistory"} <= set(record["rows_read"])
    assert record["rows_rejected"] == {}
    assert set(record["seconds"]) == {"read", "evidence", "score", "write", "total"}
    assert set(record["versions"]) == {"bellwether", "duckdb", "python", "rules"}
    assert record["peak_mb"] > 0
    assert {"object", "column", "why"} == set(record["gaps"][0])


def test_what_only_several_weeks_can_show_is_a_gap_in_record_and_page(sample_report):
    record = json.loads((sample_report.folder / "run.json").read_text("utf-8"))
    (gap,) = [one for one in record["gaps"] if one["object"] == "Weekly history"]
    assert gap["column"] == "habits"
    assert "no scores of 8 weeks" in gap["why"]
    assert "20 / 60 / 20" in gap["why"]
    page = (sample_report.folder / "report.html").read_text("utf-8")
    assert gap["why"] in page[page.index('id="coverage"') :]


def test_limits_that_nobody_can_be_judged_by_are_a_gap_too():
    rules = read_rules(None)
    limited = [
        changed(one, limits={"rep": Decimal(1)}) if one.name == "overdue_tasks" else one
        for one in rules.measures
    ]
    found = gaps(changed(rules, measures=tuple(limited)))
    assert [one.column for one in gaps(rules)] == ["habits"]
    assert [one.column for one in found] == ["habits", "limits"]
