"""What the pages need of an org, as frozen values and one protocol.

Everything that a page shows is asked for on behalf of a user: whoever implements `PagesOrg`
applies that user's sharing and field-level security, and the pages show what they are given.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from wsgiref.types import WSGIApplication

    from localorg.pages.setup_records import MetadataType
    from localorg.reports.dashboard import Drawn
    from localorg.reports.library import Listed
    from localorg.reports.result import Result


@dataclass(frozen=True)
class Person:
    """A user, with what a signed request tells of them. Ids are 18 characters."""

    id: str
    username: str
    name: str
    first_name: str | None
    last_name: str
    email: str | None
    profile_id: str
    profile_name: str
    role_id: str | None
    role_name: str | None
    locale: str = "en_US"
    language: str = "en_US"
    time_zone: str = "America/Los_Angeles"
    currency: str = "USD"
    user_type: str = "Standard"
    is_admin: bool = False  #: may see Setup
    last_login: str = ""  #: as the org keeps it; empty: never


@dataclass(frozen=True)
class ClientApp:
    """A deployed external client app with canvas settings, and the policies it runs under.

    The names of values are those of the metadata types ExtlClntAppCanvasSettings and
    ExtlClntAppOauthConfigurablePolicies:
    https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_extlclntappcanvassettings.htm
    """

    developer_name: str  #: the API name of the external client app
    label: str
    consumer_key: str
    consumer_secret: str
    canvas_url: str | None = None  #: None: an app without canvas settings
    access_method: str = "Post"  #: ``Post`` (signed request) or ``Get`` (OAuth web flow)
    locations: tuple[str, ...] = ()  #: ``Aura``, ``Visualforce`` …
    options: tuple[str, ...] = ()  #: ``HideShare``, ``HideHeader``
    scopes: tuple[str, ...] = ()  #: ``Api``, ``RefreshToken`` …
    permitted_users: str = "AllSelfAuthorized"  #: or ``AdminApprovedPreAuthorized``
    permission_sets: frozenset[str] = frozenset()  #: API names that pre-authorise
    profiles: frozenset[str] = frozenset()  #: profile names that pre-authorise
    is_enabled: bool = True
    is_canvas_enabled: bool = True
    application_id: str = "06P000000000001AAA"
    reference_id: str = "09H000000000001AAA"


@dataclass(frozen=True)
class FieldInfo:
    """One field of an object that the asking user may read."""

    name: str
    label: str
    type: str  #: as describe names it: ``string``, ``currency``, ``datetime``, ``reference`` …
    scale: int = 0
    is_name: bool = False


@dataclass(frozen=True)
class ObjectInfo:
    """One object as the asking user sees it: only the fields that they may read."""

    name: str
    label: str
    label_plural: str
    fields: tuple[FieldInfo, ...]

    @property
    def name_field(self) -> str | None:
        """The field that names a record, if the user may read it."""
        return next((one.name for one in self.fields if one.is_name), None)


@dataclass(frozen=True)
class PageTab:
    """A tab that shows a Lightning page, and the Canvas apps on that page."""

    name: str
    label: str
    apps: tuple[str, ...]  #: API names of external client apps


@dataclass(frozen=True)
class Post:
    """One Chatter post. `body` is plain text."""

    id: str
    author: str
    body: str
    created_at: datetime
    link_url: str | None = None


@dataclass(frozen=True)
class Feed:
    """A Chatter group with its newest posts first."""

    group_id: str
    group_name: str
    members: int
    posts: tuple[Post, ...] = field(default=())


class PagesOrg(Protocol):
    """The org behind the pages. Ids are 18 characters; record values are as REST gives them."""

    @property
    def org_id(self) -> str:
        """The organization's id."""

    @property
    def name(self) -> str:
        """The organization's name."""

    @property
    def api_url(self) -> str:
        """The API's address over TLS, without a slash at the end."""

    @property
    def api(self) -> WSGIApplication:
        """The REST API, for calls that a canvas app makes through the page (SDK `ajax`)."""

    def people(self) -> Sequence[Person]:
        """Every active user."""

    def person(self, user_id: str) -> Person | None:
        """The active user of that id."""

    def permission_sets_of(self, user_id: str) -> frozenset[str]:
        """API names of the permission sets that the user has."""

    def has_allowed(self, user_id: str, app: ClientApp) -> bool:
        """Whether the user allowed the app to act for them."""

    def asked_app(self, asked: Mapping[str, str]) -> ClientApp | None:
        """The app that an authorize request is about; None where the org does not go on with it."""

    def allow(self, user_id: str, asked: Mapping[str, str]) -> str:
        """The user allows what is asked: gives the code for the app's callback."""

    def open_session(self, user_id: str, app: ClientApp) -> str:
        """The token of an API session of that user with that app."""

    def user_of_token(self, token: str) -> str | None:
        """The user whose living API session this is."""

    def client_apps(self) -> Sequence[ClientApp]:
        """Every deployed external client app."""

    def page_tabs(self, user_id: str) -> Sequence[PageTab]:
        """The tabs of Lightning pages that the user has, by name."""

    def object_of_id(self, record_id: str) -> str | None:
        """The API name of the object whose key prefix the id has."""

    def describe(self, user_id: str, object_name: str) -> ObjectInfo | None:
        """The object, or None if there is none that the user may read."""

    def record(self, user_id: str, object_name: str, record_id: str) -> Mapping[str, Any] | None:
        """One record with the readable fields, or None if the user may not see it."""

    def records(self, user_id: str, object_name: str, *, limit: int) -> Sequence[Mapping[str, Any]]:
        """The newest records that the user may see, with the readable fields."""

    def record_name(self, user_id: str, record_id: str) -> str | None:
        """The name of a record that the user may see, else None."""

    def feed(self, user_id: str, group: str, *, limit: int) -> Feed | None:
        """The feed of the group of that id or name, or None if the user may not see it."""

    def reports(self, user_id: str) -> Sequence[Listed]:
        """The reports that the user may open."""

    def dashboards(self, user_id: str) -> Sequence[Listed]:
        """The dashboards that the user may open."""

    def run_report(self, user_id: str, key: str) -> tuple[Listed, Result]:
        """The report of that id or full name, run as the user; raises `RefusedError`."""

    def draw_dashboard(self, user_id: str, key: str) -> tuple[Listed, str, Sequence[Drawn]]:
        """The dashboard of that id, who it runs as, its components; raises `RefusedError`."""

    def metadata_types(self) -> Sequence[MetadataType]:
        """Every deployed custom metadata type, by label."""

    def metadata_type(self, name: str) -> MetadataType | None:
        """One of them."""

    def save_metadata_record(
        self, user_id: str, about: MetadataType, said: Mapping[str, str], *, is_new: bool
    ) -> Mapping[str, str]:
        """Save a record as an administrator; gives what is wrong by field, and then saves nothing."""

    def delete_metadata_record(self, user_id: str, about: MetadataType, name: str) -> None:
        """Delete a record as an administrator."""
