from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from service.evidence.ids import to_18
from service.evidence.newest import newest_creation_date
from service.evidence.people import NoUsersError
from service.evidence.reduce import reduce_rows
from service.tables import Gap, Table, Tables
from tests.evidence.builders import a_call, a_rule_set, a_table, a_user, rows_of, tables, user_id

AS_OF = date(2021, 4, 16)


def reduced_people(folder, some, **rules):
    with reduce_rows(
        some, a_rule_set(**rules), AS_OF, work_dir=folder, memory_limit_mb=200
    ) as reduced:
        return reduced, list(reduced.people())


def footprints(folder, some, **rules):
    _, people = reduced_people(folder, some, **rules)
    return {
        person.person.user_id: {
            one.on: one.seen for one in rows_of(person) if one.measure == "footprint_days"
        }
        for person in people
    }


def an_account(owner=1, at="2021-04-15 10:00:00", **over):
    return {"Id": "001000000000001AAA", "OwnerId": user_id(owner), "CreatedDate": at} | over


def a_lead(owner=1, at="2021-04-15 10:00:00", **over):
    return {"Id": "00Q000000000001AAA", "OwnerId": user_id(owner), "CreatedDate": at} | over


def test_who_created_and_who_changed_leave_a_footprint_and_the_owner_does_not(tmp_path):
    lead = a_lead(
        3,
        CreatedById=user_id(1),
        LastModifiedDate="2021-04-16 09:00:00",
        LastModifiedById=user_id(2),
    )
    found = footprints(tmp_path, tables(tmp_path, Lead=[lead]))
    assert found == {user_id(1): {date(2021, 4, 15): 1}, user_id(2): {AS_OF: 1}, user_id(3): {}}


def test_where_no_creator_is_named_the_owner_stands_in_and_the_coverage_says_so(tmp_path):
    reduced, people = reduced_people(tmp_path, tables(tmp_path, Account=[an_account(2)]))
    assert [one.on for one in rows_of(people[1])] == [date(2021, 4, 15)]
    assert not reduced.coverage.footprint_complete
    assert [
        (gap.object_name, gap.column)
        for gap in reduced.gaps
        if "stands in, for footprint" in gap.why
    ] == [("Account", "CreatedById")]


def test_with_every_creator_named_the_footprint_is_complete(tmp_path):
    reduced, _ = reduced_people(
        tmp_path, tables(tmp_path, Account=[an_account(2, CreatedById=user_id(1))])
    )
    assert reduced.coverage.footprint_complete


def test_a_change_before_the_creation_is_not_believed(tmp_path):
    lead = a_lead(LastModifiedDate="2021-04-01 09:00:00")
    assert footprints(tmp_path, tables(tmp_path, Lead=[lead]))[user_id(1)] == {date(2021, 4, 15): 1}


def test_a_record_never_changed_since_is_one_act(tmp_path):
    lead = a_lead(LastModifiedDate="2021-04-15 10:00:00")
    assert footprints(tmp_path, tables(tmp_path, Lead=[lead]))[user_id(1)] == {date(2021, 4, 15): 1}


def test_acts_of_one_day_in_several_objects_are_one_footprint_day(tmp_path):
    some = tables(
        tmp_path,
        Account=[an_account()],
        Lead=[a_lead(LastModifiedDate="2021-04-15 11:00:00")],
        Task=[a_call()],
    )
    _, people = reduced_people(tmp_path, some)
    (day,) = [one for one in rows_of(people[0]) if one.measure == "footprint_days"]
    assert (day.on, day.done, day.seen) == (date(2021, 4, 15), 1, 4)


def test_excluded_inactive_and_other_users_are_counted_and_not_scored(tmp_path):
    users = [
        a_user(1), a_user(2, Username="Robot@x.example"), a_user(3, IsActive="0"), a_user(4, UserType="Guest"),
    ]  # fmt: skip
    some = tables(tmp_path, User=users, Account=[an_account(number) for number in (1, 2, 3, 4)])
    reduced, people = reduced_people(tmp_path, some, excluded_usernames=("robot@x.example",))
    assert [person.person.user_id for person in people] == [user_id(1)]
    assert reduced.not_people == {"excluded": 1, "inactive": 1, "other_user_type": 1}


def test_a_person_comes_with_role_manager_country_zone_and_first_day(tmp_path):
    user = a_user(
        1, UserRoleId="00E000000000001AAA", ManagerId=user_id(2)[:15], LocaleSidKey="de_DE_EURO",
        TimeZoneSidKey="Europe/Berlin", CreatedDate="2021-04-11T23:00:00.000Z", Name="Zoë",
    )  # fmt: skip
    roles = [{"Id": "00E000000000001AAA", "Name": "Sales Rep", "ParentRoleId": ""}]
    reduced, people = reduced_people(tmp_path, tables(tmp_path, User=[user], UserRole=roles))
    person = people[0].person
    assert (person.name, person.role, person.manager_id) == ("Zoë", "Sales Rep", user_id(2))
    assert (person.country, person.time_zone, person.started_on) == (
        "DE",
        "Europe/Berlin",
        date(2021, 4, 12),
    )
    assert reduced.coverage.roles_known


def test_all_users_can_be_named_by_id_and_username_scored_or_not(tmp_path):
    users = [a_user(1), a_user(2, IsActive="0"), a_user(3, UserType="CloudIntegrationUser")]
    with reduce_rows(
        tables(tmp_path, User=users), a_rule_set(), AS_OF, work_dir=tmp_path, memory_limit_mb=200
    ) as reduced:
        assert [(one.username, one.is_active) for one in reduced.users()] == [
            ("u1@x.example", True),
            ("u2@x.example", False),
            ("u3@x.example", True),
        ]
        assert [one.user_id for one in reduced.persons()] == [user_id(1)]


def test_an_unknown_zone_is_replaced_and_named(tmp_path):
    some = tables(tmp_path, User=[a_user(1, TimeZoneSidKey="Mars/Base"), a_user(2)])
    reduced, people = reduced_people(tmp_path, some)
    assert people[0].person.time_zone == "UTC"
    assert any(
        "Users without a time zone that is known: 1; UTC stands in." in gap.why
        for gap in reduced.gaps
    )


def test_a_user_named_twice_is_one_person(tmp_path):
    _, people = reduced_people(tmp_path, tables(tmp_path, User=[a_user(1), a_user(1)]))
    assert len(people) == 1


def test_without_users_the_message_says_what_to_tick(tmp_path):
    with (
        pytest.raises(NoUsersError, match="User ticked"),
        reduce_rows(Tables({}, ()), a_rule_set(), AS_OF, work_dir=tmp_path, memory_limit_mb=200),
    ):
        pass


def test_without_activities_no_measure_is_guessed(tmp_path):
    reduced, people = reduced_people(tmp_path, tables(tmp_path))
    assert set(reduced.coverage.absent_measures) == {
        "footprint_days",
        "calls",
        "meetings",
        "required_fields",
        "leads_answered",
        "tasks_on_time",
        "healthy_opportunities",
    }
    assert {rows_of(person) for person in people} == {()}


def test_unreadable_rows_are_set_aside_counted_and_shown_by_file_and_row(tmp_path):
    calls = [
        a_call(),
        a_call(at="2021-13-45 00:00:00", ActivityDate=""),
        a_call(IsClosed="perhaps"),
    ]
    reduced, people = reduced_people(tmp_path, tables(tmp_path, Task=calls))
    assert reduced.rows_rejected == {"Task": 2}
    assert [one.seen for one in rows_of(people[0]) if one.measure == "calls"] == [1]
    assert any(
        "2 rows were set aside as unreadable; for instance Task-1.csv row" in (gap.example or "")
        and (
            "CreatedDate is '2021-13-45 00:00:00', not a time such as" in (gap.example or "")
            or "IsClosed is 'perhaps'" in (gap.example or "")
        )
        for gap in reduced.gaps
    )


def test_pages_without_rows_or_even_a_header_are_no_evidence_and_no_error(tmp_path):
    (tmp_path / "empty.csv").write_text("")
    some = tables(tmp_path, Lead=[a_lead()])
    empty = {
        "Event": Table("Event", (), frozenset(), 0),
        "Task": Table("Task", (tmp_path / "empty.csv",), frozenset(), 0),
    }
    reduced, people = reduced_people(tmp_path, Tables({**some.by_name, **empty}, ()))
    assert {one.measure for person in people for one in rows_of(person)} == {"footprint_days"}
    assert {"calls", "meetings"} <= set(reduced.coverage.absent_measures)


def test_an_unreadable_text_is_shown_by_its_beginning_only(tmp_path):
    reduced, _ = reduced_people(tmp_path, tables(tmp_path, Lead=[a_lead(at="x" * 200_000)]))
    assert any(
        f"Lead-1.csv row 1 (line 2): CreatedDate is '{'x' * 30}', not a time" in (gap.example or "")
        for gap in reduced.gaps
    )


def test_an_unreadable_user_is_set_aside_and_named(tmp_path):
    reduced, people = reduced_people(
        tmp_path, tables(tmp_path, User=[a_user(1), a_user(2, IsActive="soon")])
    )
    assert (len(people), reduced.rows_rejected) == (1, {"User": 1})
    (gap,) = (one for one in reduced.gaps if "set aside" in one.why)
    assert "User-1.csv row 2 (line 3): IsActive is 'soon'" in gap.told(is_named=True)
    assert "User-1.csv row 2 (line 3): IsActive is not 0 or 1" in gap.told(is_named=False)
    assert "soon" not in gap.told(is_named=False)


@pytest.mark.parametrize(
    "column", ["LastLoginDate", "CreatedDate", "ManagerId", "UserRoleId", "ProfileId"]
)
def test_one_unreadable_value_does_not_take_a_person_out(tmp_path, column):
    reduced, people = reduced_people(
        tmp_path, tables(tmp_path, User=[a_user(1), a_user(2, **{column: "soon"})])
    )
    assert (len(people), reduced.rows_rejected) == (2, {})
    assert reduced.values_rejected == {"User": 1}
    assert any(
        f"User-1.csv row 2 (line 3): {column} is 'soon'" in (gap.example or "")
        for gap in reduced.gaps
    )


# 13:30 in UTC is 01:30 of the next day in Auckland; 13:30 in Tokyo is 16:30 of the same day there.
@pytest.mark.parametrize(
    ("zone", "on"), [("UTC", date(2021, 4, 16)), ("Asia/Tokyo", date(2021, 4, 15))]
)
def test_times_without_an_offset_are_read_in_the_stated_zone(tmp_path, zone, on):
    user = a_user(1, TimeZoneSidKey="Pacific/Auckland")
    some = tables(tmp_path, zone, User=[user], Account=[an_account(at="2021-04-15 13:30:00")])
    assert list(footprints(tmp_path, some)[user_id(1)]) == [on]
    assert newest_creation_date(some) == date(2021, 4, 15)


def test_the_newest_creation_date_needs_a_date(tmp_path):
    some = Tables({"User": a_table(tmp_path, "User", [{"Id": user_id(1)}])}, ())
    with pytest.raises(ValueError, match="name the as-of day yourself"):
        newest_creation_date(some)


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("0055g0000001001", "0055g0000001001AAA"),
        ("001D000000IRFma", "001D000000IRFmaIAH"),
        ("001D000000IRFmaIAH",) * 2,
        ("006-00000000001", "006-00000000001AAA"),  # masked by somebody: counted like any other
        ("0069\u00c9\u00c9\u00c9\u00c9", "0069\u00c9\u00c9\u00c9\u00c9AAA"),
    ],
)
def test_ids_are_widened_by_the_checksum_of_their_case(short, full):
    assert to_18(short) == full


def test_a_column_that_proves_empty_in_every_row_counts_as_absent_and_is_named(tmp_path):
    """A door that does not look at each value hands over whatever columns it asked for."""
    some = tables(tmp_path, Lead=[a_lead(Status=""), a_lead(Id="00Q000000000002AAA", Status="")])
    lead = some.by_name["Lead"]
    asked = replace(lead, columns=lead.columns | {"Status"})
    reduced, _ = reduced_people(tmp_path, replace(some, by_name={**some.by_name, "Lead": asked}))
    assert reduced.scope.tables.by_name["Lead"].columns == lead.columns
    assert Gap("Lead", "Status", "Lead.Status is empty in every row.") in reduced.gaps


def test_one_value_in_the_last_row_is_enough_for_a_column(tmp_path):
    leads = [a_lead(Id=f"00Q00000000000{n}AAA", Status="New" if n == 3 else "") for n in range(4)]
    reduced, _ = reduced_people(tmp_path, tables(tmp_path, Lead=leads))
    assert reduced.scope.tables.has("Lead", "Status")
