"""The pages' view of the stand-in org: its people, its apps, its sessions, its records."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from localorg.auth import apps, oauth_code, sessions
from localorg.auth.oauth_errors import OAuthError
from localorg.ids import is_id, widen
from localorg.pages.port import ClientApp, Person
from localorg.pages.setup_records import SetupRecords
from localorg.pages.viewers_records import ViewersRecords
from localorg.pages.viewers_reports import ViewersReports
from localorg.pages.viewers_tabs import ViewersTabs
from localorg.rights import access, grants

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence
    from wsgiref.types import WSGIApplication

    from localorg.auth.apps import App
    from localorg.org import Org

_PEOPLE = """
SELECT u."Id", u."Username", u."Name", u."FirstName", u."LastName", u."Email", u."ProfileId",
       p."Name", u."UserRoleId", r."Name", u."LocaleSidKey", u."LanguageLocaleKey",
       u."TimeZoneSidKey", u."UserType", u."LastLoginDate"
  FROM "User" u LEFT JOIN "Profile" p ON p."Id" = u."ProfileId"
  LEFT JOIN "UserRole" r ON r."Id" = u."UserRoleId"
 WHERE u."IsActive" = 1 AND u."IsDeleted" = 0"""


class OrgOfPages(ViewersRecords, ViewersReports, ViewersTabs, SetupRecords):
    """`PagesOrg` over the stand-in. `api` is the WSGI application of its REST API."""

    def __init__(self, org: Org, api: WSGIApplication) -> None:
        super().__init__(org)
        self.api = api

    @property
    def org_id(self) -> str:
        """The organization's id."""
        return self._org.org_id

    @property
    def name(self) -> str:
        """The organization's name."""
        with self._org.read() as db:
            row = db.execute('SELECT "Name" FROM "Organization"').fetchone()
        return str(row[0]) if row and row[0] else "Stand-in org"

    @property
    def api_url(self) -> str:
        """The API's address over TLS."""
        return self._org.settings.api_url

    def people(self) -> Sequence[Person]:
        """Every active user, by name."""
        with self._org.read() as db:
            return [_person(row) for row in db.execute(f'{_PEOPLE} ORDER BY u."Name", u."Id"')]

    def person(self, user_id: str) -> Person | None:
        """The active user of that id."""
        with self._org.read() as db:
            row = db.execute(f'{_PEOPLE} AND u."Id" = ?', (user_id,)).fetchone()
        return _person(row) if row else None

    def permission_sets_of(self, user_id: str) -> frozenset[str]:
        """API names of the permission sets that the user has."""
        with self._org.read() as db:
            return frozenset(access.assigned_sets(db, user_id))

    def has_allowed(self, user_id: str, app: ClientApp) -> bool:
        """Whether the user allowed the app to act for them."""
        with self._org.read() as db:
            return grants.has_allowed(db, user_id, app.developer_name)

    def asked_app(self, asked: Mapping[str, str]) -> ClientApp | None:
        """The app that an authorize request is about."""
        with self._org.read() as db:
            try:
                return _client_app(db, oauth_code.asked_app(db, asked))
            except OAuthError:
                return None

    def allow(self, user_id: str, asked: Mapping[str, str]) -> str:
        """Remember that the user allows it; the code for the app's callback."""
        with self._org.write() as db:
            app = oauth_code.asked_app(db, asked)
            code = grants.Code(user_id, app.name, asked["redirect_uri"], asked["code_challenge"])
            return grants.allow(db, code)

    def open_session(self, user_id: str, app: ClientApp) -> str:
        """The token of the user's session with that app."""
        with self._org.write() as db:
            known = apps.find(db, app.developer_name)
            minutes = known.session_timeout_minutes if known else 120
            return sessions.start(
                db,
                self.org_id,
                user_id,
                app=app.developer_name,
                scopes=app.scopes,
                minutes=minutes,
            ).token

    def user_of_token(self, token: str) -> str | None:
        """The user whose living API session this is."""
        with self._org.read() as db:
            session = sessions.find(db, token)
        return session.user_id if session else None

    def client_apps(self) -> Sequence[ClientApp]:
        """Every deployed external client app."""
        with self._org.read() as db:
            return [_client_app(db, app) for app in apps.all_apps(db)]


def _person(row: sqlite3.Row) -> Person:
    (id_, username, name, first, last, email, profile_id, profile, role_id, role,
     locale, language, zone, user_type, login) = tuple(row)  # fmt: skip
    person = Person(
        id=id_, username=username, name=name or username, first_name=first, last_name=last,
        email=email, profile_id=profile_id or "", profile_name=profile or "No profile",
        role_id=role_id, role_name=role, is_admin=profile == access.ADMIN_PROFILE,
        last_login=login or "",
    )  # fmt: skip
    told = {"locale": locale, "language": language, "time_zone": zone, "user_type": user_type}
    return replace(person, **{key: value for key, value in told.items() if value})


def _client_app(db: sqlite3.Connection, app: App) -> ClientApp:
    return ClientApp(
        developer_name=app.name,
        label=app.label or app.name,
        consumer_key=app.consumer_key,
        consumer_secret=app.consumer_secret,
        canvas_url=app.canvas_url or None,
        access_method=app.canvas_access_method or "Post",
        locations=app.canvas_locations,
        scopes=app.scopes,
        permitted_users="AdminApprovedPreAuthorized"
        if app.admin_approved_only
        else "AllSelfAuthorized",
        permission_sets=frozenset(_set_name(db, one) for one in app.permission_sets),
        profiles=frozenset(app.profiles),
        is_enabled=app.enabled and app.oauth_enabled,
        is_canvas_enabled=app.canvas_enabled,
        application_id=_derived("06P", app.app_id),
        reference_id=_derived("09H", app.app_id),
    )


def _set_name(db: sqlite3.Connection, given: str) -> str:
    """Policies may name permission sets by id or by API name."""
    if not (given.startswith("0PS") and is_id(given)):
        return given
    row = db.execute(
        'SELECT "Name" FROM "PermissionSet" WHERE "Id" = ?', (widen(given),)
    ).fetchone()
    return str(row[0]) if row else given


def _derived(prefix: str, app_id: str) -> str:
    """An id of another kind with the app's number: envelopes name the canvas app by such ids."""
    return widen(prefix + app_id[3:15])
