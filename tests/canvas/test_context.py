"""The viewer, read from envelopes as real orgs send them."""

from __future__ import annotations

import dataclasses

import pytest

from canvas.context import origin, read_context
from canvas.signed_request import RefusedRequestError
from tests.canvas import panel_builders as build


def viewer(**changes):
    return read_context(build.envelope(**changes), {build.ORG_ID})


def test_everything_is_read():
    seen = viewer()
    assert (seen.user_id, seen.org_id) == (build.USER_ID, build.ORG_ID)
    assert (seen.instance_url, seen.target_origin) == (build.HOST, build.HOST)
    assert (seen.locale, seen.language, seen.time_zone) == ("en_US", "en_US", "America/Los_Angeles")
    assert (seen.full_name, seen.org_name) == ("Ana Ferreira", "Northwind Pumps")
    assert (seen.display_location, seen.record_id, seen.api_version) == ("Aura", None, "66.0")
    assert seen.token == build.TOKEN


def test_repr_shows_neither_the_token_nor_the_name():
    shown = repr(viewer())
    assert build.TOKEN not in shown
    assert "Ferreira" not in shown


def test_it_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        viewer().user_id = "other"


@pytest.mark.parametrize("issued_at", [None, 0, -1882588807, 1294299664, 10**13, "never", ...])
def test_issued_at_means_nothing(issued_at):
    assert viewer(issuedAt=issued_at).user_id == build.USER_ID


def test_short_ids_become_long_ones():
    seen = viewer(
        context__user__userId=build.USER_ID[:15],
        context__organization__organizationId=build.ORG_ID[:15],
    )
    assert (seen.user_id, seen.org_id) == (build.USER_ID, build.ORG_ID)


def test_without_the_user_section_the_id_at_the_top_counts():
    seen = viewer(context__user=...)
    assert (seen.user_id, seen.full_name, seen.time_zone) == (build.USER_ID, "", "UTC")


@pytest.mark.parametrize("code", [None, 7, "", "usd", "US", "USDX", "<b>", "ÄÖÜ", ...])
def test_what_is_no_currency_is_none(code):
    assert viewer(context__organization__currencyIsoCode=code).currency == ""


def test_the_orgs_currency_and_whether_it_has_several():
    seen = viewer()
    assert (seen.currency, seen.has_many_currencies) == ("USD", False)
    assert viewer(context__organization__multicurrencyEnabled=True).has_many_currencies
    assert not viewer(context__organization__multicurrencyEnabled="yes").has_many_currencies


def test_two_orgs_may_be_accepted():
    other = "00D5g000000OthrEAC"
    changed = build.envelope(context__organization__organizationId=other)
    assert read_context(changed, {build.ORG_ID, other}).org_id == other


@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        ("other_org", {"context__organization__organizationId": "00D5g000000OthrEAC"}),
        ("no_organization", {"context__organization": ...}),
        ("no_organization", {"context__organization__organizationId": None}),
        ("no_organization", {"context__organization__organizationId": build.USER_ID}),
        ("no_organization", {"context": None}),
        ("no_user", {"context__user": ..., "userId": ...}),
        ("no_user", {"context__user__userId": "x' OR Id != '", "userId": "001000000000000"}),
    ],
)
def test_who_is_refused(reason, changes):
    with pytest.raises(RefusedRequestError) as refusal:
        viewer(**changes)
    assert refusal.value.reason == reason


@pytest.mark.parametrize("token", [None, "", "null", 7, "line\nbreak", "ключ", ...])
def test_no_usable_token_is_none(token):
    assert viewer(client__oauthToken=token).token is None


@pytest.mark.parametrize(
    "section", ["client", "context__environment", "context__links", "context__application"]
)
@pytest.mark.parametrize("instead", [..., None, [], "text", 3])
def test_any_other_section_may_be_missing_or_odd(section, instead):
    assert viewer(**{section: instead}).user_id == build.USER_ID


@pytest.mark.parametrize(
    "zone", [None, "", "Mars/Base", "../../etc/passwd", "/etc/passwd", "a\0b", "America", 5]
)
def test_an_unknown_zone_is_utc(zone):
    assert viewer(context__user__timeZone=zone).time_zone == "UTC"


def test_the_record_comes_from_the_page_or_from_the_wrapper():
    record = "0065g00000AcmePAAR"
    assert viewer(context__environment__record={"Id": record}).record_id == record
    assert viewer(context__environment__parameters={"recordId": record[:15]}).record_id == record
    assert viewer(context__environment__parameters={"recordId": "<script>"}).record_id is None
    assert viewer(context__environment__parameters="not an object").record_id is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://a.my.salesforce.com", "https://a.my.salesforce.com"),
        ("https://a.my.salesforce.com/path?x", "https://a.my.salesforce.com"),
        ("https://user:pw@a.my.salesforce.com", "https://a.my.salesforce.com"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://a.my.salesforce.com", None),
        ("javascript:alert(1)", None),
        ("https://", None),
        ("https://a.com:notaport", None),
        ('https://a.com"onclick=x', None),
        ("//a.com", None),
        (None, None),
    ],
)
def test_only_an_origin_that_may_be_linked_to_is_kept(text, expected):
    assert origin(text) == expected
