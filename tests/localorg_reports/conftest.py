"""The invented company in a stand-in org, with our metadata deployed and a score for everybody."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from localorg import load, seed
from localorg.metadata import deployed
from localorg.metadata.apply import Applier
from localorg.metadata.reader import read_source
from localorg.org import Org
from localorg.pages import create_pages
from localorg.records import Writer
from localorg.reports import dashboard, definition, library
from localorg.reports.run import run
from localorg.rights.access import Viewer
from localorg.rights.permissions import Rights
from service.sample import write_sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from localorg.reports.dashboard import Drawn
    from localorg.reports.result import Result

PROJECT = Path(__file__).resolve().parents[2] / "sfdx"
PAGES = "http://127.0.0.1:8080"
PEOPLE, WEEKS = 40, 16
Rows = list[dict[str, str]]
STATES = ("open", "seen", "acted", "recurred", "cleared", "excused")
#: Long ago, not yet, and not known to the run that wrote it.
EXECUTIVES_FROM = ("2020-01-12", "2999-01-01", None, "2020-01-12", "2020-01-12", "2999-01-01")
WORDS = ("On track", "Building", "Needs help")


@dataclass
class Company:
    """The org, and the export that it was filled with, as the csv module reads it."""

    org: Org
    tables: dict[str, Rows]

    def report(self, name: str, user_id: str, *, details: bool = True) -> Result:
        """One of our reports, run as that user."""
        with self.org.read() as db:
            one = library.find(db, "Report", f"Adoption_Reports/{name}", user_id)
            asked = definition.read(one.component)
            return run(self.org.schema, db, asked, user_id, details=details)

    def dashboards(self, user_id: str) -> dict[str, tuple[Drawn, ...]]:
        """Every dashboard, drawn for that user."""
        with self.org.read() as db:
            found = library.listed(db, "Dashboard", user_id)
            return {
                one.full_name.partition("/")[2]: dashboard.draw(self.org.schema, db, one, user_id)
                for one in found
            }

    def page(self, user_id: str, path: str, status: int = 200) -> str:
        """A page of the stand-in, as that user's browser gets it."""
        with create_pages(self.org).test_client() as client:
            client.post("/login", data={"user_id": user_id}, base_url=PAGES)
            answer = client.get(path, base_url=PAGES)
        assert answer.status_code == status, answer.text
        return str(answer.text)

    @property
    def active(self) -> Rows:
        """Users of the export who are active."""
        return [one for one in self.tables["User"] if one["IsActive"] in {"1", "true"}]

    def below(self, user_id: str) -> set[str]:
        """The user and everybody whose role is below theirs, from the export's own role tree."""
        parents = {one["Id"]: one["ParentRoleId"] for one in self.tables["UserRole"]}
        roles = {one["Id"]: one["UserRoleId"] for one in self.tables["User"]}
        mine, found = roles[user_id], {user_id}
        for person, role in roles.items():
            above = parents.get(role, "")
            while above:
                if above == mine:
                    found.add(person)
                above = parents.get(above, "")
        return found

    @property
    def chief(self) -> str:
        """The active person with the most people below."""
        return max((one["Id"] for one in self.active), key=lambda one: len(self.below(one)))

    @property
    def manager(self) -> str:
        """An active person with some people below, but not all."""
        many = {one["Id"]: len(self.below(one["Id"])) for one in self.active if one["UserRoleId"]}
        middle = [one for one, count in many.items() if 1 < count < PEOPLE / 2]
        return max(middle, key=lambda one: many[one])

    @property
    def rep(self) -> str:
        """An active person with nobody below, who owns the most open tasks."""
        open_ = [one["OwnerId"] for one in self.tables["Task"] if one["IsClosed"] in {"0", "false"}]
        alone = [
            one["Id"]
            for one in self.active
            if one["UserRoleId"] and len(self.below(one["Id"])) == 1
        ]
        return max(alone, key=open_.count)


@pytest.fixture(scope="package")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "company.zip"
    write_sample(path, people=PEOPLE, weeks=WEEKS, as_of=datetime.now(UTC).date())
    return path


@pytest.fixture(scope="package")
def company(tmp_path_factory: pytest.TempPathFactory, export: Path) -> Iterator[Company]:
    org = Org(tmp_path_factory.mktemp("company") / "org")
    with org.write() as db:
        seed.begin(org, db, "00D5g000000000AEAU", "Invented")
        load.load(org, db, export, "UTC")
        seed.finish(org, db)
        deployed.create(db)
        Applier(db, org.schema, seed.ADMIN_ID).put(read_source(PROJECT).components)
    one = Company(org, _tables(export))
    _assign(one)
    _score(one)
    yield one
    org.close()


def _tables(export: Path) -> dict[str, Rows]:
    found = {}
    with zipfile.ZipFile(export) as archive:
        for member in archive.namelist():
            if member.endswith(".csv"):
                text = io.TextIOWrapper(archive.open(member), "utf-8-sig", newline="")
                found[Path(member).stem] = list(csv.DictReader(text))
    return found


def writer(db, org: Org) -> Writer:
    return Writer(db, org.schema, Viewer(seed.ADMIN_ID, Rights(), is_admin=True))


def _assign(company: Company) -> None:
    """The panel set for everybody, as the admin guide says."""
    with company.org.write() as db:
        found = db.execute(
            'SELECT "Id" FROM "PermissionSet" WHERE "Name" = ?', ("Adoption_Panel_User",)
        ).fetchone()
        for person in company.active:
            values = {"AssigneeId": person["Id"], "PermissionSetId": found[0]}
            writer(db, company.org).create(
                company.org.schema.get("PermissionSetAssignment"), values
            )


def _score(company: Company) -> None:
    """One score a person, owned by the person; an exception for every second; two big deals."""
    with company.org.write() as db:
        thing = company.org.schema.get("Adoption_Score__c")
        find = company.org.schema.get
        for number, person in enumerate(company.active):
            values = {
                "OwnerId": person["Id"], "User__c": person["Id"], "User_Key__c": person["Id"],
                "Score__c": 40.0 + number, "Word__c": WORDS[number % 3],
            }  # fmt: skip
            score = writer(db, company.org).create(thing, values)
            if number % 2 == 0:
                values = {
                    "Adoption_Score__c": score, "Exception_Key__c": f"{person['Id']}-calls",
                    "Measure__c": "calls", "Measure_Label__c": "Calls", "Opened_On__c": "2026-01-05",
                    "State__c": STATES[number // 2 % len(STATES)], "Manager__c": company.chief,
                    "Executives_From__c": EXECUTIVES_FROM[number // 2 % len(EXECUTIVES_FROM)],
                }  # fmt: skip
                writer(db, company.org).create(find("Adoption_Exception__c"), values)
        for kind, name in (("Company", "All"), ("Region", "East"), ("Team", "Ana's")):
            values = {"Kind__c": kind, "Name": name, "Median__c": 60.5, "Team_Key__c": name}
            writer(db, company.org).create(find("Adoption_Team__c"), values)
        won = [one for one in company.tables["Opportunity"] if one["IsWon"] in {"1", "true"}]
        for number, deal in enumerate(won[:2]):
            values = {
                "Alert_Key__c": f"{deal['Id']}-1", "Opportunity__c": deal["Id"],
                "Deal_Owner__c": deal["OwnerId"], "Amount__c": 150000.0 + number,
                "Closed_On__c": deal["CloseDate"][:10], "Status__c": "Announced",
            }  # fmt: skip
            writer(db, company.org).create(company.org.schema.get("Big_Deal_Alert__c"), values)
