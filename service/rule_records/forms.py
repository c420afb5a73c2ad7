"""How one value of the rules is written in one field, and read from it again.

A list is one entry a line; a condition is written as in the rules file (`field = "IsClosed", is =
true`), which keeps numbers, days and texts apart.
"""

from __future__ import annotations

import json
import re
import tomllib
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from service.rule_records.shape import Form

#: What a field of an org does not keep, or XML cannot hold.
_UNKEPT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_DECIMALS = 4


class FormError(ValueError):
    """A value that a field cannot hold, or text that is no such value; the message is a remedy."""


def read(form: Form, value: Any) -> Any:  # noqa: ANN401 - a value of a record
    """The value of the rules that a field holds; None where the field is empty. Raises FormError."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    return _READ[form](value)


def write(form: Form, value: Any) -> Any:  # noqa: ANN401 - a value of the rules
    """What a field must hold for it: text, a number, a day or a truth. Raises FormError."""
    return _WRITE[form](value)


def _whole(value: Any) -> Any:  # noqa: ANN401
    """Orgs give every number as 20.0; one that is not whole is left to the validation."""
    return int(value) if value == int(value) else value


def _number(value: Any) -> int | Decimal:  # noqa: ANN401
    number = Decimal(str(value))
    return int(number) if number == number.to_integral_value() else number


def _day(value: Any) -> date:  # noqa: ANN401
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise FormError(f"{value!r} is no date; write one like 2026-11-23") from error


def _lines(value: str) -> list[str]:
    """Not by splitlines(), which breaks a line at signs that a name may hold."""
    return [line.strip() for line in re.split(r"\r?\n", value) if line.strip()]


def _pairs(value: str) -> list[tuple[str, str]]:
    found = []
    for line in _lines(value):
        name, sign, text = (part.strip() for part in line.partition("="))
        if not (name and sign and text):
            raise FormError(f"the line {line!r} must be a name, = and a text")
        found.append((name, text))
    return found


def _components(value: str) -> list[dict[str, str]]:
    return [{"name": name, "label": label} for name, label in _pairs(value)]


def _required(value: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name, text in _pairs(value):
        object_name, dot, field = name.partition(".")
        if not dot:
            raise FormError(f"{name!r} must be an object and a field, like Opportunity.Type")
        if field in found.setdefault(object_name, {}):
            raise FormError(f"{name} is there twice; keep one")
        found[object_name][field] = text
    return found


def _conditions(value: str) -> list[dict[str, Any]]:
    return [_condition(line) for line in _lines(value)]


def _condition(line: str) -> dict[str, Any]:
    try:
        found = tomllib.loads(f"condition = {{ {line} }}", parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise FormError(
            f'the line {line!r} is no condition; write one like: field = "IsClosed", is = true'
        ) from error
    condition: dict[str, Any] = found["condition"]
    return condition


_READ: Mapping[Form, Callable[[Any], Any]] = {
    "text": lambda value: str(value).strip(),
    "words": lambda value: str(value).strip().replace("\r\n", "\n"),
    "whole": _whole,
    "number": _number,
    "day": _day,
    "truth": bool,
    "lines": _lines,
    "names": lambda value: str(value).replace(",", " ").split(),
    "components": _components,
    "required": _required,
    "conditions": _conditions,
}


def _written_text(value: str) -> str:
    if value != value.strip() or "\n" in value or _UNKEPT.search(value):
        raise FormError(f"{value!r} has spaces around it or more than one line; write it plainly")
    return value


def _written_words(value: str) -> str:
    if value != value.strip() or _UNKEPT.search(value):
        raise FormError(f"{value!r} has spaces around it or signs that an org does not keep")
    return value


def _written_number(value: Any) -> Decimal:  # noqa: ANN401
    number = Decimal(str(value))
    if number != round(number, _DECIMALS):
        raise FormError(f"{number} has more than {_DECIMALS} decimal places; round it")
    return number


def _written_lines(values: Sequence[str]) -> str:
    return "\n".join(_written_text(one) for one in values)


def _written_names(values: Sequence[str]) -> str:
    for one in values:
        if one.replace(",", " ").split() != [one]:
            raise FormError(f"{one!r} has a space or a comma; write it without")
    return " ".join(values)


def _written_pairs(pairs: Sequence[tuple[str, str]]) -> str:
    for name, _ in pairs:
        if "=" in name:
            raise FormError(f"{name!r} has a = in its name; take it out")
    return "\n".join(f"{_written_text(name)} = {_written_text(text)}" for name, text in pairs)


def _written_required(value: Mapping[str, Mapping[str, str]]) -> str:
    return _written_pairs(
        [
            (f"{name}.{field}", text)
            for name, texts in value.items()
            for field, text in texts.items()
        ]
    )


def _written_condition(condition: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} = {_toml(value)}" for key, value in condition.items())


def _toml(value: Any) -> str:  # noqa: ANN401
    """A value as TOML has it: https://toml.io/en/v1.0.0."""
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else _plain(value)


def _plain(number: Any) -> str:  # noqa: ANN401
    """A number without an exponent that TOML would not read."""
    return f"{Decimal(str(number)):f}"


_WRITE: Mapping[Form, Callable[[Any], Any]] = {
    "text": _written_text,
    "words": _written_words,
    "whole": Decimal,
    "number": _written_number,
    "day": lambda value: value,
    "truth": bool,
    "lines": _written_lines,
    "names": _written_names,
    "components": lambda value: _written_pairs([(one["name"], one["label"]) for one in value]),
    "required": _written_required,
    "conditions": lambda value: "\n".join(_written_condition(one) for one in value),
}
