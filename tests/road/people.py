"""People of the company in the demo's org, and what the panel gets for them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import requests
from simple_salesforce.api import Salesforce

from canvas.managers_read import managers_query
from canvas.org_reads import OrgReads
from canvas.people_questions import deals_query, people_query, teams_query
from canvas.score_record import own_score_query
from localorg.auth import sessions
from service.salesforce.viewer import ViewerGateway
from service.settings import read_settings

if TYPE_CHECKING:
    from service.demo.road import Road


def client(road: Road, token: str) -> Salesforce:
    """An unmodified client."""
    session = requests.Session()
    session.verify, session.trust_env = road.org.ca_file, False
    return Salesforce(
        session_id=token, instance_url=road.org.api_url, session=session, version="66.0"
    )


def client_of(road: Road, user_id: str) -> Salesforce:
    """A person of the company, as if logged in: only the org itself can open such a session."""
    with closing(sqlite3.connect(road.folder / "org" / "org.sqlite", timeout=30)) as db, db:
        return client(road, sessions.start(db, road.org.org_id, user_id).token)


def records(road: Road, soql: str) -> list[Any]:
    """What the administrator reads."""
    found: list[Any] = client(road, road.org.admin["session_id"]).query_all(soql)["records"]
    return found


def leader_of(road: Road) -> str:
    """The one at the top of the roles."""
    soql = "SELECT Id FROM User WHERE UserRole.ParentRoleId = null AND UserRoleId != null AND IsActive = true ORDER BY Id"
    return str(records(road, soql)[0]["Id"])


def below_nobody(road: Road) -> list[str]:
    """Those whose role no other role stands under."""
    above = {row["ParentRoleId"] for row in records(road, "SELECT ParentRoleId FROM UserRole")}
    users = records(road, "SELECT Id, UserRoleId FROM User ORDER BY Id")
    return [row["Id"] for row in users if row["UserRoleId"] not in {*above, None}]


def asked_by(road: Road, user_id: str) -> list[Any]:
    """What the panel gets for a person, with a session of theirs."""
    person = client_of(road, user_id)
    gateway = ViewerGateway(road.org.api_url, person.session_id, read_settings(road.environment))
    questions = [own_score_query(user_id).replace("SELECT Id", "SELECT Id, User_Key__c", 1)]
    questions.append(people_query(user_id).replace("User__r.Name,", "User__r.Name, User__r.Id,"))
    questions += [
        teams_query(user_id, road.as_of),
        managers_query(user_id, road.as_of),
        deals_query(),
    ]
    return OrgReads(gateway).query_together(questions)
