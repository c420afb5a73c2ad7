"""A query as one SELECT over the org's tables, with what its columns mean."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from localorg import multicurrency
from localorg.errors import SalesforceError
from localorg.object_type import new_field
from localorg.rights.sharing import visible
from localorg.soql.checks import check_semi_joins, check_shape
from localorg.soql.columns import Columns
from localorg.soql.filter import Filter, Sql
from localorg.soql.functions import AGGREGATES, DATE_FUNCTIONS, ON_DATETIME_ONLY
from localorg.soql.parse import malformed, pointed
from localorg.soql.tree import Call, Path, Query

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from localorg.object_type import Field, ObjectType
    from localorg.rights.access import Viewer
    from localorg.schema import Schema
    from localorg.soql.columns import Column
    from localorg.soql.tree import Ordering

_NUMERIC = frozenset({"int", "double", "currency", "percent"})
_NO_SEMI_JOIN = frozenset({"Task", "Event", "Note", "Attachment"})


@dataclass(frozen=True)
class Output:
    """One value of a result row."""

    name: str  #: canonical field name, alias or `exprN`
    field: Field  #: says how the stored value is shown
    parent: tuple[str, ...] = ()


@dataclass
class Compiled:
    """A query ready to run."""

    query: Query
    columns: Columns
    outputs: list[Output]
    selected: list[str]
    where: str
    parameters: list[object]
    group: str = ""
    having: str = ""
    having_parameters: list[object] = field(default_factory=list)
    order: str = ""


class Compiler:
    """Compiles queries of one viewer."""

    def __init__(
        self, schema: Schema, viewer: Viewer, zone: ZoneInfo, unseen: frozenset[str] = frozenset()
    ) -> None:
        """`unseen` are ids of records that no query gives."""
        self._schema, self._viewer, self._zone = schema, viewer, zone
        self._unseen = sorted(unseen)

    def compile(self, query: Query, *, deleted: bool = False, prefix: str = "t") -> Compiled:
        """The SQL of a query; refuses whatever the schema and the viewer's rights refuse."""
        columns = Columns(self._schema, self._viewer, query, prefix)
        check_shape(query)
        outputs, selected = self._select(query, columns)
        groups = [self._grouped(query, columns, one)[1] for one in query.group_by]
        order = [self._order(query, columns, one) for one in query.order_by]
        where, parameters = self._where(query, columns, deleted=deleted)
        made = Compiled(query, columns, outputs, selected, where, parameters)
        made.group = ", ".join(groups)
        made.order = ", ".join([*order, *([] if query.aggregates else [f"{columns.alias}._order"])])
        if query.having:
            made.having, made.having_parameters = self._filter(
                query, columns, grouped=True
            ).compile(query.having)
        return made

    def _select(self, query: Query, columns: Columns) -> tuple[list[Output], list[str]]:
        outputs, selected, unnamed = [], [], 0
        for one in query.select:
            if isinstance(one.what, Query):
                continue
            if isinstance(one.what, Call):
                kind, sql = self._called(query, columns, one.what)
                name = one.alias or f"expr{unnamed}"
                unnamed += 0 if one.alias else 1
                outputs.append(Output(name, kind))
            else:
                column = columns.find(one.what)
                sql = column.sql
                if query.aggregates and sql not in self._group_sql(query, columns):
                    raise malformed(f"Field must be grouped or aggregated: {column.field.name}")
                flat = query.aggregates
                name = one.alias if one.alias and flat else column.field.name
                outputs.append(Output(name, column.field, () if flat else column.parent))
            selected.append(sql)
        return outputs, selected

    def _group_sql(self, query: Query, columns: Columns) -> set[str]:
        return {self._grouped(query, columns, one)[1] for one in query.group_by}

    def _grouped(self, query: Query, columns: Columns, one: Path | Call) -> tuple[Field, str]:
        if isinstance(one, Call):
            if one.function not in DATE_FUNCTIONS:
                raise malformed(f"Invalid function in GROUP BY: {one.function}")
            return self._called(query, columns, one)
        column = columns.find(one)
        if not column.field.groupable:
            raise _refused(query, one, "MALFORMED_QUERY", column.field, "grouped")
        return column.field, column.sql

    def _why_not(self, call: Call, column: Column, thing: ObjectType) -> str | None:
        """Why a field cannot be aggregated so; None when it can."""
        field, is_sum = column.field, call.function in {"SUM", "AVG"}
        if not field.aggregatable or (is_sum and field.type not in _NUMERIC):
            return f"field {field.name} does not support aggregate operator {call.function}"
        is_plain = multicurrency.FIELD in thing.fields and not column.parent
        if self._is_amount(field) and not is_plain:
            return f"this org has several currencies and cannot convert {field.name}"
        return None

    def _is_amount(self, field: Field) -> bool:
        return field.type == "currency" and multicurrency.is_on(self._schema)

    def _called(self, query: Query, columns: Columns, call: Call) -> tuple[Field, str]:
        if call.function in DATE_FUNCTIONS and call.path is not None:
            return self._dated(query, columns, call, call.path)
        if call.function not in AGGREGATES:
            raise malformed(pointed(query.text, call.at, f"Unknown function: {call.function}"))
        if call.path is None:
            return new_field("count", "int"), "COUNT(*)"
        column = columns.find(call.path)
        if reason := self._why_not(call, column, columns.thing):
            raise malformed(pointed(query.text, call.at, reason))
        if self._is_amount(column.field):
            column = replace(column, sql=multicurrency.converted(columns.alias, column.sql))
        if call.function == "COUNT_DISTINCT":
            return new_field("count", "int"), f"COUNT(DISTINCT {column.sql})"
        if call.function == "COUNT":
            return new_field("count", "int"), f"COUNT({column.sql})"
        kind = new_field("average", "double") if call.function == "AVG" else column.field
        return kind, f"{call.function}({column.sql})"

    def _dated(self, query: Query, columns: Columns, call: Call, path: Path) -> tuple[Field, str]:
        column = columns.find(path)
        allowed = {"datetime"} if call.function in ON_DATETIME_ONLY else {"date", "datetime"}
        if column.field.type not in allowed:
            message = f"{call.function} is not allowed on field {column.field.name}"
            raise malformed(pointed(query.text, call.at, message))
        sql = DATE_FUNCTIONS[call.function].format(column.sql)
        return new_field(call.function, "date" if call.function == "DAY_ONLY" else "int"), sql

    def _order(self, query: Query, columns: Columns, one: Ordering) -> str:
        if isinstance(one.operand, Call):
            _, sql = self._called(query, columns, one.operand)
        else:
            column = columns.find(one.operand)
            sql = column.sql
            if not column.field.sortable:
                raise _refused(query, one.operand, "MALFORMED_QUERY", column.field, "sorted")
            if query.group_by and sql not in self._group_sql(query, columns):
                raise malformed(f"Ordered field must be grouped or aggregated: {one.operand}")
        direction = "DESC" if one.descending else "ASC"
        return f"{sql} {direction} NULLS {'LAST' if one.nulls_last else 'FIRST'}"

    def _where(self, query: Query, columns: Columns, *, deleted: bool) -> Sql:
        conditions: list[str] = [] if deleted else [f'{columns.alias}."IsDeleted" = 0']
        parameters: list[object] = []
        if query.where:
            check_semi_joins(query.where)
            sql, bound = self._filter(query, columns).compile(query.where)
            conditions.append(sql)
            parameters += bound
        if self._unseen:
            conditions.append(f'{columns.alias}."Id" NOT IN ({", ".join("?" * len(self._unseen))})')
            parameters += self._unseen
        seen = visible(self._schema, self._viewer, columns.thing, columns.alias)
        if seen:
            conditions.append(f"({seen[0]})")
            parameters += seen[1]
        return " AND ".join(conditions) or "1", parameters

    def _filter(self, query: Query, columns: Columns, *, grouped: bool = False) -> Filter:
        def column(operand: Path | Call) -> tuple[Field, str]:
            if isinstance(operand, Call):
                if operand.function in AGGREGATES and not grouped:
                    raise malformed(f"Grouped field should not be aggregated: {operand.path}")
                return self._called(query, columns, operand)
            found = columns.find(operand)
            if grouped and found.sql not in self._group_sql(query, columns):
                raise malformed(f"Field must be grouped or aggregated: {operand}")
            if not found.field.filterable:
                raise _refused(query, operand, "INVALID_FIELD", found.field, "filtered")
            return found.field, found.sql

        return Filter(query.text, column, self._semi_join, self._zone)

    def _semi_join(self, inner: Query) -> Sql:
        if len(inner.select) != 1 or not isinstance(inner.select[0].what, Path):
            raise malformed("semi join sub-selects must select exactly one field")
        compiled = self.compile(inner, prefix="s")
        if compiled.columns.thing.name in _NO_SEMI_JOIN:
            name = compiled.columns.thing.name
            raise malformed(f"Entity '{name}' is not supported for semi join inner selects")
        if compiled.outputs[0].field.type not in {"id", "reference"}:
            raise malformed("semi join sub-selects can only query id and reference fields")
        sql = (
            f"SELECT {compiled.selected[0]} FROM {compiled.columns.from_sql}"  # noqa: S608  # quoted
            f" WHERE {compiled.where}"
        )
        return sql, [*compiled.columns.join_parameters, *compiled.parameters]


def _refused(query: Query, path: Path, code: str, field_: Field, use: str) -> SalesforceError:
    message = f"field '{field_.name}' can not be {use} in a query call"
    return SalesforceError(code, pointed(query.text, path.at, message))
