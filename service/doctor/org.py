"""What stands on the org's side, as the integration user sees it.

Each look costs one API call or two, and nothing is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.finding import Finding, doubtful, good, wrong
from service.salesforce import fields
from service.salesforce.errors import AdminActionNeededError, SalesforceError
from service.salesforce.soql import quoted
from service.salesforce.transport import BASE, Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.salesforce.custom_object import CustomObject
    from service.salesforce.gateway import Gateway
    from service.settings import Settings

INTEGRATION_SET = "Adoption_Integration"
#: Below this share of an allocation a night may not come to its end.
LOW_SHARE = 0.1
#: Every object of ours that `fields` names.
_OBJECTS: tuple[type[CustomObject], ...] = tuple(
    one for one in vars(fields).values() if isinstance(one, type) and hasattr(one, "OBJECT")
)
#: Records of these are the admin's, in Setup; REST cannot write them.
_SETTINGS = "__mdt"


def connection(gateway: Gateway) -> Finding:
    """Say whether a token is given for our key, and the API answers it."""
    try:
        gateway.call(Request("GET", f"{BASE}/limits"))
    except SalesforceError as error:
        return wrong("connection", str(error))
    return good("connection", "The org gives a token for our key, and answers.")


def identity(gateway: Gateway, settings: Settings) -> Finding:
    """Say whether it is the org that the settings name: the panel refuses any other."""
    found = str(next(iter(gateway.query("SELECT Id FROM Organization")))["Id"])
    if found[:15] != settings.org_id[:15]:
        return wrong(
            "org",
            f"SALESFORCE_INSTANCE_URL leads to the org {found}, SALESFORCE_ORG_ID is "
            f"{settings.org_id}.",
            "Set both to the same org.",
        )
    return good("org", f"It is the org {found}.")


def metadata(gateway: Gateway, settings: Settings) -> Iterator[Finding]:
    """Say whether our objects and fields are there for the integration user, and may be written.

    An object that is not deployed and one without a grant look the same, so the permission set
    is asked for.
    """
    lacking = [line for one in _OBJECTS for line in _lacking(gateway, one)]
    if not lacking:
        yield good("metadata", f"All fields of our {len(_OBJECTS)} objects are there.")
        return
    yield wrong("metadata", " ".join(lacking), _why_hidden(gateway, settings))


def _lacking(gateway: Gateway, one: type[CustomObject]) -> list[str]:
    name = one.OBJECT
    try:
        body = gateway.call(Request("GET", f"{BASE}/sobjects/{name}/describe"))
    except AdminActionNeededError as error:
        if error.code != "NOT_FOUND":
            raise
        return [f"{name} is absent or hidden."]
    there = {str(field["name"]) for field in body["fields"]}
    absent = sorted({*one.field_names()} - there)
    said = [f"{name} lacks {', '.join(absent)}."] if absent else []
    if not (name.endswith(_SETTINGS) or (body["createable"] and body["updateable"])):
        said.append(f"{name} may not be written.")
    return said


def _why_hidden(gateway: Gateway, settings: Settings) -> str:
    deploy = "Deploy sfdx/ (sfdx/README.md)"
    assign = f"assign the permission set {INTEGRATION_SET} to {settings.username}"
    named = quoted(INTEGRATION_SET)
    sets = _count(gateway, f"SELECT COUNT() FROM PermissionSet WHERE Name = {named}")  # noqa: S608 - quoted
    if sets is None:
        return f"{deploy}, and {assign}."
    if sets == 0:
        return f"The permission set {INTEGRATION_SET} is not there either. {deploy}, then {assign}."
    held = _count(
        gateway,
        "SELECT COUNT() FROM PermissionSetAssignment "  # noqa: S608 - quoted texts
        f"WHERE PermissionSet.Name = {named} AND Assignee.Username = {quoted(settings.username)}",
    )
    if held == 0:
        return f"The integration user does not have it: {assign}."
    return f"The org holds another version of our metadata. {deploy} of this version."


def _count(gateway: Gateway, soql: str) -> int | None:
    """Count; None where this user may not see setup objects."""
    try:
        return next(page.total for page in gateway.pages(soql))
    except AdminActionNeededError:
        return None


def limits(gateway: Gateway) -> Iterator[Finding]:
    """Say what is left of the API calls of 24 hours, and of the data storage."""
    found = gateway.call(Request("GET", f"{BASE}/limits"))
    for key, name, remedy in (
        (
            "DailyApiRequests",
            "API calls of 24 hours",
            "Wait, or raise the org's allocation; see who spends it in Setup > API Usage.",
        ),
        ("DataStorageMB", "MB of data storage", "Free or buy storage: the run writes records."),
    ):
        yield from _limit(found.get(key), name, remedy)


def _limit(found: dict[str, Any] | None, name: str, remedy: str) -> Iterator[Finding]:
    if not found or not found["Max"]:
        return
    said = f"{found['Remaining']:,} of {found['Max']:,} {name} are left."
    if found["Remaining"] < LOW_SHARE * found["Max"]:
        yield doubtful("limits", said, remedy)
    else:
        yield good("limits", said)
