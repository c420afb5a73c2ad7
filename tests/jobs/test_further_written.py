"""What is told beside the scores, as it is written: when it is a change, when it stands, when it goes."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from jobs.records.further import NOTHING, PERSONAL, Further
from jobs.records.further_company import OF_COMPANY
from jobs.records.org_now import read_org
from jobs.records.team_records import write_teams
from jobs.records.write_back import write_scores
from tests.jobs.fake_org import FakeGateway
from tests.jobs.test_team_records import a_company, facts_of
from tests.jobs.test_write_back import ANA, RAJ, a_score, gone

AS_OF = date(2021, 4, 16)
SCORE, TEAM = "Adoption_Score__c", "Adoption_Team__c"


@pytest.fixture
def gateway():
    return FakeGateway()


def use(*times, later=()):
    """What is known of Ana: her logins, days in Lightning, days in the mobile app."""
    return Further({name: {ANA: n} for name, n in zip(PERSONAL, times, strict=True)}, later=frozenset(later))  # fmt: skip


def night(gateway, further, *scores, at=AS_OF):
    """Write both scores; gives how many changed and what Ana's says then."""
    now = read_org(gateway, at, aggregate_only=False)
    every = scores or (a_score(ANA), a_score(RAJ))
    done = write_scores(gateway, every, f"{at}T23:59:59.000Z", gone, now, None, further).written
    return done.records_written, [gateway.records[SCORE][ANA][name] for name in PERSONAL]


def test_a_number_that_moves_is_no_change_and_one_that_begins_or_ends_is(gateway):
    night(gateway, use(20, 18, 0))
    assert night(gateway, use(21, 18, 0), at=AS_OF + timedelta(1)) == (0, [20, 18, 0])
    assert night(gateway, use(21, 18, 1)) == (1, [21, 18, 1]), "the first day in the app"
    assert night(gateway, use(0, 0, 0)) == (1, [0, 0, 0]), "who no longer logs in is seen"
    assert night(gateway, use(4, 0, 0)) == (1, [4, 0, 0])


def test_what_the_org_shows_no_more_is_taken_back(gateway):
    night(gateway, use(20, 18, 9))
    assert night(gateway, NOTHING) == (2, [None] * 3)
    assert night(gateway, NOTHING) == (0, [None] * 3)
    assert night(gateway, use(20, 18, 9)) == (2, [20, 18, 9])


def test_what_did_not_answer_stands_and_is_no_change(gateway):
    night(gateway, use(20, 18, 9))
    late = Further(later=frozenset(PERSONAL))
    assert night(gateway, late) == (0, [20, 18, 9])
    assert night(gateway, late, a_score(ANA, "72.0"), a_score(RAJ)) == (1, [20, 18, 9])
    _, record = gateway.sent[-1]
    assert not record.keys() & set(PERSONAL)


def test_of_who_left_nothing_is_written(gateway):
    night(gateway, use(20, 18, 9))
    assert night(gateway, use(20, 18, 9), a_score(RAJ)) == (1, [None] * 3)
    assert night(gateway, use(20, 18, 9), a_score(RAJ)) == (0, [None] * 3)


def company(gateway, further):
    """Write the groups; gives how many changed and what the company's record says."""
    facts = facts_of(*a_company())
    now = read_org(gateway, facts.as_of, aggregate_only=True)
    done = write_teams(gateway, facts, "2026-11-20T23:59:59.000Z", now, further=further)
    (record,) = (one for one in gateway.records[TEAM].values() if one["Kind__c"] == "Company")
    return done.records_written, [record[name] for name in OF_COMPANY]


def told(*values):
    return dict(zip(OF_COMPANY, values, strict=True))


def test_amounts_that_move_write_the_company_alone(gateway):
    company(gateway, Further(company=told(Decimal(9), Decimal(5), Decimal(3), 13, 5)))
    moved = Further(company=told(Decimal(9), Decimal(6), Decimal(3), 12, 5))
    assert company(gateway, moved) == (1, [9, 6, 3, 12, 5])
    assert company(gateway, moved) == (0, [9, 6, 3, 12, 5])


def test_a_passing_silence_erases_nothing_of_the_company_and_a_refusal_does(gateway):
    company(gateway, Further(company=told(Decimal(9), Decimal(5), Decimal(3), 13, 5)))
    late = Further(company={OF_COMPANY[3]: 12, OF_COMPANY[4]: 5}, later=frozenset(OF_COMPANY[:3]))
    assert company(gateway, late) == (1, [9, 5, 3, 12, 5])
    assert company(gateway, late) == (0, [9, 5, 3, 12, 5])
    assert company(gateway, NOTHING) == (1, [None] * 5)
