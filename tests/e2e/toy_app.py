"""A toy canvas app around the unmodified official SDK, to prove the host page against it.

It verifies the signed request by itself, hands the client to the SDK, and has a button for each
call of the SDK; what comes back is written into `<output>` elements. On each POST it sets four
control cookies, and it says which of them came back with the next request.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from urllib.parse import parse_qs

CONTROL_COOKIES = (
    "control_none=1; Path=/; SameSite=None; Secure",
    "control_lax=1; Path=/; SameSite=Lax",
    "control_plain=1; Path=/",
)

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Toy</title>
<script src="/canvas-all.js"></script></head><body>
<p id="way">%(way)s</p>
<button id="ctx">ctx</button> <button id="ajax">ajax</button> <button id="foreign">foreign</button>
<button id="refresh">refresh</button> <button id="repost">repost</button>
<button id="fresh">repost(true)</button> <button id="resize">resize</button>
<button id="huge">huge</button> <button id="subscribe">subscribe</button>
<button id="publish">publish</button> <button id="unsubscribe">unsubscribe</button>
<button id="stream">stream</button> <button id="cookies">cookies</button>
<output id="out"></output><output id="event"></output><output id="resized"></output>
<output id="posts">%(posts)s</output><output id="user"></output><output id="parameters"></output>
<script src="/toy.js"></script></body></html>"""

SCRIPT = """
(() => {
const at = (id) => document.getElementById(id);
const show = (id, value) => { at(id).textContent = JSON.stringify(value); };
let sr = null;
const told = (message) => show("out", message);
const on = (id, act) => { at(id).onclick = act; };
const sdk = Sfdc.canvas.client;
on("ctx", () => sdk.ctx(told, sr.client));
on("ajax", () => sdk.ajax(sr.context.links.queryUrl + "?q=" +
  encodeURIComponent("SELECT Id FROM User LIMIT 1"), {client: sr.client, success: told}));
on("foreign", () => sdk.ajax("https://example.com/", {client: sr.client, success: told}));
on("refresh", () => sdk.refreshSignedRequest((message) => {
  if (message.status !== 200) return told(message);
  fetch("/verify", {method: "POST", body: message.payload.response}).then((r) => r.json())
    .then((body) => told({status: message.status, seq: message.seq, verified: body.verified,
      changed: body.token !== sr.client.oauthToken}));
}));
on("repost", () => sdk.repost());
on("fresh", () => sdk.repost({refresh: true}));
on("resize", () => sdk.resize(sr.client, {height: "333px", width: "50%"}));
on("huge", () => sdk.resize(sr.client, {height: "99999px"}));
on("subscribe", () => sdk.subscribe(sr.client, [
  {name: "toy.hello", onData: (event) => show("event", event)},
  {name: "canvas.resize", onData: (event) => show("resized", event)},
  {name: "canvas.scroll", onData: (event) => show("out", event)}]));
on("unsubscribe", () => sdk.unsubscribe(sr.client, "toy.hello"));
on("publish", () => sdk.publish(sr.client, {name: "toy.hello", payload: {greeting: "hi"}}));
on("stream", () => sdk.subscribe(sr.client, {name: "sfdc.streamingapi", params: {topic: "/topic/X"},
  onData: told, onComplete: told}));
on("cookies", () => fetch("/cookies").then((r) => r.json()).then((body) => show("out", body)));
fetch("/claim", {method: "POST", body: window.name}).then((r) => r.json()).then((body) => {
  sr = body;
  if (!sr) return;
  show("user", sr.context.user.userName);
  show("parameters", sr.context.environment.parameters);
});
})();
"""


class ToyApp:
    """The WSGI application. `posts` counts signed requests, `seen` keeps their texts.

    The page gets its opened envelope by asking for it with the name of its frame, so that no
    token stands in the document.
    """

    def __init__(self, sdk):
        self.sdk = sdk
        self.secret = ""
        self.seen = []
        self.claims = {}

    def __call__(self, environ, start_response):
        way = (environ["REQUEST_METHOD"], environ["PATH_INFO"])
        routes = {
            ("POST", "/canvas"): self._signed, ("GET", "/canvas"): self._unsigned,
            ("POST", "/claim"): self._claim, ("POST", "/verify"): self._verify,
            ("GET", "/cookies"): self._cookies, ("GET", "/canvas-all.js"): self._sdk,
            ("GET", "/toy.js"): self._script, ("GET", "/control"): self._control,
            ("GET", "/favicon.ico"): self._no_icon,
        }  # fmt: skip
        status, headers, body = routes.get(way, self._missing)(environ)
        start_response(status, [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def opened(self, text):
        """The envelope of a signed request; AssertionError if it is not ours."""
        signature, encoded = text.split(".", 1)
        digest = hmac.digest(self.secret.encode(), encoded.encode(), hashlib.sha256)
        assert hmac.compare_digest(base64.b64decode(signature), digest), "wrong signature"
        return json.loads(base64.b64decode(encoded, validate=True))

    def _signed(self, environ):
        form = parse_qs(_body(environ), strict_parsing=True)
        assert list(form) == ["signed_request"], sorted(form)
        (text,) = form["signed_request"]
        envelope = self.opened(text)
        self.seen.append(text)
        self.claims[f"canvas-frame-{envelope['client']['instanceId']}"] = envelope
        return self._page("POST")

    def _unsigned(self, environ):
        return self._page(f"GET {environ['QUERY_STRING']}".replace("&", "&amp;"))

    def _page(self, way):
        page = PAGE % {"way": way, "posts": len(self.seen)}
        cookies = [("Set-Cookie", cookie) for cookie in CONTROL_COOKIES]
        return "200 OK", [("Content-Type", "text/html"), *cookies], page.encode()

    def _control(self, _):
        cookies = [("Set-Cookie", cookie) for cookie in CONTROL_COOKIES]
        return "200 OK", [("Content-Type", "text/html"), *cookies], b"<!doctype html>control"

    def _claim(self, environ):
        return _json(self.claims.get(_body(environ)))

    def _verify(self, environ):
        client = self.opened(_body(environ))["client"]
        return _json({"verified": True, "token": client["oauthToken"]})

    def _cookies(self, environ):
        return _json(
            sorted(one.strip() for one in environ.get("HTTP_COOKIE", "").split(";") if one)
        )

    def _sdk(self, _):
        return "200 OK", [("Content-Type", "text/javascript")], self.sdk

    def _script(self, _):
        return "200 OK", [("Content-Type", "text/javascript")], SCRIPT.encode()

    def _no_icon(self, _):
        return "204 No Content", [], b""

    def _no_icon(self, _):
        return "204 No Content", [], b""

    def _missing(self, _):
        return "404 Not Found", [("Content-Type", "text/plain")], b""


def _body(environ):
    return environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()


def _json(value):
    return "200 OK", [("Content-Type", "application/json")], json.dumps(value).encode()
