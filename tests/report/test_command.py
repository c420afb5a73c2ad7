"""`bellwether report` as an admin meets it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from service.cli import main
from tests.export.zips import write_zip
from tests.report.world import read_csv
from tests.shared_data import ROOT

DATED = {"User.csv": "Id,Name,CreatedDate\n005000000000001AAA,Ana,2026-01-02 00:00:00\n"}


def run(*arguments: object):
    return CliRunner().invoke(main, ["report", *map(str, arguments)])


@pytest.fixture(scope="session")
def small(company_of):
    """The smallest company there is, where any will do."""
    return company_of(36)


def test_it_says_where_the_report_is(sample, tmp_path):
    result = run(sample.path, "--out", tmp_path / "out", "--license-price", "150")
    assert result.exit_code == 0, result.output
    assert result.stdout == f"{tmp_path / 'out' / 'report.html'}\n"
    people = read_csv(tmp_path / "out" / "scores.csv")
    scored = sum(1 for row in people if row["score"])
    read = json.loads((tmp_path / "out" / "run.json").read_text())["rows_read"]
    rows = sum(sample.rows[name] for name in read)
    assert len(people) > scored > len(people) / 2
    assert (
        f"{len(people)} people, {scored} scored, as of 2026-11-20; {rows:,} rows" in result.stderr
    )


def test_the_as_of_day_may_be_named(small, tmp_path):
    result = run(small.path, "--out", tmp_path / "out", "--as-of", "2026-11-13")
    assert result.exit_code == 0, result.output
    assert {row["as_of"] for row in read_csv(tmp_path / "out" / "scores.csv")} == {"2026-11-13"}


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        (b"no zip at all", (), "is not a zip file"),
        (b"PK\x03\x04 cut off", (), "breaks off"),
        (None, (), "does not exist"),
        ({"Case.csv": "Id\n"}, (), "holds none of User.csv"),
        (
            {"Task.csv": "Id,CreatedDate\n1,2020-01-01 00:00:00\n"},
            (),
            "no users in this reading: of an export name all zips",
        ),
        ({"User.csv": "Id,Name\n005000000000001AAA,Ana\n"}, (), "name the as-of day"),
        ({"User.csv": "Id\n"}, ("--encoding", "klingon"), "'klingon' is not known"),
        ({"User.csv": "Id\n"}, ("--naive-zone", "Mars/Base"), "'Mars/Base'"),
        ({"User.csv": "Id\n"}, ("--encoding", "utf-16"), "not utf-16"),
        (DATED, ("--as-of", "2026-01-01"), "lies before the data begin"),
        (
            DATED,
            ("--as-of", "2026-02-03"),
            "long after the data end: their records were created from 2026-01-02",
        ),
        ({"User.csv": "Id\n"}, ("--rules", "none.toml"), "none.toml: cannot be read"),
        (DATED, ("--max-unpacked-gb", "1e-9"), "raise the limit (--max-unpacked-gb)"),
        (
            {"User.csv": DATED["User.csv"] + "\n" * 60_000_000},
            ("--max-ratio", "500"),
            "raise the limit (--max-ratio)",
        ),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(tmp_path, content, options, said):
    export = tmp_path / "export.zip"
    if isinstance(content, dict):
        write_zip(export, content)
    elif content is not None:
        export.write_bytes(content)
    result = run(export, "--out", tmp_path / "out", *options)
    assert result.exit_code == 1
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "out").exists()
    assert {path.name for path in tmp_path.iterdir()} <= {"export.zip"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Name the zip that Setup > Data Export made"),
        (("{}/a.zip", "{}/./a.zip"), "is named twice"),
        (("{}",), "is a folder. Name the zip itself"),
        (("{}/a.zip", "--as-of", "2026-02-30"), "write one like 2026-03-27"),
        (("{}/a.zip", "--as-of", "today"), "write one like 2026-03-27"),
        (("{}/a.zip", "--unknown"), "No such option"),
    ],
)
def test_a_wrong_command_is_told_in_one_sentence(tmp_path, arguments, said):
    result = run(*(one.format(tmp_path) for one in arguments), "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("option", ["--rules", "--people", "--absences"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, option):
    """Before the export is read, which takes minutes where it is large: here it cannot be."""
    export = tmp_path / "no zip"
    export.touch()
    for path, why in ((tmp_path / "none", "No such file"), (tmp_path, "Is a directory")):
        result = run(export, "--out", tmp_path / "out", option, path)
        assert result.exit_code == 1
        assert f"{path}: cannot be read ({why}" in result.stderr
        assert "Check the path." in result.stderr
    assert not (tmp_path / "out").exists()


def test_help_shows_examples_and_reads_no_engine():
    code = (
        "import sys; from click.testing import CliRunner; from service.cli import main;"
        "out = CliRunner().invoke(main, ['report', '--help']).output;"
        "assert 'WE_1.ZIP WE_2.ZIP' in out, out; assert 'duckdb' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_the_bar_shows_every_step(small, tmp_path):
    result = run(small.path, "--out", tmp_path / "out")
    for step in ("Reading", "Counting", "Scoring", "Adding up", "Writing"):
        assert f"{step} " in result.stderr
    assert "rows, " in result.stderr
    assert " a second" in result.stderr
    people = len(read_csv(tmp_path / "out" / "scores.csv"))
    assert f"{people} of {people}" in result.stderr


@pytest.mark.parametrize("price", ["-1", "many", "nan"])
def test_a_price_is_an_amount_of_money(small, tmp_path, price):
    result = run(small.path, "--out", tmp_path / "out", "--license-price", price)
    assert result.exit_code == 2
    assert "price" in result.stderr or "number" in result.stderr


def test_a_killed_run_leaves_nothing(company_of, tmp_path):
    export = company_of(150).path
    (tmp_path / "tmp").mkdir()
    command = [sys.executable, "-m", "service.cli", "report", export, "--out", tmp_path / "out"]
    child = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "TMPDIR": str(tmp_path / "tmp")}, stderr=subprocess.PIPE
    )  # fmt: skip
    end = time.monotonic() + 60
    while not any((tmp_path / "tmp").glob("bellwether-*/pages/*.csv")) and time.monotonic() < end:
        time.sleep(0.01)
    child.terminate()
    child.communicate(timeout=60)
    assert child.returncode == 128 + signal.SIGTERM
    assert {path.name for path in tmp_path.iterdir()} == {"tmp"}
    assert list((tmp_path / "tmp").glob("bellwether-*")) == []


def test_too_little_memory_is_said_with_a_remedy(monkeypatch, small, tmp_path):
    """What the engine says is real; here it is raised, because a small company never needs so much."""
    import duckdb  # noqa: PLC0415

    def too_much(*_: object) -> None:
        raise duckdb.OutOfMemoryException("could not allocate block")

    monkeypatch.setattr("service.report.write.write_report", too_much)
    result = run(small.path, "--out", tmp_path / "out", "--memory-mb", "300")
    assert result.exit_code == 1
    assert "300 MB of memory do not suffice. Name more with --memory-mb 600." in result.stderr


@pytest.mark.parametrize("day", ["0001-01-05", "9999-12-31"])
def test_a_day_that_no_calendar_reaches_is_refused(small, tmp_path, day):
    result = run(small.path, "--out", tmp_path / "out", "--as-of", day)
    assert result.exit_code == 2
    assert "is no day to score" in result.stderr
    assert not (tmp_path / "out").exists()


def test_one_record_of_the_future_does_not_move_the_report(tmp_path):
    users = "Id,Name,CreatedDate\n005000000000001AAA,Ana,2020-01-01 00:00:00\n"
    contacts = (
        "Id,OwnerId,CreatedDate\n003000000000001AAA,005000000000001AAA,2021-04-16 10:00:00\n"
        "003000000000002AAA,005000000000001AAA,2099-04-16 10:00:00\n"
    )
    zipped = write_zip(tmp_path / "WE.ZIP", {"User.csv": users, "Contact.csv": contacts})
    result = run(zipped, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    record = json.loads((tmp_path / "out" / "run.json").read_text())
    assert record["as_of"] == "2021-04-16"
    assert "Records made in the future, by their CreatedDate: 1; they count on no day." in [
        gap["why"] for gap in record["gaps"]
    ]


def test_only_the_writer_may_read_the_folder(small, tmp_path):
    assert run(small.path, "--out", tmp_path / "out").exit_code == 0
    assert (tmp_path / "out").stat().st_mode & 0o077 == 0
