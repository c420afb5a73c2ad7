from __future__ import annotations

import pytest
import responses
import stamina
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from service.salesforce import bulk
from service.salesforce.gateway import Gateway
from service.settings import read_settings
from tests.gateway.bulk_wire import JOB, JOBS
from tests.gateway.wire import ORG, TOKEN_URL


@pytest.fixture(scope="session")
def private_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def settings(private_key, tmp_path):
    pem = private_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    return read_settings(
        {
            "SALESFORCE_ORG_ID": "00D000000000001EAA",
            "SALESFORCE_INSTANCE_URL": ORG,
            "SALESFORCE_USERNAME": "integration@bellwether.example",
            "SALESFORCE_CONSUMER_KEY": "a-consumer-key",
            "SALESFORCE_PRIVATE_KEY": pem,
            "SALESFORCE_VIEWER_HOSTS": "*.my.salesforce.com localhost:8443",
            "SALESFORCE_TIMEOUT_SECONDS": "5",
            "CANVAS_CONSUMER_SECRETS": "s",
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "BELLWETHER_WORK_DIR": str(tmp_path),
            "BELLWETHER_PAGE_LIMIT_MB": "1",
            "BELLWETHER_RUN_CALLS": "1000",
        }
    )


@pytest.fixture(autouse=True)
def no_waiting():
    with stamina.set_testing(True, attempts=5, cap=True):
        yield


@pytest.fixture
def wire():
    """A wire with no org behind it; each test says what comes back."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def org(wire):
    """The wire with a working token endpoint."""
    wire.post(TOKEN_URL, json={"access_token": "00D!first", "instance_url": ORG})
    return wire


@pytest.fixture
def gateway(settings) -> Gateway:
    return Gateway(settings)


@pytest.fixture(autouse=True)
def waits(monkeypatch):
    found = []
    monkeypatch.setattr(bulk, "sleep", found.append)
    return found


@pytest.fixture
def made(org):
    """An org that makes the job, and deletes it."""
    org.post(JOBS, json={"id": "750000000000001AAA", "state": "UploadComplete"})
    org.delete(JOB, status=204)
    return org
