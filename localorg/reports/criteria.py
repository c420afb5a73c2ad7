"""A report's filter as SQL: operators, blank values, alternatives, relative dates, and/or/not.

The comparisons themselves are those of SOQL (`soql_filter`): a relative date in a report is the
same date literal.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from localorg.errors import SalesforceError
from localorg.reports.definition import Criterion, Definition, RefusedError
from localorg.soql.filter import Filter
from localorg.soql.tree import Combined, Comparison, Path, Value

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from localorg.object_type import Field
    from localorg.soql.filter import Sql
    from localorg.soql.tree import Call, Condition, Query, ValueKind

_OPERATORS = {
    "equals": "=", "notEqual": "!=", "lessThan": "<", "greaterThan": ">", "lessOrEqual": "<=",
    "greaterOrEqual": ">=",
}  # fmt: skip
_LIKE = {"contains": "%{}%", "notContain": "%{}%", "startsWith": "{}%"}
_TEXTS = frozenset({"string", "picklist", "combobox", "email", "phone", "url", "textarea"})
_NUMBERS = frozenset({"int", "double", "currency", "percent"})
_RELATIVE = re.compile(r"(?P<name>[A-Z][A-Z_]*)(?::(?P<number>\d+))?\Z")
_TOKENS = re.compile(r"\s*(\(|\)|\d+|AND|OR|NOT)", re.IGNORECASE)


def compile_filter(
    definition: Definition, column: Callable[[str], tuple[Field, str]], zone: ZoneInfo
) -> Sql:
    """The filter's SQL and what is bound in it; `RefusedError` for what this org cannot draw."""
    lines = [*definition.criteria, *_time(definition)]
    if not lines:
        return "1", []
    conditions = [_condition(one, column(one.column)[0]) for one in lines]
    logic = _logic(definition.boolean_filter, conditions[: len(definition.criteria)])
    extra = conditions[len(definition.criteria) :]
    whole = Combined("and", (*([logic] if logic else []), *extra))

    def find(operand: Path | Call) -> tuple[Field, str]:
        return column(str(operand))

    try:
        return Filter("", find, _no_query, zone).compile(whole)
    except SalesforceError as error:
        raise RefusedError(f"This org cannot draw the filter: {error.message}") from error


def _no_query(_query: Query) -> Sql:
    raise RefusedError("A report's filter has no queries")


def _time(definition: Definition) -> list[Criterion]:
    """The time frame as two more lines; without days it is no limit."""
    names = ("greaterOrEqual", "lessOrEqual")
    return [
        Criterion(definition.time_column, operator, day)
        for operator, day in zip(names, definition.time_span, strict=True)
        if day
    ]


def _condition(one: Criterion, field: Field) -> Condition:
    path = Path((one.column,))
    if one.operator in _LIKE:
        escaped = re.sub(r"([%_\\])", r"\\\1", one.value)
        like = Comparison(path, "LIKE", (Value("string", _LIKE[one.operator].format(escaped)),))
        return Combined("not", (like,)) if one.operator == "notContain" else like
    several = one.operator in {"equals", "notEqual"} and field.type in _TEXTS
    values = tuple(
        _value(one, field, said.strip())
        for said in (one.value.split(",") if several else [one.value])
    )
    if len(values) > 1:
        return Comparison(path, "IN" if one.operator == "equals" else "NOT IN", values)
    return Comparison(path, _OPERATORS[one.operator], values)


def _value(one: Criterion, field: Field, said: str) -> Value:
    if not said:
        return Value("null", "")
    if field.type in {"date", "datetime"}:
        return _date(one, field, said)
    if field.type == "boolean":
        if said.lower() not in {"0", "1", "false", "true"}:
            raise RefusedError(f"{said} is no value of the checkbox {one.column}")
        return Value("boolean", "true" if said.lower() in {"1", "true"} else "false")
    kind: ValueKind = "number" if field.type in _NUMBERS else "string"
    return Value(kind, said)


def _date(one: Criterion, field: Field, said: str) -> Value:
    relative = _RELATIVE.match(said)
    if relative:
        number = relative["number"]
        return Value("date_literal", relative["name"], int(number) if number else None)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", said) and field.type == "date":
        return Value("date", said)
    raise RefusedError(f"This org cannot draw the date {said} in the filter on {one.column}")


def _logic(text: str, conditions: list[Condition]) -> Condition | None:
    if not text:
        return Combined("and", tuple(conditions)) if conditions else None
    tokens = _TOKENS.findall(text)
    if "".join(tokens).lower() != re.sub(r"\s", "", text).lower():
        raise RefusedError(f"This org cannot read the booleanFilter {text}")
    found, rest = _either(tokens, conditions)
    if rest:
        raise RefusedError(f"This org cannot read the booleanFilter {text}")
    return found


def _either(tokens: list[str], conditions: list[Condition]) -> tuple[Condition, list[str]]:
    return _chain(tokens, conditions, "or", _all)


def _all(tokens: list[str], conditions: list[Condition]) -> tuple[Condition, list[str]]:
    return _chain(tokens, conditions, "and", _one)


def _chain(
    tokens: list[str],
    conditions: list[Condition],
    word: str,
    part: Callable[[list[str], list[Condition]], tuple[Condition, list[str]]],
) -> tuple[Condition, list[str]]:
    first, tokens = part(tokens, conditions)
    parts = [first]
    while tokens and tokens[0].lower() == word:
        more, tokens = part(tokens[1:], conditions)
        parts.append(more)
    how = "or" if word == "or" else "and"
    return (parts[0] if len(parts) == 1 else Combined(how, tuple(parts))), tokens  # type: ignore[arg-type]  # one of the two


def _one(tokens: list[str], conditions: list[Condition]) -> tuple[Condition, list[str]]:
    head, *rest = tokens or [""]
    if head == "(":
        inner, rest = _either(rest, conditions)
        if rest[:1] == [")"]:
            return inner, rest[1:]
    elif head.lower() == "not":
        inner, rest = _one(rest, conditions)
        return Combined("not", (inner,)), rest
    elif head.isdigit() and 1 <= int(head) <= len(conditions):
        return conditions[int(head) - 1], rest
    raise RefusedError("This org cannot read the booleanFilter of the report")
