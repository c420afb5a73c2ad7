"""Every text of the panel, from one file per language, ready for translation."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "messages"


class Catalogue:
    """Texts by dotted key. A missing key is a KeyError: a page never shows a bare key."""

    def __init__(self, texts: dict[str, Any]) -> None:
        self._texts = dict(_flat(texts))

    @property
    def keys(self) -> frozenset[str]:
        """All keys, so that a test can hold templates and catalogue together."""
        return frozenset(self._texts)

    def __call__(self, key: str, **values: object) -> str:
        """The text with its {placeholders} filled. `count=1` picks `key.one`, others `key.other`."""
        if "count" in values:
            key += ".one" if str(values.get("count")) == "1" else ".other"
        return str(self._texts[key]).format(**values)

    def lines(self, key: str) -> list[str]:
        """A list of texts, for instance the steps of a page that explains."""
        return [str(line) for line in self._texts[key]]

    def has(self, key: str) -> bool:
        """True when the catalogue has this key."""
        return key in self._texts


def read_catalogue(language: str = "en") -> Catalogue:
    """The catalogue of a language; English is the one there is."""
    return Catalogue(tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8")))


def _flat(texts: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in texts.items():
        if isinstance(value, dict):
            found += _flat(value, f"{prefix}{name}.")
        else:
            found.append((prefix + name, value))
    return found
