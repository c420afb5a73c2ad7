"""Static files: named by content, cached for ever, and what is vendored is what was published."""

from __future__ import annotations

import hashlib

import pytest

from canvas.assets import FOLDER, SHARED, digests

VENDOR = FOLDER / "vendor"


def test_the_canvas_sdk_is_the_published_one():
    listed = dict(
        reversed(line.split()) for line in (VENDOR / "sha256.txt").read_text().splitlines()
    )
    present = {path.name: path for path in VENDOR.iterdir() if path.name != "sha256.txt"}
    assert set(listed) == set(present)
    for name, path in present.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == listed[name], name
    assert "Redistribution and use" in (VENDOR / "canvas-all.LICENSE.txt").read_text()


@pytest.mark.parametrize(
    "name", ["panel.css", "tokens.css", "panel.js", "mark.svg", "vendor/canvas-all.js"]
)
def test_a_file_is_served_under_its_content(client, name):
    with client.get(f"/assets/{digests()[name]}/{name}") as answer:
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers
        assert answer.data == SHARED.get(name, FOLDER / name).read_bytes()


@pytest.mark.parametrize(
    "path",
    [
        "0000000000000000/panel.css",
        "x/../../app.py",
        "x/..%2f..%2fviews.py",
        "x/%2fetc%2fpasswd",
        "x/nothing.css",
    ],
)
def test_nothing_else_is_served(client, path):
    answer = client.get(f"/assets/{path}")
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


def test_another_content_is_another_address(tmp_path):
    (tmp_path / "a.css").write_text("a {}")
    before = digests(tmp_path)
    (tmp_path / "a.css").write_text("b {}")
    assert before != digests(tmp_path)


def test_scripts_and_styles_need_no_unsafe_directive():
    for path in (FOLDER / "panel.js", VENDOR / "canvas-all.js"):
        text = path.read_text("utf-8")
        assert "eval(" not in text
        assert "new Function" not in text
        assert "innerHTML" not in text
    script = (FOLDER / "panel.js").read_text("utf-8")
    for word in ("cookie", "localStorage", "sessionStorage", "indexedDB", "fetch("):
        assert word not in script
