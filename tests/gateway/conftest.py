from __future__ import annotations

from pathlib import Path

import pytest
import responses
import stamina
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from service.salesforce import bulk
from service.salesforce.gateway import Gateway
from service.settings import Settings
from tests.gateway.bulk_wire import JOB, JOBS
from tests.gateway.wire import ORG, TOKEN_URL


@pytest.fixture(scope="session")
def private_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def settings(private_key, tmp_path) -> Settings:
    pem = private_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    return Settings(
        org_id="00D000000000001EAA",
        instance_url=ORG,
        audience="https://login.salesforce.com",
        username="integration@bellwether.example",
        consumer_key="a-consumer-key",
        private_key=pem,
        canvas_key="",
        canvas_secrets=("s",),
        redis_url="redis://127.0.0.1:1/0",
        ca_file=None,
        viewer_hosts=("*.my.salesforce.com", "localhost:8443"),
        frame_ancestors=(),
        work_dir=Path(tmp_path),
        rules_file=None,
        timeout_seconds=5,
        memory_limit_mb=200,
        page_limit_mb=1,
        run_calls=1000,
        api_share_percent=90,
        aggregate_only=None,
        compares=None,
        record_health=False,
        sharing="hierarchy",
        metrics_token="",
        doorbell_secret="",
        public_url="",
        link_secret="",
        retention_months=13,
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
