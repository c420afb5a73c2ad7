"""What every test stands on: a clean environment, no network but loopback, a real broker."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from typing import TYPE_CHECKING, Any

import jinja2
import pytest
from hypothesis import settings
from redis import Redis
from redis.exceptions import RedisError
from xdist.scheduler import LoadFileScheduling

from service.broker import free_port, server_binary
from service.settings import VARIABLES
from tests.built_once import folder_of_the_run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: No deadline for one example: on two busy cores a pause is not a finding.
settings.register_profile("bellwether", deadline=None, max_examples=50)
#: What `make test-long` asks for.
settings.register_profile("thorough", deadline=None, max_examples=500)
settings.load_profile("bellwether")

#: Folders of files that take minutes, of waiting or of work. Files are dealt out in this order, and
#: a long one that came last would keep one processor busy while the others are done.
LONG_FIRST = ("e2e", "faults", "road", "sample", "jobs", "report", "metadata", "architecture")
LOOPBACK = ("127.0.0.1", "::1", "localhost")
#: Variables of the machine that would change what a client does.
MEDDLING = (
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "SSL_CERT_FILE",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """After pytest-randomly's: within a folder the order stays random."""
    ranks = {name: rank for rank, name in enumerate(LONG_FIRST)}
    items.sort(key=lambda item: ranks.get(item.path.parent.name, len(ranks)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadFileScheduling:
    """Deal out files, the stories of e2e as one: each process would build a whole road for them."""
    return ByFile(config, log)


class ByFile(LoadFileScheduling):
    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return "tests/e2e" if file.startswith("tests/e2e/") else file


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*MEDDLING, *(n.lower() for n in MEDDLING), *VARIABLES.values()):
        monkeypatch.delenv(name, raising=False)
    for name in tuple(os.environ):
        if name.startswith(("SALESFORCE_", "SF_", "SFDX_")):
            monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session", autouse=True)
def templates_compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nearly every test of a page makes an app, and compiling its templates was most of its work."""
    folder = folder_of_the_run(tmp_path_factory) / "templates"
    folder.mkdir(exist_ok=True)
    compiled = jinja2.FileSystemBytecodeCache(str(folder))  # by the file's path and content
    make = jinja2.Environment.__init__

    def with_cache(self: jinja2.Environment, *arguments: Any, **options: Any) -> None:
        make(self, *arguments, **options)
        self.bytecode_cache = compiled

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jinja2.Environment, "__init__", with_cache)
        yield


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in LOOPBACK:  # type: ignore[index]
            pytest.fail(f"a test tried to leave this machine: {address}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


def _start_server(folder: Path, port: int) -> subprocess.Popen[bytes]:
    options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", str(folder)]
    with (folder / "redis.log").open("wb") as log:
        return subprocess.Popen([server_binary(), *options], stdout=log, stderr=log)


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Redis of this test session's own; gives its URL."""
    port = free_port()
    server = _start_server(tmp_path_factory.mktemp("redis"), port)
    url = f"redis://127.0.0.1:{port}/0"
    end = time.monotonic() + 10
    while True:
        try:
            with Redis.from_url(url) as connection:
                connection.ping()
            break
        except RedisError:
            if time.monotonic() > end:
                server.kill()
                raise
            time.sleep(0.05)
    yield url
    server.terminate()
    server.wait(10)


@pytest.fixture
def redis_url(redis_server: str) -> Iterator[str]:
    """The real Redis, empty before and after."""
    with Redis.from_url(redis_server) as connection:
        connection.flushall()
        yield redis_server
        connection.flushall()


@pytest.fixture(scope="session")
def playwright():
    """One driver a test process: a second one in the same process refuses to start."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - slow, and few tests need it

    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright):
    """Debian's Chromium with third-party cookies blocked."""
    from tests.e2e.browser import ARGUMENTS, BLOCK_THIRD_PARTY_COOKIES, CHROMIUM  # noqa: PLC0415

    browser = playwright.chromium.launch(
        executable_path=CHROMIUM, args=[*ARGUMENTS, BLOCK_THIRD_PARTY_COOKIES]
    )
    yield browser
    browser.close()
