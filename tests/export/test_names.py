from __future__ import annotations

import pytest

from service.export import ExportError
from service.export.names import read_names
from tests.export.zips import csv_text, write_zip

PROFILES = csv_text(("Name", "Id"), ("Säles", "00e000000000001"), ("", "00e000000000002AAA"))


def test_names_are_found_by_the_long_form_of_the_id(tmp_path):
    zips = [
        write_zip(tmp_path / "1.zip", {"data/PROFILE.csv": PROFILES.encode("latin-1")}),
        write_zip(tmp_path / "2.zip", {"User.csv": "Id,Name\n"}),
    ]
    assert read_names(zips, "Profile", "latin-1") == {"00e000000000001AAA": "Säles"}


@pytest.mark.parametrize("text", ["", "Id\n00e000000000001AAA\n", "Name\nx\n", "Id,Name\nshort,x\n"])  # fmt: skip
def test_a_file_that_does_not_say_has_no_names(tmp_path, text):
    path = write_zip(tmp_path / "1.zip", {"Profile.csv": text})
    assert read_names([path], "Profile", "utf-8") == {}


def test_a_file_that_is_no_zip_is_named(tmp_path):
    (tmp_path / "x.zip").write_text("no zip")
    with pytest.raises(ExportError, match=r"x\.zip"):
        read_names([tmp_path / "x.zip"], "Profile", "utf-8")
