"""The headers of every answer, and the rules that the pages keep for them."""

from __future__ import annotations

import re

import pytest

from service.app import create_app
from service.settings import SettingsError
from tests.canvas import leader_builders as lead
from tests.canvas import panel_builders as build

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "unsafe-none",
}


def test_headers_of_every_answer(client, show):
    answers = [show(build.a_record()), show(None), client.get("/canvas"), client.get("/nowhere"),
               client.get("/readyz"), client.post("/canvas", data={"signed_request": "x"})]  # fmt: skip
    for answer in answers:
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        assert "X-Frame-Options" not in answer.headers
        assert "Strict-Transport-Security" not in answer.headers
        assert "Set-Cookie" not in answer.headers
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'nonce-")
        assert "unsafe" not in policy
        assert policy.endswith(
            "frame-ancestors https://*.force.com https://*.salesforce.com https://*.salesforce-setup.com"
        )


def test_the_nonce_is_new_each_time_and_on_every_script_and_style(show):
    nonces = set()
    for _ in range(2):
        answer = show(build.a_record())
        nonce = re.search(r"script-src 'nonce-([^']+)'", answer.headers["Content-Security-Policy"])[
            1
        ]
        tags = re.findall(r"<(?:script|style)[^>]*>", answer.text)
        assert len(tags) == 3
        assert all(f'nonce="{nonce}"' in tag for tag in tags)
        nonces.add(nonce)
    assert len(nonces) == 2


def test_frame_ancestors_follow_the_settings(org):
    settings = build.settings(PANEL_FRAME_ANCESTORS="http://127.0.0.1:4000")
    policy = (
        create_app(settings, org).test_client().get("/canvas").headers["Content-Security-Policy"]
    )
    assert policy.endswith("frame-ancestors http://127.0.0.1:4000")


@pytest.mark.parametrize(
    "given",
    [
        "https://x.example; script-src * 'unsafe-inline'; sandbox",
        "https://x.example,",
        "*",
        "https:",
        "javascript://x",
        "https://x.example/path",
        "https://\u00e9.example",
    ],
)
def test_a_setting_cannot_write_another_part_of_the_policy(org, given):
    with pytest.raises(SettingsError, match="PANEL_FRAME_ANCESTORS"):
        create_app(build.settings(PANEL_FRAME_ANCESTORS=given), org)


def test_strict_transport_only_over_tls_and_never_on_loopback(client):
    header = "Strict-Transport-Security"
    assert header in client.get("/canvas", base_url="https://panel.example").headers
    assert header not in client.get("/canvas", base_url="http://panel.example").headers
    assert header not in client.get("/canvas", base_url="https://localhost:5000").headers


HAND_OVER = re.compile(
    r'<script nonce="[\w-]+">document\.currentScript\.remove\(\);'
    r' window\.panelToken = "[\w-]{43}";</script>'
)


def test_no_inline_style_script_or_handler_but_the_one_that_hands_the_token_over(show, org):
    pages = [show(build.a_record()).text, show(build.a_not_scored_record()).text, show(None).text]
    org.others = lead.everything()
    pages.append(show(build.a_record()).text)
    assert [len(HAND_OVER.findall(page)) for page in pages] == [0, 0, 0, 1]
    for page in (HAND_OVER.sub("", page) for page in pages):
        assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", page)
        assert len(re.findall(r'<style nonce="[\w-]+">', page)) == page.count("<style") == 1
        assert not re.search(r"<script(?![^>]* src=)", page)


@pytest.mark.parametrize(
    ("given", "kept"),
    [("6f1f0c52-aaaa-4e9e", True), ("short", False), ("x" * 65, False), ("a b c d e f g", False),
     ("<script>alert(1)", False)],
)  # fmt: skip
def test_the_routers_request_id_is_kept_when_it_is_one(client, given, kept):
    answer = client.get("/canvas", headers={"X-Request-Id": given})
    assert (answer.headers["X-Request-Id"] == given) is kept
    assert (given in answer.text) is kept
