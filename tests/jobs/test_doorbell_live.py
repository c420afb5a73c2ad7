"""The doorbell from end to end: the CLI deploys it, a ring is heard, the deal is posted."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from service.app import create_app
from service.demo.deploy import Cli
from service.settings import read_settings
from tests.faults.workers import Crew
from tests.jobs.live_org import ANA, ROOT
from tests.service.test_doorbell import MESSAGE, SECRET

pytestmark = [pytest.mark.sf, pytest.mark.faults, pytest.mark.xdist_group("live_org")]


def test_the_cli_deploys_the_outbound_message_and_the_flow(live_org, tmp_path):
    project = tmp_path / "sfdx"
    ignored = shutil.ignore_patterns("node_modules", ".sf", ".sfdx")
    shutil.copytree(ROOT / "sfdx", project, ignore=ignored)
    subprocess.run(
        [sys.executable, "render_doorbell.py", "--username", "robot@acme.example"],
        cwd=project, check=True, stdout=subprocess.DEVNULL,
        env={**os.environ, "BELLWETHER_DOORBELL_URL": f"https://app.example/doorbell/{SECRET}"},
    )  # fmt: skip
    cli = Cli(ROOT / "sfdx", tmp_path / "home", live_org.handoff)
    done = cli("project", "deploy", "start", "--source-dir", "doorbell", cwd=project)
    names = {(one["type"], one["fullName"]) for one in done["files"]}
    assert names == {
        ("Workflow", "Opportunity"),
        ("WorkflowOutboundMessage", "Opportunity.Bellwether_Doorbell"),
        ("Flow", "Bellwether_Doorbell"),
    }


def test_a_ring_is_heard_and_the_deal_is_posted(
    as_worker, redis_url, tmp_path, monkeypatch, record_property
):
    environment = as_worker.environment(redis_url, tmp_path / "work")
    settings = {"CANVAS_CONSUMER_SECRETS": "one", "BELLWETHER_DOORBELL_SECRET": SECRET}
    client = create_app(read_settings({**environment, **settings}), lambda _: None).test_client()
    today = datetime.now(UTC).date()
    crew = Crew(as_worker, redis_url, tmp_path)
    seconds = []
    try:
        crew.start()
        for number in range(6):
            name = f"Ring {number}"
            as_worker.post("/sobjects/Opportunity", {
                "Name": name, "OwnerId": ANA, "StageName": "Closed Won", "Amount": 300_000,
                "CloseDate": today.isoformat(),
            })  # fmt: skip
            begun = time.monotonic()
            body = MESSAGE.format(org=as_worker.handoff.org_id)
            assert client.post(f"/doorbell/{SECRET}", data=body).status_code == 200
            while not posted(as_worker, name):
                assert time.monotonic() - begun < 60, crew.logs()[-2000:]
                time.sleep(0.05)
            seconds.append(time.monotonic() - begun)
    finally:
        crew.stop()
    record_property("seconds", [round(one, 2) for one in seconds])
    # The first waits for the worker to start. How soon is measured by `make bench-doorbell`; here
    # no clock runs, so that a post can only be the ring's.
    print(f"{[round(one, 2) for one in seconds]} s")  # noqa: T201 - shown by -s


def posted(org, name):
    rows = org.soql("SELECT Body FROM FeedItem LIMIT 1000")
    return sum(f" won {name}: " in row["Body"] for row in rows) == 1
