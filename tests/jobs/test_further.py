"""Further sources: one call, each refused one a gap, and no figure that nobody earned."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from urllib.parse import unquote

import pytest

from jobs.further import OF_COMPANY, PERSONAL, read_further
from service.salesforce import grouped
from service.salesforce.errors import LimitReachedError, TransientSalesforceError, classify
from tests.report.test_small_cells import AS_OF, a_member, some_facts

LOGINS, USE, QUOTAS, FORECASTS, MEMBERS = ALL = (
    "LoginHistory", "LightningUsageByAppTypeMetrics", "ForecastingQuota", "ForecastingItem",
    "CampaignMember",
)  # fmt: skip
ANN, BEN = a_member(1, "On track").user.user_id, a_member(2, "On track").user.user_id
MONTH, QUARTER = {"ForecastingTypeId": "0Db1", "PeriodId": "026m"}, {"ForecastingTypeId": "0Db2", "PeriodId": "026q"}  # fmt: skip
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


def facts(*, aggregate_only=False, last_login=AS_OF):
    members = [a_member(at, "On track") for at in (1, 2, 3)]
    members = [replace(one, user=replace(one.user, last_login_on=last_login)) for one in members]
    return replace(some_facts({}, aggregate_only=aggregate_only), members=tuple(members))


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
    assert f"LoginTime >= {first}T00:00:00Z AND LoginTime < {after}T00:00:00Z" in org.asked[0]
    assert f"MetricsDate >= {first} AND MetricsDate <= {AS_OF}" in org.asked[1]


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "INVALID_TYPE"), (400, "INVALID_FIELD"), (403, "INSUFFICIENT_ACCESS"),
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
    silent = {name for name, told in (found.of(ANN) | found.of_company).items() if told is None}
    assert silent <= _fields_of(name)
    told = found.of(ANN) | found.of_company
    kept = (whole.of(ANN) | whole.of_company).items()
    assert {field: value for field, value in kept if field not in _fields_of(name)}.items() <= told.items()  # fmt: skip


def _fields_of(name):
    return {
        LOGINS: {PERSONAL[0]}, USE: set(PERSONAL[1:]), QUOTAS: {OF_COMPANY[0]},
        FORECASTS: set(OF_COMPANY[1:3]), MEMBERS: set(OF_COMPANY[3:]),
    }[name]  # fmt: skip


def test_an_org_that_does_not_answer_is_a_gap_and_one_without_calls_stops_the_night():
    class Down(Org):
        def call(self, _request):
            raise TransientSalesforceError("down", code="SERVER_UNAVAILABLE")

    assert [gap.object_name for gap in read_further(Down(), facts()).gaps] == list(ALL)
    with pytest.raises(LimitReachedError):
        read_further(Org(**{USE: (403, "REQUEST_LIMIT_EXCEEDED")}), facts())


def test_more_groups_than_one_answer_takes_are_all_counted_once(monkeypatch):
    monkeypatch.setattr(grouped, "MOST_GROUPS", 5)
    rows = [
        {"UserId": f"005{at:03d}", "Status": status, "times": at}
        for at in range(11) for status in (["Success"] if at % 3 else ["Locked", "Success"])
    ]  # fmt: skip

    def paged(soql):
        after = (re.search(r"UserId > '(\w+)'", soql) or ["", ""])[1]
        assert "ORDER BY UserId LIMIT 5" in soql
        return [row for row in rows if row["UserId"] > after][:5]

    org = Org(LoginHistory=paged)
    found = read_further(org, facts())
    assert found.gaps == ()
    assert found.by_field[PERSONAL[0]] == {f"005{at:03d}": at for at in range(11)}
    assert Counter(soql.split(" FROM ")[1].split()[0] for soql in org.asked) == {
        LOGINS: org.calls, USE: 1, QUOTAS: 1, FORECASTS: 1, MEMBERS: 1,
    }  # fmt: skip
    monkeypatch.setattr(grouped, "MOST_CALLS", 2)
    (gap,) = read_further(org, facts()).gaps
    assert (
        gap.why == "LoginHistory was not read (it has more than 10 groups), so logins are not told."
    )


@pytest.mark.parametrize("name", [LOGINS, USE])
@pytest.mark.parametrize("rows", [[], [{"UserId": "005i", "Status": "Success", "AppExperience": "", "times": 28}]])  # fmt: skip
@pytest.mark.parametrize("last_login", [AS_OF, None])
def test_ones_own_rows_alone_are_no_answer(name, rows, last_login):
    found = read_further(Org(**{name: rows}), facts(last_login=last_login))
    (gap,) = found.gaps
    assert gap.why.startswith(f"{name} tells of nobody but the integration user")
    assert {found.of(ANN)[field] for field in _fields_of(name)} == {None}


def test_nobody_has_logged_in_where_nobody_has_for_months():
    found = read_further(Org(LoginHistory=[]), facts(last_login=AS_OF - timedelta(days=200)))
    assert (found.gaps, found.of(ANN)[PERSONAL[0]]) == ((), 0)


def test_where_only_groups_may_be_written_nothing_of_persons_is_asked_nor_told_of_few():
    org = Org()
    found = read_further(org, facts(aggregate_only=True))
    assert not any(f" FROM {name}" in soql for soql in org.asked for name in (LOGINS, USE))
    assert set(found.of(ANN).values()) == {None}
    assert found.of_company[OF_COMPANY[0]] == Decimal("1250000.50")
    few = [{**row, "people": 9} for row in ROWS[FORECASTS]]
    hidden = read_further(Org(ForecastingItem=few), facts(aggregate_only=True))
    assert [hidden.of_company[name] for name in OF_COMPANY[1:3]] == [None, None]


def test_a_cumulative_commit_has_what_is_closed_inside():
    rows = [
        {**QUARTER, "ForecastingItemCategory": category, "people": 30, "amount": amount}
        for category, amount in (("ClosedOnly", 700), ("CommitForecast", 1000), ("OpenPipeline", 5000))
    ]  # fmt: skip
    company = read_further(Org(ForecastingItem=rows), facts()).of_company
    assert [company[name] for name in OF_COMPANY[1:3]] == [700, 300]


def test_without_quotas_the_forecast_of_most_people_is_told():
    company = read_further(Org(ForecastingQuota=[]), facts()).of_company
    assert [company[name] for name in OF_COMPANY[:3]] == [None, Decimal("700000.13"), 300000]


def test_a_session_that_ended_in_between_is_no_gap():
    with pytest.raises(type(classify(401, [{"errorCode": "INVALID_SESSION_ID"}]))):
        read_further(Org(**{USE: (401, "INVALID_SESSION_ID")}), facts())
