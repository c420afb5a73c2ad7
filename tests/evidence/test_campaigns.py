"""From campaign to pipeline: what belongs to a programme, when, and what stands in for one."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal

import pytest

from service.evidence import campaigns
from service.evidence.reduce import reduce_rows
from service.export import read_export
from tests.evidence.builders import a_rule_set, an_id, an_opportunity, tables, user_id
from tests.evidence.test_trial_export import EXPORT
from tests.report.world import read_zip
from tests.shared_data import shared_path

AS_OF, SINCE = date(2021, 4, 16), date(2020, 4, 1)
SHOW, MAIL = "701000000000001AAA", "701000000000002AAA"
CAMPAIGNS = [{"Id": SHOW, "Name": "Show"}, {"Id": MAIL, "Name": "Mail"}]


def read(folder, some):
    with reduce_rows(
        some, a_rule_set(), AS_OF, work_dir=folder / "work", memory_limit_mb=100
    ) as reduced:
        return campaigns.read(reduced.scope, SINCE), campaigns.gaps(some)


def a_deal(number, **over):
    return an_opportunity(number, CreatedDate="2021-03-02 12:00:00", **over)


def a_lead(number, at="2021-03-02 12:00:00", **over):
    return {
        "Id": f"00Q000000{number:06d}AAA", "OwnerId": user_id(2), "CreatedDate": at,
        "IsConverted": "0", "Status": "New",
    } | over  # fmt: skip


def a_member(lead, campaign, at="2021-03-02 12:00:00", **over):
    return {
        "Id": an_id("00v"), "CampaignId": campaign, "CreatedDate": at,
        "LeadId": f"00Q000000{lead:06d}AAA" if lead else "",
    } | over  # fmt: skip


def whole(found):
    return {
        found.names.get(one.programme, one.programme):
        (one.leads, one.opportunities, one.pipeline, one.won, one.lost, one.won_amount, one.owners)
        for one in found.whole
    }  # fmt: skip


def test_a_programme_has_its_members_and_its_primary_opportunities(tmp_path):
    deals = [
        a_deal(1, CampaignId=SHOW, Amount="10"),
        a_deal(2, CampaignId=SHOW, Amount="0.50", IsClosed="1", IsWon="1"),
        a_deal(3, CampaignId=SHOW, Amount="", IsClosed="1"), a_deal(4),
        a_deal(5, CampaignId=MAIL) | {"CreatedDate": "2020-03-31 23:59:59"},  # before
        a_deal(6, CampaignId=MAIL) | {"CreatedDate": "2021-04-17 00:00:00"},  # after
    ]  # fmt: skip
    members = [
        a_member(1, SHOW), a_member(1, SHOW, "2021-04-01 00:00:00"),  # the same lead again
        a_member(1, MAIL), a_member(2, SHOW), a_member(0, SHOW),  # a contact is no lead
        a_member(3, MAIL, "2020-01-01 00:00:00"),
    ]  # fmt: skip
    some = tables(
        tmp_path, Opportunity=deals, Campaign=CAMPAIGNS, CampaignMember=members,
        Lead=[a_lead(1), a_lead(2)],
    )  # fmt: skip
    found, gaps = read(tmp_path, some)
    assert whole(found) == {
        "Show": (2, 3, 1050, 1, 1, 50, 2), "Mail": (1, 0, 0, 0, 0, 0, 1),
        "": (0, 1, 100_000, 0, 0, 0, 1),
    }  # fmt: skip
    assert (found.by, found.leads_known, gaps) == ("campaign", True, [])


def test_weeks_begin_on_monday_and_months_on_their_first(tmp_path):
    deals = [
        a_deal(at, CampaignId=SHOW) | {"CreatedDate": f"{day} 10:00:00"}
        for at, day in enumerate(
            ("2021-01-17", "2021-01-18", "2021-02-28", "2021-03-01", "2021-04-16"), start=1
        )
    ]
    found, _ = read(tmp_path, tables(tmp_path, Opportunity=deals, Campaign=CAMPAIGNS))
    weeks = {one.starts: one.opportunities for one in found.weeks}
    # thirteen weeks up to the one of Friday 16 April: the first begins on 18 January
    assert weeks == {
        date(2021, 1, 18): 1, date(2021, 2, 22): 1, date(2021, 3, 1): 1, date(2021, 4, 12): 1,
    }  # fmt: skip
    assert {one.starts: one.opportunities for one in found.months} == {
        date(2021, 1, 1): 2, date(2021, 2, 1): 1, date(2021, 3, 1): 1, date(2021, 4, 1): 1,
    }  # fmt: skip


def test_without_members_the_leads_are_not_known(tmp_path):
    some = tables(tmp_path, Opportunity=[a_deal(1, CampaignId=SHOW)], Campaign=CAMPAIGNS)
    found, (gap,) = read(tmp_path, some)
    assert not found.leads_known
    assert gap.object_name == "CampaignMember"


@pytest.mark.parametrize("rows", [{}, {"Campaign": CAMPAIGNS}])
def test_the_lead_source_stands_in_for_a_campaign_and_a_gap_says_so(tmp_path, rows):
    deals = [a_deal(1, LeadSource=" Web "), a_deal(2)]
    leads = [a_lead(1, LeadSource="Web"), a_lead(2, LeadSource="Trade show")]
    found, (gap,) = read(tmp_path, tables(tmp_path, Opportunity=deals, Lead=leads, **rows))
    assert {name: row[:2] for name, row in whole(found).items()} == {
        "Web": (1, 1), "Trade show": (1, 0), "": (0, 1),
    }  # fmt: skip
    assert found.by == "lead source"
    assert "lead source stands in" in gap.why


def test_without_either_nothing_is_shown_and_a_gap_says_so(tmp_path):
    found, (gap,) = read(tmp_path, tables(tmp_path, Opportunity=[a_deal(1)]))
    assert found is None
    assert "no programme can be shown" in gap.why


def test_the_trial_export_equals_an_independent_count(tmp_path):
    rows = read_zip(shared_path(EXPORT))
    expected, months = defaultdict(Counter), Counter()
    for deal in rows["Opportunity"]:
        made = date.fromisoformat(deal["CreatedDate"][:10])
        if SINCE <= made <= AS_OF:
            key, is_closed = deal["CampaignId"][:15], deal["IsClosed"] == "1"
            is_won = is_closed and deal["IsWon"] == "1"
            cents = int(Decimal(deal["Amount"] or 0) * 100)
            expected[key].update(
                opportunities=1, pipeline=cents, won=is_won, lost=is_closed and not is_won,
                won_amount=cents * is_won,
            )  # fmt: skip
            months[key, made.replace(day=1)] += 1
    found, _ = read(tmp_path, read_export([shared_path(EXPORT)], tmp_path))
    names = ("opportunities", "pipeline", "won", "lost", "won_amount")
    assert {
        one.programme: {name: getattr(one, name) for name in names} for one in found.whole
    } == expected
    assert {(one.programme, one.starts): one.opportunities for one in found.months} == months
    assert len(expected) > 50
    in_file = {row["Id"][:15]: row["Name"] for row in rows["Campaign"]}
    assert all(in_file[key] == name for key, name in found.names.items())
