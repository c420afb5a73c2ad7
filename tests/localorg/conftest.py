"""A served org for each test module, on ports of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from localorg.org import Org, Settings
from localorg.server import Servers
from tests.localorg.world import build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.localorg.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An org with people and a private object, answering on real sockets."""
    org = Org(tmp_path_factory.mktemp("org"), Settings(page_size=200))
    servers = Servers(org, (0, 0, 0))
    made = build(org, str(servers.ca_file))
    servers.start()
    yield made
    made.close()
    servers.stop()
    org.close()


@pytest.fixture
def bare_org(tmp_path: Path) -> Iterator[Org]:
    """An org without servers and without records."""
    org = Org(tmp_path / "bare")
    yield org
    org.close()
