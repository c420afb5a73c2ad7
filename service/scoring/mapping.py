"""Reads plain mappings strictly: every error is kept, with its key path and a remedy.

What it is given was parsed already (TOML, custom metadata): text, numbers, lists, mappings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

T = TypeVar("T")

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Table:
    """One mapping. Reading never raises: it adds to `errors` and gives a stand-in value.

    A key that is absent takes its default; without a default it is an error.
    """

    def __init__(
        self, data: object, path: str, errors: list[str], keys: Iterable[str] = ()
    ) -> None:
        """Refuse keys that are not among `keys`; without any, every key is allowed."""
        self.path, self.errors = path, errors
        self.data: Mapping[str, object] = data if isinstance(data, Mapping) else {}
        if not isinstance(data, Mapping):
            self._refuse("", "must be a table of keys and values")
        known = tuple(keys)
        for key in self.data if known else ():
            if key not in known:
                self.refuse(key, _unknown(key, known))

    def refuse(self, key: str, remedy: str) -> None:
        """Keep an error about one key."""
        self._refuse(key, remedy)

    def refuse_twice(self, key: str, names: list[str]) -> None:
        """Keep an error about every name that a list has more than once."""
        for name in sorted({name for name in names if name and names.count(name) > 1}):
            self.refuse(key, f"{name!r} is there twice; keep one")

    def text(self, key: str, default: str | None = None, longest: int = 255) -> str:
        """Text that is not empty; an empty default is allowed to be given as such."""
        value = self._get(key, default)
        if not isinstance(value, str) or (not value.strip() and value != default):
            return self._stand_in(key, "must be text that is not empty", "")
        if len(value) > longest:
            return self._stand_in(key, f"must be at most {longest} characters", "")
        return value

    def whole(
        self, key: str, default: int | None = None, *, least: int = 0, most: int = 10_000
    ) -> int:
        """A whole number within bounds."""
        value = self._get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            return self._stand_in(
                key,
                f"must be a whole number from {least} to {most}, not {value!r}",
                default or least,
            )
        return value

    def truth(self, key: str) -> bool:
        """True or false; False when the key is absent."""
        value = self._get(key, default=False)
        if not isinstance(value, bool):
            return self._stand_in(key, f"must be true or false, not {value!r}", value=False)
        return value

    def day(self, key: str) -> date | None:
        """A date without a time (in TOML: 2026-11-23); None when the key is absent."""
        if key not in self.data:
            return None
        value = self.data[key]
        if type(value) is not date:
            quoted = ", without quotes" if isinstance(value, str) and _DAY.fullmatch(value) else ""
            return self._stand_in(
                key, f"must be a date like 2026-11-23{quoted}, not {value!r}", None
            )
        return value

    def number(
        self, key: str, *, above: Decimal = Decimal(0), most: Decimal = Decimal(10**12)
    ) -> Decimal:
        """A number above one bound and at most another. Required."""
        return self._number(key, self._get(key, None), above, most)

    def numbers(self, key: str, most: Decimal) -> dict[str, Decimal]:
        """A mapping of names to numbers above 0; empty when the key is absent."""
        inner = self.table(key)
        return {
            name: inner._number(name, value, Decimal(0), most)  # noqa: SLF001 - a Table itself
            for name, value in inner.data.items()
        }

    def texts(self, key: str, default: Collection[str] | None = None) -> tuple[str, ...]:
        """A list of texts that are not empty, without repeats."""
        value = self._get(key, default)
        items = list(value) if isinstance(value, (list, tuple)) else [None]
        texts = tuple(item for item in items if isinstance(item, str) and item.strip())
        if len(texts) < len(items):
            return self._stand_in(key, "must be a list of texts that are not empty", ())
        if len(set(texts)) < len(texts):
            return self._stand_in(key, "names something twice; keep one", ())
        return texts

    def named_texts(self, key: str) -> dict[str, str]:
        """A mapping of names to texts; empty when the key is absent."""
        inner = self.table(key)
        return {name: inner.text(name) for name in inner.data}

    def table(self, key: str, keys: Iterable[str] = ()) -> Table:
        """A mapping inside; empty when the key is absent."""
        return Table(self.data.get(key, {}), self._at(key), self.errors, keys)

    def tables(self, key: str, keys: Iterable[str]) -> list[Table]:
        """A list of mappings; empty when the key is absent. Paths count from 1, as people do."""
        value = self.data.get(key, [])
        if not isinstance(value, (list, tuple)):
            return self._stand_in(key, f"must be a list of tables ([[{key}]])", [])
        known = tuple(keys)
        return [
            Table(item, f"{self._at(key)}[{at}]", self.errors, known)
            for at, item in enumerate(value, start=1)
        ]

    def _number(self, key: str, value: object, above: Decimal, most: Decimal) -> Decimal:
        is_number = isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
        number = Decimal(str(value)) if is_number else Decimal("NaN")
        if not number.is_finite() or not above < number <= most:
            return self._stand_in(
                key, f"must be a number above {above} and at most {most}, not {value!r}", most
            )
        return number

    def _get(self, key: str, default: object) -> object:
        return self.data.get(key, default)

    def _stand_in(self, key: str, remedy: str, value: T) -> T:
        if key not in self.data:
            remedy = f"is missing: add it; it {remedy.partition(', not ')[0]}"
        self._refuse(key, remedy)
        return value

    def _at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path and key else self.path or key

    def _refuse(self, key: str, remedy: str) -> None:
        self.errors.append(f"{self._at(key) or 'The rule set'}: {remedy}.")


def _unknown(key: str, known: Collection[str]) -> str:
    near = get_close_matches(key, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(sorted(known))}"
    return f"unknown key; remove it or correct it ({hint})"
