"""Every text of the panel, from one file per language: a translation is one more file beside `en.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ENGLISH: Final = "en"
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


class Catalogues:
    """The languages that there are."""

    def __init__(self, by_language: Mapping[str, Catalogue]) -> None:
        self._by_language = by_language

    @property
    def languages(self) -> frozenset[str]:
        """Their names, as files have them: `en`, `pt_BR`."""
        return frozenset(self._by_language)

    def of(self, wanted: Iterable[str]) -> Catalogue:
        """The first of these languages (`de_CH`, `pt-BR`) that there is, or its mother tongue; else English."""
        for language in wanted:
            name = language.replace("-", "_")
            for known in (name, name.partition("_")[0]):
                if known in self._by_language:
                    return self._by_language[known]
        return self._by_language[ENGLISH]


def read_catalogues(folder: Path = FOLDER) -> Catalogues:
    """Every language of the folder. What a translation lacks is said in English."""
    texts = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in folder.glob("*.toml")}
    english = dict(_flat(texts[ENGLISH]))
    return Catalogues(
        {language: Catalogue({**english, **dict(_flat(own))}) for language, own in texts.items()}
    )


def _flat(texts: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in texts.items():
        if isinstance(value, dict):
            found += _flat(value, f"{prefix}{name}.")
        else:
            found.append((prefix + name, value))
    return found
