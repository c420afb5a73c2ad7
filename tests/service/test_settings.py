"""Settings: all problems at once, each with its remedy; secrets never shown."""

from __future__ import annotations

from dataclasses import fields

import pytest

from service.settings import SPECS, VARIABLES, Settings, SettingsError, read_settings

GOOD = {
    "SALESFORCE_ORG_ID": "00D000000000001EAA",
    "SALESFORCE_INSTANCE_URL": "https://acme.my.salesforce.com",
    "SALESFORCE_USERNAME": "integration@acme.example",
    "SALESFORCE_CONSUMER_KEY": "3MVG9.key",
    "SALESFORCE_PRIVATE_KEY": "-----BEGIN PRIVATE KEY-----\\nabc\\n-----END PRIVATE KEY-----",
    "CANVAS_CONSUMER_SECRETS": "first-secret second-secret",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
}


def test_a_complete_environment_is_read_with_defaults():
    settings = read_settings(GOOD)
    assert settings.org_id == "00D000000000001EAA"
    assert settings.canvas_secrets == ("first-secret", "second-secret")
    assert settings.audience == "https://login.salesforce.com"
    assert settings.timeout_seconds == 30
    assert settings.private_key.count("\n") == 3


def test_every_missing_setting_is_reported_at_once_with_its_remedy():
    with pytest.raises(SettingsError) as caught:
        read_settings({})
    needed = [name for name, spec in SPECS.items() if spec.default is None]
    assert all(f"{name} is missing" in str(caught.value) for name in needed)
    assert len(str(caught.value).splitlines()) == len(needed)


@pytest.mark.parametrize(
    ("variable", "wrong"),
    [
        ("SALESFORCE_ORG_ID", "00E000000000001EAA"),
        ("SALESFORCE_INSTANCE_URL", "http://acme.my.salesforce.com"),
        ("REDIS_URL", "localhost:6379"),
        ("REDIS_URL", "redis://:pass/word@localhost:6379/0"),
        ("REDIS_URL", "redis://localhost:6379?foo=hushhush"),
        ("REDIS_URL", "redis://localhost:6379?db=hushhush"),
        ("REDIS_URL", "rediss://localhost:6379?ssl_cert_reqs=hushhush"),
        ("SALESFORCE_PRIVATE_KEY", "not a key"),
        ("SALESFORCE_TIMEOUT_SECONDS", "soon"),
        ("SALESFORCE_CA_FILE", "no/such/file.pem"),
        ("BELLWETHER_MEMORY_LIMIT_MB", "0"),
    ],
)
def test_a_wrong_setting_is_named(variable: str, wrong: str):
    with pytest.raises(SettingsError, match=variable) as caught:
        read_settings({**GOOD, variable: wrong})
    assert "hushhush" not in str(caught.value)


def test_an_option_that_a_redis_connection_takes_is_right():
    url = "rediss://:s@localhost:6379/0?socket_timeout=5&ssl_cert_reqs=none"
    assert read_settings({**GOOD, "REDIS_URL": url}).redis_url == url


def test_no_secret_shows_when_settings_are_printed():
    shown = repr(read_settings(GOOD))
    secrets = [GOOD[name] for name, spec in SPECS.items() if spec.secret and name in GOOD]
    assert secrets
    assert not [secret for secret in secrets if secret.split("\\n")[0] in shown]


def test_every_setting_has_a_specification_of_its_own():
    assert [one.field for one in SPECS.values()] == list(VARIABLES)
    assert set(VARIABLES) == {one.name for one in fields(Settings)}


def test_an_error_quotes_no_part_of_a_password():
    with pytest.raises(SettingsError) as caught:
        read_settings(
            {
                **GOOD,
                "REDIS_URL": "redis://:hushhush/more@localhost:6379/0",
                "SALESFORCE_TIMEOUT_SECONDS": "pasted-by-mistake",
            }
        )
    assert "hushhush" not in str(caught.value)
    assert "pasted-by-mistake" not in str(caught.value)
    assert caught.value.__cause__ is None
