"""Aggregates only: nobody is named anywhere, and no small group can be told."""

from __future__ import annotations

import re

import pytest

from tests.report.world import read_csv, read_zip


@pytest.fixture(scope="module", params=[36, 60])
def world(request, company_of, aggregates_of):
    """(the export's rows, the report) of a small and a larger company."""
    return read_zip(company_of(request.param).path), aggregates_of(request.param)


def test_no_file_names_anybody(world):
    rows, report = world
    written = {path.name: path.read_text("utf-8-sig") for path in report.folder.iterdir()}
    assert set(written) == {"report.html", "results.csv", "teams.csv", "run.json"}
    private = {user[key] for user in rows["User"] for key in ("Id", "Name", "Username")}
    private |= {user["Id"][:15] for user in rows["User"]}
    private |= {deal[key] for deal in rows["Opportunity"] for key in ("Id", "Name") if deal[key]}
    for name, text in written.items():
        assert [word for word in private if word in text] == [], name


def test_no_team_has_fewer_than_ten_people_and_no_median_fewer_than_ten_scores(world):
    teams = read_csv(world[1].folder / "teams.csv")
    assert teams
    for team in teams:
        assert int(team["people"]) >= 10
        if team["scored"]:
            scored = int(team["scored"])
            assert all(
                count == 0 or count >= 10 for count in (scored, int(team["people"]) - scored)
            )


def numbers(page: str) -> dict[str, int]:
    """Legend and tiles: label -> count."""
    text = re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL)
    found = re.findall(r"<span>([^<]+) <b>([\d,]+)</b>", text)
    tiles = re.findall(r"<dt>([^<]+)</dt><dd>([\d,]+)<", text)
    return {label: int(count.replace(",", "")) for label, count in (*found, *tiles)}


def test_no_word_of_few_people_can_be_told_by_subtraction(world):
    page = (world[1].folder / "report.html").read_text("utf-8")
    said = numbers(page)
    people, scored = said["people measured"], said.get("of them have a score")
    words = {label: count for label, count in said.items() if re.match(r"On track|Building|Needs|Not scored", label)}  # fmt: skip
    assert all(count >= 10 for count in words.values())
    if scored is None:
        assert sum(words.values()) in (0, people)
    else:
        assert scored in (0, people) or min(scored, people - scored) >= 10
        of_scored = [count for label, count in words.items() if label != "Not scored"]
        assert sum(of_scored) == scored


def test_the_page_holds_no_person_and_no_bin(world):
    text = (world[1].folder / "report.html").read_text("utf-8")
    assert 'class="person"' not in text
    assert "Histogram" not in text
    assert "nobody is named" in text
