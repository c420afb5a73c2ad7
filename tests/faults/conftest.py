from __future__ import annotations

import pytest

from tests.faults.workers import Crew
from tests.jobs.conftest import as_worker, live_org, org_template  # noqa: F401 - the same org


@pytest.fixture
def crew(live_org, redis_url, tmp_path):  # noqa: F811 - the fixture above
    workers = Crew(live_org, redis_url, tmp_path)
    yield workers
    workers.stop()
