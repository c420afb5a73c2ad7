"""The deployed reports and dashboards of an org, by id, with the folder each is in.

Everybody who may run reports sees the folders that are shared with all internal users, and no
others: this org knows no other shares of folders.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from localorg.metadata import deployed, model
from localorg.reports.definition import RefusedError
from localorg.reports.run import RUN_REPORTS
from localorg.rights import access

if TYPE_CHECKING:
    import sqlite3

    from localorg.metadata.model import Component

_FOLDERS = {"Report": "ReportFolder", "Dashboard": "DashboardFolder"}


@dataclass(frozen=True)
class Listed:
    """One line of the list of reports or dashboards."""

    id: str
    full_name: str  #: `Folder/Name`
    name: str
    folder: str  #: its label
    description: str
    running_user: str  #: of a dashboard: the id of who it was deployed by
    component: Component


def listed(db: sqlite3.Connection, type_: str, user_id: str) -> list[Listed]:
    """All `Report`s or `Dashboard`s that the user may open, by folder and name."""
    viewer = access.viewer_of(db, user_id)
    if not viewer.has(RUN_REPORTS):
        return []
    known = {one.component.key: one.component for one in deployed.stored(db)}
    found = []
    for (kind, full_name), one in known.items():
        folder = known.get((_FOLDERS[type_], full_name.partition("/")[0]))
        if kind == type_ and folder is not None and (viewer.is_admin or _is_public(folder)):
            found.append(_listed(db, type_, one, folder.text("name")))
    return sorted(found, key=lambda one: (one.folder, one.name))


def find(db: sqlite3.Connection, type_: str, key: str, user_id: str) -> Listed:
    """The one of that id or full name; `RefusedError` if the user has none."""
    for one in listed(db, type_, user_id):
        if key in {one.id, one.id[:15], one.full_name}:
            return one
    raise RefusedError(f"There is no {type_.lower()} {key} that you may see")


def _is_public(folder: Component) -> bool:
    return any(
        model.text(share, "sharedToType") == "Organization"
        and model.text(share, "sharedTo") == "AllInternalUsers"
        for share in folder.every("folderShares")
    )


def _listed(db: sqlite3.Connection, type_: str, one: Component, folder: str) -> Listed:
    columns = '"Id", "RunningUserId"' if type_ == "Dashboard" else '"Id", NULL'
    row = db.execute(
        f'SELECT {columns} FROM "{type_}" WHERE "DeveloperName" = ?',  # noqa: S608  # two names
        (one.name,),
    ).fetchone()
    name = one.text("title") or one.text("name")
    return Listed(row[0], one.full_name, name, folder, one.text("description"), row[1] or "", one)
