"""Measures of the rules' own, from a TOML file to the page: counted, scored, mended, never more."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest

from service.report.facts import Options
from service.report.write import write_report
from service.rules_file import RulesFileError
from tests.export.zips import csv_text, write_zip
from tests.one_role import one_role
from tests.report.world import AS_OF, local, read_csv, read_zip

MEDDIC = """
[[measures]]
name = "meddic"
label = "MEDDIC filled in"
explanation = "Your open opportunities in which MEDDIC is filled in."
kind = "share"
object = "Opportunity"
owner_field = "OwnerId"
predicate = [{ field = "IsClosed", is = false }]
good = [{ field = "MEDDIC__c", is_empty = false }]
roles = ["rep"]
component = "data_care"
weight = 60
act = "Fill in MEDDIC"
minutes = 5

[[measures]]
name = "upcoming"
label = "With a meeting to come"
explanation = "Your open opportunities with a next meeting."
kind = "share"
object = "Opportunity"
owner_field = "OwnerId"
good = [{ field = "Next_Meeting__c", at_least = "today" }]
roles = []
"""
ANA, BEN = "005000000000001AAA", "005000000000002AAA"


def rules_file(folder, text=MEDDIC):
    """The default rules with little weight on the rest, and measures of one's own."""
    rules = one_role(folder).read_text("utf-8")
    rules = re.sub(r"(?m)^weight = \d+", "weight = 1", rules)
    path = folder / "rules.toml"
    path.write_text(
        rules.replace("# A won opportunity of", text + "\n# A won opportunity of"), "utf-8"
    )
    return path


def export(folder):
    users = [
        {"Id": user, "Name": name, "Username": f"{name}@x.example", "IsActive": "1", "UserType": "Standard",
         "TimeZoneSidKey": "UTC", "CreatedDate": "2020-01-01 00:00:00"}
        for user, name in ((ANA, "Ana"), (BEN, "Ben"))
    ]  # fmt: skip
    deals = [
        {"Id": f"006000000{at:06d}AAA", "Name": f"Deal {at}", "OwnerId": ANA if at < 9 else BEN, "IsClosed": closed,
         "CreatedDate": "2026-09-01 00:00:00", "MEDDIC__c": meddic, "Next_Meeting__c": meeting, "Other__c": "x"}
        for at, (closed, meddic, meeting) in enumerate(
            [("0", "yes", "2026-11-20")] * 3 + [("0", "", "2026-11-19")] * 4 + [("1", "", "soon")]
            + [("0", "no", "")] * 3, start=1,
        )
    ]  # fmt: skip
    tasks = [
        {
            "Id": "00T000000000001AAA",
            "OwnerId": user,
            "Subject": "Call",
            "CreatedDate": f"{day} 10:00:00",
        }
        for user in (ANA, BEN)
        for day in (AS_OF - timedelta(days=at) for at in range(40))
    ]
    for at, task in enumerate(tasks):
        task["Id"] = f"00T000000{at:06d}AAA"
    files = {"User.csv": users, "Opportunity.csv": deals, "Task.csv": tasks}
    return write_zip(folder / "WE_1.ZIP", {name: as_csv(rows) for name, rows in files.items()})


def as_csv(rows):
    return csv_text(tuple(rows[0]), *(tuple(row.values()) for row in rows))


@pytest.fixture
def report(tmp_path):
    options = Options(
        exports=(export(tmp_path),),
        out=tmp_path / "out",
        as_of=AS_OF,
        rules_file=rules_file(tmp_path),
    )
    return write_report(options)


def test_an_admins_own_measure_is_scored_and_says_what_to_do(report):
    scores = {row["user_id"]: row for row in read_csv(report.folder / "scores.csv")}
    assert (scores[ANA]["meddic_done"], scores[ANA]["meddic_asked"]) == ("3", "7")
    assert Decimal(scores[BEN]["meddic_credit"]) == 1
    fixes = [row for row in read_csv(report.folder / "fixes.csv") if row["measure"] == "meddic"]
    assert fixes
    assert {row["user_id"] for row in fixes} == {ANA}
    assert {row["what_to_do"] for row in fixes} == {"Fill in MEDDIC"}
    assert {row["record_name"] for row in fixes} <= {"Deal 4", "Deal 5", "Deal 6", "Deal 7"}


def test_one_without_a_weight_stands_beside_the_score(report):
    measured = {
        (row["user_id"], row["measure"]): row for row in read_csv(report.folder / "measures.csv")
    }
    assert [measured[ANA, "upcoming"][key] for key in ("good", "eligible")] == ["3", "8"]
    assert [measured[BEN, "upcoming"][key] for key in ("good", "eligible")] == ["0", "3"]
    page = (report.folder / "report.html").read_text("utf-8")
    assert "With a meeting to come" in page
    assert "1 values of Next_Meeting__c are no date and count as empty" in page
    assert "MEDDIC filled in" in page[page.index('id="method"') :]


def test_a_mistake_in_a_measure_stops_the_report_and_names_file_key_and_remedy(tmp_path):
    path = rules_file(tmp_path, MEDDIC.replace("MEDDIC__c", "Stagename"))
    options = Options(exports=(export(tmp_path),), out=tmp_path / "out", rules_file=path)
    with pytest.raises(
        RulesFileError, match=r"rules.toml: measures.*good.*field: .*did you mean StageName"
    ):
        write_report(options)
    assert not (tmp_path / "out").exists()


class ByHand:
    """Every measure of the default rules without a weight, per person, ticked off by hand."""

    def __init__(self, rows):
        self.zones = {user["Id"]: user["TimeZoneSidKey"] for user in rows["User"]}
        self.robots = {user["Id"] for user in rows["User"] if user["UserType"] != "Standard"}
        self.rates = {
            row["IsoCode"]: Decimal(row["ConversionRate"]) for row in rows.get("CurrencyType", [])
        }
        self.counts, self.cents = Counter(), Counter()
        for name in ("Account", "Contact", "Lead"):
            for row in rows[name]:
                self.made(row, f"{name.lower()}s_created")
        for deal in rows["Opportunity"]:
            self.opportunity(deal)
        for task in (row for row in rows["Task"] if row["IsRecurrence"] != "1"):
            self.task(task)
        for user in rows["User"]:
            self.login(user)

    def day(self, row):
        return local(row["CreatedDate"], self.zones.get(row["OwnerId"], "UTC"))

    def made(self, row, measure):
        is_recent = AS_OF - timedelta(days=27) <= self.day(row) <= AS_OF
        counts = is_recent and row.get("CreatedById") not in self.robots
        self.counts[row["OwnerId"], measure] += counts
        return counts

    def opportunity(self, row):
        if self.made(row, "opportunities_created") and row["Amount"]:
            rate = self.rates.get(row.get("CurrencyIsoCode", ""), Decimal(1))
            self.cents[row["OwnerId"]] += (Decimal(row["Amount"]) / rate).quantize(
                Decimal("0.01")
            ) * 100
        is_past = row["IsClosed"] == "0" and date.fromisoformat(row["CloseDate"]) < AS_OF
        self.counts[row["OwnerId"], "neglected_opportunities"] += is_past and self.day(row) <= AS_OF

    def task(self, row):
        if row["IsClosed"] == "1":
            self.made(row, "activities_closed")
            if row["TaskSubtype"] in ("Email", "ListEmail"):
                self.made(row, "emails")
            return
        is_past = row["ActivityDate"] and date.fromisoformat(row["ActivityDate"]) < AS_OF
        self.counts[row["OwnerId"], "open_tasks"] += self.day(row) <= AS_OF
        self.counts[row["OwnerId"], "overdue_tasks"] += bool(is_past) and self.day(row) <= AS_OF

    def login(self, user):
        last = user["LastLoginDate"]
        self.counts[user["Id"], "never_logged_in"] += not last
        is_old = last and local(last, user["TimeZoneSidKey"]) < AS_OF - timedelta(days=7)
        self.counts[user["Id"], "no_login_in_7_days"] += bool(is_old)


def test_the_samples_measures_equal_an_independent_count(sample, sample_report):
    by_hand, shown = ByHand(read_zip(sample.path)), read_csv(sample_report.folder / "measures.csv")
    money = {
        row["user_id"]: Decimal(row["amount"]) * 100 for row in shown if row["kind"] == "money"
    }
    assert money == {user: by_hand.cents[user] for user in money}
    counts = {
        (row["user_id"], row["measure"]): int(row["count"])
        for row in shown
        if row["kind"] != "money"
    }
    assert counts == {key: by_hand.counts[key] for key in counts}
    assert sum(counts.values()) > 1000
    assert len({measure for _, measure in counts}) == 11


def test_in_aggregates_no_number_of_fewer_than_ten_people_is_shown(tmp_path):
    options = Options(
        exports=(export(tmp_path),), out=tmp_path / "out", as_of=AS_OF, aggregate_only=True,
        rules_file=rules_file(tmp_path),
    )  # fmt: skip
    report = write_report(options)
    assert not (tmp_path / "out" / "measures.csv").exists()
    page = (report.folder / "report.html").read_text("utf-8")
    section = page[page.index('id="also"') :]
    section = section[: section.index("</section>")]
    assert not re.search(r'class="number">\s*[1-9]', section)
