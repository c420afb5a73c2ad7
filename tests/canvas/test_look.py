"""Colours that can be read: WCAG 2.2 AA, 1.4.3 (text, 4.5) and 1.4.11 (drawings, 3), light and dark."""

from __future__ import annotations

import re

import pytest

from canvas.assets import STYLE as PANEL
from service.looks import TOKENS

STYLE = TOKENS.read_text("utf-8") + PANEL.read_text("utf-8")
TEXT = [
    ("text", "card"), ("text", "ground"), ("text", "brand-ground"), ("text", "track"),
    ("weak", "card"), ("weak", "ground"), ("brand", "card"), ("brand", "brand-ground"), ("on-brand", "brand"),
    ("good", "card"), ("good", "good-ground"), ("middling", "middling-ground"),
    ("bad", "card"), ("bad", "bad-ground"),
]  # fmt: skip
DRAWN = [("fill", "track"), ("fill", "card"), ("fill", "ground"), ("bad", "track"), ("good", "track"),
         ("middling", "track"), ("mark", "card"), ("mark", "track"), ("brand", "card")]  # fmt: skip


def colours(theme: str) -> dict[str, str]:
    light, dark = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    read = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", block)) for block in (light, dark)]
    return read[0] if theme == "light" else {**read[0], **read[1]}


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * each for each in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("pair", TEXT)
def test_text_can_be_read(theme, pair):
    front, back = (colours(theme)[name] for name in pair)
    assert contrast(front, back) >= 4.5, (pair, front, back)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("pair", DRAWN)
def test_drawings_can_be_told_apart(theme, pair):
    front, back = (colours(theme)[name] for name in pair)
    assert contrast(front, back) >= 3, (pair, front, back)


def test_colours_are_only_used_through_their_names():
    rules = re.sub(r":root \{.*?\}", "", STYLE, flags=re.DOTALL)
    assert set(re.findall(r"#[0-9a-f]{3,8}\b", rules)) == {"#0b5cab", "#fff"}  # the mark's own two
