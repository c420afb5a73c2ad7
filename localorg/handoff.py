"""`handoff.json`: what another process needs to use this org. It holds secrets: mode 0600."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from localorg import org as orgs
from localorg import seed
from localorg.auth import apps, sessions

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from localorg.org import Org

_PRIVATE = 0o600
_ADMIN_SESSION_MINUTES = 30 * 24 * 60


def write(org: Org, ca_file: Path) -> Path:
    """Write the file at once, so that no reader ever sees half of it."""
    with org.write() as db:
        said = _content(org, db, ca_file)
    target = org.directory / "handoff.json"
    part = org.directory / "handoff.json.part"
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(said, file, indent=2)
    part.replace(target)
    return target


def _content(org: Org, db: sqlite3.Connection, ca_file: Path) -> dict[str, Any]:
    org_id = orgs.get_setting(db, "org_id") or orgs.DEFAULT_ORG_ID
    admin = sessions.start(db, org_id, seed.ADMIN_ID, minutes=_ADMIN_SESSION_MINUTES)
    users = db.execute(
        'SELECT "Id", "Username", "Name", "ManagerId" FROM "User" WHERE "IsActive" = 1'
        ' AND "Id" NOT IN (?, ?) ORDER BY "Id"',
        (seed.ADMIN_ID, seed.INTEGRATION_ID),
    ).fetchall()
    return {
        "ready": True, "pid": os.getpid(), "org_id": org_id, "api_url": org.settings.api_url,
        "cli_url": org.settings.cli_url, "page_url": org.settings.page_url,
        "ca_file": str(ca_file.resolve()),
        "admin": {
            "username": seed.ADMIN_USERNAME, "user_id": seed.ADMIN_ID, "session_id": admin.token,
        },
        "integration": {
            "username": seed.INTEGRATION_USERNAME, "user_id": seed.INTEGRATION_ID,
        },
        "users": [
            {"id": row[0], "username": row[1], "name": row[2], "manager_id": row[3]}
            for row in users
        ],
        "apps": {
            app.name: {"consumer_key": app.consumer_key, "consumer_secret": app.consumer_secret}
            for app in apps.all_apps(db)
        },
        "management_group_id": orgs.get_setting(db, "management_group_id"),
    }  # fmt: skip
