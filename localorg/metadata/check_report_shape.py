"""What makes a report refuse to run although every name in it exists.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_report.htm
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from localorg.errors import SalesforceError
from localorg.metadata import model
from localorg.soql.dates import span
from localorg.soql.tree import Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from localorg.metadata.model import Component, Problem

#: https://help.salesforce.com/s/articleView?id=sf.rd_reports_limits.htm
MOST_DOWN = {"Summary": 3, "Matrix": 2}
MOST_ACROSS = {"Matrix": 2}
MOST_CRITERIA = 20
MOST_CROSS_FILTERS, MOST_CROSS_CRITERIA = 3, 5
#: The parameters without which reports of a standard type are not found in any real org.
_PARAMETERS = {
    "Activity": ("closed", "type"),
    "AccountActivity": ("closed", "type"),
    "Opportunity": ("open", "probability"),
    "User": ("active",),
}
_LITERAL = re.compile(r"(?P<name>[A-Z]+(_[A-Z\d]+)*)(?::(?P<number>\d+))?\Z")
_DATED = re.compile(r"(LAST|THIS|NEXT|N)_|(TODAY|YESTERDAY|TOMORROW)\b")


def check_report_shape(one: Component) -> Iterator[Problem]:
    """Groupings, filters, relative dates, cross filters and parameters."""
    yield from _check_groupings(one)
    yield from _check_filter(one)
    given = {model.text(element, "name") for element in one.every("params")}
    for name in _PARAMETERS.get(one.text("reportType"), ()):
        if name not in given:
            yield one.problem(f"A report on {one.text('reportType')} needs the parameter {name}")
    cross = list(one.every("crossFilters"))
    if len(cross) > MOST_CROSS_FILTERS:
        yield one.problem(f"A report has at most {MOST_CROSS_FILTERS} cross filters: {len(cross)}")
    for element in cross:
        many = len(list(model.every(element, "criteriaItems")))
        if many > MOST_CROSS_CRITERIA:
            words = f"A cross filter has at most {MOST_CROSS_CRITERIA} criteria: {many}"
            yield one.problem(words, element)
    for element in one.every("timeFrameFilter"):
        start, end = model.text(element, "startDate"), model.text(element, "endDate")
        if start and end and start > end:
            yield one.problem(f"The time frame ends before it begins: {start} {end}", element)


def _check_groupings(one: Component) -> Iterator[Problem]:
    format_ = one.text("format")
    for place, most in (("groupingsDown", MOST_DOWN), ("groupingsAcross", MOST_ACROSS)):
        many = len(list(one.every(place)))
        if format_ in MOST_DOWN and many > most.get(format_, 0):
            words = f"A {format_} report has at most {most.get(format_, 0)} {place}: {many}"
            yield one.problem(words)
    names = [
        element.text
        for place in ("groupingsDown", "groupingsAcross")
        for element in one.every(place, "field")
    ]
    for name in sorted({str(name) for name in names if names.count(name) > 1}):
        yield one.problem(f"The report is grouped by the same column twice: {name}")
    if format_ == "Tabular" and next(one.every("chart"), None) is not None:
        yield one.problem("A Tabular report has no groups to draw a chart of")


def _check_filter(one: Component) -> Iterator[Problem]:
    items = list(one.every("filter", "criteriaItems"))
    if len(items) > MOST_CRITERIA:
        yield one.problem(f"A report has at most {MOST_CRITERIA} filters: {len(items)}")
    for element in items:
        said = model.text(element, "value")
        if _DATED.match(said) and not _is_relative_date(said):
            yield one.problem(f"Unknown relative date in the filter: {said}", element)


def _is_relative_date(said: str) -> bool:
    found = _LITERAL.match(said)
    if found is None:
        return False
    number = int(found["number"]) if found["number"] else None
    try:
        span(Value("date_literal", found["name"], number), date(2026, 1, 1))
    except SalesforceError:
        return False
    return True
