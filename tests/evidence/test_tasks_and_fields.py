"""Tasks on time and required fields: what is judged, what is good, what is to mend."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from service.evidence.reduce import reduce_rows
from service.scoring.rule_set import TaskRules
from tests.evidence.builders import a_rule_set, a_user, an_opportunity, rows_of, tables, user_id

AS_OF = date(2021, 4, 16)  # a Friday
MADE, DONE = "2021-04-01 10:00:00", "2021-04-15 10:00:00"


def a_task(number=1, owner=1, due="2021-04-20", **over):
    return {
        "Id": f"00T000000{number:06d}EAA", "OwnerId": user_id(owner), "Subject": f"Task {number}",
        "IsClosed": "0", "ActivityDate": due, "CompletedDateTime": "", "IsRecurrence": "0",
        "CreatedDate": MADE,
    } | over  # fmt: skip


def a_finished_task(number=1, done=DONE, due="2021-04-02", **over):
    return a_task(number, due=due, IsClosed="1", CompletedDateTime=done) | over


#: A row of nobody that fills the columns which a test may look at.
ANCHOR = a_finished_task(999, OwnerId=user_id(9))


def judged_of_all(folder, measure, users, rules=None, **rows):
    """User id -> (eligible, good), and the faults found by record id."""
    some = tables(folder, User=users, **rows)
    with reduce_rows(
        some, rules or a_rule_set(), AS_OF, work_dir=folder / "work", memory_limit_mb=100
    ) as reduced:
        assert measure not in reduced.coverage.absent_measures
        people = list(reduced.people())
    return {one.person.user_id: _of(one, measure) for one in people}


def _of(person, measure):
    found = [one for one in rows_of(person) if one.measure == measure]
    assert all(one.on == AS_OF for one in found)
    faults = {one.record_id: one.faults for one in person.findings if one.measure == measure}
    return [(one.eligible, one.good) for one in found], faults


def judged(folder, measure, *, zone="UTC", rules=None, **rows):
    """The same of user 1."""
    users = [a_user(1, TimeZoneSidKey=zone), a_user(2)]
    return judged_of_all(folder, measure, users, rules, **rows)[user_id(1)]


def owned_by_each(rows):
    """Each row with a number of its own, owned by the user of that number if it was user 1's."""
    for number, row in enumerate(rows, FIRST):
        owner = user_id(number) if row["OwnerId"] == user_id(1) else row["OwnerId"]
        yield row | {"Id": f"{row['Id'][:3]}000000{number:06d}AAA", "OwnerId": owner}


def judged_each(folder, measure, object_name, rows, anchor):
    """What is judged of each row's own user, all in one reading."""
    users = [a_user(number) for number in (1, 2, *range(FIRST, FIRST + len(rows)))]
    some = {object_name: [*owned_by_each(rows), anchor]}
    found = judged_of_all(folder, measure, users, **some)
    return [found[user_id(number)] for number in range(FIRST, FIRST + len(rows))]


FIRST = 101


def tasks(folder, *rows, **options):
    return judged(folder, "tasks_on_time", Task=[*rows, ANCHOR], **options)


TASKS = [
    (a_task(), [(1, 1)]),
    (a_task(due="2021-04-16"), [(1, 1)]),  # due on the as-of day
    (a_task(due="2021-04-15"), [(1, 0)]),
    (a_task(due="2019-01-01", CreatedDate="2018-01-01 00:00:00"), [(1, 0)]),
    (a_task(due=""), []),
    (a_task(IsRecurrence="1"), []),
    (a_task(due="2021-04-15", OwnerId=user_id(2)), []),
    (a_task(due="2021-04-15", CreatedDate="2021-04-16 00:00:00"), []),  # made today
    (a_task(due="2021-04-15", CreatedDate="2021-04-15 23:59:59"), [(1, 0)]),
    (a_finished_task(), [(1, 1)]),
    (a_finished_task(due="2021-06-01"), [(1, 1)]),  # early
    (a_finished_task(due=""), []),
    (a_finished_task(done="2021-04-16 23:59:59"), [(1, 1)]),
    (a_finished_task(done="2021-04-17 00:00:00"), []),
    (a_finished_task(done="2021-03-20 00:00:00", CreatedDate="2021-01-01 00:00:00"), [(1, 1)]),
    (a_finished_task(done="2021-03-19 23:59:59", CreatedDate="2021-01-01 00:00:00"), []),
    (a_finished_task(done="2021-04-15 10:00:00", CreatedDate="2020-04-15 10:00:00"), [(1, 1)]),
    (a_finished_task(CreatedDate=DONE), []),  # logged as done
    (a_finished_task(CreatedDate="2021-04-15 00:00:00"), []),  # made and closed in a day
    (a_finished_task(CompletedDateTime=""), []),
]


@pytest.fixture(scope="module")
def of_tasks(tmp_path_factory):
    rows = [task for task, _ in TASKS]
    return judged_each(tmp_path_factory.mktemp("tasks"), "tasks_on_time", "Task", rows, ANCHOR)


@pytest.mark.parametrize(("at", "task", "expected"), [(at, *one) for at, one in enumerate(TASKS)])
def test_which_tasks_are_judged_and_which_are_good(of_tasks, at, task, expected):
    assert of_tasks[at][0] == expected


def test_the_day_is_the_owners(tmp_path):
    made = a_task(due="2021-04-15", CreatedDate="2021-04-16 03:00:00")  # still the 15th there
    assert tasks(tmp_path, made, zone="America/Los_Angeles")[0] == [(1, 0)]


def test_an_overdue_task_is_a_finding_with_its_subject(tmp_path):
    late, on_time = a_task(7, due="2021-04-01"), a_task(8)
    assert tasks(tmp_path, late, on_time) == ([(2, 1)], {late["Id"]: ("task_overdue",)})


def test_finishing_an_overdue_task_keeps_the_count_and_mends_it(tmp_path):
    others = [a_task(number) for number in range(2, 20)]
    before, _ = tasks(tmp_path / "a", a_task(due="2021-04-10"), *others)
    after, _ = tasks(tmp_path / "b", a_finished_task(due="2021-04-10"), *others)
    assert (before, after) == ([(19, 18)], [(19, 19)])


def test_how_long_a_finished_task_counts_is_the_rule_sets(tmp_path):
    rules = a_rule_set(tasks=TaskRules(closed_within_days=1))
    assert tasks(tmp_path / "a", a_finished_task(), rules=rules)[0] == []
    today = a_finished_task(done="2021-04-16 10:00:00")
    assert tasks(tmp_path / "b", today, rules=rules)[0] == [(1, 1)]


def test_without_completion_only_open_tasks_are_judged_and_the_gap_is_named(tmp_path):
    rows = [a_task(due="2021-04-10"), a_task(2, IsClosed="1")]
    some = tables(tmp_path, Task=rows)
    with reduce_rows(
        some, a_rule_set(), AS_OF, work_dir=tmp_path / "w", memory_limit_mb=100
    ) as reduced:
        first = next(reduced.people())
        assert any("only open tasks can be on time" in gap.why for gap in reduced.gaps)
    assert [(one.eligible, one.good) for one in rows_of(first) if one.eligible] == [(1, 0)]


FILLED = {"AccountId": "001000000000001AAA", "LeadSource": "Web", "Type": "New Business"}


def fields(folder, *rows, **options):
    anchor = an_opportunity(999, 9, **FILLED)
    return judged(folder, "required_fields", Opportunity=[*rows, anchor], **options)


FIELDS = [
    ({}, [(1, 1)], ()),
    ({"Type": ""}, [(1, 0)], ("Opportunity.Type",)),
    ({"Type": "", "AccountId": ""}, [(1, 0)], ("Opportunity.AccountId", "Opportunity.Type")),
    ({"IsClosed": "1", "Type": ""}, [], ()),
    ({"IsClosed": "1", "IsWon": "1", "Type": ""}, [], ()),
    ({"CreatedDate": "2021-04-17 00:00:00", "Type": ""}, [], ()),
    ({"Amount": ""}, [(1, 1)], ()),  # not on the list
]


@pytest.fixture(scope="module")
def of_fields(tmp_path_factory):
    rows = [an_opportunity(1, **FILLED) | change for change, *_ in FIELDS]
    anchor = an_opportunity(999, 9, **FILLED)
    folder = tmp_path_factory.mktemp("fields")
    return judged_each(folder, "required_fields", "Opportunity", rows, anchor)


@pytest.mark.parametrize(
    ("at", "change", "expected", "faults"), [(at, *one) for at, one in enumerate(FIELDS)]
)
def test_open_opportunities_need_every_field_of_the_list(of_fields, at, change, expected, faults):
    found, by_record = of_fields[at]
    assert (found, list(by_record.values())) == (expected, [faults] if faults else [])


def test_the_largest_amount_is_named_first(tmp_path):
    rows = [an_opportunity(number, **FILLED, Amount=str(number)) | {"Type": ""} for number in (1, 3, 2)]  # fmt: skip
    assert list(fields(tmp_path, *rows)[1]) == [rows[1]["Id"], rows[2]["Id"], rows[0]["Id"]]


def test_a_field_that_is_empty_everywhere_is_left_out_and_named(tmp_path):
    some = tables(tmp_path, Opportunity=[an_opportunity(1, AccountId=FILLED["AccountId"])])
    with reduce_rows(
        some, a_rule_set(), AS_OF, work_dir=tmp_path / "w", memory_limit_mb=100
    ) as reduced:
        first = next(reduced.people())
        named = {gap.column for gap in reduced.gaps if gap.why.startswith("Nobody is asked")}
    assert named == {"Type", "LeadSource"}
    assert (1, 1) in {(one.eligible, one.good) for one in rows_of(first) if one.measure == "required_fields"}  # fmt: skip


@pytest.mark.parametrize("required", [{}, {"Opportunity": ("Type",)}, {"Account": ("Industry",)}])
def test_without_any_field_to_judge_the_measure_is_absent(tmp_path, required):
    some = tables(tmp_path, Opportunity=[an_opportunity(1)])
    rules = a_rule_set(required_fields=required)
    with reduce_rows(some, rules, AS_OF, work_dir=tmp_path / "w", memory_limit_mb=100) as reduced:
        assert "required_fields" in reduced.coverage.absent_measures


def test_accounts_and_unconverted_leads_can_be_required_too(tmp_path):
    rules = a_rule_set(required_fields={"Account": ("Industry",), "Lead": ("LeadSource",)})
    old = {"OwnerId": user_id(1), "CreatedDate": "2015-01-01 00:00:00"}
    accounts = [
        old | {"Id": "001000000000001AAA", "Name": "Lantern", "Industry": "Optics"},
        old | {"Id": "001000000000002AAA", "Name": "Quay", "Industry": ""},
    ]
    leads = [
        old | {"Id": "00Q000000000001EAA", "Company": "Mere", "IsConverted": "0", "LeadSource": ""},
        old | {"Id": "00Q000000000002EAA", "Company": "Tide", "IsConverted": "1", "LeadSource": ""},
        old | {"Id": "00Q000000000003EAA", "Company": "Kelp", "IsConverted": "0", "LeadSource": "Web"},
    ]  # fmt: skip
    expected = {
        accounts[1]["Id"]: ("Account.Industry",), leads[0]["Id"]: ("Lead.LeadSource",),
    }  # fmt: skip
    found = judged(tmp_path, "required_fields", rules=rules, Account=accounts, Lead=leads)
    assert found == ([(4, 2)], expected)


def test_amounts_of_findings_are_exact(tmp_path):
    some = tables(tmp_path, Opportunity=[an_opportunity(1, **FILLED, Amount="10.01") | {"Type": ""},
                                         an_opportunity(2, 9, **FILLED)])  # fmt: skip
    with reduce_rows(
        some, a_rule_set(), AS_OF, work_dir=tmp_path / "w", memory_limit_mb=100
    ) as reduced:
        (found,) = [x for x in next(reduced.people()).findings if x.measure == "required_fields"]
    assert (found.amount, found.record_name) == (Decimal("10.01"), "Deal 1")
