"""Chromium for the stories: how it is launched, and what a page may not do while we watch."""

from __future__ import annotations

import json
from pathlib import Path

CHROMIUM = Path("/usr/bin/chromium")
#: `--test-third-party-cookie-phaseout` is Chromium's own switch for a browser that blocks
#: third-party cookies; test_control_cookie.py proves that they are.
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
BLOCK_THIRD_PARTY_COOKIES = "--test-third-party-cookie-phaseout"
#: A violated policy is an event of the document; this makes it a console error, frame by frame.
_WATCH_POLICY = """document.addEventListener("securitypolicyviolation", (event) =>
  console.error("CSP violation", event.violatedDirective, event.blockedURI));"""

#: A browser that blocks third-party cookies refuses storage to the frame altogether.
_READ_STORAGE = """() => ["localStorage", "sessionStorage"].map((name) => {
  try { return JSON.stringify({...window[name]}); } catch (error) { return error.name; }
}).concat(document.cookie).join("\\n")"""


class Watch:
    """Everything a page said and asked for, from its opening on."""

    def __init__(self, page):
        self.page = page
        self.errors = []
        self.console = []
        self.urls = []
        page.add_init_script(_WATCH_POLICY)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self.urls.append(request.url))

    def _heard(self, message):
        self.console.append(message.text)
        if message.type == "error":
            self.errors.append(message.text)

    def documents(self):
        """The HTML of every frame, as it stands now."""
        return [frame.content() for frame in self.page.frames]

    def storage(self):
        """All that scripts could read later: both storages and the cookies, of every frame."""
        return [frame.evaluate(_READ_STORAGE) for frame in self.page.frames]

    def assert_nowhere(self, *secrets):
        """None of these texts is in a document, an address, the console or storage."""
        assert secrets
        assert all(secrets), "an empty text would be found everywhere"
        places = {
            "documents": self.documents(),
            "addresses": self.urls + [frame.url for frame in self.page.frames],
            "console": self.console,
            "storage": self.storage(),
        }
        found = {
            place for place, texts in places.items()
            for text in texts for secret in secrets if secret in text
        }  # fmt: skip
        assert not found, f"a secret stands in: {', '.join(sorted(found))}"


def allow_third_party_cookies(profile):
    """Preferences of a profile that lets every cookie through, for the counter-proof."""
    (profile / "Default").mkdir(parents=True)
    preferences = {"profile": {"cookie_controls_mode": 0, "block_third_party_cookies": False}}
    (profile / "Default" / "Preferences").write_text(json.dumps(preferences))
