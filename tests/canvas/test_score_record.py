"""The record as it is shown: nothing in it can break a page."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from canvas.score_record import own_score_query, read_score
from service.salesforce.fields import AdoptionScore
from tests.canvas import panel_builders as build


def with_details(**changes):
    details = {**build.a_score().as_details(), **changes}
    return read_score(build.a_record(Details__c=json.dumps(details)))


def test_the_question_names_one_user_and_our_fields():
    question = own_score_query(build.USER_ID)
    assert question.endswith(f"WHERE User_Key__c = '{build.USER_ID}' LIMIT 1")
    assert f"FROM {AdoptionScore.OBJECT} " in question
    assert AdoptionScore.DETAILS in question


@pytest.mark.parametrize("text", ["", "x' OR Name != '", build.USER_ID + "'", "005"])
def test_a_question_is_only_made_of_an_id(text):
    with pytest.raises(ValueError, match="record id"):
        own_score_query(text)


def test_everything_that_scoring_says_is_read():
    seen = read_score(build.a_record())
    said = build.a_score()
    assert (seen.value, seen.band, seen.word) == (said.value, said.band, said.word)
    assert [each.label for each in seen.components] == [each.label for each in said.components]
    assert [each.score for each in seen.components] == [each.score for each in said.components]
    assert [each.text for each in seen.fixes] == [each.text for each in said.fixes]
    assert seen.reasons == said.reasons
    assert (seen.window_from, seen.window_to) == (date(2026, 10, 20), date(2026, 11, 20))
    assert seen.as_of_at.isoformat() == "2026-11-21T07:59:59+00:00"
    assert seen.explained


def test_full_credit_of_all_measures_is_a_hundred_points():
    seen = read_score(build.a_record())
    most = [each.most_points for each in seen.measures if each.most_points is not None]
    assert sum(most) == pytest.approx(Decimal(100), abs=Decimal("0.1") * len(most))
    assert seen.measures[-1].most_points is None  # not scorable


def test_nobody_has_more_points_than_there_are():
    """Full credit of seven like measures is 14.29 each; to add up to 100, six of them have 14.3."""
    measures = [
        build.measure(f"m{at}", "", "all", "1", points=Decimal("14.3" if at else "14.2"))
        for at in range(7)
    ]
    seen = read_score(build.a_record(build.a_score(measures=tuple(measures)))).measures
    assert all(each.points <= each.most_points for each in seen)
    assert seen[0].most_points == pytest.approx(Decimal("14.2857"), abs=Decimal("0.001"))


def test_what_was_set_aside_is_what_was_seen_and_not_counted():
    by_name = {each.name: each for each in read_score(build.a_record()).measures}
    assert by_name["calls"].set_aside == 25
    assert by_name["meetings"].set_aside == 0
    assert by_name["footprint_days"].set_aside == 0  # 412 rows made 17 days
    assert by_name["healthy_opportunities"].set_aside == 0


def test_a_bar_ends_at_full():
    by_name = {each.name: each for each in read_score(build.a_record()).measures}
    assert by_name["footprint_days"].share == 1
    assert by_name["calls"].share == Decimal("0.71")
    assert by_name["answered_leads"].share is None


@pytest.mark.parametrize("details", [None, "", "{", "[]", "7", '"text"', "[" * 100_000, 5, b"x"])
def test_without_details_the_fields_still_say_the_score(details):
    seen = read_score(build.a_record(Details__c=details))
    assert (seen.value, seen.word, seen.explained) == (Decimal("74.3"), "Building", False)
    assert [each.name for each in seen.components] == ["presence", "recorded_work", "data_care"]
    assert len(seen.reasons) == 3


@pytest.mark.parametrize("key", sorted(build.a_score().as_details()))
@pytest.mark.parametrize("odd", [..., None, [], {}, "odd", -1, 1e300, [None, 1, {}], {"a": []}])
def test_any_key_of_the_details_may_be_missing_or_odd(key, odd):
    details = build.a_score().as_details()
    if odd is ...:
        del details[key]
    else:
        details[key] = odd
    assert read_score(build.a_record(Details__c=json.dumps(details))).value == Decimal("74.3")


@pytest.mark.parametrize("field", sorted(build.a_record()))
@pytest.mark.parametrize("odd", [..., None, [], {}, "odd", -1, float("nan"), 10**400])
def test_any_field_of_the_record_may_be_missing_or_odd(field, odd):
    record = build.a_record()
    if odd is ...:
        del record[field]
    else:
        record[field] = odd
    read_score(record)


def test_a_score_outside_the_scale_is_no_score():
    for value in (-0.1, 100.1, float("inf"), True):
        assert read_score(build.a_record(Score__c=value)).word == "Not scored"


def test_only_the_four_words_are_shown():
    seen = read_score(build.a_record(Word__c="Terrible", Details__c=None))
    assert (seen.word, seen.value) == ("", Decimal("74.3"))
    assert with_details(word="Terrible").word == "Building"


def test_a_time_without_an_offset_is_not_guessed():
    assert read_score(build.a_record(As_Of__c="2026-11-21T07:59:59")).as_of_at is None


def test_a_record_id_that_is_none_is_never_linked():
    fixes = [{"text": "Fix", "points": "1", "record_id": "javascript:alert(1)", "record_name": "A"}]
    assert with_details(fixes=fixes).fixes[0].record_id is None
