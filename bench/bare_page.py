"""What the panel is measured beside: a page of Flask that asks nobody and shows one sentence."""

from __future__ import annotations

from flask import Flask

app = Flask(__name__)


@app.post("/canvas")
def page() -> str:
    """One sentence."""
    return "<!doctype html><title>Bare</title><p>Nothing is asked, nothing is drawn.</p>"
