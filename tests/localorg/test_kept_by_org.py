"""Logins, days of use and forecasts: who reads them, what may be asked, and what follows from an export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from localorg import seed
from localorg.errors import SalesforceError
from localorg.rights.access import Viewer
from localorg.rights.permissions import Rights
from localorg.soql import query
from localorg.wire import Request
from tests.localorg.test_load import CURRENCIES, ask, export, fill

if TYPE_CHECKING:
    from pathlib import Path

    from localorg.org import Org

ANN, BEN, TYPE = "0055g0000000001AAA", "0055g0000000002AAA", "0Db5g0000000001"
USERS = (
    "Id,Name,Username,ManagerId,LastLoginDate\n"
    f"{ANN},Ann,ann@x.example,,2021-04-05 08:00:00\n"
    f"{BEN},Ben,ben@x.example,{ANN},\n"
)
LOGINS = (
    "Id,UserId,LoginTime,LoginType,Status,Application\n"
    f"0Ya5g0000000001,{ANN},2021-04-01 08:00:00,Application,Invalid Password,Browser\n"
    f"0Ya5g0000000002,{ANN},2021-04-01 08:01:00,Application,Success,Browser\n"
    f"0Ya5g0000000003,{BEN},2021-04-02 08:00:00,Application,Success,Browser\n"
)
PERIODS = "Id,StartDate,EndDate,Type\n0265g0000000001,2021-04-01,2021-06-30,Quarter\n"
QUOTAS = (
    "Id,QuotaOwnerId,QuotaAmount,StartDate,PeriodId,ForecastingTypeId{0}\n"
    "0J95g0000000001," + BEN + ",1000,2021-04-01,0265g0000000001," + TYPE + "{1}\n"
)
DEALS = (
    "Id,Name,OwnerId,StageName,CloseDate,Amount,ForecastCategory{0}\n"
    "0065g0000000001,One," + BEN + ",Closed Won,2021-05-01,100,Closed{1}\n"
    "0065g0000000002,Two," + BEN + ",Closed Won,2021-07-01,100,Closed{1}\n"
    "0065g0000000003,Three," + BEN + ",Negotiation/Review,2021-06-30,40,Forecast{1}\n"
)


def as_user(org: Org, soql: str, *rights: str, user: str = ANN) -> Any:
    with org.read() as db:
        viewer = Viewer(user, Rights(user=frozenset(rights)))
        return query.run(Request(org, db, "GET", "/query", viewer=viewer), soql)["records"]


def test_everybody_reads_their_own_logins_and_who_may_all(bare_org: Org, tmp_path: Path) -> None:
    fill(bare_org, export(tmp_path, User=USERS, LoginHistory=LOGINS))
    count = "SELECT UserId, COUNT(Id) n FROM LoginHistory GROUP BY UserId ORDER BY UserId"
    own = [(ANN, 2)]
    for rights in ((), ("ViewAllData",), ("ViewSetup",)):
        assert [(one["UserId"], one["n"]) for one in as_user(bare_org, count, *rights)] == own
    for right in ("MonitorLoginHistory", "ManageUsers"):
        found = [(one["UserId"], one["n"]) for one in as_user(bare_org, count, right)]
        assert found == [*own, (BEN, 1)]


@pytest.mark.parametrize("field", ["Status", "Application"])
def test_some_fields_of_logins_are_grouped_and_not_filtered(bare_org: Org, field: str) -> None:
    ask(bare_org, f"SELECT {field}, COUNT(Id) FROM LoginHistory GROUP BY {field}")
    with pytest.raises(SalesforceError, match="can not be filtered"):
        ask(bare_org, f"SELECT Id FROM LoginHistory WHERE {field} = 'Success'")
    with pytest.raises(SalesforceError, match="can not be grouped"):
        ask(bare_org, "SELECT LoginTime, COUNT(Id) FROM LoginHistory GROUP BY LoginTime")


def test_of_logins_the_last_one_follows_from_the_user(bare_org: Org, tmp_path: Path) -> None:
    fill(bare_org, export(tmp_path, User=USERS))
    (found,) = ask(bare_org, "SELECT UserId, LoginTime, Status FROM LoginHistory")["records"]
    del found["attributes"]
    assert found == {
        "UserId": ANN, "LoginTime": "2021-04-05T08:00:00.000+0000", "Status": "Success",
    }  # fmt: skip


def test_a_forecast_is_the_sum_of_an_owners_deals_in_a_period_with_quotas(
    bare_org: Org, tmp_path: Path
) -> None:
    files = {"Opportunity": DEALS.format("", ""), "ForecastingQuota": QUOTAS.format("", "")}
    fill(bare_org, export(tmp_path, User=USERS, Period=PERIODS, **files))
    soql = "SELECT OwnerId, ForecastingItemCategory, OwnerOnlyAmount FROM ForecastingItem"
    for right in ("ViewAllForecasts", "ViewAllData"):
        found = as_user(bare_org, soql, right)
        told = {one["ForecastingItemCategory"]: one["OwnerOnlyAmount"] for one in found}
        assert told == {"ClosedOnly": 100, "CommitOnly": 40}
    for name in ("ForecastingItem", "ForecastingQuota"):
        with pytest.raises(SalesforceError, match="is not supported"):
            as_user(bare_org, f"SELECT Id FROM {name}", "ViewSetup")


def test_sums_of_amounts_are_in_the_corporate_currency(bare_org: Org, tmp_path: Path) -> None:
    files = {
        "CurrencyType": CURRENCIES,
        "Opportunity": DEALS.format(",CurrencyIsoCode", ",EUR"),
        "ForecastingQuota": QUOTAS.format(",CurrencyIsoCode", ",EUR"),
    }
    fill(bare_org, export(tmp_path, User=USERS, Period=PERIODS, **files))
    for soql, amount in (
        ("SELECT SUM(QuotaAmount) a FROM ForecastingQuota", 1000 / 0.9),
        ("SELECT SUM(Amount) a FROM Opportunity", 240 / 0.9),
        ("SELECT SUM(OwnerOnlyAmount) a FROM ForecastingItem", 140 / 0.9),
    ):
        assert ask(bare_org, soql)["records"][0]["a"] == pytest.approx(amount)
    with pytest.raises(SalesforceError, match="cannot convert"):
        ask(bare_org, "SELECT SUM(Campaign.ActualCost) FROM Opportunity")


def test_the_integration_user_of_a_new_org_reads_none_of_them(bare_org: Org) -> None:
    with bare_org.write() as db:
        seed.begin(bare_org, db, "00D5g000000SampEAC", "New")
    for name in ("LightningUsageByAppTypeMetrics", "ForecastingItem", "ForecastingQuota"):
        with pytest.raises(SalesforceError, match="is not supported"):
            as_user(bare_org, f"SELECT Id FROM {name}", user=seed.INTEGRATION_ID)
