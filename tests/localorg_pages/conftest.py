from __future__ import annotations

import pytest

from localorg.pages.app import pages_of
from tests.localorg_pages.fake_org import FakeOrg

ORIGIN = "http://127.0.0.1:8080"


class Browser:
    """A client of the pages that keeps cookies and speaks from the page's own origin."""

    def __init__(self, org):
        self.client = pages_of(org).test_client()

    def get(self, path, **more):
        return self.client.get(path, base_url=ORIGIN, **more)

    def post(self, path, **more):
        return self.client.post(path, base_url=ORIGIN, **more)

    def put(self, path, **more):
        return self.client.put(path, base_url=ORIGIN, **more)

    def log_in(self, user_id):
        response = self.post("/login", data={"user_id": user_id})
        assert response.status_code == 303
        return self


@pytest.fixture
def org():
    return FakeOrg()


@pytest.fixture
def browser(org):
    return Browser(org)
