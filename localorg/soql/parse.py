"""Text to `Query`, by a Lark LALR grammar (`soql.lark`); syntax errors as Salesforce words them."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedInput, UnexpectedToken
from lark.exceptions import VisitError

from localorg.errors import SalesforceError
from localorg.soql.tree import (
    Call,
    Combined,
    Comparison,
    Condition,
    Ordering,
    Path,
    Query,
    Selected,
    Value,
)

LONGEST_QUERY = 100_000
LONGEST_STRING = 4_000
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_CARET_BEFORE, _CARET_AFTER = 32, 8


def parse(text: str) -> Query:
    """The query that `text` says; `MALFORMED_QUERY` if it says none."""
    if len(text) > LONGEST_QUERY:
        raise malformed("SOQL statements can't be longer than 100,000 characters")
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        raise _syntax_error(text, error) from None
    try:
        query: Query = _Builder(text).transform(tree)
    except VisitError as error:
        raise error.orig_exc from None
    return query


def malformed(message: str) -> SalesforceError:
    """A query that cannot be understood."""
    return SalesforceError("MALFORMED_QUERY", message)


def pointed(text: str, at: int, message: str) -> str:
    """A message below the place in the query that it is about, with a caret, as Salesforce does."""
    line_start = text.rfind("\n", 0, at) + 1
    row, column = text.count("\n", 0, at) + 1, at - line_start + 1
    start = max(line_start, at - _CARET_BEFORE)
    shown = (
        text[start : at + _CARET_AFTER].split("\n", maxsplit=1)[0]
        if at < len(text)
        else text[start:]
    )
    return f"\n{shown}\n{' ' * (at - start)}^\nERROR at Row:{row}:Column:{column}\n{message}"


@cache
def _parser() -> Lark:
    grammar = (files("localorg") / "soql.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", maybe_placeholders=True, propagate_positions=True)


def _syntax_error(text: str, error: UnexpectedInput) -> SalesforceError:
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        return malformed("unexpected token: '<EOF>'")
    if isinstance(error, UnexpectedToken):
        at = error.token.start_pos or 0
        return malformed(pointed(text, at, f"unexpected token: '{error.token}'"))
    at = error.pos_in_stream if isinstance(error, UnexpectedCharacters) else 0
    at = at or 0
    found = re.match(r"\w+|.", text[at:], re.DOTALL)
    return malformed(pointed(text, at, f"unexpected token: '{found[0] if found else ''}'"))


def _unescape(quoted: str, *, keep_wildcards: bool = False) -> str:
    """The text of a string literal. In a LIKE pattern, escaped wildcards stay escaped."""

    def one(found: re.Match[str]) -> str:
        char = found[1]
        if keep_wildcards and char in "%_\\":
            return f"\\{char}"
        if char in "'\"\\" or char in _ESCAPES:
            return _ESCAPES.get(char, char)
        raise malformed(
            f"Invalid string literal '{quoted[1:-1]}'. Illegal character sequence '\\{char}' in string literal."
        )

    text = re.sub(r"\\(.)", one, quoted[1:-1], flags=re.DOTALL)
    if len(text) > LONGEST_STRING:
        raise malformed("String literals can't be longer than 4,000 characters")
    return text


class _Builder(Transformer[Token, Any]):
    """Turns Lark's tree into the values of soql_tree."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def start(self, parts: list[Query]) -> Query:
        return parts[0]

    def query(self, parts: list[Any]) -> Query:
        select, (source, alias), where, group, having, order, limit, offset, *_tail = parts
        return Query(
            text=self._text, select=select, source=str(source), alias=alias, where=where,
            group_by=group or (), having=having, order_by=order or (), limit=limit,
            offset=offset, from_at=source.start_pos or 0,
        )  # fmt: skip

    def select_list(self, parts: list[Any]) -> tuple[Selected, ...]:
        return tuple(parts)

    def plain(self, parts: list[Any]) -> Selected:
        return Selected(*parts)

    called = plain

    def child(self, parts: list[Query]) -> Selected:
        return Selected(parts[0])

    def alias(self, parts: list[Token]) -> str:
        return str(parts[0])

    def call(self, parts: list[Any]) -> Call:
        name, path = parts
        return Call(str(name).upper(), path, name.start_pos)

    def path(self, parts: list[Token]) -> Path:
        return Path(tuple(map(str, parts)), parts[0].start_pos or 0)

    def source(self, parts: list[Any]) -> tuple[Token, str | None]:
        return parts[0], str(parts[1]) if parts[1] else None

    def where(self, parts: list[Condition]) -> Condition:
        return parts[0]

    having = where

    def all_of(self, parts: list[Condition]) -> Combined:
        return Combined("and", tuple(parts))

    def any_of(self, parts: list[Condition]) -> Combined:
        return Combined("or", tuple(parts))

    def negated(self, parts: list[Condition]) -> Combined:
        return Combined("not", tuple(parts))

    def compared(self, parts: list[Any]) -> Comparison:
        operand, operator, value = parts
        return Comparison(operand, str(operator).replace("<>", "!="), (value,))

    def like(self, parts: list[Any]) -> Comparison:
        operand, pattern = parts
        text = _unescape(str(pattern), keep_wildcards=True)
        return Comparison(operand, "LIKE", (Value("string", text),))

    def within(self, parts: list[Any]) -> Comparison:
        return Comparison(parts[0], "IN", tuple(parts[1:]))

    def without(self, parts: list[Any]) -> Comparison:
        return Comparison(parts[0], "NOT IN", tuple(parts[1:]))

    def within_query(self, parts: list[Any]) -> Comparison:
        return Comparison(parts[0], "IN", parts[1])

    def without_query(self, parts: list[Any]) -> Comparison:
        return Comparison(parts[0], "NOT IN", parts[1])

    def string(self, parts: list[Token]) -> Value:
        return Value("string", _unescape(str(parts[0])))

    def date(self, parts: list[Token]) -> Value:
        return Value("date", str(parts[0]))

    def datetime(self, parts: list[Token]) -> Value:
        return Value("datetime", str(parts[0]))

    def number(self, parts: list[Token]) -> Value:
        return Value("number", str(parts[0]))

    def true(self, _parts: list[Token]) -> Value:
        return Value("boolean", "true")

    def false(self, _parts: list[Token]) -> Value:
        return Value("boolean", "false")

    def null(self, _parts: list[Token]) -> Value:
        return Value("null", "")

    def date_literal(self, parts: list[Any]) -> Value:
        name, number = parts
        return Value("date_literal", str(name).upper(), _whole(number) if number else None)

    def group(self, parts: list[Any]) -> tuple[Path | Call, ...]:
        return tuple(parts)

    order = group

    def order_item(self, parts: list[Any]) -> Ordering:
        operand, direction, nulls = parts
        return Ordering(
            operand,
            descending=str(direction).upper() == "DESC",
            nulls_last=str(nulls).upper() == "LAST",
        )

    def limit(self, parts: list[Token]) -> int:
        return _whole(parts[0])

    offset = limit


def _whole(token: Token) -> int:
    if not str(token).isdigit():
        raise malformed(f"unexpected token: '{token}'")
    return int(token)
