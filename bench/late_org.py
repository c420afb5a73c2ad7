"""An org that answers late and costs nothing: what the stand-in said once, so many ms after it was asked.

    python -m bench.late_org FOLDER UPSTREAM CA_FILE PORT MS

The stand-in works out every answer on the processors that the panel is measured on. This one asks it
once for each question of each viewer, and then repeats the answer. Its certificate's authority is
written to FOLDER/ca.pem.
"""

from __future__ import annotations

import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import requests

from localorg.auth import tls


class LateOrg(ThreadingHTTPServer):
    """Remembers answers by who asked what."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, upstream: str, ca_file: str, seconds: float) -> None:
        self.upstream, self.ca_file, self.seconds = upstream, ca_file, seconds
        self.known: dict[tuple[str, str, bytes], tuple[int, bytes]] = {}
        self.asking = threading.Lock()
        super().__init__(("127.0.0.1", port), _Handler)

    def answer(self, asked: tuple[str, str, bytes]) -> tuple[int, bytes]:
        """What the stand-in says to it."""
        if asked not in self.known:
            token, path, body = asked
            headers = {"Authorization": token, "Content-Type": "application/json"}
            with self.asking, requests.Session() as session:
                session.trust_env = False
                url = f"{self.upstream}{path}"
                reply = session.post(url, body, headers=headers, verify=self.ca_file, timeout=60)
                self.known[asked] = (reply.status_code, reply.content)
        return self.known[asked]


class _Handler(BaseHTTPRequestHandler):
    server: LateOrg
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        until = time.monotonic() + self.server.seconds
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, content = self.server.answer((self.headers["Authorization"], self.path, body))
        time.sleep(max(0.0, until - time.monotonic()))
        head = (
            f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(content)}\r\n\r\n"
        )
        self.wfile.write(head.encode() + content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main() -> None:
    """Serve until somebody ends it."""
    folder, upstream, ca_file, port, ms = sys.argv[1:]
    _, context = tls.make(Path(folder))
    server = LateOrg(int(port), upstream, ca_file, float(ms) / 1000)
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    server.serve_forever()


if __name__ == "__main__":
    main()
