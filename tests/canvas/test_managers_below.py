"""The managers below: how long things wait with each, when they looked, what one may step in on."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from canvas.ids import id18
from tests.canvas import leader_builders as lead
from tests.canvas import panel_builders as build


def ago(days: int) -> str:
    return (build.today() - timedelta(days=days)).isoformat()


@pytest.fixture
def page(show, org):
    """The page of somebody below whom these managers stand."""

    def of(*managers, **others):
        org.others = {**lead.everything(), "managers": list(managers), **others}
        return show(build.a_record()).text

    return of


def section(html: str, name: str) -> str:
    """What stands in a section, as text."""
    found = re.search(rf'<section class="card" id="{name}".*?</section>', html, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else ""


def sue(*exceptions, **more):
    return lead.a_manager("Sue Abbot", lead.MANAGER_BELOW, *exceptions, **more)


def standing(days: int, state: str = "open", **changes):
    return lead.an_escalated(
        Opened_On__c=ago(days), State__c=state, Executives_From__c=None, **changes
    )


def test_how_long_things_wait_with_a_manager(page):
    told = section(
        page(sue(standing(2), standing(7, "acted"), standing(8, "seen"), standing(40, "recurred"))),
        "managers",
    )
    assert (
        "4 exceptions wait with them: 2 for up to a week, 1 for up to four weeks, 1 for more than four weeks."
        in told
    )
    assert "The oldest has stood for 40 days. Nobody has acted on 3 of them." in told


def test_one_on_which_somebody_acted(page):
    told = section(page(sue(standing(1, "acted"))), "managers")
    assert "1 exception waits with them. The oldest has stood for 1 day." in told
    assert "Nobody has acted" not in told


def test_on_which_nobody_acted(page):
    told = section(page(sue(standing(1), standing(2))), "managers")
    assert "2 exceptions wait with them: 2 for up to a week." in told
    assert "Nobody has acted yet." in told


def test_a_list_that_was_cut_counts_no_more_than_it_has(page):
    """The question asks for fifty of one manager: there may be more, of whom nothing is said."""
    told = section(page(sue(*(standing(day) for day in range(1, 51)))), "managers")
    assert (
        "50 or more exceptions wait with them; of the 50 that have stood longest: "
        "7 for up to a week, 21 for up to four weeks, 22 for more than four weeks." in told
    )
    assert "Nobody has acted on 50 of them." in told
    told = section(page(sue(*(standing(day) for day in range(1, 50)))), "managers")
    assert "49 exceptions wait with them: 7" in told
    assert "Nobody has acted yet." in told


def test_a_list_that_the_org_cut_is_no_count(page):
    manager = sue(standing(2), standing(9))
    manager["Adoption_Exceptions__r"]["done"] = False
    assert "2 or more exceptions wait" in section(page(manager), "managers")


def test_more_exceptions_of_one_person_than_were_asked_for(page):
    people = [lead.a_person("Bo Lind", 31.0, "Needs help", (lead.an_exception(),) * 10)]
    assert "10 or more" in page(people=people)
    people = [lead.a_person("Bo Lind", 31.0, "Needs help", (lead.an_exception(),) * 9)]
    assert "or more" not in page(people=people)


def test_with_whom_nothing_waits_nothing_is_said(page):
    assert "wait" not in section(page(sue()), "managers")


@pytest.mark.parametrize(
    ("state", "since", "is_theirs"),
    [
        ("open", 0, True), ("recurred", 3, True), ("seen", 1, True), ("acted", 28, True),
        ("acted", 27, False), ("open", -1, False), ("open", None, False),
    ],
)  # fmt: skip
def test_what_an_executive_may_step_in_on(page, state, since, is_theirs):
    one = lead.an_escalated(
        State__c=state, Executives_From__c=None if since is None else ago(since)
    )
    html = page(sue(one))
    assert ("Ivy Noor" in section(html, "escalated")) is is_theirs
    assert "Ivy Noor" not in section(html, "managers")  # ages are counts


def test_what_waited_longest_is_first_and_ten_at_most(page):
    many = [
        lead.an_escalated(
            State__c="open", Executives_From__c=ago(day), Adoption_Score__r={"User__r": {"Name": f"P{day} X"}}
        )
        for day in range(1, 13)
    ]  # fmt: skip
    told = section(page(sue(*many)), "escalated")
    assert re.findall(r"\b(P\d+) X Open", told) == [f"P{day}" for day in range(12, 2, -1)]


def test_what_is_the_viewers_own_team_is_not_stepped_in_on(page):
    me = lead.a_manager("Ana Ferreira", build.USER_ID, lead.an_escalated(), above="005000000000000")
    html = page(me, sue())
    assert section(html, "escalated") == ""
    assert "wait" not in section(html, "managers")


def test_on_which_days_leaders_looked_the_viewer_first(page):
    days = f"{ago(3)} {ago(1)} {ago(40)} nonsense"
    mine = lead.a_manager(
        "Ana Ferreira", build.USER_ID, above="005000000000000",
        digests=({"Panel_Days__c": None, "Digest_Days__c": ago(2)},),
    )  # fmt: skip
    theirs = sue(
        digests=(
            {"Panel_Days__c": days, "Digest_Days__c": None},
            {"Panel_Days__c": ago(9), "Digest_Days__c": None},
        )
    )
    quiet = lead.a_manager("Zoe Quiet", "0055g000000ZoeQAAS")
    told = section(page(theirs, quiet, mine), "leaders-looked")
    assert told.index("You") < told.index("Sue Abbot") < told.index("Zoe Quiet")
    assert re.search(r"You not at all 1 day last on", told)
    assert re.search(r"Sue Abbot 3 days last on [\w ,]+ not at all", told)
    assert "Zoe Quiet nothing is kept of them" in told


def test_a_manager_two_levels_down_is_not_in_the_look_log(page):
    below = lead.a_manager(
        "Far Below", "0055g000000FarBAAS", above=lead.MANAGER_BELOW,
        digests=({"Panel_Days__c": ago(1), "Digest_Days__c": None},),
    )  # fmt: skip
    html = page(sue(digests=({"Panel_Days__c": ago(1), "Digest_Days__c": None},)), below)
    assert "Sue Abbot" in section(html, "leaders-looked")
    assert "Far Below" not in html


def test_a_list_of_managers_that_was_cut_is_said(page):
    many = [lead.a_manager(f"M{at}", f"0055g00000{at:05}AAA") for at in range(200)]
    assert 'id="partly-unread"' in page(*many)
    assert 'id="partly-unread"' not in page(*many[:-1])


def test_without_digests_there_is_no_look_log(page):
    assert section(page(sue()), "leaders-looked") == ""


def test_all_of_it_is_one_of_the_five_questions(page, org):
    page(sue())
    assert (org.round_trips, len(org.questions)) == (1, 5)
    (asked,) = [one for one in org.questions if "FROM User WHERE" in one]
    assert f"Manager.Manager.ManagerId = '{id18(build.USER_ID)}'" in asked
