from tests.jobs.conftest import live_org, org_template  # noqa: F401 - the same org
