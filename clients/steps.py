"""What each client does, and what must come out; each raises AssertionError or RuntimeError."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import requests
from simple_salesforce.api import Salesforce  # noqa: TID251 - the stock client is the point

from clients.org import CLIENTS, ROOT, Sf
from localorg.metadata.reader import read_source

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from service.demo.localorg import Handoff

SCORES = 450  #: more than one request of 200 takes
BY_JSFORCE = 72.5  #: the score that jsforce writes
#: A list of them wants the name of a folder; a query does not.
_IN_FOLDERS = ("Report", "Dashboard")


class WrongError(Exception):
    """A client saw something else than it must."""


def _must_be(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise WrongError(f"{what}: {found!r} in place of {wanted!r}")


def deploy(sf: Sf) -> str:
    """Deploy all of `sfdx/` with the CLI."""
    done = sf.result("project", "deploy", "start")
    wanted = sum(1 for part in ("force-app", "seed", "eca", "oauth")
                 for _ in (sf.project / part).rglob("*-meta.xml"))  # fmt: skip
    _must_be("status", done["status"], "Succeeded")
    _must_be("components", done["numberComponentsDeployed"], wanted)
    return f"{wanted} components deployed"


def assign(sf: Sf, handoff: Handoff) -> str:
    """Assign permission sets with the CLI, one of them by the script and a file of people."""
    name, people = handoff.integration["username"], sf.project.parent / "people.txt"
    done = sf.result("org", "assign", "permset", "--name", "Adoption_Integration",
                     "--on-behalf-of", name)  # fmt: skip
    _must_be("successes", [one["name"] for one in done["successes"]], [name])
    people.write_text(f"{handoff.admin['username']}\n{name}\n", encoding="utf-8")
    _manage(sf, "assign", "--integration", name, "--users", str(people))
    soql = "SELECT Assignee.Username FROM PermissionSetAssignment WHERE PermissionSet.Name = 'Adoption_Panel_User'"
    found = sf.result("data", "query", "--query", soql)["records"]
    wanted = {handoff.admin["username"], name}
    _must_be("by the script", {one["Assignee"]["Username"] for one in found}, wanted)
    return f"Adoption_Integration assigned to {name}, Adoption_Panel_User to two of a file"


def _manage(sf: Sf, order: str, *more: str) -> None:
    """Run `sfdx/manage_org.py` at the org; raises RuntimeError with its words."""
    script = [sys.executable, str(ROOT / "sfdx/manage_org.py"), order, "--target-org", sf.token]
    done = subprocess.run(  # noqa: S603 - our own program
        [*script, "--project", str(sf.project), *more],
        env=sf.environment, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"manage_org.py {order}:\n{done.stdout}{done.stderr}")


def simple_salesforce(handoff: Handoff) -> str:
    """Write and read scores over TLS with simple-salesforce."""
    with requests.Session() as session:
        session.trust_env, session.verify = False, handoff.ca_file
        client: Any = Salesforce(  # its own types know no object of ours

            instance_url=handoff.api_url, session_id=handoff.admin["session_id"],
            version="66.0", session=session,
        )  # fmt: skip
        scores = [_score(number) for number in range(SCORES)]
        for at in range(0, SCORES, 200):
            body = {"allOrNone": True, "records": scores[at : at + 200]}
            made = client.restful("composite/sobjects", method="POST", json=body)
            _must_be("created", [one["success"] for one in made], [True] * len(made))
        client.Adoption_Score__c.upsert(f"User_Key__c/{_key(0)}", {"Score__c": 99.5})
        found = client.query_all("SELECT User_Key__c, Score__c FROM Adoption_Score__c")["records"]
        pages = list(
            client.bulk2.Adoption_Score__c.query("SELECT User_Key__c FROM Adoption_Score__c")
        )
    wanted = {_key(n): n % 100 + 0.5 for n in range(SCORES)} | {_key(0): 99.5}
    _must_be("read", {one["User_Key__c"]: one["Score__c"] for one in found}, wanted)
    keys = {row["User_Key__c"] for page in pages for row in csv.DictReader(page.splitlines())}
    _must_be("read in bulk", keys, set(wanted))
    return f"{SCORES} scores written, changed, and read by REST and Bulk 2.0 over TLS"


def _key(number: int) -> str:
    return f"005000000{number:06}AAA"


def _score(number: int) -> dict[str, Any]:
    return {
        "attributes": {"type": "Adoption_Score__c"},
        "User_Key__c": _key(number), "Score__c": number % 100 + 0.5, "Word__c": "On track",
    }  # fmt: skip


def jsforce(sf: Sf, handoff: Handoff) -> str:
    """Write and read over TLS with jsforce."""
    environment = sf.environment | {
        "ORG_URL": handoff.api_url, "ORG_TOKEN": handoff.admin["session_id"],
        "NODE_EXTRA_CA_CERTS": handoff.ca_file,
    }  # fmt: skip
    done = subprocess.run(  # noqa: S603 - node, no shell
        [sf.command[0], str(CLIENTS / "jsforce_client.mjs")],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    wanted = {
        "name": "Changed by jsforce", "upserts": [True, True], "score": [BY_JSFORCE],
        "found": [f"jsforce {at}" for at in range(7)], "fields": True,
        "refused": "DUPLICATE_VALUE", "left": 0,
    }  # fmt: skip
    _must_be("jsforce saw", json.loads(done.stdout.splitlines()[-1]), wanted)
    return "created, changed, upserted, queried, described, deleted over TLS"


def export(sf: Sf, folder: Path) -> str:
    """Export the scores in bulk with the CLI."""
    file = folder / "scores.csv"
    soql = f"SELECT User_Key__c, Score__c FROM Adoption_Score__c WHERE Score__c != {BY_JSFORCE}"  # noqa: S608 - a constant
    sf.result("data", "export", "bulk", "--query", soql, "--output-file", str(file),
              "--result-format", "csv", "--wait", "5")  # fmt: skip
    with file.open(encoding="utf-8", newline="") as lines:
        rows = {row["User_Key__c"]: float(row["Score__c"]) for row in csv.DictReader(lines)}
    wanted = {_key(n): n % 100 + 0.5 for n in range(SCORES)} | {_key(0): 99.5}
    _must_be("exported", rows, {key: score for key, score in wanted.items() if score != BY_JSFORCE})
    return f"{len(rows)} scores exported by sf data export bulk"


def uninstall(sf: Sf) -> str:
    """Take away everything with the script, which does what the README says; look for what is left."""
    kinds = sorted({one.type for one in read_source(sf.project).components})
    before = _there(sf, kinds)
    _must_be("kinds seen before", sorted(kind for kind in before if before[kind]), kinds)
    files = sorted(sf.project.rglob("*-meta.xml"))
    _manage(sf, "remove")
    _must_be("files after it", sorted(sf.project.rglob("*-meta.xml")), files)
    left = {kind: names for kind, names in _there(sf, kinds).items() if names}
    _must_be("left", left, {})
    names = sum(map(len, before.values()))
    return f"One script: of {names} names of {len(kinds)} kinds, none is left"


def _there(sf: Sf, kinds: Sequence[str]) -> dict[str, list[str]]:
    """What the org has of each kind, by name."""
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(kinds, pool.map(lambda kind: _names(sf, kind), kinds), strict=True))


def _names(sf: Sf, kind: str) -> list[str]:
    if kind in _IN_FOLDERS:
        soql = f"SELECT DeveloperName FROM {kind}"  # noqa: S608 - one of two constants
        records = sf.result("data", "query", "--query", soql)["records"]
        return [one["DeveloperName"] for one in records]
    listed = sf.result("org", "list", "metadata", "--metadata-type", kind)
    return [one["fullName"] for one in listed]
