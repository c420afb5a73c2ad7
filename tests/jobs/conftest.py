from __future__ import annotations

import pytest

from tests.built_once import built_once
from tests.jobs.live_org import LiveOrg, build_template, copy_of


@pytest.fixture(scope="session")
def org_template(tmp_path_factory):
    """(folder, private key) of an org with our metadata; deployed once a run."""

    def build(folder):
        (folder / "org").mkdir()
        return folder / "org", build_template(folder)

    return built_once(tmp_path_factory, "template", build)


@pytest.fixture
def live_org(org_template, tmp_path):
    """A running org of this test's own."""
    template, key = org_template
    copy_of(template, tmp_path / "org")
    org = LiveOrg.start(tmp_path / "org", key)
    yield org
    org.stop()


@pytest.fixture
def as_worker(live_org, redis_url, tmp_path, monkeypatch):
    """This process as a worker of the org: `jobs` functions may be called directly."""
    for name, value in live_org.environment(redis_url, tmp_path / "work").items():
        monkeypatch.setenv(name, value)
    return live_org
