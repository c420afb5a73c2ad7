"""The page itself: nothing fetched, nothing run, readable by machines that read aloud."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from service.report.facts import Options
from service.report.page import policy
from service.report.write import write_report
from tests.export.zips import csv_text, write_zip

VOID = {"meta", "br", "rect", "circle", "path", "line"}
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><svg onload=alert(1)>",
    "{{ 7 * 7 }}",
    "\u202egnirts",
)


class Reader(HTMLParser):
    """Every element in order, and whether each is closed where it was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data):
        self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def read(report) -> Reader:
    reader = Reader()
    reader.feed((report.folder / "report.html").read_text("utf-8"))
    return reader


@pytest.fixture(scope="module", params=["sample_report", "trial_report"])
def page(request):
    return read(request.getfixturevalue(request.param))


def test_every_element_is_closed_where_it_was_opened(page):
    assert (page.wrong, page.open) == ([], [])


def test_nothing_is_fetched_and_nothing_runs(page):
    tags = {tag for tag, _ in page.elements}
    assert tags.isdisjoint(
        {"script", "img", "link", "iframe", "object", "embed", "form", "base", "video", "audio"}
    )
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "style"], tag
        for name in ("src", "href", "xlink:href", "action"):
            assert (attributes.get(name) or "#").startswith("#"), (tag, attributes)


def test_the_policy_allows_its_own_style_by_hash_and_nothing_else(page, sample_report):
    text = (sample_report.folder / "report.html").read_text("utf-8")
    style = re.search(r"(?s)<style>(.*?)</style>", text)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (found,) = [m["content"] for m in page.all("meta") if m.get("http-equiv")]
    assert found == policy(style)
    assert found.startswith("default-src 'none'; ")
    assert digest in found
    assert "unsafe" not in found
    assert "url(" not in style
    assert "@import" not in style


def test_headings_begin_with_one_h1_and_skip_no_level(page):
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_ids_are_unique_and_every_link_inside_leads_somewhere(page):
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {link["href"][1:] for link in page.all("a")} <= set(ids)
    named = {attributes.get("aria-labelledby") for _, attributes in page.elements} - {None}
    assert named <= set(ids)


def test_drawings_are_named_or_hidden_and_tables_have_captions_and_scopes(page):
    for drawing in page.all("svg"):
        assert drawing.get("aria-hidden") == "true" or drawing.get("aria-label"), drawing
    assert len(page.all("caption")) == len(page.all("table"))
    assert all(cell.get("scope") for cell in page.all("th"))
    for region in page.all("div"):
        if region.get("class") == "scroll":
            assert (region["tabindex"], bool(region["aria-label"])) == ("0", True)


def test_the_page_names_its_language_and_its_viewport(page):
    assert page.all("html") == [{"lang": "en"}]
    assert "width=device-width" in [m.get("content", "") for m in page.all("meta")][2]


def hostile_export(tmp_path):
    """Users, roles, profiles, accounts and deals whose names are attacks."""
    ids = [f"005000000{at:06d}AAA" for at in range(len(HOSTILE))]
    users = [
        ("Id", "Name", "Username", "UserRoleId", "ProfileId", "ManagerId", "CreatedDate", "LastLoginDate"),
        *(
            (one, name, f"u{at}@x.example", "00E000000000001AAA", "00e000000000001AAA", ids[0],
             "2020-01-01 00:00:00", "2021-04-01 00:00:00")
            for at, (one, name) in enumerate(zip(ids, HOSTILE, strict=True))
        ),
    ]  # fmt: skip
    deals = [
        ("Id", "Name", "OwnerId", "AccountId", "IsClosed", "IsWon", "Amount", "CloseDate", "CreatedDate"),
        *(
            (f"006000000{at:06d}AAA", HOSTILE[at % 5], ids[0], "001000000000001AAA", str(at % 2), str(at % 2),
             "500000", "2021-04-10", "2021-04-15 00:00:00")
            for at in range(10)
        ),
    ]  # fmt: skip
    return write_zip(
        tmp_path / f"{'<b>'}.zip",
        {
            "User.csv": csv_text(*users),
            "UserRole.csv": csv_text(("Id", "Name"), ("00E000000000001AAA", HOSTILE[0])),
            "Profile.csv": csv_text(("Id", "Name"), ("00e000000000001AAA", HOSTILE[1])),
            "Account.csv": csv_text(("Id", "Name"), ("001000000000001AAA", HOSTILE[2])),
            "Opportunity.csv": csv_text(*deals),
        },
    )


def test_hostile_names_are_texts_and_no_elements(tmp_path):
    export = hostile_export(tmp_path)
    report = write_report(Options(exports=(export,), out=tmp_path / "report"))
    page = read(report)
    assert (page.wrong, page.open) == ([], [])
    tags = {tag for tag, _ in page.elements}
    assert tags.isdisjoint({"script", "img"})
    assert all("onload" not in attributes for _, attributes in page.elements)
    said = "".join(page.text)
    for name in HOSTILE:
        assert name in said


def test_names_that_change_direction_are_isolated(tmp_path):
    """Every name stands in a bdi, so that a right-to-left name does not turn its neighbours."""
    export = hostile_export(tmp_path)
    write_report(Options(exports=(export,), out=tmp_path / "report"))
    text = (tmp_path / "report" / "report.html").read_text("utf-8")
    assert all(
        text[: match.start()].endswith(("<bdi>", "“")) for match in re.finditer(HOSTILE[-1], text)
    )
