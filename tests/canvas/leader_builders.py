"""Records of a leader's people, teams and deals, as the org hands them over."""

from __future__ import annotations

from typing import Any

from tests.canvas.panel_builders import USER_ID

MANAGER_BELOW = "0055g000000SueRAAS"


def an_exception(**changes: object) -> dict[str, Any]:
    """Calls: 61 where 100 were asked, opened in October."""
    return {
        "attributes": {"type": "Adoption_Exception__c", "url": "/x"},
        "Id": "a025g00000ExceA",
        "Measure_Label__c": "Calls",
        "State__c": "open",
        "Second_Expected__c": 100.0,
        "Second_Found__c": 61.0,
        "Opened_On__c": "2026-10-25",
        "Evidence__c": "Calls, 2026-09-28 to 2026-10-25: 61 found where 100 were asked.\n"
        "61 calls where 100 were asked. What got in the way?",
        **changes,
    }


def an_act(**changes: object) -> dict[str, Any]:
    """Coached by the manager on a day."""
    return {
        "Type__c": "Coached",
        "Note__c": "We plan Mondays together.",
        "Done_On__c": "2026-11-02",
        "Outcome__c": None,
        "CreatedDate": "2026-11-02T09:00:00.000+0000",
        "CreatedBy": {"Name": "Ana Ferreira"},
        **changes,
    }


def children(*records: dict[str, Any]) -> dict[str, Any] | None:
    """As a child query answers: null when there is none."""
    return {"totalSize": len(records), "done": True, "records": list(records)} if records else None


def a_person(
    name: str,
    score: float | None,
    word: str,
    exceptions: tuple[dict[str, Any], ...] = (),
    acts: tuple[dict[str, Any], ...] = (),
    **changes: object,
) -> dict[str, Any]:
    """One of the viewer's people."""
    return {
        "Id": f"a015g00000{name[:5]:_<5}".replace("_", "0").replace(" ", "0"),
        "User__r": {"Name": name},
        "Score__c": score,
        "Band__c": None if score is None else 5.2,
        "Word__c": word,
        "Not_Scored_Reason__c": None,
        "Reasons__c": "12 of 40 open opportunities in order.\nMore.",
        "Adoption_Exceptions__r": children(*exceptions),
        "Adoption_Actions__r": children(*acts),
        **changes,
    }


def a_team(name: str, kind: str, manager_id: str | None, **changes: object) -> dict[str, Any]:
    """A group with a median of 71.2."""
    return {
        "Name": name,
        "Kind__c": kind,
        "Manager__c": manager_id,
        "People__c": 8,
        "Scored__c": 7,
        "Median__c": 71.2,
        "Low_Quartile__c": 52.0,
        "High_Quartile__c": 83.5,
        "Open_Exceptions__c": 2,
        "On_Track__c": 2,
        "Building__c": 4,
        "Needs_Help__c": 1,
        "Not_Scored__c": 1,
        **changes,
    }


def an_escalated(**changes: object) -> dict[str, Any]:
    """Of Ivy Noor, below Sue Abbot, who acted months ago without effect."""
    return an_exception(
        **{
            "State__c": "acted",
            "Executives_From__c": "2026-01-05",
            "Adoption_Score__c": "a015g00000Ivy00",
            "Manager__r": {"Name": "Sue Abbot"},
            "Adoption_Score__r": {"User__r": {"Name": "Ivy Noor"}},
            **changes,
        }
    )


def a_manager(
    name: str,
    user_id: str,
    *exceptions: dict[str, Any],
    digests: tuple[dict[str, Any], ...] = (),
    above: str = USER_ID,
) -> dict[str, Any]:
    """A manager with what waits with them, and their digests."""
    return {
        "Id": user_id,
        "Name": name,
        "ManagerId": above,
        "Adoption_Exceptions__r": children(*exceptions),
        "Adoption_Digests__r": children(*digests),
    }


def everything() -> dict[str, Any]:
    """What somebody sees who leads a team and a manager."""
    back = an_exception(Id="a025g00000ExceB", State__c="recurred", Measure_Label__c="Meetings")
    return {
        "people": [
            a_person("Bo Lind", 88.0, "On track"),
            a_person("Cy Park", 61.5, "Building", (an_exception(State__c="acted"),), (an_act(),)),
            a_person("Di Osei", 55.0, "Building", (back, an_exception(State__c="seen"))),
            a_person("Ed Roth", 31.0, "Needs help"),
            a_person("Fay Wu", None, "Not scored", Not_Scored_Reason__c="Away since November 2."),
            a_person("Gus Hall", 41.0, "Needs help"),
        ],
        "teams": [
            a_team("Ana Ferreira", "Team", USER_ID),
            a_team("Company", "Company", None, People__c=990, Scored__c=901, On_Track__c=310,
                   Building__c=480, Needs_Help__c=111, Not_Scored__c=89, Open_Exceptions__c=61),
            a_team("Sue Abbot", "Team", MANAGER_BELOW, Median__c=None, Low_Quartile__c=None,
                   High_Quartile__c=None, Open_Exceptions__c=3),
        ],
        "managers": [a_manager("Sue Abbot", MANAGER_BELOW, an_escalated())],
        "deals": [
            {"Id": "a035g00000Deal1", "Opportunity__c": "0065g00000AcmePAAR",
             "Opportunity__r": {"Name": "Acme Pumps, all sites"}, "Amount__c": 410000.0,
             "Closed_On__c": "2026-11-18", "Deal_Owner__r": {"Name": "Bo Lind"}},
        ],
    }  # fmt: skip
