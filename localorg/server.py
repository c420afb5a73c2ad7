"""The three ports of the org: API over TLS, the same over plain HTTP for the sf CLI, pages."""

from __future__ import annotations

import importlib
import logging
import sys
import threading
from typing import TYPE_CHECKING, Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from localorg.app import Api
from localorg.auth import tls

if TYPE_CHECKING:
    import ssl
    from wsgiref.types import WSGIApplication

    from localorg.org import Org

LOOPBACK = "127.0.0.1"
_HANDSHAKE_SECONDS = 10
log = logging.getLogger("localorg")


class _Handler(WSGIRequestHandler):
    """Keeps connections open, and logs quietly."""

    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.connection.settimeout(120)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        log.debug("%s %s %s", self.command, code, size)

    def log_error(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401  # the base's
        log.debug(format, *args)

    def connection_dropped(self, error: BaseException, environ: Any = None) -> None:  # noqa: ANN401, ARG002  # the base's
        self.close_connection = True


class _Server(ThreadedWSGIServer):
    """Does the TLS handshake in the request's own thread, so that a dead client stops nobody."""

    daemon_threads = True
    tls: ssl.SSLContext | None = None

    def finish_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  # the base's
        if self.tls is None:
            super().finish_request(request, client_address)
            return
        request.settimeout(_HANDSHAKE_SECONDS)
        with self.tls.wrap_socket(request, server_side=True) as wrapped:
            super().finish_request(wrapped, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401, ARG002  # the base's
        log.debug("a connection ended early: %r", sys.exception())


class Servers:
    """The running servers. `start` them, then `stop` them."""

    def __init__(self, org: Org, ports: tuple[int, int, int]) -> None:
        self.ca_file, context = tls.make(org.directory)
        api = Api(org, scheme="https", with_control=False)
        cli = Api(org, scheme="http", with_control=True)
        self._running = [_serve(api, ports[0], context), _serve(cli, ports[1])]
        org.settings.api_url = f"https://localhost:{self._running[0].port}"
        org.settings.cli_url = f"http://localhost:{self._running[1].port}"
        self._running.append(_serve(_pages(org), ports[2]))
        org.settings.page_url = f"http://{LOOPBACK}:{self._running[2].port}"
        self._threads = [
            threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
            for one in self._running
        ]

    def start(self) -> None:
        """Answer requests from now on."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Take no more requests."""
        for one, thread in zip(self._running, self._threads, strict=True):
            one.shutdown()
            thread.join()
            one.server_close()


def _serve(app: WSGIApplication, port: int, context: ssl.SSLContext | None = None) -> _Server:
    server = _Server(LOOPBACK, port, app, handler=_Handler)
    if context is not None:
        server.tls = context
        server.ssl_context = context
    return server


def _pages(org: Org) -> WSGIApplication:
    """The pages import this package's application, so they are found when a server starts."""
    pages: WSGIApplication = importlib.import_module("localorg.pages").create_pages(org)
    return pages
