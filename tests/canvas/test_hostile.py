"""What must never come out, and what must never break a page."""

from __future__ import annotations

import html
import json
import re

import pytest

from canvas.plain import clean
from canvas.port import ReadingError
from service.salesforce.fields import AdoptionScore as Fields
from tests.canvas import panel_builders as build
from tests.canvas.fuzzing import refusals


def test_the_token_and_the_envelope_reach_neither_page_nor_header_nor_log(show, org, events, capfd):
    secrets = (
        build.TOKEN,
        "5Aep861refreshSECRET",
        "SESSIONinURL",
        "ana@bellwether.example",
        build.SECRET,
    )
    org_answers = (
        None,
        ReadingError("session_ended", "INVALID_SESSION_ID"),
        RuntimeError(build.TOKEN),
    )
    for error in org_answers:
        org.error = error
        answer = show(build.a_record())
        told = answer.text + str(answer.headers) + str(events) + "".join(capfd.readouterr())
        assert not [secret for secret in secrets if secret in told]
    assert "Ana" not in str(events)
    assert build.USER_ID not in str(events)


NAMES = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE Users;--",
    "{{ 7*7 }}{% raw %}",
    "{0} {count} {missing}",
    "\u202egnp.exe\u2066 \u05d0\u05e0\u05d4",
    "👩🏽‍🚀 Ünïcödé ⚡",
    "\ud83d broken half",
    "a\x00b\x1b[31m\r\nX: y",
    "&lt;b&gt;&amp;",
    "x" * 5000,
]


@pytest.mark.parametrize("name", NAMES)
def test_names_are_text_wherever_they_stand(show, name):
    fixes = (build.Fix("calls", name, build.Decimal(1), 1, "0065g00000AcmePAAR", name),
             build.Fix("calls", name, build.Decimal(1), 1, None, name))  # fmt: skip
    parts = (build.ComponentResult("presence", name, build.Decimal(15), build.Decimal(40)),)
    measures = (build.measure("calls", name, "presence", "15", why_not=name, credit=None),
                build.measure("calls", name, "presence", "15", done=1, expected=build.Decimal(2)))  # fmt: skip
    score = build.a_score(fixes=fixes, components=parts, measures=measures, reasons=(name,), role=name,
                          rule_version=name)  # fmt: skip
    answer = show(
        build.a_record(score), context__user__fullName=name, context__organization__name=name
    )
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "<img" not in answer.text
    shown = html.unescape(answer.text)
    assert shown.count(clean(name)) >= 12
    not_scored = build.a_score(word="Not scored", value=None, band=None, not_scored_code=name,
                               not_scored_reason=name, measures=measures)  # fmt: skip
    answer = show(build.a_record(not_scored), context__user__fullName=name)
    assert clean(name) in html.unescape(answer.text)
    assert "<script>alert" not in answer.text


def test_the_comma_of_a_german_viewer_never_reaches_a_drawing(show):
    answer = show(
        build.a_record(), context__user__locale="de_DE", context__user__timeZone="Europe/Berlin"
    )
    assert "74<small>,3</small>" in answer.text
    assert "21 Nov 2026, 08:59 CET" in answer.text
    drawn = re.findall(r'<(?:rect|circle|line)[^>]*(?:x|cx|x1|width)="([^"]*)"', answer.text)
    assert drawn
    assert not [value for value in drawn if "," in value]


def test_an_odd_envelope_never_breaks_a_page(show, org):
    for path in ("context__environment", "context__user", "client", "context__links", "context"):
        for odd in (None, [], "text", 7, {"a": {}}, {"userId": {}}, {"oauthToken": ["x"]}):
            assert show(build.a_record(), **{path: odd}).status_code in {200, 403}


def test_thousands_of_bodies_give_no_500_and_no_accept():
    refusals(2_000)


@pytest.mark.long
def test_a_hundred_thousand_bodies_at_each_door_give_no_500_and_no_accept():
    refusals(100_000)


@pytest.mark.parametrize("name", ["weight", "bar_label", "help", "title", "none_help"])
def test_a_component_may_be_named_like_any_text_of_the_catalogue(show, name):
    details = json.dumps({"components": [{"component": name, "score": "5"}]})
    answer = show({**build.a_record(), Fields.DETAILS: details})
    assert answer.status_code == 200
    assert f"<bdi>{name}</bdi>" in answer.text


@pytest.mark.parametrize("end", ["0001-01-01T00:00:00.000+1400", "9999-12-31T23:59:59.000-1400"])
def test_the_ends_of_the_calendar_break_no_page(show, end):
    assert show({**build.a_record(), Fields.AS_OF: end}).status_code == 200
