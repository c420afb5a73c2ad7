"""Who gets a signed request, who must approve first, and who is refused.

The refusals are drawn by the parent page, so that a canvas app never sees them. Their codes are
those that Salesforce's parent script tells apart; a code with ``_SETUP_ALLOWED`` is for somebody
who may change it, and its message carries the way there after a ``#``.
https://developer.salesforce.com/docs/platform/canvas-framework/guide/canvas-app-signed-req-authentication.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from localorg.pages.port import ClientApp, PagesOrg, Person

SETUP = "/lightning/setup/ExternalClientApps"
_HAS_SETUP_VARIANT = frozenset({"NO_ACCESS", "UNSUPPORTED_LOCATION", "ADMIN_AUTH_REQUIRED"})


class RefusedError(Exception):
    """The canvas app is not drawn for this user; code and message go to the parent page."""

    def __init__(self, code: str, message: str, viewer: Person) -> None:
        if viewer.is_admin and code in _HAS_SETUP_VARIANT:
            code, message = f"{code}_SETUP_ALLOWED", f"{message}#{SETUP}"
        super().__init__(message)
        self.code = code
        self.message = message


def find_app(org: PagesOrg, developer_name: str, viewer: Person, location: str) -> ClientApp:
    """The canvas app of that name; RefusedError where it cannot be drawn at all."""
    app = next((one for one in org.client_apps() if one.developer_name == developer_name), None)
    if app is None or app.canvas_url is None or not (app.is_enabled and app.is_canvas_enabled):
        raise RefusedError(
            "APP_NOT_FOUND",
            f"The canvas app {developer_name} is not deployed or not enabled.",
            viewer,
        )
    if location not in app.locations:
        raise RefusedError(
            "UNSUPPORTED_LOCATION",
            f"The canvas app {app.label} does not list the location {location}.",
            viewer,
        )
    return app


def has_approval(org: PagesOrg, app: ClientApp, viewer: Person) -> bool:
    """Whether the viewer's token may be given to the app at once.

    Where users approve for themselves: whether they did. RefusedError where an admin must
    approve and has not.
    """
    if app.permitted_users != "AdminApprovedPreAuthorized":
        return org.has_allowed(viewer.id, app)
    if viewer.profile_name in app.profiles:
        return True
    if app.permission_sets & org.permission_sets_of(viewer.id):
        return True
    raise RefusedError(
        "ADMIN_AUTH_REQUIRED",
        f"An administrator must give you access to {app.label}: assign a permission set that"
        " the app's policies name.",
        viewer,
    )
