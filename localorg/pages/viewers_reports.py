"""Reports and dashboards as one viewer sees them: the part of `PagesOrg` that draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localorg.reports import dashboard, definition, library
from localorg.reports.run import run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from localorg.org import Org
    from localorg.reports.dashboard import Drawn
    from localorg.reports.library import Listed
    from localorg.reports.result import Result


class ViewersReports:
    """Every call raises `RefusedError` for what cannot be drawn, or not for this user."""

    _org: Org

    def reports(self, user_id: str) -> Sequence[Listed]:
        """The reports that the user may open."""
        with self._org.read() as db:
            return library.listed(db, "Report", user_id)

    def dashboards(self, user_id: str) -> Sequence[Listed]:
        """The dashboards that the user may open."""
        with self._org.read() as db:
            return library.listed(db, "Dashboard", user_id)

    def run_report(self, user_id: str, key: str) -> tuple[Listed, Result]:
        """A report, run now as that user."""
        with self._org.read() as db:
            one = library.find(db, "Report", key, user_id)
            asked = definition.read(one.component)
            return one, run(self._org.schema, db, asked, user_id)

    def draw_dashboard(self, user_id: str, key: str) -> tuple[Listed, str, Sequence[Drawn]]:
        """A dashboard, the id of the user as whom it runs, and its components."""
        with self._org.read() as db:
            one = library.find(db, "Dashboard", key, user_id)
            runs_as = dashboard.running_user(one, user_id)
            return one, runs_as, dashboard.draw(self._org.schema, db, one, user_id)
