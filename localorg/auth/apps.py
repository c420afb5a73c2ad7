"""External client apps: what a deployment made of them, and their consumer keys.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_externalclientapplication.htm
and the pages of its parts: ExtlClntAppOauthSettings, ExtlClntAppGlobalOauthSettings,
ExtlClntAppOauthConfigurablePolicies, ExtlClntAppConfigurablePolicies, ExtlClntAppCanvasSettings.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from localorg import ids, tables

if TYPE_CHECKING:
    import sqlite3

_TABLE = "CREATE TABLE IF NOT EXISTS _app (name TEXT PRIMARY KEY, said TEXT NOT NULL);"


@dataclass(frozen=True)
class App:
    """One external client app with the settings of all its parts."""

    name: str  #: developer name: `Bellwether_Jobs`
    label: str = ""
    app_id: str = ""  #: the record id of the app; made on first `put`
    consumer_key: str = ""  #: made on first `put`, as an org makes it
    consumer_secret: str = ""
    enabled: bool = True
    oauth_enabled: bool = True
    canvas_enabled: bool = False
    scopes: tuple[str, ...] = ()  #: as in the metadata: "Api", "RefreshToken"
    callback_url: str = ""
    certificate: str = ""  #: PEM, or bare base64 of the DER; empty without JWT bearer
    admin_approved_only: bool = False  #: permittedUsersPolicyType AdminApprovedPreAuthorized
    permission_sets: tuple[str, ...] = ()  #: ids or API names of pre-authorised sets
    profiles: tuple[str, ...] = ()  #: names of pre-authorised profiles
    session_timeout_minutes: int = 120
    canvas_url: str = ""
    canvas_access_method: str = ""  #: "Post" is the signed request
    canvas_locations: tuple[str, ...] = ()


def create(db: sqlite3.Connection) -> None:
    """Make the table if this is a new org."""
    db.executescript(_TABLE)


def find(db: sqlite3.Connection, name: str) -> App | None:
    """The app of that developer name."""
    row = db.execute("SELECT said FROM _app WHERE name = ?", (name,)).fetchone()
    return _read(row[0]) if row else None


def all_apps(db: sqlite3.Connection) -> tuple[App, ...]:
    """Every app of the org, by name."""
    return tuple(_read(said) for (said,) in db.execute("SELECT said FROM _app ORDER BY name"))


def by_consumer_key(db: sqlite3.Connection, key: str) -> App | None:
    """The app whose consumer key this is."""
    return next((app for app in all_apps(db) if app.consumer_key == key), None)


def put(db: sqlite3.Connection, name: str, **settings: Any) -> App:  # noqa: ANN401  # App's own
    """Make or change an app; settings that are not named stay. Key and secret never change."""
    known = find(db, name) or App(
        name=name,
        app_id=_app_id(db),
        consumer_key="3MVG9" + secrets.token_urlsafe(60),
        consumer_secret=secrets.token_hex(32).upper(),
    )
    made = replace(known, **settings)
    db.execute(
        "INSERT INTO _app VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET said = excluded.said",
        (name, json.dumps(asdict(made))),
    )
    return made


def remove(db: sqlite3.Connection, name: str) -> None:
    """Take an app away."""
    db.execute("DELETE FROM _app WHERE name = ?", (name,))


def _app_id(db: sqlite3.Connection) -> str:
    return ids.make("0xI", tables.next_number(db, "0xI"))


def _read(said: str) -> App:
    about: dict[str, Any] = json.loads(said)
    listed = {key: tuple(value) for key, value in about.items() if isinstance(value, list)}
    return App(**(about | listed))
