"""Results beside the score: they equal an independent count, and small groups stay hidden."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest

from service.report.quota import attainments, periods
from tests.report.world import AS_OF, local, read_csv, read_zip

SINCE = date(2025, 10, 1)


def results_of(report) -> dict[tuple[str, str], dict[str, str]]:
    return {(row["grouping"], row["group"]): row for row in read_csv(report.folder / "results.csv")}


def counted(rows) -> dict[str, Counter]:
    """Owner -> results, ticked off by hand."""
    zones = {user["Id"]: user["TimeZoneSidKey"] for user in rows["User"]}
    found = {user["Id"]: Counter() for user in rows["User"]}
    rates = {row["IsoCode"]: Decimal(row["ConversionRate"]) for row in rows["CurrencyType"]}
    for deal in rows["Opportunity"]:
        own, closes = found[deal["OwnerId"]], date.fromisoformat(deal["CloseDate"])
        if deal["IsClosed"] == "1" and SINCE <= closes <= AS_OF:
            own.update(closed=1, won=deal["IsWon"] == "1")
        if (
            AS_OF - timedelta(days=90)
            <= local(deal["CreatedDate"], zones[deal["OwnerId"]])
            <= AS_OF
        ):
            worth = Decimal(deal["Amount"] or 0) / rates[deal["CurrencyIsoCode"]]
            own.update(deals=1, cents=int((100 * worth).quantize(Decimal(1), ROUND_HALF_UP)))
    for lead in rows["Lead"]:
        if SINCE <= local(lead["CreatedDate"], zones[lead["OwnerId"]]) <= AS_OF:
            found[lead["OwnerId"]].update(leads=1, converted=lead["IsConverted"] == "1")
    return found


def test_results_by_role_equal_an_independent_count(sample, sample_report):
    rows = read_zip(sample.path)
    roles = {role["Id"]: role["Name"] for role in rows["UserRole"]}
    by_role: dict[str, Counter] = {}
    by_owner = counted(rows)
    for user in rows["User"]:
        role = roles.get(user["UserRoleId"])
        if role and user["IsActive"] == "1" and user["UserType"] == "Standard":
            by_role.setdefault(role, Counter()).update(by_owner[user["Id"]])
    shown = results_of(sample_report)
    for role, expected in by_role.items():
        row = shown["role", role]
        got = [row[name] for name in ("won", "closed", "converted", "leads", "deals_created")]
        names = ("won", "closed", "converted", "leads", "deals")
        assert [int(one) for one in got] == [expected[name] for name in names], role
        assert Decimal(row["pipeline_created"]) == Decimal(expected["cents"]).scaleb(-2)
    everybody = sum(by_owner.values(), Counter())
    assert int(shown["all", "Everybody"]["closed"]) == everybody["closed"] > 100


def test_quarters_and_sizes_add_up_to_everybody(sample_report):
    shown = results_of(sample_report)
    for grouping in ("quarter", "customer_size"):
        own = [row for (name, _), row in shown.items() if name == grouping]
        assert len(own) > 1
        for column in ("won", "closed"):
            assert sum(int(row[column]) for row in own) == int(shown["all", "Everybody"][column])


def test_a_rate_is_given_from_twenty_cases(sample_report):
    for row in results_of(sample_report).values():
        if row["closed"]:
            assert bool(row["won_percent"]) == (int(row["closed"]) >= 20)


@pytest.mark.parametrize("people", [36, 60])
def test_no_result_rests_on_fewer_than_ten_people_in_aggregates(company_of, aggregates_of, people):
    report = aggregates_of(people)
    rows = read_zip(company_of(people).path)
    by_owner = counted(rows)
    behind = {
        name: sum(own[name] > 0 for own in by_owner.values())
        for name in ("closed", "leads", "deals")
    }
    everybody = results_of(report)["all", "Everybody"]
    for column, name in (("closed", "closed"), ("leads", "leads"), ("deals_created", "deals")):
        assert bool(everybody[column]) == (behind[name] >= 10), name
    assert ("manager" in {grouping for grouping, _ in results_of(report)}) is False


class _Member:
    def __init__(self, user_id, manager_id=None):
        self.user = type("User", (), {"user_id": user_id, "manager_id": manager_id})


class _Facts:
    least, as_of = 1, AS_OF

    def __init__(self, quotas, members):
        self.beside = type("Beside", (), {"quotas": quotas})
        self.members = members


def a_quota(user, quota, won, starts=date(2026, 7, 1), ends=date(2026, 9, 30), committed=None):
    from service.evidence.quotas import Quota  # noqa: PLC0415

    return Quota(user, starts, ends, quota, won, committed)


def test_a_managers_quota_is_the_teams_and_is_not_counted_again():
    members = [_Member("m"), *(_Member(f"r{at}", "m") for at in range(5))]
    quotas = [a_quota("m", 500, 0), *(a_quota(f"r{at}", 100, 40 * at) for at in range(5))]
    running = [a_quota("r1", 100, 30, date(2026, 10, 1), date(2026, 12, 31), 70)]
    facts = _Facts((*quotas, *running), members)
    found = attainments(facts)
    assert sorted(found) == ["r0", "r1", "r2", "r3", "r4"]
    assert [one.is_reached for _, one in sorted(found.items())] == [False, False, False, True, True]
    newest, last = periods(facts)
    assert (newest.quota, newest.won, newest.committed) == (1, Decimal("0.3"), Decimal("0.7"))
    assert newest.reached.percent is None  # one person is no share
    assert (last.people, last.quota, last.won, last.percent) == (5, 5, 4, 80)
    assert (last.reached.good, last.reached.percent) == (2, 40)
