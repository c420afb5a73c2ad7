"""The invented company, scored twice: from its export, and through an org. The scores are equal."""

from __future__ import annotations

import csv
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import requests
from simple_salesforce.api import Salesforce

from service.demo.report import problems, written_scores
from service.demo.road import Road

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.sf, pytest.mark.xdist_group("sample-road")]

USERS = 60
Row = dict[str, str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("company")


@pytest.fixture(scope="module")
def road(folder: Path) -> Iterator[Road]:
    with Road(folder / "road", users=USERS) as road:
        yield road


@pytest.fixture(scope="module")
def runs(road: Road) -> tuple[dict[str, Any], dict[str, Any]]:
    return road.run_night("company-1"), road.run_night("company-2")


@pytest.fixture(scope="module")
def in_org(road: Road, runs: object) -> dict[str, dict[str, Any]]:
    """What an unmodified client reads of the scores, by user id."""
    session = requests.Session()
    session.verify, session.trust_env = road.org.ca_file, False
    stock = Salesforce(
        session_id=road.org.admin["session_id"],
        instance_url=road.org.api_url,
        session=session,
        version="66.0",
    )
    found = stock.query_all("SELECT User_Key__c, Score__c, Band__c, Word__c FROM Adoption_Score__c")
    return {row["User_Key__c"]: row for row in found["records"]}


@pytest.fixture(scope="module")
def in_report(road: Road, folder: Path) -> dict[str, Row]:
    """What `bellwether report` says of the same export under the same rules, by user id."""
    out = folder / "report"
    rules = road.environment["BELLWETHER_RULES_FILE"]
    command = ["report", str(road.data), "--out", str(out), "--rules", rules]
    command += ["--as-of", road.as_of.isoformat()]
    subprocess.run([sys.executable, "-m", "service.cli", *command], check=True, capture_output=True)
    with (out / "scores.csv").open(encoding="utf-8-sig", newline="") as lines:
        return {row["user_id"]: row for row in csv.DictReader(lines)}


def test_the_scores_of_the_org_are_those_of_the_report(
    in_org: dict[str, dict[str, Any]], in_report: dict[str, Row]
) -> None:
    live = {
        user: shown(row["Score__c"], row["Band__c"], row["Word__c"]) for user, row in in_org.items()
    }
    told = {user: shown(row["score"], row["band"], row["word"]) for user, row in in_report.items()}
    assert sum(score is not None for score, _, _ in live.values()) > USERS / 3
    assert live == told


def shown(score: object, band: object, word: str) -> tuple[float | None, float | None, str]:
    numbers = [None if one in (None, "") else float(str(one)) for one in (score, band)]
    return numbers[0], numbers[1], word


def test_nothing_is_wrong_on_the_road(road: Road, runs: tuple[dict[str, Any], ...]) -> None:
    assert problems(*runs, road.tables, written_scores(road.cli)) == []
