"""The pages themselves: parse, ask the org on behalf of the viewer, render."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, g, make_response, redirect, render_template, request

from localorg.ids import is_id, widen
from localorg.pages import layouts, setup_views, show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

    from localorg.pages.port import ClientApp, Feed, ObjectInfo, PagesOrg, PageTab, Person
    from localorg.pages.sessions import PageSessions

HOME = "/lightning/page/home"
GROUP = "Sales Management"  #: the Chatter group whose feed home and opportunity pages show
LOCATION = "Aura"  #: where Lightning pages place canvas apps
ROWS = 50
_RECENT = 5
_LISTED_AS_THEY_ARE = 20  #: so many people are seen at a glance
_POSTS = 10
_KEY_FIELDS = 4
_TABS = (
    "Opportunity",
    "Account",
    "Lead",
    "Adoption_Score__c",
    "Adoption_Exception__c",
    "Adoption_Team__c",
    "Big_Deal_Alert__c",
    "Adoption_Run__c",
)


def page_routes(org: PagesOrg, sessions: PageSessions) -> Blueprint:
    """Login, home, lists, records and Setup."""
    routes = Blueprint("pages", __name__)
    _login_routes(routes, org, sessions)
    _record_routes(routes, org)
    _tab_routes(routes, org)
    _setup_routes(routes, org)
    return routes


def _examples_first(people: Sequence[Person]) -> tuple[list[Person], list[Person]]:
    """Of a long list an administrator and one person of each role, who was here last; and the others."""
    if len(people) <= _LISTED_AS_THEY_ARE:
        return [], list(people)
    by_role: dict[str, Person] = {}
    for one in people:
        name = one.role_name or ""
        if (one.role_name or one.is_admin) and (
            name not in by_role or one.last_login > by_role[name].last_login
        ):
            by_role[name] = one
    examples = [by_role[name] for name in sorted(by_role)]
    return examples, [one for one in people if one not in examples]


def _login_routes(routes: Blueprint, org: PagesOrg, sessions: PageSessions) -> None:
    @routes.get("/")
    def login() -> ResponseReturnValue:
        examples, others = _examples_first(org.people())
        return render_template("login.html", groups=[one for one in (examples, others) if one])

    @routes.post("/login")
    def log_in() -> ResponseReturnValue:
        person = org.person(request.form.get("user_id", ""))
        if person is None:
            abort(400, "There is no such active user.")
        response = make_response(redirect(HOME, 303))
        sessions.end(request, response)
        sessions.start(response, person.id)
        return response

    @routes.post("/logout")
    def log_out() -> ResponseReturnValue:
        response = make_response(redirect("/", 303))
        sessions.end(request, response)
        return response


def _record_routes(routes: Blueprint, org: PagesOrg) -> None:
    @routes.get(HOME)
    def home() -> ResponseReturnValue:
        viewer = _viewer()
        recent = _table(org, viewer, "Opportunity", _RECENT)
        return render_template("home.html", apps=_canvas_apps(org), feed=_feed(org), recent=recent)

    @routes.get("/lightning/o/<name>/list")
    def listing(name: str) -> ResponseReturnValue:
        table = _table(org, _viewer(), name, ROWS)
        if table is None:
            abort(404)
        return render_template("list.html", table=table, limit=ROWS)

    @routes.get("/lightning/r/<name>/<record_id>/view")
    def record(name: str, record_id: str) -> ResponseReturnValue:
        if not is_id(record_id):
            abort(404)
        return _record_page(org, _viewer(), name, widen(record_id))

    @routes.get("/<record_id>")
    def short(record_id: str) -> ResponseReturnValue:
        _viewer()
        name = org.object_of_id(widen(record_id)) if is_id(record_id) else None
        if name is None:
            abort(404)
        return redirect(f"/lightning/r/{name}/{widen(record_id)}/view")


def _tab_routes(routes: Blueprint, org: PagesOrg) -> None:
    @routes.get("/lightning/n/<name>")
    def page_tab(name: str) -> ResponseReturnValue:
        tab = next((one for one in org.page_tabs(_viewer().id) if one.name == name), None)
        if tab is None:
            abort(404)
        apps = [app for app in _canvas_apps(org) if app.developer_name in tab.apps]
        return render_template("tab.html", tab=tab, apps=apps)


def _setup_routes(routes: Blueprint, org: PagesOrg) -> None:
    @routes.get("/lightning/setup/ExternalClientApps")
    def setup() -> ResponseReturnValue:
        setup_views.admin()
        return render_template("setup.html", apps=org.client_apps(), revealed=None)

    @routes.post("/lightning/setup/ExternalClientApps")
    def reveal() -> ResponseReturnValue:
        setup_views.admin()
        return render_template(
            "setup.html", apps=org.client_apps(), revealed=request.form.get("app")
        )


def tabs(org: PagesOrg) -> list[ObjectInfo]:
    """The tabs of the viewer's app: objects that they may read."""
    if g.viewer is None:
        return []
    found = (org.describe(g.viewer.id, name) for name in _TABS)
    return [one for one in found if one]


def page_tabs(org: PagesOrg) -> Sequence[PageTab]:
    """The viewer's tabs that show a Lightning page."""
    return org.page_tabs(g.viewer.id) if g.viewer else ()


def _viewer() -> Person:
    """Who looks; nobody is sent to the login page."""
    if g.viewer is None:
        abort(redirect("/"))
    viewer: Person = g.viewer
    return viewer


def _canvas_apps(org: PagesOrg) -> Sequence[ClientApp]:
    return [app for app in org.client_apps() if app.canvas_url and LOCATION in app.locations]


def _feed(org: PagesOrg, group: str = GROUP) -> Feed | None:
    return org.feed(_viewer().id, group, limit=_POSTS)


def _table(org: PagesOrg, viewer: Person, name: str, limit: int) -> dict[str, object] | None:
    """A list's columns and rows, or None if the viewer may not read the object."""
    info = org.describe(viewer.id, name)
    if info is None:
        return None
    columns = layouts.columns(info)
    rows = [
        (f"/{one['Id']}", _title(info, one), list(show.cells(org, viewer, info, one, columns)))
        for one in org.records(viewer.id, info.name, limit=limit)
    ]
    heads = {one.name: (show.label_of(one), show.kind_of(one)) for one in info.fields}
    return {"info": info, "heads": [heads[name] for name in columns], "rows": rows}


def _record_page(org: PagesOrg, viewer: Person, name: str, record_id: str) -> ResponseReturnValue:
    info = org.describe(viewer.id, name)
    if info is None or org.object_of_id(record_id) != info.name:
        abort(404)
    record = org.record(viewer.id, info.name, record_id)
    if record is None:
        abort(404)
    is_group = info.name == "CollaborationGroup"
    has_feed = is_group or info.name == "Opportunity"
    return render_template(
        "record.html",
        info=info,
        record_id=record_id,
        title=_title(info, record),
        key=list(show.cells(org, viewer, info, record, layouts.columns(info)[:_KEY_FIELDS])),
        fields=list(show.cells(org, viewer, info, record, layouts.details(info))),
        system=list(show.cells(org, viewer, info, record, layouts.SYSTEM)),
        apps=() if is_group else _canvas_apps(org),
        has_feed=has_feed,
        feed=_feed(org, record_id if is_group else GROUP) if has_feed else None,
    )


def _title(info: ObjectInfo, record: object) -> str:
    name = info.name_field
    told = record.get(name) if name and hasattr(record, "get") else None
    return str(told or info.label)
