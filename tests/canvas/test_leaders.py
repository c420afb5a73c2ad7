"""Below a leader's own score: whom to talk to, the team, the managers below, the company, the deals."""

from __future__ import annotations

import re

import pytest

from canvas.ids import id18
from canvas.port import ReadingError
from service.app import create_app
from service.redis_queue import connect
from service.view_log import ViewLog
from tests.canvas import leader_builders as lead
from tests.canvas import panel_builders as build


@pytest.fixture
def page(show, org):
    """The text of a leader's page; keyword arguments replace what the org answers."""

    def of(record=None, **others):
        org.others = {**lead.everything(), **others}
        return show(build.a_record() if record is None else record).text

    return of


def section(html: str, name: str) -> str:
    """From the section's id to its end."""
    found = re.search(rf'<section class="card[^"]*" id="{name}".*?</section>', html, re.DOTALL)
    return found[0] if found else ""


def test_own_score_comes_first_then_the_people(page):
    html = page()
    places = [
        html.index(f'id="{name}"') for name in ("score", "talk", "people", "managers", "about")
    ]
    assert places == sorted(places)


def test_three_at_most_are_to_be_talked_to_and_the_most_urgent_first(page):
    talk = section(page(), "talk")
    assert re.findall(r"<bdi>(\w+ \w+)</bdi><svg", talk) == ["Di Osei", "Cy Park", "Ed Roth"]
    assert "Meetings: 61 where 100 were asked." in talk  # what came back goes before what was seen
    assert "61 calls where 100 were asked. What got in the way?" in talk
    assert "We plan Mondays together." in talk
    assert talk.count("Nobody has recorded an act yet.") == 2
    assert f"{build.HOST}/a025g00000ExceB" in talk


def test_who_has_no_exception_is_asked_about_with_the_heaviest_reason(page):
    talk = section(page(people=[lead.a_person("Ed Roth", 31.0, "Needs help")]), "talk")
    assert "12 of 40 open opportunities in order." in talk
    assert "What would help?" in talk
    assert "More." not in talk


def test_when_nobody_is_below_the_page_says_so(page):
    assert "Good week for praise" in section(
        page(people=[lead.a_person("Bo Lind", 88.0, "On track")]), "talk"
    )


def test_everybody_is_in_the_table_and_who_has_no_number_has_the_reason(page):
    people = section(page(), "people")
    assert re.findall(r'<th scope="row">.*?<bdi>(.*?)</bdi>', people, re.DOTALL) == [
        "Bo Lind", "Cy Park", "Di Osei", "Ed Roth", "Fay Wu", "Gus Hall",
    ]  # fmt: skip
    assert "Away since November 2." in people
    assert "Everybody below you: median 71.2, the middle half between 52 and 83.5." in people


def test_the_text_for_the_team_names_nobody(page):
    said = re.search(r'id="team-update"[^>]*>(.*?)</p>', page())[1]
    assert said == "5 of 6 of us have a score. 2 of us have an open exception."


def test_the_text_tells_the_median_only_where_it_is_of_these_people(page):
    team = lead.a_team("Ana Ferreira", "Team", build.USER_ID, People__c=6)
    assert "The median is 71.2." in page(teams=[team])


@pytest.mark.parametrize(
    ("exceptions", "people", "told"),
    [(0, 5, "Nobody has an open exception."), (1, 5, None), (5, 5, None), (2, 4, "")],
)
def test_the_text_for_the_team_singles_nobody_out(page, exceptions, people, told):
    listed = [
        lead.a_person(
            f"P{at} X", 60.0, "Building", (lead.an_exception(),) if at < exceptions else ()
        )
        for at in range(people)
    ]
    html = page(people=listed)
    assert ('id="team-update"' in html) is (told != "")
    said = re.findall(r'id="team-update"[^>]*>(.*?)</p>', html)
    assert said in ([], [f"{people} of {people} of us have a score. {told}"],
                    [f"{people} of {people} of us have a score."])  # fmt: skip
    assert (told or "") in html


def test_managers_below_stand_beside_the_company_and_own_team_is_not_among_them(page):
    html = page()
    managers = section(html, "managers")
    assert "Sue Abbot" in managers
    assert "Ana Ferreira" not in managers
    assert "Too few have a score for a median." in managers
    company = section(html, "company")
    assert "901 of 990 scored." in company
    widths = [
        float(one) for one in re.findall(r"<rect [^>]*width=\"([\d.]+)%\" height=\"14\"", company)
    ]
    assert sum(widths) == pytest.approx(100)


def test_why_somebody_has_no_score_has_a_row_of_its_own(page):
    """In a column it took a dozen lines on a telephone."""
    reason = "Not scored (away): 3 of the last 40 working days were available."
    ana = lead.a_person("Ana Alb", None, "Not scored", Not_Scored_Reason__c=reason)
    rows = re.findall(r"<tr.*?</tr>", section(page(people=[ana]), "people"), re.DOTALL)
    assert ["Ana Alb" in row for row in rows] == [False, True, False]
    assert f'<td colspan="4" class="weak" dir="auto">{reason}</td>' in rows[2]


def test_figures_of_a_company_above_a_thousand_are_parted(page):
    teams = [lead.a_team("Everybody", "Company", None, Scored__c=1901, People__c=2990)]
    assert "1,901 of 2,990 scored." in section(page(teams=teams), "company")


def test_a_managers_own_use_stands_before_their_teams(page):
    sue = lead.a_person("Sue Abbot", 44.5, "Needs help", User__c=lead.MANAGER_BELOW)
    own = section(page(people=[sue]), "managers")
    assert "Their own use:" in own
    assert "44.5" in own
    assert own.index("Their own use:") < own.index("scored.")
    assert "Their own use:" not in section(
        page(), "managers"
    )  # whose score is not shown to the viewer


def test_what_a_manager_could_not_mend_names_that_manager(page):
    told = section(page(), "escalated")
    assert "Ivy Noor" in told
    assert "Manager: Sue Abbot." in told


def test_a_deal_opens_in_salesforce(page):
    deals = section(page(), "deals")
    assert f'href="{build.HOST}/0065g00000AcmePAAR"' in deals
    assert "410,000" in deals
    assert "Won by Bo Lind," in deals


def test_a_rep_sees_what_stands_and_who_did_what(show, org):
    record = build.a_record(
        Adoption_Exceptions__r=lead.children(lead.an_exception()),
        Adoption_Actions__r=lead.children(lead.an_act(), lead.an_act(Type__c="Seen", Note__c=None)),
    )
    html = show(record).text
    own = section(html, "standing")
    assert "61 found where 100 were asked." in own
    assert "Ana Ferreira</bdi>: coached, Nov 2, 2026" in own
    assert "looked at it" in own
    assert 'id="team"' not in html
    assert 'id="company"' not in html


def test_a_rep_sees_nothing_of_company_or_deals(show, org):
    everything = lead.everything()
    org.others = {"teams": [everything["teams"][1]], "deals": everything["deals"]}
    html = show(build.a_record()).text
    assert 'id="below"' not in html


def test_a_leader_without_a_score_record_sees_the_people(show, org):
    org.others = lead.everything()
    answer = show(None)
    assert answer.status_code == 200
    assert section(answer.text, "talk")
    assert 'id="unexplained"' not in answer.text
    assert "You have no score" not in answer.text
    assert "<h1>Your people</h1>" in answer.text


def test_what_the_viewer_may_not_see_is_left_out_without_a_word(page):
    html = page(teams=ReadingError("not_visible", "INVALID_TYPE"))
    assert 'id="partly-unread"' not in html
    assert 'id="managers"' not in html
    assert section(html, "people")


def test_what_was_not_handed_over_is_said(page):
    html = page(deals=ReadingError("salesforce_down", "SERVER_UNAVAILABLE"))
    assert 'id="partly-unread"' in html
    assert section(html, "people")


def test_whoever_may_not_read_groups_at_all_waits_for_one_round_trip(show, org):
    """As every rep: the object is not theirs, so there is nothing less of it to ask for."""
    org.others = {"teams": ReadingError("not_visible", "INVALID_TYPE")}
    show(build.a_record())
    assert org.round_trips == 1
    org.others = {"teams": ReadingError("not_visible", "INVALID_FIELD")}
    show(build.a_record())
    assert org.round_trips == 3  # a field that is newer than the org is left out


def test_an_error_of_the_own_score_is_the_whole_page(client, org):
    org.records = ReadingError("not_visible", "INVALID_TYPE")
    org.others = lead.everything()
    signed = build.signed_request(build.envelope())
    answer = client.post("/canvas", data={"signed_request": signed})
    assert answer.status_code == 403
    assert 'data-state="not_visible"' in answer.text


def test_who_may_not_read_exceptions_still_sees_the_score(client, org):
    org.records = ReadingError("not_visible", "INVALID_TYPE")
    org.bare = [build.a_record()]
    signed = build.signed_request(build.envelope())
    answer = client.post("/canvas", data={"signed_request": signed})
    assert answer.status_code == 200
    assert 'data-state="score"' in answer.text
    assert org.round_trips == 3  # without who looked, then without what stands


def test_where_exceptions_may_not_be_read_nobody_is_said_to_have_none(page):
    people = [
        {key: value for key, value in one.items() if key[-3:] != "__r" or key == "User__r"}
        for one in lead.everything()["people"]
    ]
    assert 'id="partly-unread"' in page(people=people)


def test_a_leader_whose_people_were_not_handed_over_is_told(show, org):
    org.others = {"people": ReadingError("salesforce_down", "SERVER_UNAVAILABLE")}
    assert 'id="partly-unread"' in show(None).text


def test_where_nobody_may_be_named_nothing_of_people_is_asked(org, acts, store):
    org.records, org.others = [build.a_record()], lead.everything()
    app = create_app(build.settings(BELLWETHER_AGGREGATE_ONLY="yes"), org, acts, store)
    signed = build.signed_request(build.envelope())
    html = app.test_client().post("/canvas", data={"signed_request": signed}).text
    assert 'id="company"' in html
    assert not [
        name
        for name in ("Bo Lind", "Ivy Noor", "panelToken")
        if name in section(html, "talk") + html.replace("Won by Bo Lind,", "")
    ]
    assert len(org.questions) == 3


def test_a_large_amount_is_written_with_its_thousands(page):
    one = lead.an_exception(Second_Expected__c=3000000000.0, Second_Found__c=1250000000.0)
    person = lead.a_person("Cy Park", 61.5, "Building", (one,))
    assert "Calls: 1,250,000,000 where 3,000,000,000 were asked." in page(people=[person])


HOSTILE = "<img src=x onerror=alert(1)>\"'&{{7*7}}\u202e\U0001f600"


def test_names_notes_and_evidence_are_shown_as_text(page):
    everything = lead.everything()
    everything["people"][1] = lead.a_person(
        HOSTILE, 10.0, "Needs help",
        (lead.an_exception(Measure_Label__c=HOSTILE, Evidence__c=HOSTILE, State__c=HOSTILE),),
        (lead.an_act(Note__c=HOSTILE, Type__c=HOSTILE, CreatedBy={"Name": HOSTILE}),),
        Id="a015g00000Cypar",
    )  # fmt: skip
    everything["teams"][2]["Name"] = HOSTILE
    everything["deals"][0]["Opportunity__r"] = {"Name": HOSTILE}
    below = lead.an_escalated(Manager__r={"Name": HOSTILE})
    looks = ({"Panel_Days__c": HOSTILE, "Digest_Days__c": "2026-11-20"},)
    everything["managers"] = [
        lead.a_manager(HOSTILE, lead.MANAGER_BELOW, below, digests=looks),
    ]
    html = page(**everything)
    assert "<img" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html
    assert "{{7*7}}" in html


@pytest.mark.parametrize("name", ["people", "teams", "managers", "deals"])
@pytest.mark.parametrize(
    "record", [{}, {"User__r": 3, "Adoption_Exceptions__r": [1], "Manager__r": "x"}]
)
def test_a_record_that_lacks_everything_breaks_nothing(page, name, record):
    assert 'id="score"' in page(**{name: [record]})


def test_whoever_is_named_on_the_page_was_looked_at(show, org, redis_url, acts, store):
    org.records, org.others = [build.a_record()], lead.everything()
    app = create_app(build.settings(REDIS_URL=redis_url), org, acts, store)
    signed = build.signed_request(build.envelope())
    app.test_client().post("/canvas", data={"signed_request": signed})
    looks = ViewLog(connect(redis_url), build.ORG_ID).read()
    people = {id18(one["Id"]) for one in org.others["people"]}
    assert {one.score_id for one in looks} == people | {id18("a015g00000Ivy00")}
    assert {one.viewer_id for one in looks} == {build.USER_ID}


def test_a_rep_sees_who_looked_by_day(show):
    views = [
        {"Viewer__r": {"Name": HOSTILE}, "Seen_On__c": "2026-11-20"},
        {"Viewer__r": {"Name": "Sue Abbot"}, "Seen_On__c": "2026-11-20"},
        {"Viewer__r": None, "Seen_On__c": "2026-11-19"},
        {"Viewer__r": 3, "Seen_On__c": "x"},
    ]  # fmt: skip
    html = show(build.a_record(Adoption_Views__r=lead.children(*views))).text
    looked = re.search(r'id="looked".*?</details>', html, re.DOTALL)[0]
    assert looked.count("<li>") == 2
    assert "Sue Abbot" in looked
    assert "Somebody" in looked
    assert "<img" not in looked
    assert "Nobody in the last weeks" in show(build.a_record()).text
