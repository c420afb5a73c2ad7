"""The demo finds what is wrong: each kind of disagreement is a sentence of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.demo.report import problems, whom_to_log_in_as
from service.tables import Table, Tables

TABLES = Tables({"Task": Table("Task", (Path("Task.csv"),), frozenset({"Id"}), 7)}, ())
IN_ORG = {"On track": ["Ana"], "Not scored": ["Raj"]}


def a_run(**changes):
    return {
        "users": 2, "scored": 1, "not_scored": {"away": 1}, "rows_read": {"Task": 7},
        "records_rejected": 0, "alerts": {"failed": 0}, "records_written": 1, "posts_made": 0,
        **changes,
    }  # fmt: skip


def test_a_road_that_holds_has_no_problems():
    assert problems(a_run(records_written=5), a_run(), TABLES, IN_ORG) == []


@pytest.mark.parametrize(
    ("first", "second", "in_org", "said"),
    [
        ({"not_scored": {}}, {}, IN_ORG, "2 users, but 1 have a score or a reason"),
        ({}, {}, {"On track": ["Ana"]}, "the org holds 1 scores for 2 users"),
        ({}, {}, {"On track": ["Ana", "Raj"]}, "differ from 1 scored"),
        ({"rows_read": {"Task": 6}}, {}, IN_ORG, "Task: 7 rows in the data, 6 read"),
        ({"rows_read": {}}, {}, IN_ORG, "Task: 7 rows in the data, 0 read"),
        ({"records_rejected": 3}, {}, IN_ORG, "3 records rejected"),
        ({"alerts": {"failed": 2}}, {}, IN_ORG, "2 alerts failed"),
        ({}, {"records_written": 2}, IN_ORG, "the second run wrote 2 records"),
        ({}, {"posts_made": 1}, IN_ORG, "the second run posted 1 times"),
    ],
)
def test_each_disagreement_is_told(first, second, in_org, said):
    (problem,) = problems(a_run(**first), a_run(**second), TABLES, in_org)
    assert said in problem


def test_a_visitor_is_told_one_person_per_word_and_who_leads():
    users = [
        {"id": "1", "name": "Eva", "manager_id": None},
        {"id": "2", "name": "Max", "manager_id": "1"},
        {"id": "3", "name": "Ana", "manager_id": "2"},
        {"id": "4", "name": "Raj", "manager_id": "2"},
    ]
    assert whom_to_log_in_as(IN_ORG, users) == (
        "Ana (On track); Raj (Not scored); Eva (leads the company); Max (leads a team)"
    )
    several = {**IN_ORG, "On track": ["Eva", "Max", "Ana"], "Building": ["Max"]}
    assert whom_to_log_in_as(several, users).startswith("Ana (On track); Max (Building); Raj")
    assert whom_to_log_in_as(IN_ORG, users[2:]) == "Ana (On track); Raj (Not scored)"
