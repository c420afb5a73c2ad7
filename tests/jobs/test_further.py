"""Further sources: one call, each refused one a gap, and no figure that nobody earned."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from urllib.parse import unquote

import pytest

from jobs.records.further import PERSONAL, read_further
from jobs.records.further_company import OF_COMPANY
from service.salesforce import grouped
from service.salesforce.errors import LimitReachedError, TransientSalesforceError
from service.salesforce.refusals import classify
from tests.report.test_small_cells import AS_OF, a_member, some_facts

LOGINS, USE, QUOTAS, FORECASTS, MEMBERS = ALL = (
    "LoginHistory", "LightningUsageByAppTypeMetrics", "ForecastingQuota", "ForecastingItem",
    "CampaignMember",
)  # fmt: skip
ANN, BEN = a_member(1, "On track").user.user_id, a_member(2, "On track").user.user_id
MONTH, QUARTER = {"ForecastingTypeId": "0Db1", "PeriodId": "026m"}, {"ForecastingTypeId": "0Db2", "PeriodId": "026q"}  # fmt: skip
USE_IS_LATE = {USE: (400, "QUERY_TIMEOUT")}
ROWS = {
    LOGINS: [
        {"UserId": ANN, "Status": "Invalid Password", "times": 7},
        {"UserId": ANN, "Status": "Success", "times": 20},
        {"UserId": BEN, "Status": "Success", "times": 3},
    ],
    USE: [
        {"UserId": ANN, "AppExperience": "Lightning Experience", "times": 18},
        {"UserId": ANN, "AppExperience": "Salesforce Mobile", "times": 9},
        {"UserId": BEN, "AppExperience": "Salesforce Mobile", "times": 2},
    ],
    QUOTAS: [
        {**MONTH, "people": 3, "amount": 90000.0},
        {**QUARTER, "people": 40, "amount": 1250000.5},
    ],
    FORECASTS: [
        {**MONTH, "ForecastingItemCategory": "ClosedOnly", "people": 3, "amount": 1.0},
        {**QUARTER, "ForecastingItemCategory": "ClosedOnly", "people": 30, "amount": 700000.126},
        {**QUARTER, "ForecastingItemCategory": "CommitOnly", "people": 12, "amount": 300000.0},
        {**QUARTER, "ForecastingItemCategory": "BestCaseOnly", "people": 12, "amount": 9.0},
    ],
    MEMBERS: [{"HasResponded": False, "times": 8}, {"HasResponded": True, "times": 5}],
}


class Org:
    """Answers composites of queries: rows by object, or a refusal."""

    def __init__(self, **answers):
        self.answers, self.calls, self.asked = {**ROWS, **answers}, 0, []

    def call(self, request):
        self.calls += 1
        told = [self._answer(one) for one in request.body["compositeRequest"]]
        return {"compositeResponse": told}

    def _answer(self, one):
        soql = unquote(one["url"].partition("?q=")[2])
        self.asked.append(soql)
        answer = self.answers[soql.split(" FROM ")[1].split()[0]]
        found = answer(soql) if callable(answer) else answer
        if isinstance(found, tuple):
            status, code = found
            body = [{"errorCode": code, "message": "no"}]
        else:
            rows = [{"attributes": {"type": "AggregateResult"}, **row} for row in found]
            status, body = 200, {"totalSize": len(rows), "done": True, "records": rows}
        return {"referenceId": one["referenceId"], "httpStatusCode": status, "body": body}


def facts(*, aggregate_only=False):
    members = tuple(a_member(at, "On track") for at in (1, 2, 3))
    return replace(some_facts({}, aggregate_only=aggregate_only), members=members)


def test_all_of_them_are_asked_in_one_call_and_told():
    org = Org()
    found = read_further(org, facts())
    assert (org.calls, found.gaps) == (1, ())
    assert list(found.of(ANN).values()) == [20, 18, 9]
    assert list(found.of(BEN).values()) == [3, 0, 2]
    assert list(found.of("005nobody").values()) == [0, 0, 0], "known to have done nothing"
    told = [Decimal("1250000.50"), Decimal("700000.13"), Decimal("300000.00"), 13, 5]
    assert list(found.of_company.values()) == told


def test_four_whole_weeks_are_asked_for():
    org = Org()
    read_further(org, facts())
    first, after = AS_OF - timedelta(days=27), AS_OF + timedelta(days=1)
    for asked, name in ((org.asked[0], "LoginTime"), (org.asked[4], "CreatedDate")):
        assert f"{name} >= {first}T00:00:00Z AND {name} < {after}T00:00:00Z" in asked
    assert f"MetricsDate >= {first} AND MetricsDate <= {AS_OF}" in org.asked[1]


def test_people_are_active_internal_users_and_managers_those_of_somebody():
    org = Org()
    read_further(org, facts())
    logins, used, *amounts = org.asked[:4]
    assert (
        "UserId IN (SELECT Id FROM User WHERE IsActive = true AND UserType = 'Standard')" in logins
    )
    assert "User.IsActive = true AND User.UserType = 'Standard'" in used
    for asked in amounts:
        assert "NOT IN (SELECT ManagerId FROM User WHERE IsActive = true AND ManagerId != null)" in asked  # fmt: skip


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "INVALID_FIELD"), (403, "INSUFFICIENT_ACCESS"),
     (400, "MALFORMED_QUERY"), (400, "QUERY_TIMEOUT"), (400, "EXCEEDED_ID_LIMIT"), (500, "")],
)  # fmt: skip
def test_a_refused_one_is_a_gap_and_the_others_are_told(name, status, code):
    whole = read_further(Org(), facts())
    found = read_further(Org(**{name: (status, code)}), facts())
    (gap,) = found.gaps
    assert gap.object_name == name
    assert gap.why.startswith(f"{name} ")
    assert code in gap.why
    assert "\n" not in gap.why
    is_late = code in ("QUERY_TIMEOUT", "")
    told = found.of(ANN) | found.of_company
    fields = _fields_of(name) if is_late else _own_fields_of(name)
    assert fields & told.keys() == (set() if is_late else fields), "what stands is not written"
    assert found.later == (fields if is_late else set())
    assert {told.get(field) for field in _own_fields_of(name)} == {None}
    kept = (whole.of(ANN) | whole.of_company).items()
    assert {field: value for field, value in kept if field not in fields}.items() <= told.items()


@pytest.mark.parametrize("name", ALL[1:])
def test_what_the_org_does_not_have_is_no_gap(name):
    found = read_further(Org(**{name: (400, "INVALID_TYPE")}), facts())
    told = found.of(ANN) | found.of_company
    assert (found.gaps, found.later) == ((), frozenset())
    assert {told[field] for field in _own_fields_of(name)} == {None}
    assert not {value for field, value in told.items() if field not in _fields_of(name)} & {None}


def test_days_of_use_are_told_where_logins_may_be_read_and_else_taken_back():
    for late in (USE_IS_LATE, {}):
        found = read_further(Org(LoginHistory=(400, "INVALID_TYPE"), **late), facts())
        assert found.of(ANN) == dict.fromkeys(PERSONAL), "not even left as they were"
        assert found.gaps[0].why.endswith("Adoption Login History to the integration user.")
        assert "neither logins nor days in Lightning and in the mobile app" in found.gaps[0].why


def _fields_of(name):
    return {
        LOGINS: set(PERSONAL), USE: set(PERSONAL[1:]), QUOTAS: set(OF_COMPANY[:3]),
        FORECASTS: set(OF_COMPANY[1:3]), MEMBERS: set(OF_COMPANY[3:]),
    }[name]  # fmt: skip


def _own_fields_of(name):
    return {OF_COMPANY[0]} if name == QUOTAS else _fields_of(name)


def test_an_org_that_does_not_answer_is_a_gap_and_one_without_calls_stops_the_night():
    class Down(Org):
        def call(self, request):
            self.calls += 1
            assert not request.repeatable, "or the gateway asks four times more"
            raise TransientSalesforceError("down", code="SERVER_UNAVAILABLE")

    org = Down()
    found = read_further(org, facts())
    assert ([gap.object_name for gap in found.gaps], org.calls) == (list(ALL), 1)
    assert found.of(ANN) | found.of_company == {}, "all of it stands as it was"
    with pytest.raises(LimitReachedError):
        read_further(Org(**{USE: (403, "REQUEST_LIMIT_EXCEEDED")}), facts())


def test_more_groups_than_one_answer_takes_are_all_counted_once(monkeypatch):
    monkeypatch.setattr(grouped, "MOST_GROUPS", 5)
    users = sorted([ANN, *(f"{ANN[:-1]}{at}" for at in "abcdef")])
    rows = [
        {"UserId": user, "Status": status, "times": at}
        for at, user in enumerate(users) for status in (["Success"] if at % 3 else ["Locked", "Success"])
    ]  # fmt: skip

    def paged(soql):
        after = (re.search(r"UserId > '(\w+)'", soql) or ["", ""])[1]
        assert "ORDER BY UserId LIMIT 5" in soql
        return [row for row in rows if row["UserId"] > after][:5]

    org = Org(LoginHistory=paged)
    found = read_further(org, facts())
    assert found.gaps == ()
    assert found.by_field[PERSONAL[0]] == {user: at for at, user in enumerate(users)}
    assert Counter(soql.split(" FROM ")[1].split()[0] for soql in org.asked) == {
        LOGINS: org.calls, USE: 1, QUOTAS: 1, FORECASTS: 1, MEMBERS: 1,
    }  # fmt: skip
    monkeypatch.setattr(grouped, "MOST_CALLS", 2)
    org.calls = 0
    (gap,) = read_further(org, facts()).gaps
    assert gap.why.startswith("LoginHistory was not read (it has more than 10 groups), so neither ")
    assert org.calls == 2


@pytest.mark.parametrize("name", [LOGINS, USE])
@pytest.mark.parametrize("rows", [[], [{"UserId": "005i", "Status": "Success", "AppExperience": "", "times": 28}]])  # fmt: skip
def test_rows_of_none_of_the_people_are_no_answer(name, rows):
    found = read_further(Org(**{name: rows}), facts())
    (gap,) = found.gaps
    assert gap.why.startswith(f"{name} tells of nobody but the integration user")
    assert {found.of(ANN)[field] for field in _fields_of(name)} == {None}


def test_rows_of_others_are_no_answer_either_nor_are_ones_own_where_one_is_of_the_people():
    guests = [{"UserId": f"005g{at}", "Status": "Success", "times": 1} for at in range(9)]
    for rows in (guests, [{"UserId": ANN, "Status": "Success", "times": 28}]):
        found = read_further(Org(LoginHistory=rows), facts())
        assert found.of(ANN) == dict.fromkeys(PERSONAL)


def test_where_only_groups_may_be_written_nothing_of_persons_is_asked():
    org = Org()
    found = read_further(org, facts(aggregate_only=True))
    assert not any(f" FROM {name}" in soql for soql in org.asked for name in (LOGINS, USE))
    assert set(found.of(ANN).values()) == {None}
    assert found.of_company[OF_COMPANY[0]] == Decimal("1250000.50")


def test_a_session_that_ended_in_between_is_no_gap():
    with pytest.raises(type(classify(401, [{"errorCode": "INVALID_SESSION_ID"}]))):
        read_further(Org(**{USE: (401, "INVALID_SESSION_ID")}), facts())
