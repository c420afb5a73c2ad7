from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from jobs.records import write_back
from jobs.records.org_now import read_org
from jobs.records.write_back import write_scores
from service.scoring.result import Score
from tests.jobs.fake_org import FakeGateway

AS_OF = "2021-04-16T23:59:59.000Z"
ANA, RAJ, MIA = (f"00500000000000{n}AAA" for n in (1, 2, 3))
OBJECT = "Adoption_Score__c"


def a_score(user_id, value="71.3"):
    return Score(user_id, date(2021, 4, 16), "v1", "Building", Decimal(value), Decimal("4.0"))


@pytest.fixture
def gateway():
    return FakeGateway()


def write(gateway, *scores, as_of=AS_OF):
    now = read_org(gateway, date(2021, 4, 16), aggregate_only=False)
    return write_scores(gateway, scores, as_of, gone, now).written


def gone(user_id):
    return Score(user_id, date(2021, 4, 16), "v1", "Not scored", not_scored_code="inactive")


def test_a_score_of_somebody_who_left_does_not_stand_for_ever(gateway):
    write(gateway, a_score(ANA), a_score(RAJ))
    assert write(gateway, a_score(ANA)).changed == 1
    assert gateway.records[OBJECT][RAJ]["Score__c"] is None
    assert gateway.records[OBJECT][RAJ]["Word__c"] == "Not scored"
    assert write(gateway, a_score(ANA)).records_written == 0


def test_new_scores_are_created(gateway):
    said = write(gateway, a_score(ANA), a_score(RAJ))
    assert (said.created, said.changed, said.unchanged, said.records_written) == (2, 0, 0, 2)
    assert gateway.records[OBJECT][ANA]["Score__c"] == Decimal("71.3")


def test_unchanged_scores_are_not_written(gateway):
    write(gateway, a_score(ANA), a_score(RAJ))
    gateway.sent.clear()
    said = write(gateway, a_score(ANA), a_score(RAJ), as_of="2021-04-17T23:59:59.000Z")
    assert gateway.sent == []
    assert (said.unchanged, said.records_written) == (2, 0)


def test_only_the_changed_score_is_written_and_its_as_of_with_it(gateway):
    write(gateway, a_score(ANA), a_score(RAJ))
    gateway.sent.clear()
    later = "2021-04-17T23:59:59.000Z"
    said = write(gateway, a_score(ANA, "72.0"), a_score(RAJ), as_of=later)
    assert [(r["User_Key__c"], r["As_Of__c"]) for _, r in gateway.sent] == [(ANA, later)]
    assert (said.created, said.changed, said.unchanged) == (0, 1, 1)


def test_a_person_with_read_owns_their_score(gateway):
    gateway.readers = [ANA]
    write(gateway, a_score(ANA), a_score(RAJ))
    assert gateway.records[OBJECT][ANA]["OwnerId"] == ANA
    assert gateway.records[OBJECT][RAJ]["OwnerId"] == "005INTEGRATION"


def test_a_person_who_gets_read_later_gets_their_unchanged_score(gateway):
    write(gateway, a_score(ANA))
    gateway.readers = [ANA]
    assert write(gateway, a_score(ANA)).changed == 1
    assert gateway.records[OBJECT][ANA]["OwnerId"] == ANA
    assert write(gateway, a_score(ANA)).unchanged == 1


def test_an_owner_that_the_org_refuses_does_not_cost_the_score(gateway):
    gateway.readers = [ANA]
    gateway.refuse[ANA, True] = "TRANSFER_REQUIRES_READ"
    said = write(gateway, a_score(ANA), a_score(RAJ))
    assert (said.created, said.rejected) == (2, ())


def test_an_owner_refused_every_night_is_not_a_change_every_night(gateway):
    write(gateway, a_score(ANA))
    gateway.readers = [ANA]
    gateway.refuse[ANA, True] = "TRANSFER_REQUIRES_READ"
    said = write(gateway, a_score(ANA))
    assert (said.records_written, said.unchanged, said.rejected) == (0, 1, ())


def test_a_refused_record_is_reported_and_the_others_are_written(gateway):
    gateway.refuse[RAJ] = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    said = write(gateway, a_score(ANA), a_score(RAJ), a_score(MIA))
    assert said.records_written == 2
    ((user_id, error),) = said.rejected
    assert (user_id, error.code) == (RAJ, "FIELD_CUSTOM_VALIDATION_EXCEPTION")


def test_who_may_read_is_a_gap_when_the_org_will_not_say(gateway):
    gateway.hidden.add("PermissionSetAssignment")
    said = write(gateway, a_score(ANA))
    assert said.records_written == 1
    assert "View Setup" in said.gaps[0].why


def test_many_records_are_sent_a_few_at_a_time_and_add_up(gateway, monkeypatch):
    monkeypatch.setattr(write_back, "AT_ONCE", 2)
    people = [f"0050000000000{n:02d}AAA" for n in range(7)]
    write(gateway, *(a_score(one) for one in people[:3]))
    gateway.readers, sizes, upsert = people, [], gateway.upsert
    monkeypatch.setattr(gateway, "upsert", lambda *a: (sizes.append(len(a[2])), upsert(*a))[1])
    now = read_org(gateway, date(2021, 4, 16), aggregate_only=False)
    values = ("80.0", "80.0", "71.3", *["71.3"] * 4)
    scores = [a_score(one, value) for one, value in zip(people, values, strict=True)]
    sent = write_scores(gateway, scores, AS_OF, gone, now)
    assert (sent.written.created, sent.written.changed, sent.written.unchanged) == (4, 3, 0)
    assert sent.ids.keys() == set(people)
    assert all(gateway.records[OBJECT][one]["OwnerId"] == one for one in people)
    assert len(sent.moved) == 3, "the first three belonged to the integration user"
    assert max(sizes) == 2
