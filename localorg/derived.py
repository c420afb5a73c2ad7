"""What the platform fills in by itself on standard objects.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunity.htm
(and the pages of Task, Event, Lead, Contact and User)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from localorg import times

if TYPE_CHECKING:
    from collections.abc import Callable

Values = dict[str, Any]

#: Stage: probability, forecast category, its name, closed, won. The stages of a new org.
STAGES: dict[str, tuple[int, str, str, int, int]] = {
    "Prospecting": (10, "Pipeline", "Pipeline", 0, 0),
    "Qualification": (10, "Pipeline", "Pipeline", 0, 0),
    "Needs Analysis": (20, "Pipeline", "Pipeline", 0, 0),
    "Value Proposition": (50, "Pipeline", "Pipeline", 0, 0),
    "Id. Decision Makers": (60, "Pipeline", "Pipeline", 0, 0),
    "Perception Analysis": (70, "Pipeline", "Pipeline", 0, 0),
    "Proposal/Price Quote": (75, "Pipeline", "Pipeline", 0, 0),
    "Negotiation/Review": (90, "Pipeline", "Pipeline", 0, 0),
    "Closed Won": (100, "Closed", "Closed", 1, 1),
    "Closed Lost": (0, "Omitted", "Omitted", 1, 0),
}
_DEFAULTS: dict[str, Values] = {
    "Lead": {"Status": "Open - Not Contacted"},
    "Task": {"Status": "Not Started", "Priority": "Normal", "TaskSubtype": "Task"},
    "Event": {"ShowAs": "Busy"},
    "User": {
        "UserType": "Standard", "TimeZoneSidKey": "America/Los_Angeles", "LocaleSidKey": "en_US",
        "LanguageLocaleKey": "en_US", "EmailEncodingKey": "UTF-8",
    },
    "UserRole": {"PortalType": "None"},
    "PermissionSetAssignment": {"IsActive": 1},
    "CollaborationGroupMember": {"CollaborationRole": "Standard"},
    "FeedItem": {"Type": "TextPost", "Visibility": "AllUsers", "Status": "Published"},
}  # fmt: skip


@dataclass(frozen=True)
class Follows:
    """Fields of a new record that follow from others, where nobody says them."""

    fields: tuple[str, ...]
    from_: frozenset[str]


_NAME = Follows(("Name",), frozenset({"FirstName", "LastName"}))
#: By object.
FOLLOWS = {
    "Contact": _NAME,
    "Lead": _NAME,
    "User": _NAME,
    "Opportunity": Follows(
        (
            "IsClosed", "IsWon", "Probability", "ForecastCategory", "ForecastCategoryName",
            "ExpectedRevenue", "FiscalYear", "FiscalQuarter",
        ),
        frozenset({"StageName", "Probability", "Amount", "CloseDate"}),
    ),
    "Task": Follows(("IsClosed", "IsHighPriority"), frozenset({"Status", "Priority"})),
    "Event": Follows(
        ("ActivityDate", "ActivityDateTime", "EndDate", "DurationInMinutes"),
        frozenset({"StartDateTime", "EndDateTime", "DurationInMinutes"}),
    ),
}  # fmt: skip


def defaults(object_name: str) -> Values:
    """What a new record of the object has where the request says nothing."""
    return dict(_DEFAULTS.get(object_name, {}))


def derive(object_name: str, before: Values | None, after: Values) -> Values:
    """What follows from a record's new values. `before` is None for a new record."""
    rule = _RULES.get(object_name)
    return rule(before, after) if rule else {}


def _named(_before: Values | None, after: Values) -> Values:
    parts = (after.get("FirstName"), after.get("LastName"))
    return {"Name": " ".join(part for part in parts if part)}


def _opportunity(before: Values | None, after: Values) -> Values:
    stage = STAGES.get(str(after.get("StageName")), STAGES["Prospecting"])
    changed = before is None or before.get("StageName") != after.get("StageName")
    probability, category, name, closed, won = stage
    derived: Values = {"IsClosed": closed, "IsWon": won}
    if changed:
        given = after.get("Probability") if before is None else None
        derived["Probability"] = probability if given is None else given
        derived |= {"ForecastCategory": category, "ForecastCategoryName": name}
    if changed and before is not None:
        derived["LastStageChangeDate"] = times.text(times.now())
    share = derived.get("Probability", after.get("Probability")) or 0
    amount = after.get("Amount")
    derived["ExpectedRevenue"] = None if amount is None else amount * share / 100
    closes = after.get("CloseDate")
    if closes:
        month = date.fromisoformat(closes).month
        derived |= {"FiscalYear": int(closes[:4]), "FiscalQuarter": (month + 2) // 3}
    return derived


def _task(before: Values | None, after: Values) -> Values:
    closed = int(after.get("Status") == "Completed")
    derived: Values = {"IsClosed": closed, "IsHighPriority": int(after.get("Priority") == "High")}
    if not closed:
        derived["CompletedDateTime"] = None
    elif before is None or before.get("Status") != after.get("Status"):
        derived["CompletedDateTime"] = times.text(times.now())
    return derived


def _event(_before: Values | None, after: Values) -> Values:
    start, end = after.get("StartDateTime"), after.get("EndDateTime")
    minutes = after.get("DurationInMinutes")
    if start and not end and minutes is not None:
        end = times.text(times.read(start) + timedelta(minutes=minutes))
    if not start:
        return {}
    derived: Values = {"ActivityDate": start[:10], "ActivityDateTime": start}
    if end:
        length = times.read(end) - times.read(start)
        derived |= {"EndDateTime": end, "EndDate": end[:10]}
        derived["DurationInMinutes"] = int(length.total_seconds() // 60)
    return derived


_RULES: dict[str, Callable[[Values | None, Values], Values]] = {
    "Contact": _named,
    "Lead": _named,
    "User": _named,
    "Opportunity": _opportunity,
    "Task": _task,
    "Event": _event,
}
