"""Login, counted a second time; unused licences and what they cost."""

from __future__ import annotations

import re

import pytest

from service.report.facts import Options
from service.report.write import write_report
from tests.export.zips import csv_text, write_zip

AS_OF = "2021-04-16"
#: last login -> how many days before the as-of day, or never
LOGINS = ["2021-04-16", "2021-04-18", "2021-04-09", "2021-04-08", "2021-01-16", "2021-01-15", ""]


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    folder = tmp_path_factory.mktemp("login")
    users = [
        ("Id", "Name", "Username", "IsActive", "UserType", "LastLoginDate", "CreatedDate"),
        *(
            (f"005000000{at:06d}AAA", f"User {at}", f"u{at}@x.example", "1", "Standard",
             f"{login} 12:00:00" if login else "", "2020-01-01 00:00:00")
            for at, login in enumerate(LOGINS)
        ),
        ("005000000000091AAA", "Gone", "g@x.example", "0", "Standard", "", "2020-01-01 00:00:00"),
        ("005000000000092AAA", "Robot", "r@x.example", "1", "CloudIntegrationUser", "", f"{AS_OF} 00:00:00"),
    ]  # fmt: skip
    export = write_zip(folder / "WE_1.ZIP", {"User.csv": csv_text(*users)})
    write_report(Options(exports=(export,), out=folder / "report", license_price=150))
    page = (folder / "report" / "report.html").read_text("utf-8")
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_seven_days_are_those_of_last_n_days_7_and_later_logins_count(text):
    assert "Logged in within 7 days 3 Not within 7 days 3 Never logged in 1" in text


def test_licences_without_a_login_ever_or_in_90_days_cost_what_they_cost(text):
    # 15 January is 91 days before 16 April 2021, 16 January is 90.
    assert "a login, or none in 90 days 2" in text
    assert "for each licence 300" in text
    assert "a year 3,600" in text


def test_inactive_users_and_robots_have_no_part_in_it(text):
    assert "4 people without a login in 7 days" in text
    assert "Gone" not in text
