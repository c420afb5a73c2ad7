"""The doorbell: who is heard, what is believed, and that a thousand rings cost one look."""

from __future__ import annotations

import pytest
import structlog

from jobs.enqueue import enqueue_ring
from service.app import create_app
from service.doorbell import BODY_LIMIT, Doorbell
from service.redis_queue import connect, queue
from tests.canvas import panel_builders

SECRET = "s" * 40
MESSAGE = """<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>
<notifications xmlns="http://soap.sforce.com/2005/09/outbound">
<OrganizationId>{org}</OrganizationId><ActionId>04k000000000001AAA</ActionId>
<Notification><Id>04l000000000001AAA</Id></Notification></notifications>
</soapenv:Body></soapenv:Envelope>"""
ORG = panel_builders.settings().org_id


@pytest.fixture
def connection(redis_url):
    return connect(redis_url)


@pytest.fixture
def client(redis_url):
    settings = panel_builders.settings(BELLWETHER_DOORBELL_SECRET=SECRET, REDIS_URL=redis_url)
    return create_app(settings, lambda _: None).test_client()


def ring(client, secret=SECRET, org=ORG, body=None):
    text = MESSAGE.format(org=org) if body is None else body
    return client.post(f"/doorbell/{secret}", data=text, content_type="text/xml")


def looks(connection):
    return [name for name in queue(connection).job_ids if name.startswith("deal-look-")]


def test_a_ring_enqueues_a_look_and_is_acknowledged(client, connection):
    reply = ring(client)
    assert reply.status_code == 200
    assert b"<Ack>true</Ack>" in reply.data
    assert reply.content_type.startswith("text/xml")
    assert len(looks(connection)) == 1


def test_while_a_look_waits_rings_add_none_and_afterwards_they_do(client, connection):
    assert {ring(client).status_code for _ in range(50)} == {200}
    assert len(looks(connection)) == 1
    Doorbell(connection, ORG).answered()
    ring(client)
    assert len(looks(connection)) == 2


def test_whoever_knows_the_address_can_not_spend_the_orgs_calls(client, connection, monkeypatch):
    """Each look costs a call: beyond a day's number a ring is acknowledged, and the clock looks."""
    monkeypatch.setattr("service.doorbell.LOOKS_A_DAY", 3)
    for _ in range(6):
        assert ring(client).status_code == 200
        Doorbell(connection, ORG).answered()
    assert len(looks(connection)) == 3
    (counted,) = connection.keys("*doorbell:2*")
    assert 0 < connection.ttl(counted) <= 24 * 3600


@pytest.mark.parametrize("secret", ["x" * 40, SECRET[:-1], SECRET + "s", "ß" * 40, "%00"])
def test_another_secret_is_no_address(client, connection, secret):
    assert ring(client, secret).status_code == 404
    assert client.get(f"/doorbell/{SECRET}").status_code == 405
    assert looks(connection) == []


def test_without_a_secret_there_is_no_doorbell(redis_url, connection):
    client = create_app(panel_builders.settings(REDIS_URL=redis_url), lambda _: None).test_client()
    assert ring(client, "").status_code == 404
    assert ring(client, "None").status_code == 404
    assert looks(connection) == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (MESSAGE.format(org="00D000000000009AAA"), 200),
        (MESSAGE.format(org=ORG) + MESSAGE.format(org="00D000000000009AAA"), 200),
        ("", 204),
        ('{"rows": "all of them"}', 204),
        ("<a>" * 1000, 204),
    ],
)
def test_another_orgs_ring_and_nonsense_are_answered_and_not_heard(
    client, connection, body, status
):
    assert ring(client, body=body).status_code == status
    assert looks(connection) == []


def test_a_body_that_is_too_long_is_not_read(client, connection):
    body = MESSAGE.format(org=ORG) + " " * BODY_LIMIT
    assert ring(client, body=body).status_code == 413
    assert looks(connection) == []


def test_a_broker_that_is_down_lets_the_org_send_again():
    settings = panel_builders.settings(
        BELLWETHER_DOORBELL_SECRET=SECRET, REDIS_URL="redis://127.0.0.1:1/0"
    )
    client = create_app(settings, lambda _: None).test_client()
    with structlog.testing.capture_logs() as said:
        assert ring(client).status_code == 503
    assert [one["event"] for one in said] == ["doorbell_not_heard"]
    assert SECRET not in str(said)


def test_the_secret_is_in_no_log_and_no_repr(client):
    with structlog.testing.capture_logs() as said:
        ring(client)
        ring(client, org="00D000000000009AAA")
        ring(client, "y" * 40)
    assert SECRET not in str(said)
    assert SECRET not in repr(panel_builders.settings(BELLWETHER_DOORBELL_SECRET=SECRET))


def test_each_ring_that_is_heard_has_a_look_of_its_own(connection):
    enqueue_ring(connection, ORG)
    enqueue_ring(connection, ORG)
    assert len(looks(connection)) == 2
