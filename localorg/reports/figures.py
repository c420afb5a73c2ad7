"""The figures of a dashboard's component, from the result of its report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localorg.reports.definition import ROW_COUNT, RefusedError

if TYPE_CHECKING:
    from localorg.reports.part import Part
    from localorg.reports.result import Key, Result

#: How dashboards spell the summary of a column: `s!AMOUNT`.
_AGGREGATES = {"s": "Sum", "a": "Average", "x": "Maximum", "m": "Minimum"}


def figures(part: Part, result: Result) -> dict[str, Any]:
    """What `Drawn` holds of them: a total, a chart's points, or a table."""
    if part.kind == "FlexTable":
        is_detailed = any(kind == "detail" for _, kind in part.columns)
        return _detail_table(part, result) if is_detailed else _group_table(part, result)
    total = _summary(part, result, result.total) if result.total.rows else 0
    if part.kind == "Metric":
        return {"total": total}
    level = _level(result, part.grouping)
    points = [
        (result.labels[level][keys[0]], _summary(part, result, tally))
        for keys, tally in result.rolled((level,)).items()
    ]
    if part.by_value:
        points.sort(key=lambda point: point[1] or 0, reverse=part.descending)
    elif part.descending != result.definition.groupings[level].descending:
        points.reverse()
    shown = [(label, value) for label, value in points if value is not None]
    return {"total": total, "points": tuple(shown[: part.most])}


def _level(result: Result, column: str) -> int:
    try:
        return result.level(column)
    except ValueError:
        words = f"The report {result.definition.name} is not grouped by {column}"
        raise RefusedError(words) from None


def _summary(part: Part, result: Result, tally: Any) -> Any:  # noqa: ANN401  # of a Tally
    return _value(result, tally, part.summary[0], part.summary[1])


def _value(result: Result, tally: Any, column: str, kind: str) -> Any:  # noqa: ANN401
    if column == ROW_COUNT:
        return tally.rows
    for at, name, shown in result.aggregates:
        if (shown.name, name) == (column, kind):
            return tally.value(at, kind) if tally.rows else None
    words = f"The report {result.definition.name} has no {kind or 'summary'} of {column}"
    raise RefusedError(words)


def _group_table(part: Part, result: Result) -> dict[str, Any]:
    levels = [_level(result, name) for name, kind in part.columns if kind == "grouping"]
    heads = [(result.groupings[at].label, "string", 0) for at in levels]
    summaries = [_aggregate(name) for name, kind in part.columns if kind == "aggregate"]
    heads += [_head(result, *one) for one in summaries]
    lines = []
    for keys, tally in result.rolled(levels).items():
        said = [_group_cell(result, at, key) for at, key in zip(levels, keys, strict=True)]
        lines.append((*said, *((_value(result, tally, *one), None) for one in summaries)))
    return {"heads": tuple(heads), "table": tuple(lines[: part.most])}


def _group_cell(result: Result, level: int, key: Key) -> tuple[str, str | None]:
    return result.labels[level][key], None


def _aggregate(column: str) -> tuple[str, str]:
    """`RowCount`, or a summarised column as dashboards spell it: `s!AMOUNT`."""
    if column == ROW_COUNT:
        return ROW_COUNT, ""
    kind, _, name = column.partition("!")
    return name, _AGGREGATES.get(kind, kind)


def _head(result: Result, column: str, kind: str) -> tuple[str, str, int]:
    if column == ROW_COUNT:
        return "Record Count", "int", 0
    shown = next((one for _, _, one in result.aggregates if one.name == column), None)
    label = shown.label if shown else column
    return f"{kind} of {label}", "double", max(1, shown.scale if shown else 0)


def _detail_table(part: Part, result: Result) -> dict[str, Any]:
    at = {one.name: place for place, one in enumerate(result.columns)}
    wanted = [(name, kind) for name, kind in part.columns if kind == "grouping" or name in at]
    heads = []
    for name, kind in wanted:
        shown = (
            result.groupings[_level(result, name)]
            if kind == "grouping"
            else result.columns[at[name]]
        )
        heads.append((shown.label, "string" if kind == "grouping" else shown.type, shown.scale))
    lines = []
    for row in result.rows[: part.most]:
        cells: list[tuple[Any, str | None]] = []
        for name, kind in wanted:
            if kind == "grouping":
                level = _level(result, name)
                cells.append((result.labels[level][row.keys[level]], None))
            else:
                cells.append((row.values[at[name]], row.ids[at[name]]))
        lines.append(tuple(cells))
    return {"heads": tuple(heads), "table": tuple(lines)}
