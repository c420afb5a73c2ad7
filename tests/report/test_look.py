"""Texts are readable on every ground that they stand on, light and dark."""

from __future__ import annotations

import re

import pytest

from service.report.page import STYLES

STYLE = "".join(path.read_text("utf-8") for path in STYLES)
#: text on ground, and the least contrast: WCAG 2.2 asks 4.5 of texts and 3 of drawings.
PAIRS = (
    ("text", "card", 4.5), ("text", "ground", 4.5), ("weak", "card", 4.5), ("weak", "ground", 4.5),
    ("brand", "card", 4.5), ("brand", "brand-ground", 4.5), ("text", "brand-ground", 4.5),
    ("good", "good-ground", 4.5), ("middling", "middling-ground", 4.5), ("bad", "bad-ground", 4.5),
    ("text", "track", 4.5), ("fill", "card", 3), ("good", "card", 3), ("middling", "card", 3),
    ("bad", "card", 3), ("none", "card", 3), ("mark", "card", 3), ("fill", "track", 3),
    ("middling-fill", "card", 3), ("good-fill", "card", 3), ("bad-fill", "card", 3),
)  # fmt: skip


def variables(text: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+);", text))


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * one for one in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground", "least"), PAIRS)
def test_contrast(scheme, text, ground, least):
    light, dark = STYLE.split("@media screen and (prefers-color-scheme: dark)")[:2]
    colours = variables(light) | (variables(dark.split("@media")[0]) if scheme == "dark" else {})
    assert contrast(colours[text], colours[ground]) >= least
