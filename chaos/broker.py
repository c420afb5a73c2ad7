"""A broker of one's own that can be stopped, started again on its port, and emptied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis import Redis
from redis.exceptions import RedisError

from service.broker import free_port, server_binary
from service.processes import Child, wait_until

if TYPE_CHECKING:
    from pathlib import Path


class Broker:
    """Keeps its data in an append-only file, as Heroku Key-Value Store does."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port = folder, free_port()
        folder.mkdir(parents=True)
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self.connection = Redis.from_url(self.url)
        self._child = self._start()

    def _start(self) -> Child:
        options = f"--bind 127.0.0.1 --port {self._port} --appendonly yes --save".split()
        command = [server_binary(), *options, "", "--dir", str(self._folder)]
        child = Child("the broker", command, self._folder / "broker.log")
        wait_until(self._answers, child, seconds=20, what="the broker to answer")
        return child

    def _answers(self) -> bool:
        try:
            return bool(self.connection.ping())
        except RedisError:
            return False

    def stop(self) -> None:
        """End it; what it knows lies in its file."""
        self._child.stop()

    def start(self) -> None:
        """Start it again with what it knew."""
        self._child = self._start()

    def close(self) -> None:
        """End it for good."""
        self.connection.close()
        self.stop()
