from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, timedelta
from decimal import Decimal

import pytest

from service.evidence import newest_creation_date, reduce_rows
from service.export import read_export
from service.sample import write_sample
from service.sample.habits import VACATION
from service.sample.names import AWKWARD
from tests.evidence.builders import a_rule_set, rows_of

AS_OF = date(2026, 11, 20)  # a Friday


@pytest.fixture(scope="module")
def facts(tmp_path_factory):
    return write_sample(tmp_path_factory.mktemp("sample") / "sample.zip", as_of=AS_OF)


@pytest.fixture(scope="module")
def reading(facts, tmp_path_factory):
    """(tables, everybody by user id, the reduction's plain facts, won deals by id)"""
    folder = tmp_path_factory.mktemp("reading")
    tables = read_export([facts.path], folder)
    with reduce_rows(tables, a_rule_set(), AS_OF, work_dir=folder, memory_limit_mb=200) as reduced:
        people = {one.person.user_id: one for one in reduced.people()}
        deals = {deal.opportunity_id: deal for deal in reduced.won_deals(Decimal(100_000))}
        assert reduced.rows_rejected == {}
        assert newest_creation_date(tables) == AS_OF
        return tables, people, (reduced.coverage, reduced.not_people), deals


@pytest.fixture
def person(facts, reading):
    """`person(habit)` gives (evidence summed by measure, evidence, findings) of its first holder."""

    def find(habit):
        found = reading[1][facts.with_habit(habit)[0].user_id]
        sums = {}
        for one in rows_of(found):
            done, seen, eligible, good = sums.get(one.measure, (0, 0, 0, 0))
            sums[one.measure] = (
                done + one.done,
                seen + one.seen,
                eligible + one.eligible,
                good + one.good,
            )
        return sums, rows_of(found), found.findings

    return find


def days_of(evidence, measure):
    return {one.on for one in evidence if one.measure == measure}


def test_the_same_arguments_give_the_same_bytes(facts, tmp_path):
    again = write_sample(tmp_path / "again.zip", people=40, as_of=AS_OF, seed=2009)
    assert again.path.read_bytes() == facts.path.read_bytes()


def test_another_seed_gives_another_company(facts, tmp_path):
    other = write_sample(tmp_path / "other.zip", as_of=AS_OF, seed=1)
    assert other.path.read_bytes() != facts.path.read_bytes()


def test_a_company_too_small_for_every_habit_is_refused(tmp_path):
    with pytest.raises(ValueError, match="at least 24"):
        write_sample(tmp_path / "x.zip", people=23, as_of=AS_OF)


@pytest.mark.parametrize("as_of", [date(2026, 11, 22), date(2026, 3, 9), date(2024, 2, 29)])
@pytest.mark.parametrize("people", [24, 60])
def test_any_day_and_size_reads_back_with_its_own_rows_and_day(tmp_path, as_of, people):
    facts = write_sample(tmp_path / "s.zip", people=people, as_of=as_of)
    tables = read_export([facts.path], tmp_path / "work")
    assert {name: tables.by_name[name].rows for name in tables.by_name} == {
        name: count for name, count in facts.rows.items() if name != "Profile"
    }
    assert tables.by_name["User"].rows == people
    assert newest_creation_date(tables) == as_of


def test_everybody_but_the_robot_and_the_inactive_is_there(facts, reading):
    assert set(reading[1]) == {
        one.user_id for one in facts.people if one.habit not in ("integration", "inactive")
    }
    assert reading[2][1] == {"inactive": 1, "other_user_type": 1}


def test_nothing_that_a_measure_needs_is_missing(reading):
    coverage = reading[2][0]
    assert (coverage.absent_measures, coverage.roles_known, coverage.footprint_complete) == (
        {},
        True,
        True,
    )


def test_everybodys_evidence_is_what_was_planted(facts, reading):
    for user, found in reading[1].items():
        truth = facts.truth[user]
        calls = {one.on: one.done for one in rows_of(found) if one.measure == "calls" and one.done}
        shares = {
            name: [(one.eligible, one.good) for one in rows_of(found) if one.measure == name and one.eligible]
            for name in ("healthy_opportunities", "required_fields", "tasks_on_time")
        }  # fmt: skip
        leads = {
            one.on: [one.eligible, one.good] for one in rows_of(found)
            if one.measure == "leads_answered" and one.eligible
        }  # fmt: skip
        assert days_of(rows_of(found), "footprint_days") == truth.footprint
        assert calls == {day: len(contacts) for day, contacts in truth.calls.items() if contacts}
        assert sum(one.seen for one in rows_of(found) if one.measure == "calls") == truth.calls_seen
        assert (
            sum(one.done for one in rows_of(found) if one.measure == "meetings") == truth.meetings
        )
        opened, tasks = truth.open_opportunities, truth.tasks
        assert shares == {
            "healthy_opportunities": [(opened, truth.healthy_opportunities)] if opened else [],
            "required_fields": [(opened, truth.complete_opportunities)] if opened else [],
            "tasks_on_time": [(tasks, truth.tasks_on_time)] if tasks else [],
        }
        assert leads == {day: counts for day, counts in truth.leads.items() if counts[0]}


def test_the_diligent_has_30_credited_calls_a_week_and_nothing_to_fix(person):
    sums, evidence, findings = person("diligent")
    week = {AS_OF - timedelta(days=back) for back in range(7)}
    assert sum(one.done for one in evidence if one.measure == "calls" and one.on in week) == 30
    assert sums["healthy_opportunities"][2:] == (10, 10)
    assert findings == ()


def test_leads_are_answered_by_some_and_not_by_all(facts, reading):
    leads = [
        one for found in reading[1].values() for one in rows_of(found)
        if one.measure == "leads_answered"
    ]  # fmt: skip
    good, eligible, seen = (sum(getattr(one, name) for one in leads) for name in ("good", "eligible", "seen"))  # fmt: skip
    assert 40 < good < eligible - 10 < eligible < seen == facts.rows["Lead"]


def test_the_burst_logger_is_seen_and_never_credited(person):
    done, seen, *_ = person("burst_logger")[0]["calls"]
    assert (done, seen) == (0, 24 * 21)  # the 21 Fridays of 140 days and the as-of day itself


def test_calls_to_one_contact_are_one_a_day(person):
    done, seen, *_ = person("one_contact")[0]["calls"]
    assert seen == 8 * done


def test_the_date_pusher_has_seven_opportunities_pushed_without_a_next_step(person):
    found = person("date_pusher")[2]
    assert [one.faults for one in found if one.measure == "healthy_opportunities"] == [
        ("no_next_step", "pushed_twice")
    ] * 7


def test_the_part_timer_has_footprints_on_three_days_a_week(person):
    assert {day.weekday() for day in days_of(person("part_timer")[1], "footprint_days")} == {
        0,
        1,
        2,
    }


def test_leave_is_read_as_it_was_planted(facts, reading):
    assert {user: found.person.away_on for user, found in reading[1].items()} == {
        user: facts.truth[user].away for user in reading[1]
    }
    gone = facts.with_habit("vacationer")[0].user_id
    assert len(reading[1][gone].person.away_on) == VACATION[0] - VACATION[1] + 1


def test_the_vacationer_leaves_no_footprint_on_vacation_but_before_and_after(person):
    days = days_of(person("vacationer")[1], "footprint_days")
    first, last = (AS_OF - timedelta(days=back) for back in VACATION)
    assert not {day for day in days if first <= day <= last}
    assert min(days) < first < last < max(days) == AS_OF


def test_the_away_has_no_footprint_of_late_and_the_new_hire_none_of_old(person):
    assert max(days_of(person("away")[1], "footprint_days")) < AS_OF - timedelta(days=55)
    assert min(days_of(person("new_hire")[1], "footprint_days")) >= AS_OF - timedelta(days=16)


def test_the_lazy_has_mostly_faults_and_loaded_calls_without_credit(person):
    sums, _, findings = person("lazy")
    done, seen, *_ = sums["calls"]
    assert len([one for one in findings if one.measure == "healthy_opportunities"]) == 8
    assert len([one for one in findings if one.measure == "required_fields"]) == 7
    assert len([one for one in findings if one.measure == "tasks_on_time"]) == 8
    assert seen - done == 30


def test_big_deals_of_the_last_30_days_and_older_ones_are_as_planted(facts, reading):
    big = {record: won for record, won in facts.won.items() if won[1] >= 100_000}
    assert {record: (deal.closed_on, deal.amount) for record, deal in reading[3].items()} == big
    recent = [closed for closed, _ in big.values() if closed >= AS_OF - timedelta(days=30)]
    assert (len(recent), len(big) - len(recent), len(facts.won) - len(big)) == (3, 2, 1)


def test_roles_managers_and_zones_are_there(facts, reading):
    people = [one.person for one in reading[1].values()]
    assert {one.role for one in people} >= {
        "VP Sales",
        "Sales Manager West",
        "Field Sales Rep",
        "Inside Sales Rep",
    }
    assert len({one.time_zone for one in people}) == 5
    assert {one.country for one in people} == {"US", "DE", "GB", "IN"}
    chiefs = [one for one in people if one.manager_id is None]
    assert [one.role for one in chiefs] == ["VP Sales"]


def test_awkward_names_survive_the_zip(facts):
    with zipfile.ZipFile(facts.path) as archive:
        accounts = list(
            csv.DictReader(io.TextIOWrapper(archive.open("Account.csv"), "utf-8", newline=""))
        )
        opportunities = archive.read("Opportunity.csv").decode()
    assert [row["Name"] for row in accounts[: len(AWKWARD)]] == list(AWKWARD)
    assert "\n" in accounts[0]["Description"]
    assert opportunities.count("\n") == facts.rows["Opportunity"] + 1
