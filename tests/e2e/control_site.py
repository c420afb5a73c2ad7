"""A page on the host page's site that frames a page on the panel's site, which sets cookies.

Cookies know no ports: whether this frame's cookie is kept decides the same for the panel's.
"""

from __future__ import annotations

from contextlib import contextmanager

from tests.e2e.serving import serving

COOKIE = "control=1; Path=/; SameSite=None; Secure"


class ControlSite:
    """The WSGI application of both sites."""

    port = 0

    def __call__(self, environ, start_response):
        headers = [("Content-Type", "text/html")]
        if environ["PATH_INFO"] == "/host":
            body = f'<iframe name="control" src="http://localhost:{self.port}/set"></iframe>'
        elif environ["PATH_INFO"] == "/set":
            headers.append(("Set-Cookie", COOKIE))
            body = '<a id="again" href="/back">again</a>'
        else:
            body = f'<p id="came">{environ.get("HTTP_COOKIE", "none")}</p>'
        start_response("200 OK", headers)
        return [f"<!doctype html><link rel=icon href=data:,>{body}".encode()]


@contextmanager
def control_site():
    """The address of the page that frames the other site."""
    site = ControlSite()
    with serving(site) as port:
        site.port = port
        yield f"http://127.0.0.1:{port}/host"


def cookie_that_comes_back(page, host_url):
    """What the framed site is sent on its second request: ``none``, or the cookie."""
    page.goto(host_url)
    frame = page.frame_locator("iframe[name='control']")
    frame.locator("#again").click()
    return frame.locator("#came").inner_text()
