"""Tabs that show a Lightning page, as one viewer has them: the part of `PagesOrg` that reads them.

A deployed tab is hidden until a permission set of the viewer shows it.
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_permissionset.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from localorg.metadata import bundles, model
from localorg.metadata.model import Component
from localorg.pages.port import PageTab
from localorg.rights import access

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from localorg.org import Org

_SHOWN = frozenset({"Visible", "Available"})


class ViewersTabs:
    """Reads what was deployed anew each time: tabs come and go with deployments."""

    _org: Org

    def page_tabs(self, user_id: str) -> Sequence[PageTab]:
        """The tabs of Lightning pages that the user has."""
        with self._org.read() as db:
            if not db.execute("SELECT 1 FROM sqlite_master WHERE name = '_component'").fetchone():
                return ()  # nothing was ever deployed
            shown = {name for one in access.assigned_sets(db, user_id) for name in _tabs(db, one)}
            return [
                _tab(db, one)
                for one in _every(db, "CustomTab")
                if one.full_name in shown and one.text("flexiPage")
            ]


def _every(db: sqlite3.Connection, type_: str) -> Iterator[Component]:
    sql = "SELECT full_name, file, xml FROM _component WHERE type = ? ORDER BY full_name"
    for name, file, xml in db.execute(sql, (type_,)).fetchall():
        yield Component(type_, name, file, model.parse(xml))


def _find(db: sqlite3.Connection, type_: str, name: str) -> Component | None:
    sql = "SELECT file, xml FROM _component WHERE type = ? AND full_name = ?"
    row = db.execute(sql, (type_, name)).fetchone()
    return Component(type_, name, row[0], model.parse(row[1])) if row else None


def _tabs(db: sqlite3.Connection, permission_set: str) -> Iterator[str]:
    one = _find(db, "PermissionSet", permission_set)
    for element in one.every("tabSettings") if one else ():
        if model.text(element, "visibility") in _SHOWN:
            yield model.text(element, "tab")


def _tab(db: sqlite3.Connection, one: Component) -> PageTab:
    page = _find(db, "FlexiPage", one.text("flexiPage"))
    inside = ("flexiPageRegions", "itemInstances", "componentInstance")
    names = [model.text(each, "componentName") for each in page.every(*inside)] if page else []
    held = (_find(db, "AuraDefinitionBundle", name) for name in names)
    apps = tuple(app for each in held if each for app in bundles.canvas_apps(each))
    return PageTab(one.full_name, one.text("label"), apps)
