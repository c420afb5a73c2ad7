"""The judgement over a package: the schema of each component, then how they fit together."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from localorg.metadata import (
    bundles,
    check_access,
    check_apps,
    check_automation,
    check_dashboards,
    check_layouts,
    check_list_views,
    check_objects,
    check_pages,
    check_reports,
)
from localorg.metadata.kinds import APP_PARTS
from localorg.metadata.schema_check import check_schema
from localorg.metadata.universe import Universe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from localorg.metadata.model import Component, Package, Problem

    Check = Callable[[Component, Universe], Iterator[Problem]]

#: The first release with Canvas on external client apps.
OLDEST_VERSION = 66.0
_CHECKS: Mapping[str, Check] = {
    "CustomObject": check_objects.check_object,
    "CustomField": check_objects.check_field,
    "CustomNotificationType": check_objects.check_notification_type,
    "FlexiPage": check_pages.check_page,
    "CustomTab": check_objects.check_tab,
    "CustomApplication": check_apps.check_application,
    "CustomMetadata": check_objects.check_record,
    "Layout": check_layouts.check_layout,
    "ListView": check_list_views.check_list_view,
    "Workflow": check_automation.check_workflow,
    "WorkflowOutboundMessage": check_automation.check_outbound_message,
    "Flow": check_automation.check_flow,
    "AuraDefinitionBundle": bundles.check_aura,
    "PermissionSet": check_access.check_permission_set,
    "ReportType": check_reports.check_report_type,
    "Report": check_reports.check_report,
    "ReportFolder": check_dashboards.check_shares,
    "Dashboard": check_dashboards.check_dashboard,
    "DashboardFolder": check_dashboards.check_shares,
    "ExternalClientApplication": check_access.check_app,
    **dict.fromkeys(APP_PARTS, check_access.check_app),
}


def check(package: Package, deployed: Iterable[Component] = ()) -> tuple[Problem, ...]:
    """Everything that is wrong with the package, given what the org has already.

    Problems with `style` set would not stop a deployment.
    """
    found = [*package.problems, *_check_version(package), *_check_doubles(package.components)]
    sound = []
    for one in package.components:
        problems = tuple(check_schema(one))
        found.extend(problems)
        if all(problem.style for problem in problems):
            sound.append(one)
    gone = set(package.deleted)
    kept = (one for one in (*deployed, *package.components) if one.key not in gone)
    universe = Universe(kept)
    for one in sound:
        found.extend(_CHECKS[one.type](one, universe))
    return tuple(found)


_LOSE_ENTRIES = frozenset({"PermissionSet", "Layout", "ListView"})


def check_remaining(remaining: Iterable[Component]) -> tuple[Problem, ...]:
    """What breaks among these components when they are all that is left.

    Permission sets, layouts and list views do not: they lose what names a deleted field or object.
    """
    universe = Universe(remaining)
    judged = (one for one in universe if one.type not in _LOSE_ENTRIES)
    found = (problem for one in judged for problem in _CHECKS[one.type](one, universe))
    return tuple(problem for problem in found if not problem.style)


def _check_version(package: Package) -> Iterator[Problem]:
    new = next((one for one in package.components if one.type == "ExtlClntAppCanvasSettings"), None)
    if new is None:
        return
    try:
        version = float(package.api_version)
    except ValueError:
        version = 0.0
    if version < OLDEST_VERSION:
        words = f"{new.type} is not available in API version {package.api_version or 'unknown'}"
        yield new.problem(words)


def _check_doubles(components: Iterable[Component]) -> Iterator[Problem]:
    listed = list(components)
    counts = Counter(one.key for one in listed)
    for one in listed:
        if counts[one.key] > 1:
            yield one.problem(
                f"Duplicate {one.type}: {one.full_name} is in the package more than once"
            )
