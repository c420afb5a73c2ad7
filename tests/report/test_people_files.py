"""The two files of `bellwether report`: facts that the export lacks, and days off."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from service.cli import main
from tests.report.world import read_csv


def run(sample, out, *options):
    return CliRunner().invoke(
        main, ["report", str(sample.path), "--out", str(out), *map(str, options)]
    )


def row_of(out, person):
    return next(row for row in read_csv(out / "scores.csv") if row["user_id"] == person.user_id)


@pytest.fixture
def rep(sample):
    return next(one for one in sample.people if one.sells and one.habit == "diligent")


@pytest.fixture
def manager(sample):
    return next(one for one in sample.people if one.role and "VP" in one.role)


def test_a_named_role_and_manager_hold_for_score_and_teams(sample, rep, manager, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text(f"user,role,manager\n{rep.username},Marketing,{manager.username}\n")
    result = run(sample, tmp_path / "out", "--people", file)
    assert result.exit_code == 0, result.output
    row = row_of(tmp_path / "out", rep)
    assert row["word"] == "Not scored"
    assert "“Marketing”" in row["not_scored_reason"]
    assert row["manager"] == manager.name


def test_days_off_ask_nothing(sample, sample_report, rep, tmp_path):
    file = tmp_path / "absences.csv"
    file.write_text(f"user,from,to,kind\n{rep.user_id},2026-11-02,2026-11-20,leave\n")
    assert run(sample, tmp_path / "with", "--absences", file).exit_code == 0
    away, there = row_of(tmp_path / "with", rep), row_of(sample_report.folder, rep)
    assert away["window_from"] < there["window_from"]
    assert away["available_days"] == there["available_days"] == "20"


def test_every_mistake_of_a_file_is_named_and_nothing_is_written(sample, tmp_path):
    file = tmp_path / "absences.csv"
    file.write_text("user,from,to\nnobody@x.example,2026-11-02,2026-10-01\n")
    result = run(sample, tmp_path / "out", "--absences", file)
    assert result.exit_code == 1
    assert "line 2, user" in result.stderr
    assert "line 2, to" in result.stderr
    assert not (tmp_path / "out").exists()
