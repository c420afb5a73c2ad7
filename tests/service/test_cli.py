"""The command line with wrong input: one sentence that says what to do, never a traceback."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from service.cli import main
from tests.export.zips import csv_text, write_zip

NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture
def say(monkeypatch):
    def call(*arguments, **environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return CliRunner().invoke(main, [str(one) for one in arguments])

    return call


def assert_refused(result, *words, code=1):
    assert result.exit_code == code, result.output
    assert isinstance(result.exception, SystemExit)
    assert all(word in result.stderr for word in words), result.stderr


@pytest.mark.parametrize("group", [(), ("rules",)])
def test_help_says_of_each_command_all_that_it_says(say, group):
    """In 80 columns it cut most of them off."""
    said = say(*group, "--help", COLUMNS="80").output
    commands = said[said.index("Commands:") :]
    assert "..." not in commands.replace("EXPORT.zip...", "")


def test_the_night_names_every_missing_setting(say, monkeypatch):
    for name in ("SALESFORCE_ORG_ID", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    assert_refused(say("run-night"), "SALESFORCE_ORG_ID is missing", "REDIS_URL is missing")


def test_the_night_says_that_the_broker_is_down(say):
    result = say("run-night", SALESFORCE_ORG_ID="00D000000000001EAA", REDIS_URL=NOBODY)
    assert_refused(result, "REDIS_URL", "does not answer")


def test_a_sample_that_cannot_be_written_is_refused(say, tmp_path):
    assert_refused(say("sample", tmp_path / "no" / "x.zip"), "cannot be written", "another file")


def test_a_sample_says_where_it_is_and_what_is_beside_it(say, tmp_path):
    out = tmp_path / "x.zip"
    result = say("sample", "--users", 36, "--weeks", 16, "--as-of", "2026-11-20", out)
    assert (result.exit_code, result.stdout) == (0, f"{out}\n")
    assert "36 subscriptions" in result.stderr
    assert "2026-07-31 to 2026-11-20" in result.stderr
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"x.zip", "truth.json", "people.csv", "absences.csv"}


@pytest.mark.parametrize(
    ("options", "said"), [(("--users", 35), "at least 36"), (("--weeks", 5), "16 to 156")]
)
def test_a_sample_of_an_impossible_size_is_refused(say, tmp_path, options, said):
    assert_refused(say("sample", *options, tmp_path / "x.zip"), said)
    assert list(tmp_path.iterdir()) == []


def test_a_sample_replaces_no_file_of_somebody_else(say, tmp_path):
    (tmp_path / "people.csv").write_text("mine")
    assert_refused(say("sample", "--users", 36, tmp_path / "x.zip"), "people.csv", "another folder")
    assert (tmp_path / "people.csv").read_text() == "mine"


def test_the_demo_refuses_a_folder_that_it_cannot_make(say, tmp_path):
    (tmp_path / "file").touch()
    result = say("demo", "--once", "--var", tmp_path / "file" / "below")
    assert_refused(result, "cannot be used", "--var")


def test_the_demo_leaves_a_folder_with_other_files_alone(say, tmp_path):
    (tmp_path / "mine").touch()
    assert_refused(say("demo", "--once", "--var", tmp_path), "not the demo's")
    assert (tmp_path / "mine").exists()


def test_the_demo_says_that_a_named_broker_is_down(say, tmp_path):
    result = say("demo", "--once", "--var", tmp_path / "demo", REDIS_URL=NOBODY)
    assert_refused(result, "REDIS_URL", "unset")


def test_json_needs_once(say):
    assert_refused(say("demo", "--json"), "--once", code=2)


def test_a_zone_that_does_not_exist_is_refused(say):
    assert_refused(say("demo", "--naive-zone", "Mars/Base"), "Europe/Berlin", code=2)


@pytest.fixture
def demo_of(say, tmp_path):
    def call(members, *options):
        data = write_zip(tmp_path / "WE.ZIP", members)
        return say("demo", "--once", "--var", tmp_path / "demo", "--export", data, *options)

    return call


def test_an_export_without_people_is_refused(demo_of):
    members = {"Lead.csv": csv_text(("Id", "CreatedDate"), ("00Q1", "2026-01-01 00:00:00"))}
    assert_refused(demo_of(members), "WE.ZIP", "User.csv")


def test_an_export_without_a_day_is_refused(demo_of):
    members = {"User.csv": csv_text(("Id", "Name"), ("0051", "Ana"))}
    assert_refused(demo_of(members), "WE.ZIP", "CreatedDate")


def test_a_wrong_encoding_is_refused_and_the_option_that_is_named_exists(demo_of):
    members = {"User.csv": csv_text(("Id", "Name"), ("0051", "André")).encode("iso-8859-1")}
    assert_refused(demo_of(members), "User.csv: line 2", "--encoding iso-8859-1")
    # Read in the right one, the next thing that is missing is named.
    assert_refused(demo_of(members, "--encoding", "iso-8859-1"), "CreatedDate")
