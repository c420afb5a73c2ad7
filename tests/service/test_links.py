"""Links of a digest: only what we signed leads anywhere, and only to the org."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from canvas.port import ReadingError
from service.app import create_app
from service.links import HOME, KEPT, Link
from service.look_log import LookLog
from service.redis_queue import connect
from tests.canvas import panel_builders

SECRET = "k" * 40
RECORD, BOARD = "a015g0000000001AAA", "01Z5g0000000003EAA"
HOST, ORG = panel_builders.HOST, panel_builders.ORG_ID
TODAY = datetime.now(UTC).date()
ON = {"BELLWETHER_PUBLIC_URL": "https://bellwether.example", "BELLWETHER_LINK_SECRET": SECRET}
GOOD = Link(RECORD, BOARD, TODAY + KEPT)


@pytest.fixture
def client(redis_url):
    return create_app(panel_builders.settings(REDIS_URL=redis_url, **ON), None).test_client()


@pytest.fixture
def looks(redis_url):
    return LookLog(connect(redis_url), ORG)


def test_a_link_leads_to_the_dashboard_and_is_counted_once_a_quarter_of_an_hour(client, looks):
    for _ in range(3):
        reply = client.get(GOOD.path(SECRET))
        assert reply.status_code == 302
        assert reply.location == f"{HOST}/lightning/r/Dashboard/{BOARD}/view"
        assert reply.headers["Referrer-Policy"] == "no-referrer"
        assert reply.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in reply.headers
    found = looks.read()
    assert {(one.way, one.by) for one in found} == {("digest", RECORD)}
    assert len(found) in (1, 2)  # two, when a quarter began in between


def test_a_look_without_reading_counts_nothing(client, looks):
    assert client.head(GOOD.path(SECRET)).status_code == 302
    assert looks.read() == []


def test_without_a_known_dashboard_it_leads_to_all_on_its_last_day_too(client):
    last_day = datetime.now(UTC).date()  # TODAY is yesterday where the tests run past midnight
    reply = client.get(Link(RECORD, HOME, last_day).path(SECRET))
    assert reply.location == f"{HOST}/lightning/o/Dashboard/home"


def test_a_link_that_has_ended_is_gone_and_counts_nothing(client, looks):
    reply = client.get(Link(RECORD, BOARD, TODAY - timedelta(days=2)).path(SECRET))
    assert reply.status_code == 410
    assert b"This link has ended" in reply.data
    assert looks.read() == []


@pytest.mark.parametrize(
    "change",
    [
        (RECORD, "a015g0000000002AAA"),
        (BOARD, "01Z5g0000000004EAA"),
        (BOARD, "0015g0000000004EAA"),
        (BOARD, "https:%2F%2Fevil.example"),
        (BOARD, "..%2F..%2Fevil"),
        (f"{GOOD.ends_on:%Y%m%d}", f"{GOOD.ends_on + timedelta(days=1):%Y%m%d}"),
        (f"{GOOD.ends_on:%Y%m%d}", "20261399"),
        (GOOD.path(SECRET)[-22:], GOOD.path("z" * 40)[-22:]),
        (GOOD.path(SECRET)[-22:], "%C3%9F"),
    ],
)
def test_what_we_did_not_sign_is_no_address(client, looks, change):
    assert client.get(GOOD.path(SECRET).replace(*change)).status_code == 404
    assert looks.read() == []


@pytest.mark.parametrize("missing", ["BELLWETHER_LINK_SECRET"])
def test_without_a_secret_there_are_no_links(redis_url, missing):
    settings = panel_builders.settings(REDIS_URL=redis_url, **{**ON, missing: ""})
    client = create_app(settings, None).test_client()
    assert client.get(GOOD.path(SECRET)).status_code == 404
    assert client.get(GOOD.path("")).status_code == 404


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=10), st.text(max_size=30))
def test_no_path_that_somebody_made_up_is_read(record, target, day, signature):
    assert Link.read(record, target, day, signature, SECRET) is None


def test_nothing_in_a_link_is_a_persons():
    assert GOOD.path(SECRET).split("/")[1:4] == ["go", RECORD, BOARD]
    assert Link.read(*GOOD.path(SECRET).split("/")[2:], SECRET) == GOOD


def test_a_broker_that_is_down_stops_nobody():
    client = create_app(panel_builders.settings(**ON), None).test_client()
    with structlog.testing.capture_logs() as said:
        assert client.get(GOOD.path(SECRET)).status_code == 302
    assert [one["event"] for one in said] == ["look_not_counted"]


def open_panel(redis_url, **settings):
    made = panel_builders.settings(REDIS_URL=redis_url, **settings)

    class Nothing:
        limit = None

        def query_together(self, questions):
            return [[] for _ in questions]

    client = create_app(made, lambda _: Nothing()).test_client()
    request = panel_builders.signed_request(panel_builders.envelope())
    assert client.post("/canvas", data={"signed_request": request}).status_code == 200


def test_an_opened_panel_is_a_look_where_digests_are_sent_and_nowhere_else(redis_url, looks):
    open_panel(redis_url)
    assert looks.read() == []
    open_panel(redis_url, **ON)
    (look,) = looks.read()
    assert (look.way, look.by) == ("panel", panel_builders.USER_ID)


def test_an_old_request_that_is_sent_again_is_no_look(redis_url, looks):
    """It is signed for ever; its token is not good for ever, and then nothing was seen."""

    class Ended:
        limit = None

        def query_together(self, _questions):
            raise ReadingError("session_ended", "INVALID_SESSION_ID")

    settings = panel_builders.settings(REDIS_URL=redis_url, **ON)
    client = create_app(settings, lambda _: Ended()).test_client()
    request = panel_builders.signed_request(panel_builders.envelope())
    answer = client.post("/canvas", data={"signed_request": request})
    assert 'data-state="session_ended"' in answer.text
    assert looks.read() == []


def test_what_is_no_look_is_not_read(redis_url, looks):
    key = f"bellwether:{ORG[:15]}:looks"
    connect(redis_url).sadd(key, "panel", "other x 1", "panel x one", "panel x 900")
    (look,) = looks.read()
    assert (look.by, look.at) == ("x", datetime(1970, 1, 1, 0, 15, tzinfo=UTC))
    looks.forget([look])
    assert looks.read() == []
