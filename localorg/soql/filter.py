"""Conditions of a query as SQL with bound parameters.

Nulls: `!=` and `NOT IN` keep records whose field is null, and texts compare without case,
as the SOQL reference says of comparison operators:
https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_comparisonoperators.htm
"""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from localorg import ids, times
from localorg.errors import SalesforceError
from localorg.soql.dates import span
from localorg.soql.parse import pointed
from localorg.soql.tree import Combined, Query

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from zoneinfo import ZoneInfo

    from localorg.object_type import Field
    from localorg.soql.tree import Call, Comparison, Condition, Path, Value

Sql = tuple[str, list[object]]
_NUMBERS = frozenset({"int", "double", "currency", "percent"})
_KINDS = {
    "boolean": "boolean", "date": "date", "datetime": "datetime",
    **dict.fromkeys(_NUMBERS, "number"),
}  # fmt: skip
_TYPE_WORDS = {"datetime": "dateTime"}


class Filter:
    """Compiles conditions.

    `column` gives field and SQL of an operand, and refuses what may not be filtered; `within`
    compiles the query of a semi-join to a one-column SELECT.
    """

    def __init__(
        self,
        text: str,
        column: Callable[[Path | Call], tuple[Field, str]],
        within: Callable[[Query], Sql],
        zone: ZoneInfo,
    ) -> None:
        self._text, self._column, self._within, self._zone = text, column, within, zone

    def compile(self, condition: Condition) -> Sql:
        """One condition, parenthesised."""
        if isinstance(condition, Combined):
            return self._combined(condition)
        return self._comparison(condition)

    def _combined(self, condition: Combined) -> Sql:
        compiled = [self.compile(part) for part in condition.parts]
        parameters = [one for _, some in compiled for one in some]
        if condition.how == "not":
            return f"(NOT COALESCE({compiled[0][0]}, 0))", parameters
        joined = f" {condition.how.upper()} ".join(sql for sql, _ in compiled)
        return f"({joined})", parameters

    def _comparison(self, condition: Comparison) -> Sql:
        field, sql = self._column(condition.operand)
        if isinstance(condition.values, Query):
            inner, parameters = self._within(condition.values)
            absent = f"{sql} IS NULL OR " if condition.operator == "NOT IN" else ""
            return f"({absent}{sql} {condition.operator} ({inner}))", parameters
        self._check(condition, field)
        if condition.operator in {"IN", "NOT IN"}:
            return self._listed(condition, field, sql, condition.values)
        if condition.operator == "LIKE":
            return f"({sql} LIKE ? ESCAPE '\\')", [condition.values[0].text]
        return self._compared(condition, field, sql, condition.values[0])

    def _compared(self, condition: Comparison, field: Field, sql: str, value: Value) -> Sql:
        operator = condition.operator
        if value.kind == "null" or (value.kind == "string" and not value.text):
            if operator not in {"=", "!="}:
                return "(0)", []
            return f"({sql} IS {'NOT ' if operator == '!=' else ''}NULL)", []
        if value.kind == "date_literal":
            return self._ranged(operator, field, sql, value)
        bound = self._bind(condition, field, value)
        if operator == "!=":
            return f"({sql} IS NOT ?)", [bound]
        return f"({sql} {operator} ?)", [bound]

    def _listed(
        self, condition: Comparison, field: Field, sql: str, values: tuple[Value, ...]
    ) -> Sql:
        nulls = any(value.kind == "null" for value in values)
        bound = [self._bind(condition, field, one) for one in values if one.kind != "null"]
        marks = ", ".join("?" * len(bound))
        if condition.operator == "IN":
            absent = f" OR {sql} IS NULL" if nulls else ""
            return f"({sql} IN ({marks}){absent})", bound
        absent = f" AND {sql} IS NOT NULL" if nulls else f" OR {sql} IS NULL"
        return f"({sql} NOT IN ({marks}){absent})", bound

    def _ranged(self, operator: str, field: Field, sql: str, value: Value) -> Sql:
        start, end = span(value, datetime.now(self._zone).date())
        low, high = self._edge(field, start), self._edge(field, end)
        shapes: dict[str, Sql] = {
            "=": (f"({sql} >= ? AND {sql} < ?)", [low, high]),
            "!=": (f"({sql} < ? OR {sql} >= ? OR {sql} IS NULL)", [low, high]),
            "<": (f"({sql} < ?)", [low]),
            "<=": (f"({sql} < ?)", [high]),
            ">": (f"({sql} >= ?)", [high]),
            ">=": (f"({sql} >= ?)", [low]),
        }
        return shapes[operator]

    def _edge(self, field: Field, day: date) -> str:
        if field.type == "date":
            return day.isoformat()
        return times.text(datetime.combine(day, time(), self._zone))

    def _bind(self, condition: Comparison, field: Field, value: Value) -> object:
        if field.type in {"id", "reference"}:
            try:
                return ids.widen(value.text)
            except ValueError:
                message = f"invalid ID field: {value.text}"
                raise self._refused(condition, "INVALID_QUERY_FILTER_OPERATOR", message) from None
        if value.kind == "datetime":
            return times.text(times.read(value.text))
        if value.kind == "number":
            return float(value.text)
        if value.kind == "boolean":
            return int(value.text == "true")
        return value.text

    def _check(self, condition: Comparison, field: Field) -> None:
        values = () if isinstance(condition.values, Query) else condition.values
        wanted = _KINDS.get(field.type, "string")
        for value in values:
            dated = value.kind == "date_literal" and wanted in {"date", "datetime"}
            if value.kind not in {wanted, "null"} and not dated:
                raise self._wrong_kind(condition, field, wanted)
        exact = field.type in {"boolean", "id", "reference"} and condition.operator == "LIKE"
        if (condition.operator == "LIKE" and wanted != "string") or exact:
            message = f"invalid operator on {'id' if exact else wanted} field"
            raise self._refused(condition, "INVALID_QUERY_FILTER_OPERATOR", message)
        if field.type == "boolean" and condition.operator in {"<", "<=", ">", ">="}:
            raise self._refused(
                condition, "INVALID_QUERY_FILTER_OPERATOR", "invalid operator on boolean field"
            )

    def _wrong_kind(self, condition: Comparison, field: Field, wanted: str) -> SalesforceError:
        quoting = "should be" if wanted == "string" else "should not be"
        word = _TYPE_WORDS.get(field.type, "string" if wanted == "string" else field.type)
        message = (
            f"value of filter criterion for field '{field.name}' must be of type {word} and"
            f" {quoting} enclosed in quotes"
        )
        return self._refused(condition, "INVALID_FIELD", message)

    def _refused(self, condition: Comparison, code: str, message: str) -> SalesforceError:
        return SalesforceError(code, pointed(self._text, condition.operand.at, message))
