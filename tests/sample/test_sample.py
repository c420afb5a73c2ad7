from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import Counter
from contextlib import closing
from datetime import date, timedelta

import pytest

from service.rules_file import read_rules
from service.sample import write_sample
from service.sample.habits import ASKED, ASKED_A_MONTH, AWAY, NEW, PLANTED, VACATION
from service.sample.names import AWKWARD
from service.sample.people import Office
from service.sample.sheets import Sheets
from service.scoring.weekly_checks import days_looked_at
from tests.sample.reading import found, planted, read, total

AS_OF = date(2026, 11, 20)  # a Friday
BESIDE = ("truth.json", "people.csv", "absences.csv")


@pytest.fixture(scope="module")
def facts(tmp_path_factory):
    return write_sample(tmp_path_factory.mktemp("sample") / "sample.zip", as_of=AS_OF)


@pytest.fixture(scope="module")
def reading(facts, tmp_path_factory):
    return read(facts, tmp_path_factory.mktemp("reading"))


@pytest.fixture
def person(facts, reading):
    """`person(habit)` gives the evidence of its first holder."""
    return lambda habit: reading.people[facts.with_habit(habit)[0].user_id]


def member(facts, name):
    with zipfile.ZipFile(facts.path) as archive:
        text = io.TextIOWrapper(archive.open(f"{name}.csv"), "utf-8", newline="")
        return list(csv.DictReader(text))


def test_the_same_arguments_give_the_same_bytes(facts, tmp_path):
    again = write_sample(tmp_path / "sample.zip", people=40, as_of=AS_OF, seed=2009)
    for name in ("sample.zip", *BESIDE):
        assert again.path.with_name(name).read_bytes() == facts.path.with_name(name).read_bytes()


def test_another_seed_gives_another_company(facts, tmp_path):
    other = write_sample(tmp_path / "other.zip", as_of=AS_OF, seed=1)
    assert other.path.read_bytes() != facts.path.read_bytes()


@pytest.mark.parametrize(
    ("size", "said"), [({"people": 35}, "at least 36"), ({"weeks": 9}, "16 to")]
)
def test_a_company_too_small_for_every_habit_is_refused(tmp_path, size, said):
    with pytest.raises(ValueError, match=said):
        write_sample(tmp_path / "x.zip", as_of=AS_OF, **size)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("as_of", "people", "weeks"),
    [(date(2026, 11, 22), 36, 26), (date(2026, 3, 9), 60, 20), (date(2024, 2, 29), 36, 20)],
)
def test_any_day_and_size_reads_back_as_it_was_planted(tmp_path, as_of, people, weeks):
    facts = write_sample(tmp_path / "s.zip", people=people, weeks=weeks, as_of=as_of)
    reading = read(facts, tmp_path / "work")
    assert reading.rows_read.items() <= facts.rows.items()
    assert (reading.rows_rejected, reading.newest) == ({}, as_of)
    same_as_planted(facts, reading)
    habits = {one.habit for one in facts.people}
    assert habits >= {"usual", "inactive_manager", "leaver", *(one.name for one in PLANTED)}


@pytest.mark.parametrize(
    ("users", "levels"), [(1000, (1, 10, 100, 889)), (100, (1, 1, 10, 88)), (36, (1, 1, 4, 30))]
)
def test_subscriptions_are_the_published_pyramid(tmp_path, users, levels):
    with closing(Sheets(tmp_path)) as sheets:
        everybody = Office(sheets["User"], AS_OF, 2009).hire(users)
    there = [one for one in everybody if one.left_on is None and one.kind != "robot"]
    kinds = Counter(one.kind for one in there)
    leaders = tuple(kinds.pop(kind) for kind in ("executive", "area", "manager"))
    assert (*leaders, kinds.total()) == levels
    led = {one.user_id for one in everybody if one.kind in ("executive", "area", "manager")}
    assert all(one.manager_id in led for one in there if one.kind != "executive")
    assert {one.habit for one in everybody} >= {one.name for one in PLANTED}
    if users == 1000:
        regions = {one.place.region for one in there}
        assert regions == {"West", "East", "Central", "North", "Europe", "Asia Pacific"}


def test_everybody_but_the_robot_and_the_leavers_is_there(facts, reading):
    gone = {one.user_id for one in facts.people if one.kind == "robot" or one.left_on}
    assert set(reading.people) == {one.user_id for one in facts.people} - gone
    assert len(reading.people) == 40
    assert reading.not_people == {"inactive": 1, "other_user_type": 1}


def test_nothing_that_a_measure_needs_is_missing(reading):
    assert reading.absent == {}


def test_everybodys_evidence_is_what_was_planted(facts, reading):
    same_as_planted(facts, reading)


def same_as_planted(facts, reading):
    for user, person in reading.people.items():
        truth = facts.truth[user]
        seen = found(person, "footprint_days", "done")  # deals of before reach further back
        seen = {day: count for day, count in seen.items() if day >= facts.first_day}
        assert seen == planted(facts, truth.footprint, days_looked_at("money"))
        assert found(person, "calls", "done") == planted(facts, truth.calls)
        assert found(person, "calls", "seen") == planted(facts, truth.calls_seen)
        assert found(person, "meetings", "done") == planted(facts, truth.meetings)
        assert found(person, "leads_answered", "eligible") == planted(facts, truth.leads)
        assert found(person, "leads_answered", "good") == planted(facts, truth.leads_answered)
        for measure, pair in (
            ("healthy_opportunities", (truth.open_opportunities, truth.healthy_opportunities)),
            ("required_fields", (truth.fields_judged, truth.fields_complete)),
            ("tasks_on_time", (truth.tasks, truth.tasks_on_time)),
        ):
            assert (total(person, measure, "eligible"), total(person, measure, "good")) == pair
        made = found(person, "pipeline_created", "done")
        told = sum(cents for day, cents in made.items() if day >= facts.first_day)
        assert told == truth.pipeline


def test_pipeline_reaches_back_to_the_first_window_of_amounts(reading):
    first = min(day for one in reading.people.values() for day in one.of("pipeline_created").days)
    assert (AS_OF - first).days > days_looked_at("money") - 7


def test_small_customers_deals_are_many_and_large_ones_are_few(facts, reading):
    sizes = {"field": Counter(), "corporate": Counter()}
    for person in facts.people:
        big = person.habit in ("diligent", "deal_rounder")
        if person.sells and not big and person.user_id in reading.people:
            one = reading.people[person.user_id]
            for column in ("done", "seen"):
                sizes[person.kind][column] += total(one, "pipeline_created", column)
    usual = {kind: size["done"] / size["seen"] / 100 for kind, size in sizes.items()}
    assert 6_500 < usual["corporate"] < 11_000
    assert 19_000 < usual["field"] < 31_000


def test_most_meet_all_that_is_asked_and_the_lazy_nothing(facts):
    lines = json.loads(facts.path.with_name("truth.json").read_text())["people"]
    for line in lines:
        met = [one["meets"] for one in line["minimums"].values()]
        if line["habit"] in ("diligent", "vacationer", "part_timer", "deal_rounder"):
            assert all(met)
        if line["habit"] == "lazy":
            assert len(met) == 3
            assert not any(met)


def test_the_minimums_of_the_truth_are_those_of_the_default_rules(facts):
    rules = read_rules(None)
    roles = {one.kind: rules.role_names[one.role] for one in facts.people if one.kind in ASKED}
    for kind, asked in ASKED.items():
        assert asked == {
            measure.name: measure.weekly_minimums[roles[kind]] for measure in rules.measures
            if measure.name in ("calls", "meetings") and roles[kind] in measure.weekly_minimums
        }  # fmt: skip
        assert ASKED_A_MONTH.get(kind, {}) == {
            measure.name: measure.monthly_minimums[roles[kind]] for measure in rules.measures
            if roles[kind] in measure.monthly_minimums
        }  # fmt: skip


def test_the_truth_says_who_meets_what(facts):
    lines = json.loads(facts.path.with_name("truth.json").read_text())["people"]
    by_habit = {line["habit"]: line for line in lines}
    calls = by_habit["lazy"]["minimums"]["calls"]
    assert (calls["meets"], calls["clearly_below"]) == (False, True)
    calls = by_habit["diligent"]["minimums"]["calls"]
    assert (calls["true_weekly_rate"], calls["meets"]) == (30, True)
    assert by_habit["part_timer"]["fte"] == "0.6"
    assert "meetings" not in next(one for one in lines if one["kind"] == "inbound")["minimums"]


def test_the_diligent_has_30_credited_calls_a_week_and_nothing_to_fix(person):
    diligent = person("diligent")
    week = {AS_OF - timedelta(days=back) for back in range(7)}
    calls = found(diligent, "calls", "done")
    assert sum(count for day, count in calls.items() if day in week) == 30
    assert total(diligent, "healthy_opportunities", "good") == 10
    assert diligent.findings == ()


def test_leads_are_answered_by_some_and_not_by_all(reading):
    good, eligible, seen = (
        sum(total(one, "leads_answered", column) for one in reading.people.values())
        for column in ("good", "eligible", "seen")
    )
    assert 200 < good < eligible - 100 < eligible < seen


def test_bursts_and_repeats_and_loads_are_seen_and_never_credited(facts, person):
    for habit in ("burst_logger", "one_contact", "loaded", "lazy"):
        one = person(habit)
        extra = total(one, "calls", "seen") - total(one, "calls", "done")
        truth = facts.truth[one.person.user_id]
        kept = sum(planted(facts, truth.calls_seen).values()) - sum(
            planted(facts, truth.calls).values()
        )
        assert extra == kept > 20


def test_the_date_pusher_has_seven_opportunities_pushed_without_a_next_step(person):
    pushed = [
        one.faults
        for one in person("date_pusher").findings
        if one.measure == "healthy_opportunities"
    ]
    assert pushed == [("no_next_step", "pushed_twice")] * 7


def test_the_part_timer_has_footprints_on_three_days_a_week(person):
    days = found(person("part_timer"), "footprint_days", "done")
    assert {day.weekday() for day in days} == {0, 1, 2}


def test_leave_in_calendars_is_read_as_it_was_planted(facts, reading):
    since = AS_OF - timedelta(days=days_looked_at("money"))
    for user, one in reading.people.items():
        days = set()
        for first, last, _, where in facts.truth[user].away:
            begin, end = date.fromisoformat(first), date.fromisoformat(last)
            if where == "calendar":
                days |= {begin + timedelta(days=at) for at in range((end - begin).days + 1)}
        assert one.person.away_on == {day for day in days if since <= day <= AS_OF}
    (gone,) = facts.with_habit("vacationer")
    assert len(reading.people[gone.user_id].person.away_on) == VACATION[0] - VACATION[1] + 1


def test_nobody_works_on_a_day_away(facts):
    for truth in facts.truth.values():
        for first, last, _, _ in truth.away:
            begin, end = ((date.fromisoformat(day) - facts.first_day).days for day in (first, last))
            assert sum(truth.footprint[begin : end + 1]) == 0


def test_the_away_has_no_footprint_of_late_and_the_new_hire_none_of_old(person):
    assert max(found(person("away"), "footprint_days", "done")) < AS_OF - timedelta(days=AWAY[0])
    new = found(person("new_hire"), "footprint_days", "done")
    assert min(new) >= AS_OF - timedelta(days=NEW)


def test_one_user_never_logged_in_and_an_unused_manager_not_for_long(facts):
    logins = {row["Id"]: row["LastLoginDate"] for row in member(facts, "User")}
    (never,), (unused,) = facts.with_habit("never"), facts.with_habit("inactive_manager")
    assert logins[never.user_id] == ""
    assert logins[unused.user_id] < str(AS_OF - timedelta(days=60))
    reps = [one for one in facts.people if one.manager_id == unused.user_id and not one.left_on]
    assert len(reps) > 5
    assert {one.habit for one in reps} == {"usual"}


def test_the_login_history_ends_with_the_last_login_of_each_user(facts):
    last = {row["Id"]: row["LastLoginDate"] for row in member(facts, "User")}
    found: dict[str, list[tuple[str, str]]] = {}
    for row in member(facts, "LoginHistory"):
        found.setdefault(row["UserId"], []).append((row["LoginTime"], row["Status"]))
    since = str(AS_OF - timedelta(days=41))
    robot = facts.people[-1].user_id
    recent = {user for user, at in last.items() if at >= since} - {robot}
    assert found.keys() == recent
    assert {user: max(found[user]) for user in found} == {
        user: (last[user], "Success") for user in found
    }
    failed = sum(status != "Success" for one in found.values() for _, status in one)
    assert 0 < failed < sum(map(len, found.values())) / 10
    used = {(row["UserId"], row["MetricsDate"]) for row in member(facts, "LightningUsageByAppTypeMetrics")}  # fmt: skip
    assert len(used) == sum(map(len, found.values())) - failed, "a day in Salesforce for each login"


def test_the_lazy_has_mostly_faults(person):
    counts = Counter(one.measure for one in person("lazy").findings)
    assert counts == {"healthy_opportunities": 8, "required_fields": 7, "tasks_on_time": 8}


def test_big_deals_are_as_planted_in_corporate_currency(facts, reading):
    big = {record: won for record, won in facts.won.items() if won[1] >= 100_000}
    assert {record: (deal.closed_on, deal.amount) for record, deal in reading.deals.items()} == big
    currencies = {row["Id"]: row["CurrencyIsoCode"] for row in member(facts, "Opportunity")}
    assert len({currencies[record] for record in facts.won}) > 1
    (diligent,) = facts.with_habit("diligent")
    owners = {row["Id"]: row["OwnerId"] for row in member(facts, "Opportunity")}
    amounts = sorted(
        amount for record, (_, amount) in big.items() if owners[record] == diligent.user_id
    )
    assert {100_000, 125_000, 150_000, 310_000, 480_000} <= set(amounts)


def test_deals_are_rounded_up_to_the_published_amount(facts):
    (rounder,) = facts.with_habit("deal_rounder")
    owners = {row["Id"]: row["OwnerId"] for row in member(facts, "Opportunity")}
    mine = [
        amount for record, (_, amount) in facts.won.items() if owners[record] == rounder.user_id
    ]
    assert sum(100_000 <= amount < 102_000 for amount in mine) == 6


def test_campaigns_have_members_and_opportunities_and_leads_a_history(facts):
    members, history = member(facts, "CampaignMember"), member(facts, "LeadHistory")
    campaigns = {row["Id"] for row in member(facts, "Campaign")}
    leads = {row["Id"]: row for row in member(facts, "Lead")}
    deals = {row["Id"]: row for row in member(facts, "Opportunity")}
    assert {row["CampaignId"] for row in members} <= campaigns
    converted = [row for row in leads.values() if row["IsConverted"] == "1"]
    assert converted
    assert all(row["ConvertedOpportunityId"] in deals for row in converted)
    assert any(row["CampaignId"] in campaigns for row in deals.values())
    assert {row["Field"] for row in history} == {"Status", "leadConverted"}
    assert {row["LeadId"] for row in history} <= set(leads)


def test_the_history_of_opportunities_ends_where_they_stand(facts):
    last = {}
    for row in member(facts, "OpportunityHistory"):
        before = last.get(row["OpportunityId"])
        assert before is None or before["CreatedDate"] <= row["CreatedDate"]
        last[row["OpportunityId"]] = row
    deals = member(facts, "Opportunity")
    assert len(last) == len(deals)
    for deal in deals:
        row = last[deal["Id"]]
        assert (row["StageName"], row["CloseDate"]) == (deal["StageName"], deal["CloseDate"])
        assert row["CreatedDate"] == deal["LastModifiedDate"]


def test_what_the_export_lacks_is_written_beside_it(facts):
    people = facts.path.with_name("people.csv").read_text("utf-8")
    by_name = {row["user"]: row for row in csv.DictReader(io.StringIO(people))}
    (part_timer,), (roleless,) = facts.with_habit("part_timer"), facts.with_habit("roleless")
    assert by_name[part_timer.username]["fte"] == "0.6"
    row = by_name[roleless.username]
    assert (row["role"], row["manager"]) == (roleless.role, roleless.manager_id)
    (user,) = [row for row in member(facts, "User") if row["Id"] == roleless.user_id]
    assert (user["UserRoleId"], user["ManagerId"], user["Division"]) == ("", "", "")


def test_awkward_names_survive_the_zip(facts):
    accounts = member(facts, "Account")
    assert [row["Name"] for row in accounts[: len(AWKWARD)]] == list(AWKWARD)
    assert "\n" in accounts[0]["Description"]
    assert any("\n" in row["Description"] for row in member(facts, "Task"))
    assert any("<b>" in row["Name"] or '"' in row["Name"] for row in member(facts, "User"))
