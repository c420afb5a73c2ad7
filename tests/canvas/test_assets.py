"""Static files: named by content, cached for ever, and what is vendored is what was published."""

from __future__ import annotations

import gzip
import hashlib

import pytest

from canvas.assets import FOLDER, STYLE, digests, style
from service.looks import TOKENS

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


@pytest.mark.parametrize("name", ["panel.js", "act.js", "mark.svg", "vendor/canvas-all.js"])
def test_a_file_is_served_under_its_content(client, name):
    with client.get(f"/assets/{digests()[name]}/{name}") as answer:
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers
        assert answer.data == (FOLDER / name).read_bytes()


@pytest.mark.parametrize(
    "path",
    [
        "0000000000000000/panel.js",
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


def test_the_style_stands_in_the_page_and_loses_nothing_but_comments_and_breaks(client):
    page = client.get("/canvas").text
    assert page.count("<style") == 1
    assert f">{style()}</style>" in page
    assert "</" not in style()
    assert "/*" not in style()
    assert "@import" not in style()
    assert "url(" not in style()
    for path in (TOKENS, STYLE):
        text = path.read_text("utf-8")
        assert style().count("{") == sum(
            one.read_text("utf-8").count("{") for one in (TOKENS, STYLE)
        )
        for line in filter(None, map(str.strip, text.splitlines())):
            assert line.startswith("/*") or line.partition(" /*")[0] in style(), line


def test_a_browser_that_takes_it_packed_gets_it_packed(client):
    path = f"/assets/{digests()['vendor/canvas-all.js']}/vendor/canvas-all.js"
    plain, packed = (
        client.get(path, headers={"Accept-Encoding": accepted}) for accepted in ("br", "br, gzip")
    )
    assert (plain.headers.get("Content-Encoding"), packed.headers["Content-Encoding"]) == (
        None,
        "gzip",
    )
    assert gzip.decompress(packed.data) == plain.data
    assert packed.content_length == len(packed.data) < len(plain.data) / 3
    assert packed.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    for answer in (plain, packed):
        answer.close()


@pytest.mark.parametrize("accepted", ["gzip;q=0", "", "identity"])
def test_any_other_gets_it_as_it_is(client, accepted):
    answer = client.get("/canvas", headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in answer.headers
    assert b"<style" in answer.data


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


def test_a_part_of_a_file_is_sent_as_it_is(client):
    name = "vendor/canvas-all.js"
    url = f"/assets/{digests()[name]}/{name}"
    headers = {"Accept-Encoding": "gzip", "Range": "bytes=0-4999"}
    with client.get(url, headers=headers) as answer:
        assert (answer.status_code, len(answer.data)) == (206, 5_000)
        assert "Content-Encoding" not in answer.headers
