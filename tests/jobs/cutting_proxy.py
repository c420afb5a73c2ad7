"""A wire that breaks: passes TCP bytes on and ends the connection after so many from the org."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class CuttingProxy:
    """Listens on `port`; while `cuts` is above 0, a connection ends after `after` bytes from the org."""

    def __init__(self, target_port: int) -> None:
        self._target = ("localhost", target_port)
        self.cuts, self.after, self.passed, self.breaks = 0, 0, 0, 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def cut(self, times: int, after: int) -> None:
        """Break the next `times` connections that carry more than `after` bytes from now on."""
        self.cuts, self.after, self.passed = times, after, 0

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            org = socket.create_connection(self._target)
            for source, sink, from_org in ((client, org, False), (org, client, True)):
                threading.Thread(
                    target=self._pump, args=(source, sink, from_org), daemon=True
                ).start()

    def _pump(self, source: socket.socket, sink: socket.socket, from_org: bool) -> None:  # noqa: FBT001
        with suppress(OSError):  # the other side has gone; so does this one
            while data := source.recv(4096):
                passing = self._passing(len(data)) if from_org else len(data)
                sink.sendall(data[:passing])
                if passing < len(data):
                    break
        for one in (source, sink):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)  # wakes the other thread, too
            one.close()

    def _passing(self, size: int) -> int:
        """How many of the next bytes from the org get through."""
        self.passed += size
        too_many = self.passed - self.after
        if not self.cuts or too_many <= 0:
            return size
        self.cuts, self.passed, self.breaks = self.cuts - 1, 0, self.breaks + 1
        return size - too_many
