"""A real stand-in org with our metadata, deployed once by the unmodified Salesforce CLI.

Deploying takes seconds, so it is done once a session; each test gets a copy of that org's folder.
Tests ask the org with plain requests, never with the client that they test.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
import zipfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import requests

from service.demo.assign import assign_all
from service.demo.deploy import INTEGRATION_SET, JOBS_APP, PANEL_SET, Cli, assign, deploy
from service.demo.localorg import Handoff, read_handoff
from service.processes import wait_until
from service.rule_records.to_records import records_of
from service.rules_file import DEFAULT_RULES, read_mapping
from tests.forked import ForkedChild

ROOT = Path(__file__).resolve().parent.parent.parent
AS_OF = date(2026, 3, 31)
BIG, OLD, SMALL = 20, 3, 2
_DAY = timedelta(days=1)


def _widen(short: str) -> str:
    """15 to 18 characters: a letter for each five says which of them are capitals."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    fives = (short[at : at + 5] for at in (0, 5, 10))
    return short + "".join(
        alphabet[sum(1 << place for place, letter in enumerate(five) if letter.isupper())]
        for five in fives
    )


ANA, RAJ, MIA = (_widen(f"0055g000000{name}") for name in ("Anaa", "Rajj", "Miaa"))


def _id(prefix: str, number: int) -> str:
    return _widen(f"{prefix}5g000{number:07d}")


def write_export(path: Path) -> None:
    """A small company: two reps, their manager, their calls, meetings and deals."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, rows in _files().items():
            text = io.StringIO()
            writer = csv.DictWriter(text, list(rows[0]), quoting=csv.QUOTE_ALL)
            writer.writeheader()
            writer.writerows(rows)
            archive.writestr(f"{name}.csv", text.getvalue())


def _files() -> dict[str, list[dict[str, Any]]]:
    return {
        "UserRole": [
            {"Id": _id("00E", 1), "Name": "Sales Manager", "ParentRoleId": ""},
            {"Id": _id("00E", 2), "Name": "Sales Rep", "ParentRoleId": _id("00E", 1)},
        ],
        "User": [_user(ANA, "Ana", 2), _user(RAJ, "Raj", 2), _user(MIA, "Mia", 1)],
        "Account": [
            {"Id": _id("001", 1), "Name": "Acme & <Sons>", "OwnerId": ANA, **_made(ANA, AS_OF)}
        ],
        "Contact": [
            {"Id": _id("003", n), "LastName": f"Contact {n}", "AccountId": _id("001", 1),
             "OwnerId": ANA, **_made(ANA, AS_OF)}
            for n in range(1, 6)
        ],
        "Opportunity": _deals(),
        "Task": [_call(n, owner) for owner in (ANA, RAJ) for n in range(40)],
        "Event": [_meeting(n) for n in range(20)],
        **_kept_by_the_org(),
    }  # fmt: skip


def _kept_by_the_org() -> dict[str, list[dict[str, Any]]]:
    """Logins and days of use: of Ana three in the four weeks, of Raj one, and one of each before."""
    days = [(ANA, 0), (ANA, 1), (ANA, 27), (ANA, 28), (RAJ, 5), (RAJ, 40)]
    logins = [(user, back, "Success") for user, back in days] + [(ANA, 2, "Invalid Password")]
    apps = ["Lightning Experience", "Salesforce Mobile"]
    used = [(user, back, app) for app in apps for user, back in days if app == apps[0] or back == 1]
    return {
        "LoginHistory": [
            {"Id": _id("0Ya", at), "UserId": user, "Status": status, "LoginType": "Application",
             "LoginTime": f"{AS_OF - back * _DAY} 08:00:00"}
            for at, (user, back, status) in enumerate(logins)
        ],
        "LightningUsageByAppTypeMetrics": [
            {"Id": _id("0XU", at), "UserId": user, "MetricsDate": f"{AS_OF - back * _DAY}",
             "AppExperience": app}
            for at, (user, back, app) in enumerate(used)
        ],
        "Period": [
            {"Id": _id("026", 1), "StartDate": "2026-01-01", "EndDate": "2026-03-31", "Type": "Quarter"},
            {"Id": _id("026", 2), "StartDate": "2025-10-01", "EndDate": "2025-12-31", "Type": "Quarter"},
        ],
        "ForecastingQuota": [
            {"Id": _id("0J9", at), "QuotaOwnerId": owner, "QuotaAmount": amount, "PeriodId": _id("026", period),
             "StartDate": "2026-01-01", "ForecastingTypeId": _id("0Db", 1)}
            for at, (owner, amount, period) in enumerate(
                [(ANA, 1_000_000, 1), (RAJ, 500_000, 1), (MIA, 1_500_000, 1), (ANA, 7, 2)]
            )
        ],
        "Campaign": [{"Id": _id("701", 1), "Name": "Spring", "OwnerId": MIA}],
        "CampaignMember": [
            {"Id": _id("00v", at), "CampaignId": _id("701", 1), "ContactId": _id("003", 1 + at),
             "HasResponded": str(int(back == 14)), **_made(MIA, AS_OF - back * _DAY)}
            for at, back in enumerate([-2, 0, 14, 27, 28])
        ],
    }  # fmt: skip


def _made(user: str, on: date) -> dict[str, str]:
    stamp = f"{on.isoformat()} 10:00:00"
    return {"CreatedById": user, "CreatedDate": stamp, "LastModifiedById": user,
            "LastModifiedDate": stamp}  # fmt: skip


def _user(user: str, name: str, role: int) -> dict[str, str]:
    return {
        "Id": user, "Username": f"{name.lower()}@acme.example", "LastName": "Example",
        "FirstName": name, "Name": f"{name} Example", "IsActive": "1",
        "UserRoleId": _id("00E", role), "ManagerId": "" if role == 1 else MIA,
        "TimeZoneSidKey": "America/New_York", "CreatedDate": "2020-01-01 00:00:00",
    }  # fmt: skip


def _deal(number: int, amount: int, closed: date, stage: str = "Closed Won") -> dict[str, str]:
    won = str(int(stage == "Closed Won"))
    return {
        "Id": _id("006", number), "Name": f"Deal {number}", "AccountId": _id("001", 1),
        "OwnerId": ANA if number % 2 else RAJ, "StageName": stage, "IsWon": won, "IsClosed": won,
        "Amount": f"{amount}.50", "CloseDate": closed.isoformat(), "NextStep": "",
        **_made(ANA, min(closed, AS_OF) - _DAY),
    }  # fmt: skip


def _deals() -> list[dict[str, str]]:
    big = [_deal(n, 100_000 + n, AS_OF - n * _DAY) for n in range(BIG)]
    old = [_deal(100 + n, 500_000, AS_OF - (31 + n) * _DAY) for n in range(OLD)]
    small = [_deal(200 + n, 99_000, AS_OF) for n in range(SMALL)]
    still_open = [_deal(301 + 2 * n, 200_000, AS_OF + 9 * _DAY, "Prospecting") for n in range(6)]
    return [*big, *old, *small, *still_open]


def _call(number: int, owner: str) -> dict[str, str]:
    offset = number if owner == ANA else 1000 + number
    on = AS_OF - (number % 25) * _DAY
    return {
        "Id": _id("00T", offset), "OwnerId": owner, "Subject": "Call", "Status": "Completed",
        "TaskSubtype": "Call", "WhoId": _id("003", 1 + number % 5), "WhatId": "",
        "ActivityDate": on.isoformat(), **_made(owner, on),
    }  # fmt: skip


def _meeting(number: int) -> dict[str, str]:
    on = AS_OF - number * _DAY
    return {
        "Id": _id("00U", number), "OwnerId": ANA, "Subject": "Meeting",
        "StartDateTime": f"{on.isoformat()} 15:00:00", "EndDateTime": f"{on.isoformat()} 16:00:00",
        "WhoId": _id("003", 1), **_made(ANA, on),
    }  # fmt: skip


@dataclass
class LiveOrg:
    """A running stand-in org, and how a test looks into it."""

    folder: Path
    key: str
    child: ForkedChild
    handoff: Handoff

    @classmethod
    def start(cls, folder: Path, key: str = "", *options: str) -> LiveOrg:
        (folder / "handoff.json").unlink(missing_ok=True)
        arguments = ["serve", "--dir", str(folder), *options]
        log_file = folder / "localorg.log"
        child = ForkedChild("the stand-in org", "localorg.__main__", arguments, log_file)
        wait_until((folder / "handoff.json").is_file, child, seconds=60, what="the org to be ready")
        return cls(folder, key, child, read_handoff(folder))

    def environment(self, redis_url: str, work_dir: Path) -> dict[str, str]:
        """What a worker of this org has in its environment."""
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "SALESFORCE_ORG_ID": self.handoff.org_id,
            "SALESFORCE_INSTANCE_URL": self.handoff.api_url,
            "SALESFORCE_USERNAME": self.handoff.integration["username"],
            "SALESFORCE_CONSUMER_KEY": self.handoff.apps[JOBS_APP]["consumer_key"],
            "SALESFORCE_PRIVATE_KEY": self.key,
            "SALESFORCE_CA_FILE": self.handoff.ca_file,
            "REDIS_URL": redis_url,
            "BELLWETHER_WORK_DIR": str(work_dir),
        }

    def soql(self, query: str) -> list[dict[str, Any]]:
        """Ask as the administrator, by plain HTTP."""
        url: str | None = f"{self.handoff.cli_url}/services/data/v66.0/query"
        params: dict[str, str] | None = {"q": query}
        records: list[dict[str, Any]] = []
        while url:
            body = self._request("GET", url, params=params).json()
            records += body["records"]
            following = body.get("nextRecordsUrl")
            url, params = (f"{self.handoff.cli_url}{following}" if following else None), None
        return records

    def patch(self, path: str, body: dict[str, Any]) -> None:
        """Change a record as the administrator."""
        self._request("PATCH", f"{self.handoff.cli_url}/services/data/v66.0{path}", json=body)

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Make a record as the administrator; gives the org's answer."""
        url = f"{self.handoff.cli_url}/services/data/v66.0{path}"
        answer: dict[str, Any] = self._request("POST", url, json=body).json()
        return answer

    def delete(self, path: str) -> None:
        """Delete a record as the administrator."""
        self._request("DELETE", f"{self.handoff.cli_url}/services/data/v66.0{path}")

    def control(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Turn a fault switch."""
        url = f"{self.handoff.cli_url}/_localorg/{path}"
        found: dict[str, Any] = self._request(method, url, json=body).json()
        return found

    def _request(self, method: str, url: str, **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.handoff.admin['session_id']}"}
        reply = requests.request(method, url, headers=headers, timeout=60, **options)
        assert reply.ok, f"{method} {url}: {reply.status_code} {reply.text}"
        return reply

    def stop(self) -> None:
        self.child.stop()


def build_template(folder: Path) -> str:
    """An org with the small company and our metadata; gives the jobs' private key."""
    write_export(folder / "export.zip")
    org = LiveOrg.start(folder / "org", "", "--load", str(folder / "export.zip"))
    try:
        cli = Cli(ROOT / "sfdx", folder / "home", org.handoff)
        url, rules = "https://localhost:1/canvas", records_of(read_mapping(DEFAULT_RULES))
        key_file = deploy(cli, ROOT / "sfdx", folder / "deploy", url, rules)
        assign(cli, INTEGRATION_SET, org.handoff.integration["username"])
        assign_all(org.handoff, PANEL_SET, [ANA, MIA])
    finally:
        org.stop()
    return key_file.read_text()


def copy_of(template: Path, folder: Path) -> None:
    shutil.copytree(template, folder)
