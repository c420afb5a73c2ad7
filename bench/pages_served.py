"""Result pages as the org sent them: kept in files, served again at a given speed, and a table."""

from __future__ import annotations

import shutil
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import requests

#: What of a reply our reader looks at.
_HEADERS = ("Content-Type", "Content-Encoding", "Sforce-Locator", "Sforce-NumberOfRecords")
_CHUNK = 1 << 16


@dataclass
class Page:
    """One page of one job."""

    job_id: str
    locator: str  #: "" is the first
    name: str
    headers: dict[str, str] = field(default_factory=dict)
    bytes: int = 0

    @property
    def following(self) -> str | None:
        """The locator of the next page; None after the last."""
        locator = self.headers.get("Sforce-Locator", "null")
        return None if locator == "null" else locator

    def keep(self, folder: Path, reply: requests.Response) -> None:
        """Write the packed bytes."""
        reply.raise_for_status()
        self.headers = {name: reply.headers[name] for name in _HEADERS if name in reply.headers}
        with (folder / self.name).open("wb") as file:
            shutil.copyfileobj(reply.raw, file, _CHUNK)
            self.bytes = file.tell()


@contextmanager
def serving(folder: Path, pages: list[Page], mbit: float | None) -> Iterator[str]:
    """A static server of the pages; at most so many megabits a second."""
    by_path = {f"/{one.name}": one for one in pages}
    seconds_a_byte = 0.0 if mbit is None else 8 / (mbit * 1e6)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            page = by_path[self.path]
            self.send_response(200)
            for name, text in {**page.headers, "Content-Length": str(page.bytes)}.items():
                self.send_header(name, text)
            self.end_headers()
            with (folder / page.name).open("rb") as file:
                begun = time.monotonic()
                for chunk in iter(lambda: file.read(_CHUNK), b""):
                    due = begun + file.tell() * seconds_a_byte  # when its last byte would be here
                    time.sleep(max(0.0, due - time.monotonic()))
                    self.wfile.write(chunk)

        def log_message(self, *_: object) -> None:
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def shown(figures: dict[str, Any], company: dict[str, int]) -> str:
    """The figures as lines."""
    org = figures["from_org"]
    lines = [
        (
            f"{company['users']:,} users, {company['rows']:,} activities: {figures['rows']:,} rows by query jobs,"
            f" {figures['gzip_bytes'] / 1e6:.1f} MB packed"
        ),
        (
            f"  from the org   {org['seconds']:8.1f} s  {org['processor_seconds']:7.1f} s of the worker's processor"
            f"  {org['mb_peak']:4} MB at the peak, {org['mb_before']} before; {org['calls_spent']} calls"
        ),
    ]
    for one in figures["runs"]:
        lines.append("on this machine:" if one["mbit"] is None else f"at {one['mbit']:g} Mbit/s:")
        lines += [
            f"  {name:<13}  {one[name]['seconds']:8.1f} s  {one[name]['processor_seconds']:7.1f} s of its processor"
            f"  {one[name]['mb_peak']:4} MB at the peak"
            for name in ("bare", "ours")
        ]
        lines.append(f"  ours / bare = {one['times']:.2f} by the clock (at most 2)")
    return "\n".join([*lines, "the worker's memory: at most 512 MB", ""])
