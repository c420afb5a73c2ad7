"""Who plays in a story: people of the invented company by their place, and what stands against one.

Stories share one org, so each takes people of its own: a story that acts on a rep names which.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

from localorg.auth import sessions
from localorg.org import Org

_PEOPLE = "SELECT Id, Name, Username, ManagerId, UserRole.Name FROM User WHERE IsActive = true ORDER BY Username"
_SCORES = "SELECT Id, User__c FROM Adoption_Score__c"
ADMIN = "admin@bellwether.example"
ASK = "61 calls where 100 were asked. What got in the way?"


@dataclass(frozen=True)
class Player:
    """One person of the org."""

    user_id: str
    name: str
    username: str
    manager_id: str | None
    role: str
    score_id: str | None


class Cast:
    """The people of a running org, and what only its administrator can do to it."""

    def __init__(self, story):
        self.story = story
        scores = {one["User__c"]: one["Id"] for one in story.soql(_SCORES)}
        self.people = [
            Player(
                one["Id"], one["Name"], one["Username"], one["ManagerId"],
                (one["UserRole"] or {}).get("Name", ""), scores.get(one["Id"]),
            )
            for one in story.soql(_PEOPLE)
        ]  # fmt: skip

    def by_role(self, role):
        """Everybody in a role, by username."""
        found = [one for one in self.people if one.role == role]
        assert found, f"nobody is {role}"
        return found

    def team(self, manager):
        """Those below a manager who have a score, by username."""
        return [one for one in self.people if one.manager_id == manager.user_id and one.score_id]

    @property
    def admin(self):
        """The administrator."""
        return next(one for one in self.people if one.username == ADMIN)

    def session(self, player):
        """An API token of this person, as the panel's app gets one."""
        with self._org() as (org, db):
            return sessions.start(db, org.org_id, player.user_id, app="Bellwether_Panel").token

    @contextmanager
    def _org(self):
        org = Org(self.story.org_folder)
        try:
            with org.write() as db:
                yield org, db
        finally:
            org.close()

    def exception(self, player, label="Calls", **changes):
        """An exception of this person that came back: nothing is more urgent. Gives its id."""
        made = self.story.post("/sobjects/Adoption_Exception__c", {
            "Adoption_Score__c": player.score_id,
            "Exception_Key__c": f"{player.user_id}:{uuid4().hex[:8]}:2026-01-04", "Measure__c": "calls",
            "Measure_Label__c": label, "State__c": "recurred", "Opened_On__c": "2026-01-04",
            "Second_Expected__c": 100, "Second_Found__c": 61, "Manager__c": player.manager_id,
            "Evidence__c": f"{label}, 2025-12-01 to 2025-12-28: 61 found where 100 were asked.\n{ASK}",
            **changes,
        })  # fmt: skip
        return made["id"]

    def opportunity(self, player, name="A deal to review"):
        """An open opportunity of this person. Gives its id."""
        account = self.story.soql("SELECT Id FROM Account LIMIT 1")[0]["Id"]
        return self.story.post("/sobjects/Opportunity", {
            "Name": name, "AccountId": account, "OwnerId": player.user_id,
            "StageName": "Prospecting", "CloseDate": "2026-12-31", "Amount": 90000,
        })["id"]  # fmt: skip

    def reviewed(self, player, opportunity_id):
        """Record that this deal of the person was reviewed."""
        self.story.post("/sobjects/Adoption_Action__c", {
            "Adoption_Score__c": player.score_id, "Type__c": "Reviewed", "Opportunity__c": opportunity_id,
        })  # fmt: skip

    def deal(self, player, name="A deal of the story"):
        """A big deal of this person that was announced. Gives the id of its alert."""
        account = self.story.soql("SELECT Id FROM Account LIMIT 1")[0]["Id"]
        opportunity = self.story.post("/sobjects/Opportunity", {
            "Name": name, "AccountId": account, "OwnerId": player.user_id,
            "StageName": "Closed Won", "CloseDate": "2026-01-04", "Amount": 410000,
        })  # fmt: skip
        alert = self.story.post("/sobjects/Big_Deal_Alert__c", {
            "Alert_Key__c": f"{opportunity['id']}:story:1", "Opportunity__c": opportunity["id"],
            "Deal_Owner__c": player.user_id, "Status__c": "Announced", "Amount__c": 410000,
            "Closed_On__c": "2099-01-04",
        })  # fmt: skip
        return alert["id"]

    def acts(self, player):
        """What was recorded about this person, the oldest first, with who did it."""
        return self.story.soql(
            "SELECT Id, Type__c, Note__c, Exception__c, CreatedById FROM Adoption_Action__c"
            f" WHERE Adoption_Score__c = '{player.score_id}' ORDER BY CreatedDate, Id LIMIT 200"
        )
