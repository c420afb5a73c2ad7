"""Nobody sees another person's figures on a dashboard, unless the role tree puts them below."""

from __future__ import annotations

import shutil
from collections import Counter
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from localorg import seed
from localorg.metadata.apply import Applier
from localorg.metadata.reader import read_source
from localorg.org import Org
from tests.localorg_reports.conftest import EXECUTIVES_FROM, PROJECT, STATES, WORDS, Company

if TYPE_CHECKING:
    from collections.abc import Iterator

    from localorg.reports.dashboard import Drawn

#: Big deals are announced to everybody, with the name of who won them.
PUBLIC = {"Adoption_Reports/Big_Deals"}
BOARD = "force-app/main/default/dashboards/Adoption_Dashboards"


def names(company: Company) -> dict[str, str]:
    return {one["Id"]: one["Name"] for one in company.active}


def shown(company: Company, viewer: str) -> dict[str, set[str]]:
    """Ids of the people whose names a dashboard shows to the viewer, by dashboard."""
    by_name = {name: key for key, name in names(company).items()}
    found: dict[str, set[str]] = {}
    for board, parts in company.dashboards(viewer).items():
        texts = {text for part in parts if part.part.report not in PUBLIC for text in _texts(part)}
        found[board] = {by_name[text] for text in texts if text in by_name}
    return found


def _texts(part: Drawn) -> Iterator[str]:
    yield from (label for label, _ in part.points)
    for row in part.table:
        cells = zip(part.heads, row, strict=True)
        # Whose it is to solve is no secret to the person whom it is about.
        yield from (str(value) for (label, *_), (value, _) in cells if label != "Manager")


def others_seen(company: Company, viewer: str) -> dict[str, set[str]]:
    """The people that the viewer has no business to see, by dashboard."""
    allowed = company.below(viewer)
    seen = {board: people - allowed for board, people in shown(company, viewer).items()}
    return {board: people for board, people in seen.items() if people}


def test_a_rep_sees_nobody_else(company: Company) -> None:
    assert others_seen(company, company.rep) == {}
    own = shown(company, company.rep)
    assert own["Adoption_Data_Care"] == {company.rep}
    assert own["Adoption_Exceptions_and_Deals"] <= {company.rep}


def test_a_manager_sees_the_people_below_and_no_others(company: Company) -> None:
    manager = company.manager
    assert others_seen(company, manager) == {}
    scored = shown(company, manager)["Adoption_Exceptions_and_Deals"]
    needing = {
        one["Id"]
        for number, one in enumerate(company.active)
        if WORDS[number % len(WORDS)] == "Needs help" and one["Id"] in company.below(manager)
    }
    assert needing <= scored <= company.below(manager)
    assert len(needing) > 1


@pytest.mark.parametrize("who", ["rep", "manager"])
def test_scores_counted_are_those_shared(company: Company, who: str) -> None:
    viewer = getattr(company, who)
    many = sum(one["Id"] in company.below(viewer) for one in company.active)
    assert company.report("Scores_by_Word", viewer).total.rows == many
    drawn = company.dashboards(viewer)["Adoption_Exceptions_and_Deals"]
    scores = [one for one in drawn if one.report_name == "Scores by Word"]
    assert {one.rows for one in scores} == {many}


@pytest.mark.parametrize("who", ["rep", "manager", "chief"])
def test_exceptions_are_those_of_the_people_below(company: Company, who: str) -> None:
    viewer = getattr(company, who)
    words = {"open": "Open", "seen": "Seen", "acted": "Acted on", "recurred": "Came back"}
    expected = Counter(
        words[STATES[number // 2 % len(STATES)]]
        for number, one in enumerate(company.active)
        if number % 2 == 0
        and one["Id"] in company.below(viewer)
        and STATES[number // 2 % len(STATES)] in words
    )
    result = company.report("Standing_Exceptions", viewer)
    found = {result.labels[1][keys[0]]: one.rows for keys, one in result.rolled((1,)).items()}
    assert found == dict(expected)
    if who != "rep":
        assert expected.total() > 1


def test_executives_have_a_list_of_what_managers_acted_on_or_left_alone(company: Company) -> None:
    places = [
        number // 2 % len(STATES)
        for number, one in enumerate(company.active)
        if number % 2 == 0 and one["Id"] in company.below(company.chief)
    ]
    standing = [at for at in places if STATES[at] in {"open", "seen", "acted", "recurred"}]
    due = [at for at in standing if EXECUTIVES_FROM[at] == "2020-01-12"]
    early = [at for at in standing if EXECUTIVES_FROM[at] != "2020-01-12"]
    assert due
    assert early
    found = company.report("Exceptions_for_Executives", company.chief)
    assert found.total.rows == len(due)
    assert company.report("Standing_Exceptions", company.chief).total.rows == len(due + early)


def test_broad_dashboards_show_everybody_the_same(company: Company) -> None:
    for board in ("Adoption_Login", "Adoption_Usage"):
        said = [
            [(one.part.header, one.total, one.points) for one in company.dashboards(viewer)[board]]
            for viewer in (company.rep, company.chief)
        ]
        assert said[0] == said[1]
        assert shown(company, company.chief)[board] == set()


@pytest.fixture
def planted(company: Company, tmp_path: Path) -> Iterator[Company]:
    """The same org, after somebody made the dashboard of scores run as its deployer."""
    project = Path(shutil.copytree(PROJECT, tmp_path / "sfdx", ignore=_modules))
    path = project / BOARD / "Adoption_Exceptions_and_Deals.dashboard-meta.xml"
    text = path.read_text("utf-8")
    path.write_text(text.replace(">LoggedInUser<", ">SpecifiedUser<"), "utf-8")
    folder = Path(shutil.copytree(company.org.directory, tmp_path / "org"))
    org = Org(folder)
    with org.write() as db:
        Applier(db, org.schema, seed.ADMIN_ID).put(read_source(project).components)
    yield Company(org, company.tables)
    org.close()


def _modules(_folder: str, found: list[str]) -> set[str]:
    return {one for one in found if one == "node_modules"}


def test_the_test_bites(planted: Company) -> None:
    """The planted dashboard shows a rep other people's scores, and the check above finds it."""
    seen = others_seen(planted, planted.rep)
    assert list(seen) == ["Adoption_Exceptions_and_Deals"]
    assert len(seen["Adoption_Exceptions_and_Deals"]) > 1
    with pytest.raises(AssertionError):
        test_a_rep_sees_nobody_else(planted)


def test_the_page_of_a_rep_names_nobody_else(company: Company) -> None:
    with company.org.read() as db:
        row = db.execute(
            'SELECT "Id" FROM "Dashboard" WHERE "DeveloperName" = ?', ("Adoption_Data_Care",)
        ).fetchone()
    page = company.page(company.rep, f"/lightning/r/Dashboard/{row[0]}/view")
    assert "Shown as you" in page
    main = page.partition("<main>")[2]
    told = {key for key, name in names(company).items() if f">{escape(name)}<" in main}
    assert told == {company.rep}
