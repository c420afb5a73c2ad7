"""Results by owner: what counts as won, converted, created, with a customer, and as a quota."""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal

import pytest

from service.evidence import beside, outcomes, quotas, selling
from service.evidence.reduce import reduce_rows
from service.export import read_export
from tests.evidence.builders import (
    a_meeting,
    a_rule_set,
    a_user,
    an_id,
    an_opportunity,
    tables,
    user_id,
)
from tests.evidence.test_trial_export import EXPORT, local
from tests.report.world import read_zip
from tests.shared_data import shared_path

AS_OF = date(2021, 4, 16)
Q2, Q1 = date(2021, 4, 1), date(2021, 1, 1)
ACCOUNT = "001000000000001AAA"


@contextmanager
def reduced(folder, some, as_of=AS_OF):
    with reduce_rows(
        some, a_rule_set(), as_of, work_dir=folder / "work", memory_limit_mb=100
    ) as found:
        yield found


def found(folder, **rows):
    with reduced(folder, tables(folder, **rows)) as reading:
        return outcomes.read(reading.scope)


def a_closed(number=1, owner=1, won="1", **over):
    return an_opportunity(number, owner, IsClosed="1", IsWon=won, CloseDate="2021-04-01") | over


def test_won_and_lost_by_owner_and_quarter_of_the_close_date(tmp_path):
    some = [
        a_closed(1), a_closed(2, won="0"), a_closed(3, CloseDate="2021-03-31", Amount="0.01"),
        a_closed(4, owner=2), a_closed(5, OwnerId="00G000000000001AAA"),
        an_opportunity(6),  # open
        a_closed(7, CloseDate="2021-04-16"), a_closed(8, CloseDate="2021-04-17"),  # tomorrow
        a_closed(9, CloseDate="2020-04-01"), a_closed(10, CloseDate="2020-03-31"),  # too long ago
        a_closed(11, Amount=""),
    ]  # fmt: skip
    got = found(tmp_path, Opportunity=some)
    assert got.since == date(2020, 4, 1)
    assert {(one.user_id, one.quarter): (one.won, one.lost, one.won_amount) for one in got.closed} == {
        (user_id(1), Q2): (3, 1, 200_000), (user_id(1), Q1): (1, 0, 1),
        (user_id(1), date(2020, 4, 1)): (1, 0, 100_000), (user_id(2), Q2): (1, 0, 100_000),
        (None, Q2): (1, 0, 100_000),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("employees", "segment"),
    [("999", "corporate"), ("1000", "field"), ("0", "corporate"), ("", None)],
)
def test_the_segment_is_the_customers_size(tmp_path, employees, segment):
    accounts = [
        {"Id": ACCOUNT, "OwnerId": user_id(1), "NumberOfEmployees": employees},
        {"Id": "001000000000002AAA", "OwnerId": user_id(1), "NumberOfEmployees": "5"},
    ]
    some = [a_closed(AccountId=ACCOUNT, Amount="9999999")]
    (only,) = found(tmp_path, Opportunity=some, Account=accounts).closed
    assert only.segment == segment


def a_lead(number=1, at="2021-04-02 12:00:00", converted="0", **over):
    return {
        "Id": f"00Q000000{number:06d}AAA", "OwnerId": user_id(1), "CreatedDate": at,
        "IsConverted": converted, "Status": "New",
    } | over  # fmt: skip


def test_leads_are_converted_in_the_quarter_in_which_they_came(tmp_path):
    zones = [a_user(1, TimeZoneSidKey="America/New_York"), a_user(2)]
    some = [
        a_lead(1, converted="1"), a_lead(2), a_lead(3, "2021-04-01 02:00:00"),  # still March there
        a_lead(4, "2020-04-01 12:00:00"), a_lead(5, "2020-03-31 12:00:00"),
        a_lead(6, "2021-04-17 12:00:00"), a_lead(7, OwnerId="00G000000000001AAA"),
    ]  # fmt: skip
    got = found(tmp_path, User=zones, Lead=some).conversions
    assert [(one.user_id, one.quarter, one.converted, one.leads) for one in got] == [
        (user_id(1), date(2020, 4, 1), 0, 1), (user_id(1), Q1, 0, 1), (user_id(1), Q2, 1, 2),
        (None, Q2, 0, 1),
    ]  # fmt: skip


def test_pipeline_is_what_was_made_in_13_weeks_whatever_became_of_it(tmp_path):
    some = [
        an_opportunity(1, Amount="10.10", CreatedDate="2021-01-16 00:00:00"),
        an_opportunity(2, Amount="5", CreatedDate="2021-01-15 23:59:59"),
        a_closed(3, won="0", Amount="0.05", CreatedDate="2021-04-16 23:00:00"),
        an_opportunity(4, Amount="", CreatedDate="2021-04-01 00:00:00"),
    ]
    (only,) = found(tmp_path, Opportunity=some).pipeline
    assert (only.deals, only.amount, only.without_amount) == (3, 1015, 1)


def test_what_the_data_lack_is_named_and_not_counted(tmp_path):
    some = tables(tmp_path, Opportunity=[{"Id": "006000000000001AAA", "OwnerId": user_id(1)}])
    with reduced(tmp_path, some) as reading:
        got = outcomes.read(reading.scope)
        told = {(gap.object_name, gap.column) for gap in beside.gaps(reading)}
    assert (got.closed, got.conversions, got.pipeline) == (None, None, None)
    assert told == {
        ("Opportunity", "IsClosed"), ("Opportunity", "Amount"), ("Lead", None),
        ("Account", "NumberOfEmployees"), ("Event", None), ("ForecastingQuota", None), ("Campaign", None),
    }  # fmt: skip


WITH = {"WhoId": "003000000000001AAA"}


@pytest.mark.parametrize(
    ("event", "seconds"),
    [
        (WITH, 3600),
        ({"WhatId": "006000000000001AAA"}, 3600),
        ({"WhatId": "001000000000001AAA"}, 3600),
        ({"WhatId": "701000000000001AAA"}, 0),  # a campaign is no customer
        ({}, 0),
        (WITH | {"IsAllDayEvent": "1"}, 0),
        (WITH | {"ShowAs": "OutOfOffice"}, 0),
        (WITH | {"IsRecurrence": "1"}, 0),
        (WITH | {"EndDateTime": "2021-04-15 09:00:00"}, 0),  # ends before it begins
        (WITH | {"EndDateTime": "2021-04-15 23:00:00"}, 8 * 3600),  # a day has eight hours
        (WITH | {"EndDateTime": "2021-08-15 10:00:00"}, 0),  # nobody meets for months
        (WITH | {"OwnerId": user_id(2)}, 0),
    ],
)
def test_time_with_customers(tmp_path, event, seconds):
    day = a_meeting(1, "2021-04-15 10:00:00", EndDateTime="2021-04-15 11:00:00") | event
    fills = a_meeting(9, "2021-04-15 10:00:00", EndDateTime="2021-04-15 11:00:00", **WITH)
    fills |= {"WhatId": "006000000000009AAA"}
    with reduced(tmp_path, tables(tmp_path, Event=[day, fills])) as reading:
        got = selling.read(reading.scope, {user_id(1): (date(2021, 4, 1), AS_OF)})
    assert got == {user_id(1): seconds}


def test_time_outside_the_window_does_not_count(tmp_path):
    events = [
        a_meeting(1, f"2021-04-{day} 10:00:00", EndDateTime=f"2021-04-{day} 10:30:00", **WITH)
        for day in ("12", "13", "14", "15")
    ]
    with reduced(tmp_path, tables(tmp_path, Event=events)) as reading:
        got = selling.read(
            reading.scope,
            {user_id(1): (date(2021, 4, 13), date(2021, 4, 14)), user_id(2): (Q1, AS_OF)},
        )
    assert got == {user_id(1): 3600, user_id(2): 0}


PERIOD, LAST = "026000000000001AAA", "026000000000002AAA"
PERIODS = [
    {"Id": PERIOD, "StartDate": "2021-04-01", "EndDate": "2021-06-30"},
    {"Id": LAST, "StartDate": "2021-01-01", "EndDate": "2021-03-31"},
    {"Id": "026000000000003AAA", "StartDate": "2021-07-01", "EndDate": "2021-09-30"},
]


def a_quota(amount, owner=1, period=LAST, kind="0Db000000000001AAA", **over):
    return {
        "Id": an_id("0J9"), "QuotaOwnerId": user_id(owner), "QuotaAmount": amount,
        "PeriodId": period, "ForecastingTypeId": kind,
    } | over  # fmt: skip


def quotas_of(folder, since=date(2020, 4, 1), **rows):
    rows.setdefault("Period", PERIODS)
    with reduced(folder, tables(folder, **rows)) as reading:
        return quotas.read(reading.scope, reading.currency, since)


def test_a_quota_stands_beside_what_was_won_in_its_period(tmp_path):
    deals = [
        a_closed(1, CloseDate="2021-03-31", Amount="70"), a_closed(2, CloseDate="2021-01-01", Amount="5.5"),
        a_closed(3, Amount="1000"), a_closed(4, CloseDate="2021-02-01", won="0"), a_closed(5, owner=2),
        an_opportunity(6, CloseDate="2021-02-02"), a_closed(7, CloseDate="2021-05-01"),
    ]  # fmt: skip
    some = [
        a_quota("60"), a_quota("40"),  # by product family, say: they add up
        a_quota("500", period=PERIOD), a_quota("1", period=PERIODS[2]["Id"]),
        a_quota("7", kind="0Db000000000002AAA"),  # another type describes the same deals
        a_quota("10", owner=3),
    ]  # fmt: skip
    items = [
        {"Id": an_id("0J8"), "OwnerId": user_id(1), "OwnerOnlyAmount": amount,
         "PeriodId": PERIOD, "ForecastCategoryName": category}
        for amount, category in (("30.5", "Commit"), ("1", "Pipeline"))
    ]  # fmt: skip
    got = quotas_of(tmp_path, Opportunity=deals, ForecastingQuota=some, ForecastingItem=items)
    assert [(one.user_id, one.starts, one.quota, one.won, one.committed) for one in got] == [
        (user_id(1), Q1, 10_000, 7_550, None), (user_id(1), Q2, 50_000, 100_000, 3_050),
        (user_id(3), Q1, 1_000, 0, None),
    ]  # fmt: skip


def test_a_quota_in_another_currency_is_converted_or_left_out(tmp_path):
    types = [
        {"Id": "01L000000000001AAA", "IsoCode": "USD", "ConversionRate": "1", "IsCorporate": "1"},
        {"Id": "01L000000000002AAA", "IsoCode": "EUR", "ConversionRate": "0.8", "IsCorporate": "0"},
    ]
    some = [
        a_quota("100", CurrencyIsoCode="USD"), a_quota("100", 2, CurrencyIsoCode="EUR"),
        a_quota("100", 3, CurrencyIsoCode="CHF"),
    ]  # fmt: skip
    deals = [a_closed(CurrencyIsoCode="EUR")]
    got = quotas_of(tmp_path, Opportunity=deals, ForecastingQuota=some, CurrencyType=types)
    assert [(one.user_id, one.quota) for one in got] == [(user_id(1), 10_000), (user_id(2), 12_500)]


def test_without_periods_there_are_no_quotas_and_a_gap_says_so(tmp_path):
    some = tables(tmp_path, Opportunity=[a_closed()], ForecastingQuota=[a_quota("1")])
    with reduced(tmp_path, some) as reading:
        assert quotas.read(reading.scope, reading.currency, Q1) is None
        (gap,) = quotas.gaps(reading.scope.tables, reading.currency)
    assert (gap.object_name, "period of a quota" in gap.why) == ("Period", True)


def test_the_trial_export_equals_an_independent_count(tmp_path):
    rows = read_zip(shared_path(EXPORT))
    zones = {user["Id"]: user["TimeZoneSidKey"] for user in rows["User"]}
    closed, conversions, pipeline = defaultdict(Counter), defaultdict(Counter), defaultdict(Counter)
    for deal in rows["Opportunity"]:
        closes, owner = date.fromisoformat(deal["CloseDate"]), deal["OwnerId"]
        cents = int(Decimal(deal["Amount"] or 0) * 100)
        if deal["IsClosed"] == "1" and date(2020, 4, 1) <= closes <= AS_OF:
            quarter = date(closes.year, 3 * ((closes.month - 1) // 3) + 1, 1)
            is_won = deal["IsWon"] == "1"
            closed[owner, quarter].update(won=is_won, lost=not is_won, amount=cents * is_won)
        if AS_OF - timedelta(days=90) <= local(deal["CreatedDate"], zones[owner]).date() <= AS_OF:
            pipeline[owner].update(deals=1, amount=cents)
    for lead in rows["Lead"]:
        came = local(lead["CreatedDate"], zones[lead["OwnerId"]]).date()
        if date(2020, 4, 1) <= came <= AS_OF:
            quarter = date(came.year, 3 * ((came.month - 1) // 3) + 1, 1)
            conversions[lead["OwnerId"], quarter].update(
                leads=1, converted=lead["IsConverted"] == "1"
            )
    with reduced(tmp_path, read_export([shared_path(EXPORT)], tmp_path)) as reading:
        got = outcomes.read(reading.scope)
    assert {
        (one.user_id, one.quarter): {"won": one.won, "lost": one.lost, "amount": one.won_amount}
        for one in got.closed
    } == closed
    assert {
        (one.user_id, one.quarter): {"leads": one.leads, "converted": one.converted}
        for one in got.conversions
    } == conversions
    assert {
        one.user_id: {"deals": one.deals, "amount": one.amount} for one in got.pipeline
    } == pipeline
    assert min(len(closed), len(conversions), len(pipeline)) > 10
