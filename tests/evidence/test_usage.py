from __future__ import annotations

from datetime import date

import pytest

from service.evidence import usage
from service.evidence.reduce import reduce_rows
from tests.evidence.builders import a_call, a_rule_set, a_user, an_id, user_id
from tests.evidence.builders import tables as make_tables

AS_OF = date(2021, 4, 16)


@pytest.fixture
def read(tmp_path):
    def read_usage(**objects):
        made = make_tables(tmp_path, **objects)
        with reduce_rows(
            made, a_rule_set(), AS_OF, work_dir=tmp_path, memory_limit_mb=100
        ) as reduced:
            return usage.read_usage(reduced.scope), usage.read_users(reduced.scope)

    return read_usage


def counts(found, kind: str) -> dict[str | None, tuple[int, int | None]]:
    return {one.user_id: (one.total, one.recent) for one in found if one.kind == kind}


def lead(at: str, owner: int = 1, **over: str) -> dict[str, str]:
    return {"Id": an_id("00Q"), "OwnerId": user_id(owner), "CreatedDate": at} | over


def test_the_last_30_days_are_those_of_last_n_days_30(read):
    days = ("2021-03-16 23:59:59", "2021-03-17 00:00:00", "2021-04-16 23:59:59", "2021-04-17 00:00:00")  # fmt: skip
    found, _ = read(Lead=[lead(day) for day in days])
    assert counts(found, "leads") == {user_id(1): (4, 2)}


def test_the_day_is_the_owners(read):
    users = [a_user(1, TimeZoneSidKey="America/Los_Angeles"), a_user(2)]
    found, _ = read(User=users, Lead=[lead("2021-03-17 02:00:00", owner) for owner in (1, 2)])
    assert counts(found, "leads") == {user_id(1): (1, 0), user_id(2): (1, 1)}


def test_an_owner_who_is_no_user_keeps_a_line_of_its_own(read):
    found, _ = read(Lead=[lead("2021-04-01 00:00:00"), lead("2021-04-01 00:00:00") | {"OwnerId": "00G000000000001AAA"}])  # fmt: skip
    assert counts(found, "leads") == {user_id(1): (1, 1), None: (1, 1)}


def test_records_without_a_day_are_counted_in_all_and_named_as_a_gap(tmp_path, read):
    accounts = [{"Id": "001000000000001AAA", "OwnerId": user_id(1)}]
    found, _ = read(Account=accounts)
    assert counts(found, "accounts") == {user_id(1): (1, None)}
    made = make_tables(tmp_path, Account=accounts)
    assert usage.known(made) == {"accounts": False}
    assert [gap.column for gap in usage.gaps(made)] == ["CreatedDate"]


def test_an_object_without_owners_is_not_counted_and_named_as_a_gap(tmp_path):
    made = make_tables(tmp_path, Task=[{"Id": "00T000000000001AAA", "IsClosed": "1"}])
    assert usage.known(made) == {}
    assert "Task lacks OwnerId" in usage.gaps(made)[0].why


def test_closed_activities_are_closed_tasks_and_events_that_have_started(read):
    tasks = [a_call(), a_call(IsClosed="0"), a_call(IsRecurrence="1"), a_call(TaskSubtype="Email")]
    events = [
        {"Id": f"00U00000000000{at}AAA", "OwnerId": user_id(1), "StartDateTime": start, "IsAllDayEvent": whole}
        for at, (start, whole) in enumerate(
            [("2021-04-16 23:00:00", "0"), ("2021-04-17 00:00:00", "0"), ("2021-04-16 00:00:00", "1")]
        )
    ]  # fmt: skip
    found, _ = read(Task=tasks, Event=events)
    assert counts(found, "activities") == {user_id(1): (4, 4)}


def test_an_all_day_event_has_its_day_in_every_zone(read):
    events = [{"Id": "00U000000000001AAA", "OwnerId": user_id(1), "StartDateTime": "2021-04-17 00:00:00", "IsAllDayEvent": "1"}]  # fmt: skip
    found, _ = read(User=[a_user(1, TimeZoneSidKey="America/Los_Angeles")], Event=events)
    assert counts(found, "activities") == {user_id(1): (0, 0)}


def test_leads_that_are_not_converted_are_counted_apart(read):
    made = [lead("2021-04-01 00:00:00", IsConverted=flag) for flag in ("0", "1", "false", "TRUE")]
    found, _ = read(Lead=made)
    assert counts(found, usage.UNCONVERTED) == {user_id(1): (2, 2)}


def test_a_row_that_cannot_be_read_is_not_counted(read):
    found, _ = read(Lead=[lead("2021-04-01 00:00:00"), lead("yesterday")])
    assert counts(found, "leads") == {user_id(1): (1, 1)}


def test_users_come_with_profile_manager_and_the_local_day_of_their_last_login(read):
    users = [
        a_user(1, ManagerId=user_id(2)[:15], ProfileId="00e000000000001AAA",
               TimeZoneSidKey="America/Los_Angeles", LastLoginDate="2021-04-16 02:00:00"),
        a_user(2, IsActive="0"),
        a_user(3, UserType="Guest"),
    ]  # fmt: skip
    _, (ana, gone, guest) = read(User=users)
    assert (ana.manager_id, ana.profile) == (user_id(2), "00e000000000001AAA")
    assert ana.last_login_on == date(2021, 4, 15)
    assert (gone.is_active, gone.last_login_on) == (False, None)
    assert (guest.is_active, guest.is_person) == (True, False)


def test_a_region_is_the_first_field_that_is_filled_in(read):
    users = [
        a_user(1, Division="West", State="CA", Country="US"),
        a_user(2, Division="  ", State="TX", Country="US"),
        a_user(3, Division="", State="", Country="France"),
        a_user(4, LocaleSidKey="de_DE"),
    ]
    _, found = read(User=users)
    assert [one.region for one in found] == ["West", "TX", "France", None]
    assert [one.country for one in found] == ["US", "US", "France", "DE"]


def test_a_profile_has_its_name_where_the_data_have_it(read):
    users = [a_user(1, ProfileId="00e000000000001"), a_user(2, ProfileId="00e000000000002AAA")]
    profiles = [{"Id": "00e000000000001AAA", "Name": "Sales"}]
    _, (one, other) = read(User=users, Profile=profiles)
    assert (one.profile, other.profile) == ("Sales", "00e000000000002AAA")
