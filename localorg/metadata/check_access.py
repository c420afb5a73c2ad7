"""What permission sets and external client apps must agree on with the rest.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_permissionset.htm
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_externalclientapplication.htm
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cryptography import x509

from localorg.metadata import model
from localorg.metadata.kinds import APP_PARTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from localorg.metadata.model import Component, Element, Problem
    from localorg.metadata.universe import Universe

LONGEST_DESCRIPTION = 255
#: What each object right needs; the platform's dependencies between object permissions.
_OBJECT_RIGHTS = {
    "allowCreate": ("Create", ("allowRead",)),
    "allowEdit": ("Edit", ("allowRead",)),
    "allowDelete": ("Delete", ("allowRead", "allowEdit")),
    "viewAllRecords": ("View All", ("allowRead",)),
    "modifyAllRecords": ("Modify All", ("allowRead", "allowEdit", "allowDelete", "viewAllRecords")),
}
_WORDS = {"allowRead": "Read", **{name: said[0] for name, said in _OBJECT_RIGHTS.items()}}
#: What orgs are known to demand; an org with more features demands more.
_USER_RIGHTS = {
    "ViewAllData": ("ViewEventLogFiles", "ViewPublicDashboards", "ViewPublicReports"),
    "ViewSetup": ("ViewRoles",),
}
#: The user permissions that this org knows; an unknown one fails a deployment by name.
_KNOWN_RIGHTS = frozenset({
    "ApiEnabled", "ApiUserOnly", "AssignPermissionSets", "ChatterInternalUser", "ChatterOwnGroups",
    "CustomizeApplication", "EditTask", "EditEvent", "ExportReport", "LightningExperienceUser",
    "ManageDashboards", "ManageInternalUsers", "ManageReportsInPubFolders", "ManageUsers",
    "ModifyAllData", "ModifyMetadata", "MonitorLoginHistory", "PasswordNeverExpires", "RunReports",
    "ScheduleReports", "SendCustomNotifications", "SubscribeToLightningReports", "ViewAllData", "ViewAllUsers",
    "ViewEventLogFiles", "ViewMyTeamsDashboards", "ViewPublicDashboards", "ViewPublicReports",
    "ViewRoles", "ViewSetup",
})  # fmt: skip
#: https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_tokens_scopes.htm
_SCOPES = frozenset({
    "Basic", "Api", "Web", "Full", "Chatter", "CustomApplications", "RefreshToken",
    "OfflineAccess", "OpenID", "Profile", "Email", "Address", "Phone", "CustomPermissions", "Wave",
    "Eclair", "Pardot", "Lightning", "Content", "Chatbot", "SFApiPlatform", "Interaction",
    "EinsteinGPT", "PwdlessLogin", "ForgotPassword", "UserRegistration", "MCP", "SCRT",
})  # fmt: skip
_SECRETS = ("consumerKey", "consumerSecret")
_ORG_SPECIFIC = {
    "ExternalClientApplication": ("orgScopedExternalApp",),
    "ExtlClntAppOauthSettings": ("oauthLink",),
}
#: The schema has those of connected apps too.
_CANVAS_LOCATIONS = frozenset(
    {"Aura", "ChatterFeed", "MobileNav", "None", "PageLayout", "Publisher", "Visualforce"}
)
_LOOPBACK = {"localhost", "127.0.0.1"}


#: What else a permission set names: its element, the name in it, the field in the org's words.
_NAMED = (
    ("customMetadataTypeAccesses", "name", "customMetadataType", "CustomObject"),
    ("applicationVisibilities", "application", "application", "CustomApplication"),
    ("tabSettings", "tab", "tab", "CustomTab"),
)


def check_permission_set(one: Component, universe: Universe) -> Iterator[Problem]:
    """Every object, field, tab and custom metadata type exists; rights that need others have them."""
    if len(one.text("description")) > LONGEST_DESCRIPTION:
        yield one.problem(f"Description: data value too large (max length={LONGEST_DESCRIPTION})")
    for element in one.every("fieldPermissions"):
        yield from _check_field_permission(one, element, universe)
    for element in one.every("objectPermissions"):
        yield from _check_object_permission(one, element, universe)
    for place, inside, field, type_ in _NAMED:
        for element in one.every(place):
            name = model.text(element, inside)
            if not name.startswith("standard-") and universe.find(type_, name) is None:
                yield one.problem(f"In field: {field} - no {type_} named {name} found", element)
    yield from _check_user_permissions(one)


def _check_field_permission(
    one: Component, element: Element, universe: Universe
) -> Iterator[Problem]:
    object_name, _, name = model.text(element, "field").partition(".")
    field = universe.field(object_name, name)
    if field is None:
        yield one.problem(
            f"In field: field - no CustomField named {object_name}.{name} found", element
        )
    elif field.always_visible:
        yield one.problem(f"You cannot deploy to a required field: {object_name}.{name}", element)
    elif model.text(element, "editable") == "true" and model.text(element, "readable") != "true":
        yield one.problem(f"Field {object_name}.{name} is editable but not readable", element)


def _check_object_permission(
    one: Component, element: Element, universe: Universe
) -> Iterator[Problem]:
    name = model.text(element, "object")
    if not universe.has_object(name):
        yield one.problem(f"In field: field - no CustomObject named {name} found", element)
    for right, (said, needed) in _OBJECT_RIGHTS.items():
        missing = [_WORDS[need] for need in needed if model.text(element, need) != "true"]
        if model.text(element, right) == "true" and missing:
            needs = ", ".join(f"{need} {name}" for need in missing)
            yield one.problem(
                f"Permission {said} {name} depends on permission(s): {needs}", element
            )


def _check_user_permissions(one: Component) -> Iterator[Problem]:
    granted = {
        model.text(element, "name"): element
        for element in one.every("userPermissions")
        if model.text(element, "enabled") == "true"
    }
    for name, element in granted.items():
        if name not in _KNOWN_RIGHTS:
            yield one.problem(f"Unknown user permission: {name}", element)
        missing = [need for need in _USER_RIGHTS.get(name, ()) if need not in granted]
        if missing:
            yield one.problem(
                f"Permission {name} depends on permission(s): {', '.join(missing)}", element
            )


def check_app(one: Component, universe: Universe) -> Iterator[Problem]:
    """An app, or one of its parts: parts name an app that is there and carry no secrets."""
    for name in (*_ORG_SPECIFIC.get(one.type, ()), *_SECRETS):
        if next(one.every(name), None) is not None:
            yield one.problem(f"{name} belongs to one org and must not be deployed from files")
    if one.type not in APP_PARTS:
        if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", one.text("contactEmail")):
            yield one.problem("Required field is missing: contactEmail")
        return
    app = one.text("externalClientApplication")
    if universe.find("ExternalClientApplication", app) is None:
        words = f"invalid cross reference id: no ExternalClientApplication named {app} found"
        yield one.problem(words)
    twins = [x for x in universe.of_type(one.type) if x.text("externalClientApplication") == app]
    if len(twins) > 1:
        yield one.problem(f"{app} has more than one {one.type}")
    yield from _PARTS.get(one.type, _nothing)(one, universe)


def _nothing(_one: Component, _universe: Universe) -> Iterator[Problem]:
    return iter(())


def _check_scopes(one: Component, _universe: Universe) -> Iterator[Problem]:
    for scope in _listed(one.text("commaSeparatedOauthScopes")):
        if scope not in _SCOPES and not scope.startswith("CDP"):
            yield one.problem(f"'{scope}' is not a valid OAuth scope")


def _check_policies(one: Component, universe: Universe) -> Iterator[Problem]:
    listed = _listed(one.text("commaSeparatedPermissionSet"))
    for name in listed:
        if universe.find("PermissionSet", name) is None and not name.startswith("0PS"):
            words = f"In field: commaSeparatedPermissionSet - no PermissionSet named {name} found"
            yield one.problem(words)
    approved = one.text("permittedUsersPolicyType") == "AdminApprovedPreAuthorized"
    if listed and not approved:
        yield one.problem("commaSeparatedPermissionSet goes with AdminApprovedPreAuthorized only")


def _check_global_oauth(one: Component, universe: Universe) -> Iterator[Problem]:
    app = one.text("externalClientApplication")
    settings = universe.of_type("ExtlClntAppOauthSettings")
    if app not in {x.text("externalClientApplication") for x in settings}:
        yield one.problem(f"{app} has no ExtlClntAppOauthSettings")
    if not one.text("callbackUrl"):
        yield one.problem("Required field is missing: callbackUrl")
    if one.text("certificate") and not _is_certificate(one.text("certificate")):
        words = "The certificate must be the base64 body of one X.509 certificate, without BEGIN and END lines"
        yield one.problem(words)


def _is_certificate(body: str) -> bool:
    try:
        x509.load_der_x509_certificate(base64.b64decode("".join(body.split()), validate=True))
    except (ValueError, binascii.Error):
        return False
    return True


def _check_canvas(one: Component, _universe: Universe) -> Iterator[Problem]:
    url = urlsplit(one.text("canvasUrl"))
    if not (url.scheme == "https" or (url.scheme == "http" and url.hostname in _LOOPBACK)):
        yield one.problem("The canvasUrl must start with https://")
    for element in one.every("canvasLocationOptions"):
        if (element.text or "").strip() not in _CANVAS_LOCATIONS:
            words = f"External client apps have no canvas location {element.text}"
            yield one.problem(words, element)


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


_PARTS = {
    "ExtlClntAppOauthSettings": _check_scopes,
    "ExtlClntAppOauthConfigurablePolicies": _check_policies,
    "ExtlClntAppGlobalOauthSettings": _check_global_oauth,
    "ExtlClntAppCanvasSettings": _check_canvas,
}
