"""What every route of the panel needs, put together once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import g, request

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from datetime import date, datetime

    from canvas.catalogue import Catalogue, Catalogues
    from canvas.panel_token import PanelTokens, Store
    from canvas.port import Approval, ViewerActs, ViewerFactory
    from service.finding import Finding
    from service.night_notes import Notes


@dataclass(frozen=True)
class Doors:
    """What the panel reaches beside itself: the org as a viewer sees and changes it, and a store."""

    viewer_factory: ViewerFactory
    acts: ViewerActs
    store: Store
    #: told who was shown which score records of others, on which day of theirs
    saw: Callable[[str, Collection[str], date], None] | None = None
    #: gives what the night left for a user of a role
    notes: Callable[[str, str], Notes] | None = None
    #: where viewers may approve the app for themselves
    approval: Approval | None = None


@dataclass(frozen=True)
class Panel:
    """What the routes need. Several orgs are a set of ids and of secrets."""

    secrets: tuple[str, ...]
    org_ids: frozenset[str]
    doors: Doors
    tokens: PanelTokens
    catalogues: Catalogues
    asset_url: Callable[[str], str]
    names_people: bool
    opened: Callable[[str, datetime], None] | None = None  #: told who opened the panel
    examined: Callable[[], Sequence[Finding]] = tuple  #: what the service says of itself

    @property
    def texts(self) -> Catalogue:
        """In the language of the viewer whom Salesforce signed; of anybody else in the browser's."""
        own = g.get("language")
        return self.catalogues.of([own] if own else request.accept_languages.values())

    def tell_looks(self, viewer_id: str, score_ids: Iterable[str | None], today: date) -> None:
        """Say that somebody was shown these score records of others."""
        shown = set(filter(None, score_ids))
        if self.doors.saw and shown:
            self.doors.saw(viewer_id, shown, today)
