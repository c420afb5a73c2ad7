"""A weekly export is loaded whole: counts and values equal what the csv module reads."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from localorg import load, seed
from localorg.errors import SalesforceError
from localorg.rights.access import Viewer
from localorg.rights.permissions import ObjectRight, Rights
from localorg.soql import query
from localorg.wire import Request
from tests.shared_data import shared_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from localorg.org import Org

SAMPLE = "data/sample_weekly_export/WE_00D5g000000Sample.ZIP"
ORG_ID = "00D5g000000SampEAC"


def fill(org: Org, path: Path, zone: str = "UTC") -> dict[str, int]:
    with org.write() as db:
        seed.begin(org, db, load.org_id_of(path) or ORG_ID, "Loaded")
        counts = load.load(org, db, path, zone)
        seed.finish(org, db)
    return counts


def ask(org: Org, soql: str) -> Any:
    with org.read() as db:
        viewer = Viewer(seed.ADMIN_ID, Rights(), is_admin=True)
        return query.run(Request(org, db, "GET", "/query", viewer=viewer), soql)


def rows(path: Path, member: str) -> Iterable[dict[str, str]]:
    with zipfile.ZipFile(path) as archive, archive.open(member) as raw:
        yield from csv.DictReader(io.TextIOWrapper(raw, "utf-8-sig", newline=""))


def export(folder: Path, **files: str) -> Path:
    path = folder / "WE_00D5g000000TESTXXX_1.ZIP"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.csv", text)
    return path


def test_counts_equal_those_of_the_csv_module(bare_org: Org) -> None:
    path = shared_path(SAMPLE)
    counts = fill(bare_org, path)
    with zipfile.ZipFile(path) as archive:
        members = archive.namelist()
    expected = {Path(one).stem: sum(1 for _ in rows(path, one)) for one in members}
    assert counts == expected
    for name, number in expected.items():
        if name != "User":
            assert (
                ask(bare_org, f"SELECT COUNT() FROM {name}")["totalSize"] == number
            )  # SOQL of a test
    assert ask(bare_org, "SELECT COUNT() FROM User")["totalSize"] == expected["User"] + 2


def test_values_equal_those_of_the_csv_module(bare_org: Org) -> None:
    path = shared_path(SAMPLE)
    fill(bare_org, path)
    expected = [
        (one["Id"], float(one["Amount"]) if one["Amount"] else None, one["IsWon"] == "1",
         one["CloseDate"] or None, one["CreatedDate"].replace(" ", "T") + ".000+0000")
        for one in rows(path, "Opportunity.csv")
    ]  # fmt: skip
    soql = "SELECT Id, Amount, IsWon, CloseDate, CreatedDate FROM Opportunity ORDER BY Id"
    bare_org.settings.page_size = 100_000
    found = [
        (one["Id"], one["Amount"], one["IsWon"], one["CloseDate"], one["CreatedDate"])
        for one in ask(bare_org, soql)["records"]
    ]
    assert found == sorted(expected)


def test_naive_times_are_read_in_the_stated_zone(bare_org: Org, tmp_path: Path) -> None:
    text = "Id,LastName,Company,CreatedDate\n00Q5g0000000001EAA,X,C,2021-07-01 00:02:00\n"
    fill(bare_org, export(tmp_path, Lead=text), "America/Los_Angeles")
    (lead,) = ask(bare_org, "SELECT CreatedDate, Name FROM Lead")["records"]
    assert lead["CreatedDate"] == "2021-07-01T07:02:00.000+0000"
    assert lead["Name"] == "X"


def test_what_the_file_does_not_say_is_the_loaders_but_not_who_made_it(
    bare_org: Org, tmp_path: Path
) -> None:
    fill(bare_org, export(tmp_path, Account="Id,Name,Nonsense\n0015g000000ABCDAA4,Firm,1\n"))
    (firm,) = ask(bare_org, "SELECT Id, OwnerId, CreatedById, CreatedDate FROM Account")["records"]
    assert (firm["OwnerId"], firm["CreatedById"]) == (seed.ADMIN_ID, None)
    assert firm["CreatedDate"] is not None


def test_short_ids_are_widened_and_new_ids_follow(bare_org: Org, tmp_path: Path) -> None:
    fill(bare_org, export(tmp_path, Account="Id,Name\n0015g0000000041,Firm\n"))
    (firm,) = ask(bare_org, "SELECT Id FROM Account")["records"]
    assert firm["Id"] == "0015g0000000041AAA"


def test_users_get_what_they_lack(bare_org: Org, tmp_path: Path) -> None:
    text = "Id,Username,Name,IsActive\n0055g0000000001AAA,ana@example.com,Ana Reyes,1\n"
    fill(bare_org, export(tmp_path, User=text))
    (user,) = ask(
        bare_org,
        "SELECT Profile.Name, UserType, TimeZoneSidKey, IsActive FROM User"
        " WHERE Username = 'ana@example.com'",
    )["records"]
    assert user["Profile"]["Name"] == "Standard User"
    assert (user["UserType"], user["TimeZoneSidKey"], user["IsActive"]) == (
        "Standard", "America/Los_Angeles", True,
    )  # fmt: skip


def test_groups_and_members_of_the_file_are_kept(bare_org: Org, tmp_path: Path) -> None:
    files = {
        "CollaborationGroup": "Id,Name,CollaborationType\n0F95g0000000001CAA,Sales Management,Public\n",
        "UserRole": "Id,Name,ParentRoleId\n00E5g0000000001EAA,Boss,\n",
    }
    fill(bare_org, export(tmp_path, **files))
    groups = ask(bare_org, "SELECT Id, MemberCount FROM CollaborationGroup")["records"]
    assert [(one["Id"], one["MemberCount"]) for one in groups] == [("0F95g0000000001CAA", 1)]


@pytest.mark.parametrize(("text", "part"), [
    ("Id,Name\n0015g0000000041,Firm,more\n", "Account.csv, row 2: 3 cells for 2 columns"),
    ("Id,Name\nnonsense,Firm\n", "Account.csv, row 2, Id: malformed id nonsense"),
    ("Id,Name\n,Firm\n", "Account.csv, row 2: no Id"),
    ("Name\nFirm\n", "Account.csv: no column Id"),
    ("Id,AnnualRevenue\n0015g0000000041,lots\n", "Account.csv, row 2, AnnualRevenue"),
])  # fmt: skip
def test_a_broken_file_is_named_with_its_row(
    bare_org: Org, tmp_path: Path, text: str, part: str
) -> None:
    with pytest.raises(load.LoadError) as refused:
        fill(bare_org, export(tmp_path, Account=text))
    assert part in str(refused.value)


def test_the_org_id_is_in_the_name_of_the_file() -> None:
    assert load.org_id_of(Path("WE_00D5g000000TESTXXX_1.ZIP")) == "00D5g000000TESTEA4"
    assert load.org_id_of(Path("export.zip")) is None


def test_another_encoding_is_read_when_it_is_named(bare_org: Org, tmp_path: Path) -> None:
    text = "Id,Name\n0015g0000000001AAA,Zürich\n".encode("iso-8859-1")
    path = tmp_path / "WE_00D5g000000TESTXXX_1.ZIP"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Account.csv", text)
    with bare_org.write() as db:
        seed.begin(bare_org, db, ORG_ID, "Loaded")
        load.load(bare_org, db, path, "UTC", "iso-8859-1")
        seed.finish(bare_org, db)
    assert [one["Name"] for one in ask(bare_org, "SELECT Name FROM Account")["records"]] == [
        "Zürich"
    ]


CURRENCIES = (
    "Id,IsoCode,ConversionRate,DecimalPlaces,IsActive,IsCorporate\n"
    "01L5g0000000001,USD,1,2,1,1\n01L5g0000000002,EUR,0.9,2,1,0\n"
)
OPPORTUNITIES = (
    "Id,Name,StageName,CloseDate,Amount,CurrencyIsoCode\n"
    "0065g0000000001,One,Closed Won,2021-04-01,100,EUR\n"
)


def test_an_export_with_currencies_makes_an_org_with_currencies(
    bare_org: Org, tmp_path: Path
) -> None:
    accounts = "Id,Name\n0015g0000000001,Acme\n"
    files = {"Account": accounts, "CurrencyType": CURRENCIES, "Opportunity": OPPORTUNITIES}
    assert fill(bare_org, export(tmp_path, **files))["CurrencyType"] == 2
    deal = ask(bare_org, "SELECT Amount, CurrencyIsoCode FROM Opportunity")["records"][0]
    assert (deal["Amount"], deal["CurrencyIsoCode"]) == (100.0, "EUR")
    assert (
        ask(bare_org, "SELECT CurrencyIsoCode FROM Account")["records"][0]["CurrencyIsoCode"]
        == "USD"
    )


def test_an_export_with_splits_makes_an_org_with_splits(bare_org: Org, tmp_path: Path) -> None:
    path = export(
        tmp_path,
        Opportunity='"Id","Name","OwnerId"\n"0065g0000000001","Won","0055g000000Anaa"\n',
        OpportunitySplitType='"Id","DeveloperName","IsActive","IsTotalValidated"\n"1SP5g0000000001","Revenue","1","1"\n',
        OpportunitySplit='"Id","OpportunityId","SplitOwnerId","SplitTypeId","SplitPercentage"\n'
        '"1SQ5g0000000001","0065g0000000001","0055g000000Anaa","1SP5g0000000001","62.5"\n',
    )  # fmt: skip
    counts = fill(bare_org, path)
    assert (counts["OpportunitySplitType"], counts["OpportunitySplit"]) == (1, 1)
    soql = "SELECT SplitPercentage FROM OpportunitySplit WHERE SplitType.DeveloperName = 'Revenue'"
    assert [one["SplitPercentage"] for one in ask(bare_org, soql)["records"]] == [62.5]


def test_an_org_with_one_currency_knows_no_currencies(bare_org: Org, tmp_path: Path) -> None:
    plain = "Id,Name,StageName,CloseDate\n0065g0000000001,One,Prospecting,2021-04-01\n"
    fill(bare_org, export(tmp_path, Opportunity=plain))
    for soql in ("SELECT IsoCode FROM CurrencyType", "SELECT CurrencyIsoCode FROM Opportunity"):
        with pytest.raises(SalesforceError):
            ask(bare_org, soql)


def test_history_is_read_by_whoever_reads_the_record_and_written_by_nobody(
    bare_org: Org, tmp_path: Path
) -> None:
    leads = "Id,LastName,Company,Status\n00Q5g0000000001,Ash,Acme,Working\n"
    history = (
        "Id,LeadId,Field,OldValue,NewValue,CreatedDate\n"
        "0175g0000000001,00Q5g0000000001,Status,New,Working,2021-04-01 10:00:00\n"
    )
    fill(bare_org, export(tmp_path, Lead=leads, LeadHistory=history))
    soql = "SELECT Field, NewValue, Lead.LastName, CreatedDate FROM LeadHistory"
    (row,) = ask(bare_org, soql)["records"]
    assert (row["NewValue"], row["Lead"]["LastName"]) == ("Working", "Ash")
    thing = bare_org.schema.get("LeadHistory")
    assert "LastModifiedDate" not in thing.fields
    reader = Viewer("005", Rights(objects={"Lead": ObjectRight(read=True)}))
    assert reader.right(thing).read
    assert not Viewer("005", Rights()).right(thing).read
    assert not thing.createable
