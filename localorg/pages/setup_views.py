"""Setup > Custom Metadata Types: the types, the records of one, and a form for a record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, g, redirect, render_template, request

from localorg.metadata.record_form import LABEL, NAME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

    from localorg.pages.port import PagesOrg, Person
    from localorg.pages.setup_records import MetadataType

HOME = "/lightning/setup/CustomMetadata/home"
_COLUMNS = 4  #: fields of a list beside label and name


def setup_routes(org: PagesOrg) -> Blueprint:
    """For administrators only; everything that changes comes by POST from our own origin."""
    routes = Blueprint("metadata", __name__)

    @routes.get(HOME)
    def types() -> ResponseReturnValue:
        admin()
        return render_template("metadata_types.html", types=org.metadata_types())

    @routes.get("/lightning/setup/CustomMetadata/<name>/home")
    def records(name: str) -> ResponseReturnValue:
        about = _type(org, name)
        return render_template("metadata_records.html", about=about, columns=_columns(about))

    @routes.get("/lightning/setup/CustomMetadata/<name>/new")
    def new(name: str) -> ResponseReturnValue:
        return _form(_type(org, name), {}, {}, is_new=True)

    @routes.post("/lightning/setup/CustomMetadata/<name>/new")
    def create(name: str) -> ResponseReturnValue:
        about = _type(org, name)
        return _save(org, about, _said(about), is_new=True)

    @routes.get("/lightning/setup/CustomMetadata/<name>/<record>/edit")
    def edit(name: str, record: str) -> ResponseReturnValue:
        about = _type(org, name)
        return _form(about, _record(about, record), {}, is_new=False)

    @routes.post("/lightning/setup/CustomMetadata/<name>/<record>/edit")
    def save(name: str, record: str) -> ResponseReturnValue:
        about = _type(org, name)
        _record(about, record)
        return _save(org, about, {**_said(about), NAME: record}, is_new=False)

    @routes.post("/lightning/setup/CustomMetadata/<name>/<record>/delete")
    def delete(name: str, record: str) -> ResponseReturnValue:
        about = _type(org, name)
        _record(about, record)
        org.delete_metadata_record(admin().id, about, record)
        return redirect(_home(about), 303)

    return routes


def admin() -> Person:
    """Who looks, if they may see Setup; nobody is sent to the login page."""
    if g.viewer is None:
        abort(redirect("/"))
    viewer: Person = g.viewer
    if not viewer.is_admin:
        abort(403, "Setup is for administrators. Log in as one.")
    return viewer


def _type(org: PagesOrg, name: str) -> MetadataType:
    admin()
    about = org.metadata_type(name)
    if about is None:
        abort(404)
    return about


def _record(about: MetadataType, name: str) -> Mapping[str, str]:
    if name not in about.records:
        abort(404)
    return about.records[name]


def _home(about: MetadataType) -> str:
    return f"/lightning/setup/CustomMetadata/{about.name}/home"


def _columns(about: MetadataType) -> list[tuple[str, str]]:
    fields = [field for _, fields in about.sections for field in fields]
    short = [one for one in fields if one.type not in {"LongTextArea", "TextArea"}]
    return [(one.name, one.label) for one in short[:_COLUMNS]]


def _said(about: MetadataType) -> dict[str, str]:
    """What the form says, spaces around each value and the line ends of browsers taken off."""
    names = [LABEL, NAME, *(field.name for _, fields in about.sections for field in fields)]
    return {name: request.form.get(name, "").replace("\r\n", "\n").strip() for name in names}


def _save(
    org: PagesOrg, about: MetadataType, said: Mapping[str, str], *, is_new: bool
) -> ResponseReturnValue:
    wrong = org.save_metadata_record(admin().id, about, said, is_new=is_new)
    if wrong:
        return _form(about, said, wrong, is_new=is_new), 422
    return redirect(_home(about), 303)


def _form(
    about: MetadataType, said: Mapping[str, str], wrong: Mapping[str, str], *, is_new: bool
) -> str:
    labels = {LABEL: "Label", NAME: "Name"} | {
        field.name: field.label for _, fields in about.sections for field in fields
    }
    return render_template(
        "metadata_form.html", about=about, said=said, wrong=wrong, labels=labels, is_new=is_new,
        home=_home(about),
    )  # fmt: skip
