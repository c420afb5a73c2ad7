"""Who may read whose score and exceptions, in the org's own words, and what waits until that is right."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from types import SimpleNamespace

import pytest

from jobs.digests.people import read_company
from jobs.exceptions_known import read_known
from jobs.night import run_night
from jobs.org_rules import rules_in_force
from jobs.records.exception_records import write_exceptions
from jobs.records.org_now import OrgNow, read_org
from jobs.records.score_shares import write_shares
from jobs.records.write_back import ScoresWritten, write_scores
from service.doctor.sharing import sharing
from service.evidence.usage import User
from service.facts.facts import Member
from service.salesforce.errors import TransientSalesforceError
from service.salesforce.gateway import Gateway
from service.salesforce.outcome import Outcome
from service.scoring.ladder import Ladder
from service.scoring.result import Score
from service.settings import read_settings
from tests.jobs.live_org import ANA, AS_OF, MIA, RAJ
from tests.jobs.test_exceptions import LOW
from tests.jobs.test_told_people import hire
from tests.report.test_small_cells import some_facts
from tests.scoring.test_standing import AS_OF as LATER
from tests.scoring.test_standing import RULES, of_measure, slack, standing

pytestmark = [pytest.mark.sf, pytest.mark.xdist_group("live_org")]
NEEDED = ("org_id", "instance_url", "username", "consumer_key", "private_key")
SCORE = "Adoption_Score__c"
DAY = timedelta(days=1)
#: Three short weeks: one is not enough for the second window and the one half-way between.
SHORT = slack(*range(1, 7))


@pytest.fixture
def org(as_worker, monkeypatch):
    """Vera leads Mia, who leads Ana and Raj, and so do their roles; `org.vera` is her id."""
    vera = hire(as_worker, "vera", "VP Sales")
    (above,) = as_worker.soql("SELECT Id FROM UserRole WHERE Name = 'VP Sales'")
    (role,) = as_worker.soql("SELECT Id FROM UserRole WHERE Name = 'Sales Manager'")
    as_worker.patch(f"/sobjects/UserRole/{role['Id']}", {"ParentRoleId": above["Id"]})
    as_worker.patch(f"/sobjects/User/{MIA}", {"ManagerId": vera})
    (panel,) = as_worker.soql("SELECT Id FROM PermissionSet WHERE Name = 'Adoption_Panel_User'")
    as_worker.post(
        "/sobjects/PermissionSetAssignment", {"AssigneeId": vera, "PermissionSetId": panel["Id"]}
    )
    as_worker.vera = vera
    monkeypatch.setenv("BELLWETHER_SHARING", "shares")
    return as_worker


def switch_off(org):
    org.control("POST", "hierarchy", {"object": SCORE, "grants": False})


def night(org, key):
    return run_night(org.handoff.org_id, key, AS_OF.isoformat())


def readers(org, record_id):
    """Of Ana, Raj, Mia and Vera those who may read a record, by initial."""
    people = {"A": ANA, "R": RAJ, "M": MIA, "V": org.vera}
    asked = "SELECT RecordId, HasReadAccess FROM UserRecordAccess WHERE UserId = '{}' AND RecordId = '{}'"
    return "".join(
        name
        for name, user_id in people.items()
        if org.soql(asked.format(user_id, record_id))[0]["HasReadAccess"]
    )


def score_of(org, user_id):
    return next(iter(org.soql(f"SELECT Id, Word__c, Score__c, Details__c FROM {SCORE} WHERE User__c = '{user_id}'")), None)  # fmt: skip


def findings():
    settings = read_settings(only=NEEDED)
    return {one.level: f"{one.what} {one.remedy}" for one in sharing(Gateway(settings), settings)}


def test_nothing_of_a_person_is_written_before_the_hierarchy_is_off(org):
    result = night(org, "night-1")
    assert [why for why in result["gaps"] if "Grant Access Using Hierarchies" in why]
    assert set(result["written"]) == {"Adoption_Team__c", SCORE}
    bare = org.soql(f"SELECT Word__c, Score__c, Reasons__c FROM {SCORE}")
    assert {(one["Word__c"], one["Score__c"], one["Reasons__c"]) for one in bare} == {("Not scored", None, None)}  # fmt: skip
    assert "take the tick" in findings()["failed"]
    switch_off(org)
    result = night(org, "night-2")
    assert result["written"]["Adoption_Score__Share"] == 3  # Ana and Raj with Mia, Mia with Vera
    assert score_of(org, ANA)["Score__c"] is not None
    assert readers(org, score_of(org, ANA)["Id"]) == "AM"
    assert readers(org, score_of(org, MIA)["Id"]) == "MV"
    assert findings().keys() == {"ok"}
    assert night(org, "night-3")["records_written"] == 1


def test_shares_follow_the_manager_and_outlive_a_change_of_owner(org):
    switch_off(org)
    night(org, "night-1")
    ana, raj = score_of(org, ANA)["Id"], score_of(org, RAJ)["Id"]
    org.patch(f"/sobjects/User/{ANA}", {"ManagerId": org.vera})
    (panel,) = org.soql("SELECT Id FROM PermissionSet WHERE Name = 'Adoption_Panel_User'")
    org.post("/sobjects/PermissionSetAssignment", {"AssigneeId": RAJ, "PermissionSetId": panel["Id"]})  # fmt: skip
    written = night(org, "night-2")["written"]["Adoption_Score__Share"]
    assert (readers(org, ana), readers(org, raj)) == ("AV", "RM")
    assert written == 3  # given to Vera, taken from Mia; Raj's went with the owner and is back
    org.patch(f"/sobjects/User/{RAJ}", {"IsActive": False})
    assert night(org, "night-3")["written"]["Adoption_Score__Share"] == 1
    assert (readers(org, ana), readers(org, raj)) == ("AV", "R")  # nobody's turn any more
    assert night(org, "night-4")["records_written"] == 1


def test_somebody_who_may_not_own_a_score_tells_nothing_of_the_hierarchy(org):
    """Ana comes first and may read no score: her score would be the service's own."""
    (panel,) = org.soql("SELECT Id FROM PermissionSet WHERE Name = 'Adoption_Panel_User'")
    held = f"SELECT Id, AssigneeId FROM PermissionSetAssignment WHERE PermissionSetId = '{panel['Id']}'"
    given = {row["AssigneeId"]: row["Id"] for row in org.soql(held)}
    org.post("/sobjects/PermissionSetAssignment", {"AssigneeId": RAJ, "PermissionSetId": panel["Id"]})  # fmt: skip
    org.delete(f"/sobjects/PermissionSetAssignment/{given[ANA]}")
    assert [why for why in night(org, "night-1")["gaps"] if "take the tick" in why]
    assert {one["Score__c"] for one in org.soql(f"SELECT Score__c FROM {SCORE}")} == {None}
    assert "take the tick" in findings()["failed"]
    switch_off(org)
    assert night(org, "night-2")["written"][SCORE] > 0
    assert score_of(org, ANA)["Score__c"] is not None


def test_what_hangs_on_a_score_waits_while_somebody_reads_it_too_early():
    facts, _found = facts_on(SimpleNamespace(vera="005V"), LATER)
    now = OrgNow([], shares=[{"Id": "02c", "ParentId": "a00", "UserOrGroupId": "005V"}])
    gateway = Refusing()
    written, still = write_shares(gateway, facts, now, ScoresWritten(None, {ANA: "a00"}))
    assert still == {"a00"}
    assert [key for key, _error in written.rejected] == ["a00:005V"]


def facts_on(org, on):
    """Ana below her minimum of calls, as she stands on a day."""
    found = standing(SHORT, as_of=on)
    score = Score(ANA, on, "1", "Building", Decimal(60))
    members = (
        Member(_user(ANA, MIA), score, standing=found),
        Member(_user(MIA, org.vera)),
        Member(_user(org.vera, None)),
    )
    return replace(
        some_facts({}, aggregate_only=False), members=members, as_of=on, rules=RULES
    ), found


def _user(user_id, manager_id):
    return User(user_id, "Somebody", None, None, manager_id, True, True, None)


def write_day(org, gateway, on):
    """What a night writes of her on that day; gives her exception as it stands."""
    facts, found = facts_on(org, on)
    now = read_org(gateway, on, aggregate_only=False, with_shares=True)
    scores = write_scores(gateway, [one.score for one in facts.people], f"{on}T23:59:59.000Z", partial(Score, as_of=on), now)  # fmt: skip
    write_shares(gateway, facts, now, scores)
    write_exceptions(gateway, facts, read_known(gateway, on), scores.ids)
    return of_measure(found)


def test_the_person_then_the_manager_then_executives(org):
    """The ladder, day by day: whoever reads the exception in the org is whose turn it is."""
    switch_off(org)
    gateway = Gateway(read_settings(only=NEEDED))
    flagged = of_measure(standing(SHORT)).life.flagged_on
    seen = {}
    for on in [flagged + at * DAY for at in range(1, 15)]:
        ladder = write_day(org, gateway, on).ladder
        (record,) = org.soql("SELECT Id FROM Adoption_Exception__c") or [None]
        seen[on] = readers(org, record["Id"]) if record else "A alone, in no record"
        turn = ladder.sees(on)
        expected = {1: "A alone, in no record", 2: "AM", 3: "AMV"}[len(turn)]
        assert seen[on] == expected, on
        assert readers(org, score_of(org, ANA)["Id"]) == ("AMV" if len(turn) == 3 else "AM")
    assert set(seen.values()) == {"A alone, in no record", "AM", "AMV"}


def test_one_that_is_the_managers_alone_takes_the_others_from_executives():
    facts, found = facts_on(SimpleNamespace(vera="005V"), LATER)
    one = of_measure(standing(LOW))
    theirs = replace(one, ladder=Ladder(LATER - 20 * DAY, LATER - 9 * DAY, LATER - DAY))
    managers = replace(one, ladder=Ladder(LATER - 20 * DAY, LATER - 2 * DAY, LATER + 3 * DAY))
    own = replace(one, ladder=Ladder(LATER, LATER + 2 * DAY, None))
    for exceptions, expected in (
        ((theirs,), {MIA, "005V"}),
        ((theirs, own), {MIA, "005V"}),  # in no record yet
        ((theirs, managers), {MIA}),
        ((managers,), {MIA}),
        ((), {MIA}),
    ):
        ana = replace(facts.members[0], standing=replace(found, exceptions=exceptions))
        said = replace(facts, members=(ana, *facts.members[1:]))
        gateway = Kept()
        write_shares(gateway, said, OrgNow([]), ScoresWritten(None, {ANA: "a00"}))
        assert {one["UserOrGroupId"] for one in gateway.made} == expected


class Kept:
    """A gateway that keeps what it is given to make."""

    def create(self, _name, records, *, has_key):
        assert has_key
        self.made = records
        return tuple(Outcome("02c", created=True) for _ in records)

    def delete(self, ids):
        assert not ids
        return ()


class Refusing(Kept):
    """One that takes nothing back."""

    def delete(self, ids):
        error = TransientSalesforceError("locked", code="UNABLE_TO_LOCK_ROW")
        return tuple(Outcome(one, created=False, error=error) for one in ids)


def test_the_digest_tells_of_whom_the_shares_show(org):
    switch_off(org)
    night(org, "night-1")
    settings = read_settings(only=NEEDED)
    gateway = Gateway(settings)
    now = datetime(2026, 3, 31, 12, tzinfo=UTC)
    company = read_company(gateway, settings, rules_in_force(gateway, None, ()), now)
    led = {key: {other.person.user_id for other in company.people_of(one)} for key, one in company.people.items()}  # fmt: skip
    assert {key: own for key, own in led.items() if own} == {MIA: {ANA, RAJ}, org.vera: {MIA}}


def test_records_of_persons_wait_while_the_hierarchy_shows_them_to_others(org, monkeypatch):
    monkeypatch.setenv("BELLWETHER_SHARING", "hierarchy")
    org.patch(f"/sobjects/User/{MIA}", {"ManagerId": None})  # Vera leads nobody any more
    result = night(org, "night-1")
    assert set(result["written"]) == {"Adoption_Team__c", SCORE}
    assert org.soql(f"SELECT Id FROM {SCORE}") == []
    (why,) = [one for one in result["gaps"] if "hierarchy-accepted" in one]
    assert "1 user would read scores" in why
    assert "hierarchy-accepted" in findings()["failed"]
    monkeypatch.setenv("BELLWETHER_SHARING", "hierarchy-accepted")
    assert night(org, "night-2")["written"][SCORE] > 0
    assert findings().keys() == {"ok"}
