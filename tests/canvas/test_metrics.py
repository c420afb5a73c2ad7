"""Prometheus' page: only for the token, nothing of people, true figures of a real run's end."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from jobs.enqueue import enqueue_night
from jobs.worker import make_worker
from service.app import create_app
from service.last_runs import remember
from service.redis_queue import connect
from tests.canvas import panel_builders as build

TOKEN = "a-token-of-enough-length"


@pytest.fixture
def client(redis_url):
    def make(**settings):
        return create_app(build.settings(REDIS_URL=redis_url, **settings)).test_client()

    return make


def scrape(client, token=TOKEN):
    return client.get("/metrics", headers={"Authorization": f"Bearer {token}"})


def figures(answer):
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_without_a_token_in_the_settings_there_is_no_such_page(client):
    assert scrape(client(), "").status_code == 404


@pytest.mark.parametrize("given", ["", "wrong", TOKEN + "x", TOKEN[:-1]])
def test_only_the_token_opens_it(client, given):
    answer = scrape(client(BELLWETHER_METRICS_TOKEN=TOKEN), given)
    assert (answer.status_code, answer.text) == (401, "")


def test_a_short_token_is_refused_at_the_start():
    with pytest.raises(Exception, match="BELLWETHER_METRICS_TOKEN must have at least 16"):
        build.settings(BELLWETHER_METRICS_TOKEN="short")


def test_it_tells_the_queue_the_workers_and_the_last_runs(client, redis_url):
    connection = connect(redis_url)
    web = client(BELLWETHER_METRICS_TOKEN=TOKEN)
    before = figures(scrape(web))
    assert before["bellwether_jobs", "queued"] == before["bellwether_workers",] == 0
    org_id = build.settings().org_id
    enqueue_night(connection, org_id, "night-1")
    remember(connection, org_id, "Night", {"ok": 1, "api_calls": 53, "seconds": 61.5})
    worker = make_worker(connection)
    worker.register_birth()
    after = figures(scrape(web))
    worker.register_death()
    assert after["bellwether_jobs", "queued"] == 1
    assert after["bellwether_workers",] == 1
    assert after["bellwether_run_api_calls", "Night"] == 53
    assert after["bellwether_run_seconds", "Night"] == 61.5


def test_it_says_that_the_broker_is_down_and_no_secret(org, events):
    settings = build.settings(
        REDIS_URL="redis://:hidden-password@127.0.0.1:1/0", BELLWETHER_METRICS_TOKEN=TOKEN
    )
    answer = scrape(create_app(settings, org).test_client())
    assert (answer.status_code, answer.text) == (503, "")
    assert "hidden-password" not in str(events)
