"""As whom a dashboard runs decides who sees what: nobody may see another person through it.

A dashboard of a specified user shows every viewer what that user sees. It may therefore show no
object whose records are private, and no names of people; one of the logged-in user may, but an org
has few of those, and none in a private folder.
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_dashboard.htm
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from localorg.metadata import model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from localorg.metadata.model import Component, Element, Problem
    from localorg.metadata.universe import Universe

#: Dynamic dashboards of the smallest edition that has any (Developer; Enterprise has five).
MOST_DYNAMIC = 3
_PRIVATE = frozenset({"Private", "ControlledByParent"})
#: Columns of standard report types that name a user.
_PEOPLE = frozenset({
    "ALIAS", "ASSIGNED", "CONTACT_OWNER", "CREATED", "CREATED_ALIAS", "CREATED_BY", "EMAIL",
    "FULL_NAME", "LAST_UPDATE_BY", "LEAD_OWNER", "OWNER", "OWNER_EMAIL", "OWNER_FULL_NAME",
    "OWNER_MANAGER", "OWNER_NAME", "OPP_OWNER", "USERNAME", "USERS.NAME", "USER_ID",
    "CUST_OWNER_NAME", "CUST_CREATED_NAME", "CUST_LAST_UPDATE_NAME",
})  # fmt: skip
_PEOPLE_OF_USER = frozenset({"FIRST_NAME", "LAST_NAME", "EMPNO", "COMMUNITY_NICKNAME"})
_NAMES = frozenset({"Name", "FirstName", "LastName", "Username", "Email", "Alias", "Id"})


def check_running_user(
    one: Component, parts: list[Element], universe: Universe
) -> Iterator[Problem]:
    """Nobody sees another person's records through the dashboard."""
    if one.text("dashboardType") == "LoggedInUser":
        yield from _check_dynamic(one, universe)
        return
    for part in parts:
        report = universe.find("Report", model.text(part, "report"))
        if report is None:
            continue
        for name in sorted(_private_objects(report, universe)):
            yield one.problem(
                f"Everybody would see {name} as one user does, and its records are private:"
                " make the dashboard run as the LoggedInUser, or show an aggregate",
                part,
            )
        for name in _shown(part, report):
            if names_a_person(report, name, universe):
                yield one.problem(
                    f"Everybody would see people by name ({name}) as one user does: make the"
                    " dashboard run as the LoggedInUser, or show an aggregate",
                    part,
                )


def _check_dynamic(one: Component, universe: Universe) -> Iterator[Problem]:
    boards = sorted(
        (board for board in universe.of_type("Dashboard") if _is_dynamic(board)),
        key=lambda board: board.full_name,
    )
    if one.key in {board.key for board in boards[MOST_DYNAMIC:]}:
        yield one.problem(f"More than {MOST_DYNAMIC} dashboards run as the LoggedInUser")
    folder = universe.find("DashboardFolder", one.full_name.partition("/")[0])
    if folder is not None and next(folder.every("folderShares"), None) is None:
        yield one.problem("A dashboard of the LoggedInUser cannot be in a private folder")


def _is_dynamic(board: Component) -> bool:
    return board.text("dashboardType") == "LoggedInUser"


def _private_objects(report: Component, universe: Universe) -> set[str]:
    """Our objects with private records, among those that the report reads."""
    listed = (universe.find("CustomObject", name) for name in _objects(report, universe))
    return {one.full_name for one in listed if one and one.text("sharingModel") in _PRIVATE}


def _objects(report: Component, universe: Universe) -> set[str]:
    type_ = report.text("reportType")
    custom = universe.find("ReportType", type_.removesuffix("__c"))
    if custom is None:
        return set(re.findall(r"\w+__c", type_))
    return set(_tables(custom, universe).values())


def _tables(custom: Component, universe: Universe) -> dict[str, str]:
    """The joined paths of a report type, with the object of each."""
    base = custom.text("baseObject")
    tables = {base: base}
    waiting = [(custom.xml, base)]
    while waiting:
        element, path = waiting.pop()
        for join in model.every(element, "join"):
            relationship = model.text(join, "relationship")
            child = universe.child_object(tables[path], relationship)
            if child is not None:
                tables[f"{path}.{relationship}"] = child
                waiting.append((join, f"{path}.{relationship}"))
    return tables


def _shown(part: Element, report: Component) -> list[str]:
    """The columns that a component puts into words: its groups, or those of its table."""
    groups = [element.text or "" for element in model.every(part, "groupingColumn")]
    table = model.every(part, "flexComponentProperties", "flexTableColumn")
    columns = [model.text(column, "reportColumn") for column in table]
    if model.text(part, "useReportChart") == "true":
        groups += [report.text("chart", "groupingColumn")]
    if model.text(part, "autoselectColumnsFromReport") == "true":
        places = (("columns", "field"), ("groupingsDown", "field"), ("groupingsAcross", "field"))
        columns += [element.text or "" for place in places for element in report.every(*place)]
    return sorted({name for name in (*groups, *columns) if name})


def names_a_person(report: Component, column: str, universe: Universe) -> bool:
    """Whether a column of the report names users."""
    type_ = report.text("reportType")
    custom = universe.find("ReportType", type_.removesuffix("__c"))
    if custom is None:
        of_user = _PEOPLE_OF_USER if type_ == "User" else frozenset()
        thing, _, name = column.rpartition(".")
        field = universe.field(thing, name)
        return column in _PEOPLE | of_user or bool(field and field.reference_to == ("User",))
    table, _, path = column.rpartition("$")
    thing = _tables(custom, universe).get(table, "")
    *hops, last = path.split(".")
    if last in _NAMES and (
        thing == "User" if not hops else _leads_to_user(universe, thing, ".".join(hops))
    ):
        return True
    return _leads_to_user(universe, thing, path)


def _leads_to_user(universe: Universe, thing: str, path: str) -> bool:
    found = universe.walk(thing, path)
    return found is not None and "User" in found.reference_to
