"""Retention in a live org: what goes, what stays, and that a run may die anywhere."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from jobs import purge
from jobs.night import run_night
from jobs.purge import months_before, run_purge
from jobs.purge_weeks import figures
from service.cli import main
from service.salesforce.errors import SalesforceError
from service.scoring.result import WORDS
from tests.jobs.live_org import ANA, AS_OF, MIA, RAJ

pytestmark = [pytest.mark.sf, pytest.mark.xdist_group("live_org")]
OLD, NEW = "2025-02-10", "2025-03-03"  # 13 months before AS_OF is 28 February 2025
AS = "2026-03-31"


@pytest.fixture
def org(as_worker):
    """Three people with an old and a newer record of everything; Raj has left."""
    for user in (ANA, RAJ, MIA):
        as_worker.post("/sobjects/Adoption_Score__c", {
            "User_Key__c": user, "User__c": user, "Word__c": "Building",
            "As_Of__c": f"{OLD if user == RAJ else NEW}T00:00:00Z",
        })  # fmt: skip
    scores = as_worker.soql("SELECT Id, User_Key__c FROM Adoption_Score__c")
    records = [one for row in scores for one in details(row["Id"], row["User_Key__c"])]
    records.sort(key=lambda one: one["attributes"]["type"])
    as_worker.post("/composite/sobjects", {"allOrNone": True, "records": records})
    as_worker.patch(f"/sobjects/User/{RAJ}", {"IsActive": False})
    for key, on in (("old", OLD), ("new", NEW)):
        as_worker.post("/sobjects/Adoption_Run__c", {
            "Run_Key__c": key, "Kind__c": "Night", "Started_At__c": f"{on}T03:00:00Z",
        })  # fmt: skip
    return as_worker


def details(score_id, user):
    for week in (OLD, NEW, "2026-03-30"):
        yield {
            "attributes": {"type": "Adoption_Snapshot__c"}, "Adoption_Score__c": score_id,
            "Snapshot_Key__c": f"{user}:{week}", "Score__c": 61, "Week_Begins__c": week,
            "Word__c": "Building", "Rule_Version__c": "1",
        }  # fmt: skip
        yield {
            "attributes": {"type": "Adoption_Digest__c"}, "Digest_Key__c": f"{user}:{week[2:]}",
            "Week_Begins__c": week, "Status__c": "Sent",
        }  # fmt: skip
    days = {"cleared": "Cleared_On__c", "excused": "Excused_On__c", "open": "Opened_On__c"}
    for state, name in days.items():
        for on in (OLD, NEW):
            yield {
                "attributes": {"type": "Adoption_Exception__c"}, "Adoption_Score__c": score_id,
                "Exception_Key__c": f"{user}:{state}:{on}", "State__c": state, name: on,
                "Measure__c": "calls",
            }  # fmt: skip


def count(org, name, where="Id != null"):
    return len(org.soql(f"SELECT Id FROM {name} WHERE {where}"))


def purge_as_of(org, key="purge-1"):
    return run_purge(org.handoff.org_id, key, AS)


def test_what_is_too_old_goes_and_nothing_else(org):
    before = org.control("GET", "counts")["api_calls"]
    result = purge_as_of(org)
    calls = org.control("GET", "counts")["api_calls"] - before
    assert result["status"] == "Finished"
    assert calls <= 20
    left = {
        row["Week_Begins__c"] for row in org.soql("SELECT Week_Begins__c FROM Adoption_Snapshot__c")
    }
    assert left == {NEW, "2026-03-30"}
    assert count(org, "Adoption_Digest__c") == 6
    states = [row["State__c"] for row in org.soql("SELECT State__c FROM Adoption_Exception__c")]
    assert (states.count("cleared"), states.count("excused"), states.count("open")) == (2, 2, 4)
    assert {
        row["User_Key__c"] for row in org.soql("SELECT User_Key__c FROM Adoption_Score__c")
    } == {ANA, MIA}
    runs = org.soql("SELECT Run_Key__c, Kind__c, Detail__c FROM Adoption_Run__c")
    assert {row["Run_Key__c"] for row in runs} == {"new", "purge-1"}
    told = next(row["Detail__c"] for row in runs if row["Kind__c"] == "Purge")
    assert told.startswith("Older than 2025-02-28: 14 records deleted.")
    assert f"Adoption_Snapshot__c: 3 deleted of the week of {OLD}" in told
    assert "Adoption_Exception__c: 6 deleted WHERE (State__c = 'cleared' AND" in told
    assert "Adoption_Score__c: 1 deleted WHERE User__r.IsActive = false" in told
    assert "Adoption_Run__c: 1 deleted" in told


def test_a_second_run_finds_nothing_and_says_so(org):
    purge_as_of(org)
    again = purge_as_of(org, "purge-2")
    assert (again["alerts"]["deleted"], again["records_written"]) == (0, 1)
    (run,) = org.soql("SELECT Detail__c FROM Adoption_Run__c WHERE Run_Key__c = 'purge-2'")
    assert run["Detail__c"] == "Older than 2025-02-28: 0 records deleted."


def test_a_run_that_met_more_than_it_takes_says_so_and_the_next_goes_on(org, monkeypatch):
    scores = org.soql("SELECT Id, User_Key__c FROM Adoption_Score__c WHERE User__r.IsActive = true")
    looks = [
        {"attributes": {"type": "Adoption_View__c"}, "Adoption_Score__c": one["Id"],
         "View_Key__c": f"{one['User_Key__c']}:{at}", "Seen_On__c": OLD}
        for one in scores for at in range(3)
    ]  # fmt: skip
    org.post("/composite/sobjects", {"allOrNone": True, "records": looks})
    monkeypatch.setattr(purge, "MOST_LOOKS", 4)
    first = purge_as_of(org)
    assert (first["status"], count(org, "Adoption_View__c")) == ("Stopped", 2)
    (run,) = org.soql(
        "SELECT Status__c, Detail__c FROM Adoption_Run__c WHERE Run_Key__c = 'purge-1'"
    )
    assert run["Status__c"] == "Stopped"
    assert "Adoption_View__c: one run takes 4, and there were as many." in run["Detail__c"]
    assert purge_as_of(org, "purge-2")["status"] == "Finished"
    assert count(org, "Adoption_View__c") == 0


def test_the_week_stays_as_a_group_that_nights_leave_alone(org):
    purge_as_of(org)
    (week,) = org.soql(
        "SELECT Team_Key__c, People__c, Median__c, Building__c FROM Adoption_Team__c"
    )
    assert (week["Team_Key__c"], week["People__c"]) == ("Week:2025-W07", 3)
    assert (week["Median__c"], week["Building__c"]) == (None, None)  # three people are too few
    run_night(org.handoff.org_id, "night", AS_OF.isoformat())
    (after,) = org.soql(
        "SELECT People__c FROM Adoption_Team__c WHERE Team_Key__c = 'Week:2025-W07'"
    )
    assert after["People__c"] == 3


def test_a_run_that_died_after_the_figures_does_not_write_them_anew(org, monkeypatch):
    real = purge.purge_weeks

    def dying(gateway, before, as_of):
        delete, gateway.delete = gateway.delete, lambda ids: delete(ids[:1]) and boom()
        return real(gateway, before, as_of)

    def boom():
        raise SalesforceError("the worker died here")

    monkeypatch.setattr(purge, "purge_weeks", dying)
    with pytest.raises(SalesforceError):
        purge_as_of(org)
    assert count(org, "Adoption_Snapshot__c", f"Week_Begins__c = {OLD}") == 2
    monkeypatch.setattr(purge, "purge_weeks", real)
    assert purge_as_of(org)["status"] == "Finished"
    (week,) = org.soql("SELECT People__c FROM Adoption_Team__c")
    assert week["People__c"] == 3
    assert count(org, "Adoption_Snapshot__c", f"Week_Begins__c = {OLD}") == 0


def test_the_dry_run_counts_and_deletes_nothing(org, monkeypatch):
    monkeypatch.setenv("BELLWETHER_RETENTION_MONTHS", "1")
    said = CliRunner().invoke(main, ["purge", "--dry-run", "--json"])
    assert said.exit_code == 0, said.output
    found = {one["object"]: one for one in json.loads(said.stdout)["objects"]}
    assert found["Adoption_Snapshot__c"] == {
        "object": "Adoption_Snapshot__c", "there": 9, "due": 9, "kb": 18,
    }  # fmt: skip
    assert found["Adoption_Exception__c"]["due"] == 12  # what is open stays
    assert found["Adoption_Score__c"]["due"] == 1
    assert count(org, "Adoption_Snapshot__c") == 9
    assert "Adoption_Snapshot__c" in CliRunner().invoke(main, ["purge", "--dry-run"]).stdout


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 60))
def test_months_before_is_the_same_day_or_the_last_of_a_shorter_month(today, months):
    found = months_before(today, months)
    passed = (today.year - found.year) * 12 + today.month - found.month
    assert passed == months
    assert found.day == today.day or (
        found.day < today.day and (found + timedelta(days=1)).day == 1
    )


@given(st.lists(st.tuples(st.sampled_from(WORDS), st.integers(0, 100)), min_size=1, max_size=80))
def test_figures_of_a_week_tell_of_no_fewer_than_ten_people(people):
    rows = [
        {"Word__c": word, "Score__c": None if word == "Not scored" else Decimal(value),
         "Rule_Version__c": "1"}
        for word, value in people
    ]  # fmt: skip
    found = figures(date(2025, 2, 10), rows, "2026-03-31T00:00:00.000Z")
    scores = [row["Score__c"] for row in rows if row["Score__c"] is not None]
    assert found["People__c"] == len(rows)
    assert (found["Median__c"] is None) == (len(scores) < 10)
    if len(scores) >= 10:
        assert abs(found["Median__c"] - median(scores)) <= Decimal("0.05")
    counts = [
        found[name] for name in ("On_Track__c", "Building__c", "Needs_Help__c", "Not_Scored__c")
    ]
    assert all(one is None for one in counts) or all(one == 0 or one >= 10 for one in counts)
    assert None in counts or sum(counts) == len(rows)
