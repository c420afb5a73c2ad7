"""Health, and the process that gunicorn starts."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from service.app import create_app
from service.settings import VARIABLES
from tests.canvas import panel_builders as build
from tests.shared_data import ROOT


def test_health_with_a_broker(redis_url, org):
    answer = create_app(build.settings(REDIS_URL=redis_url), org).test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok", "checks": {"broker": "ok"}})


def test_a_process_lives_though_its_broker_is_down(org):
    settings = build.settings(REDIS_URL="redis://127.0.0.1:1/0")
    answer = create_app(settings, org).test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_health_names_what_failed_and_no_secret(org, events):
    settings = build.settings(REDIS_URL="redis://:hidden-password@127.0.0.1:1/0")
    answer = create_app(settings, org).test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"status": "failed", "checks": {"broker": "failed: ConnectionError"}}
    assert "hidden-password" not in answer.text + str(events)


def start(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    code = (
        "from service.wsgi import app; jinja = app.jinja_env;"
        " print(type(app).__name__, {*jinja.list_templates()} == {name for _, name in jinja.cache.keys()})"
    )
    clean = {"PATH": os.environ["PATH"], **environment}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_settings_it_names_all_of_them_and_stops():
    result = start({})
    assert result.returncode == 1
    for name in ("SALESFORCE_ORG_ID", "CANVAS_CONSUMER_SECRETS", "REDIS_URL"):
        assert f"{name} is missing: set it to" in result.stderr
    assert "Traceback" not in result.stderr


def test_with_settings_it_starts_with_every_template_compiled():
    result = start(
        {
            variable: value
            for variable, value in environment().items()
            if variable in VARIABLES.values()
        }
    )
    assert (result.returncode, result.stdout.strip()) == (0, "PanelApp True"), result.stderr


def environment() -> dict[str, str]:
    return {
        "SALESFORCE_ORG_ID": build.ORG_ID, "SALESFORCE_INSTANCE_URL": build.HOST,
        "SALESFORCE_USERNAME": "u@bellwether.example", "SALESFORCE_CONSUMER_KEY": "key",
        "SALESFORCE_PRIVATE_KEY": "-----BEGIN PRIVATE KEY-----\nx", "CANVAS_CONSUMER_SECRETS": build.SECRET,
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }  # fmt: skip


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_behind_the_router_the_scheme_is_the_browsers(scheme, monkeypatch):
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    sys.modules.pop("service.wsgi", None)
    from service.wsgi import app  # noqa: PLC0415 - acts when imported

    # A client may claim a host; the router passes the claim on, and it must change nothing.
    headers = {"X-Forwarded-Proto": scheme, "X-Forwarded-Host": "localhost"}
    answer = app.test_client().get("/canvas", base_url="http://panel.example", headers=headers)
    assert ("Strict-Transport-Security" in answer.headers) is (scheme == "https")
