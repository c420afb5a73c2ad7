"""Setup > Custom Metadata Types: an administrator edits the rules in the browser, and nobody else."""

from __future__ import annotations

import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from localorg.metadata import deployed
from localorg.metadata.apply import Applier
from localorg.metadata.reader import read_source
from localorg.org import Org
from localorg.rights import access
from tests.localorg_pages.test_from_org import ORIGIN, World

PROJECT = Path(__file__).resolve().parents[2] / "sfdx"
TYPES = {"CustomObject", "CustomField", "Layout", "CustomMetadata"}
SETUP = "/lightning/setup/CustomMetadata"
CALLS = f"{SETUP}/Adoption_Minimum__mdt/calls_rep"
NEW = f"{SETUP}/Adoption_Minimum__mdt/new"


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """An org with our custom metadata, as a deployment leaves it; and who is who."""
    folder = tmp_path_factory.mktemp("setup") / "org"
    world = World(folder)
    ours = [
        one
        for one in read_source(PROJECT).components
        if (one.type in TYPES and "__mdt" in one.full_name) or one.type == "CustomMetadata"
    ]
    with world.org.write() as db:
        deployed.create(db)
        Applier(db, world.org.schema, world.ids["Ada"]).put(ours)
    world.org.close()
    return folder, world.ids


@pytest.fixture
def world(template, tmp_path):
    folder, ids = template
    world = World.__new__(World)
    world.org, world.ids = Org(shutil.copytree(folder, tmp_path / "org")), ids
    yield world
    world.org.close()


@pytest.fixture
def ada(world):
    return world.log_in("Ada")


def get(client, path):
    return client.get(path, base_url=ORIGIN)


def post(client, path, data, **more):
    return client.post(path, base_url=ORIGIN, data=data, **more)


class Form(HTMLParser):
    """The named values of a page's record form, its labels and what describes each field."""

    def __init__(self, text):
        super().__init__()
        self.said, self.described, self.labelled, self.area = {}, {}, set(), None
        self.ids, self.inside = set(), False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        about = dict(attrs)
        self.ids.add(about.get("id"))
        self.inside = (
            (self.inside or about.get("class") == "record-form") if tag != "details" else False
        )
        if tag == "label":
            self.labelled.add(about["for"])
        if not self.inside or "name" not in about:
            if tag == "option" and "selected" in about and self.select:
                self.said[self.select] = None
                self.area = self.select
            return
        name = about["name"]
        self.described[name] = about.get("aria-describedby", "").split()
        self.select = name if tag == "select" else None
        if tag == "textarea":
            self.area, self.said[name] = name, ""
        elif tag == "select":
            self.said[name] = ""
        elif about.get("type") != "checkbox" or "checked" in about:
            self.said[name] = about.get("value", "")

    select = None

    def handle_data(self, data):
        if self.area:
            self.said[self.area] = (self.said[self.area] or "") + data.removeprefix("\n")
            if self.area == self.select:
                self.area = None

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.area = None


def form(client, path):
    return Form(get(client, path).get_data(as_text=True))


def row(world, table, name):
    with world.org.read() as db:
        found = db.execute(f'SELECT * FROM "{table}" WHERE DeveloperName = ?', (name,)).fetchone()
    return dict(found) if found else None


def test_the_types_and_their_records_are_listed_from_what_is_deployed(ada):
    text = get(ada, f"{SETUP}/home").get_data(as_text=True)
    for label in ("Adoption Setting", "Adoption Role", "Adoption Measure", "Big Deal Rule"):
        assert f">{label}</a>" in text
    listed = get(ada, f"{SETUP}/Adoption_Minimum__mdt/home").get_data(as_text=True)
    assert listed.count("/edit") == 20
    assert get(ada, f"{SETUP}/Nothing__mdt/home").status_code == 404
    assert get(ada, f"{SETUP}/Adoption_Minimum__mdt/nothing/edit").status_code == 404


def test_one_value_is_changed_and_everything_else_stays(world, ada):
    before = row(world, "Adoption_Minimum__mdt", "calls_rep")
    found = form(ada, f"{CALLS}/edit")
    assert found.said["Minimum__c"] == "25"
    done = post(ada, f"{CALLS}/edit", {**found.said, "Minimum__c": "30.5"})
    assert (done.status_code, done.location) == (303, f"{SETUP}/Adoption_Minimum__mdt/home")
    after = row(world, "Adoption_Minimum__mdt", "calls_rep")
    assert after["Minimum__c"] == 30.5
    stamps = {"Minimum__c", "SystemModstamp", "LastModifiedDate", "LastModifiedById"}
    assert {k: v for k, v in after.items() if k not in stamps} == {
        k: v for k, v in before.items() if k not in stamps
    }
    assert form(ada, f"{CALLS}/edit").said["Minimum__c"] == "30.5"


@pytest.mark.parametrize("path", [
    "Adoption_Setting__mdt/Rules", "Adoption_Role__mdt/rep", "Adoption_Measure__mdt/overdue_tasks",
    "Adoption_Measure__mdt/calls", "Adoption_Minimum__mdt/calls_rep", "Big_Deal_Rule__mdt/Big_Deal",
])  # fmt: skip
def test_saving_a_form_as_it_stands_changes_nothing(world, ada, path):
    table, name = path.split("/")
    before = row(world, table, name)
    found = form(ada, f"{SETUP}/{path}/edit")
    assert post(ada, f"{SETUP}/{path}/edit", found.said).status_code == 303
    after = row(world, table, name)
    changed = {key for key in before if before[key] != after[key]}
    assert {(before[key], after[key]) for key in changed if key.endswith("__c")} <= {(None, 0)}


def test_a_text_that_looks_like_a_number_stays_as_it_is(world, ada):
    path = f"{SETUP}/Adoption_Setting__mdt/Rules/edit"
    for _ in range(2):
        assert post(ada, path, {**form(ada, path).said, "Version__c": "2.0"}).status_code == 303
        assert row(world, "Adoption_Setting__mdt", "Rules")["Version__c"] == "2.0"
    assert form(ada, path).said["Version__c"] == "2.0"


def test_every_field_has_its_label_and_help_and_an_error_is_beside_it(ada):
    path = f"{SETUP}/Adoption_Setting__mdt/Rules/edit"
    found = form(ada, path)
    assert found.described.keys() <= found.labelled
    assert {one for ids in found.described.values() for one in ids} <= found.ids
    assert found.described["Window_Days__c"] == ["Window_Days__c-help"]
    wrong = post(ada, path, {**found.said, "Window_Days__c": "twenty"})
    assert wrong.status_code == 422
    text = wrong.get_data(as_text=True)
    assert 'role="alert"' in text
    assert '<a href="#Window_Days__c">Window Days</a>: Enter a number, like 20 or 0.25.' in text
    shown = Form(text)
    assert shown.described["Window_Days__c"] == ["Window_Days__c-help", "Window_Days__c-wrong"]
    assert shown.said["Window_Days__c"] == "twenty"


@pytest.mark.parametrize(("field", "value", "words"), [
    ("Minimum__c", "1" * 14, "Use at most 13 digits before the decimal point."),
    ("Minimum__c", "NaN", "Enter a number"),
    ("Minimum__c", "1_000", "Enter a number"),
    ("Minimum__c", "1e3", "Enter a number"),
    ("Announced_On__c", "20260203", "Enter a date, like 2026-11-23."),
    ("Minimum__c", "0.12345", "Use at most 4 decimal places."),
    ("Measure__c", "x" * 41, "Use at most 40 characters; these are 41."),
    ("Segment__c", "huge", "Choose one of field, corporate."),
    ("Announced_On__c", "2026-02-30", "Enter a date, like 2026-11-23."),
    ("Reason__c", "a\x01b", "Remove the signs that cannot be seen."),
    ("MasterLabel", "", "Enter a label"),
    ("MasterLabel", "x" * 41, "Enter a label"),
])  # fmt: skip
def test_what_a_field_cannot_hold_is_refused_and_nothing_is_saved(world, ada, field, value, words):
    before = row(world, "Adoption_Minimum__mdt", "calls_rep")
    wrong = post(ada, f"{CALLS}/edit", {**form(ada, f"{CALLS}/edit").said, field: value})
    assert wrong.status_code == 422
    assert words in wrong.get_data(as_text=True)
    assert row(world, "Adoption_Minimum__mdt", "calls_rep") == before


def test_a_record_is_made_and_deleted(world, ada):
    values = {
        "MasterLabel": "Calls & <more>", "DeveloperName": "calls_2027", "Measure__c": "calls",
        "Role__c": "rep", "Minimum__c": "30", "Effective_On__c": "2027-01-01",
        "Announced_On__c": "2026-12-01", "Reason__c": '"> <script>alert(1)</script>\r\nMore leads.',
    }  # fmt: skip
    assert post(ada, NEW, values).status_code == 303
    made = row(world, "Adoption_Minimum__mdt", "calls_2027")
    assert made["Reason__c"] == '"> <script>alert(1)</script>\nMore leads.'
    assert made["QualifiedApiName"] == "calls_2027"
    text = get(ada, f"{SETUP}/Adoption_Minimum__mdt/calls_2027/edit").get_data(as_text=True)
    assert "<script>alert" not in text
    assert "Calls &amp; &lt;more&gt;" in text
    twice = post(ada, NEW, {**values, "DeveloperName": "Calls_2027"})
    assert "There is a record of this name already." in twice.get_data(as_text=True)
    gone = post(ada, f"{SETUP}/Adoption_Minimum__mdt/calls_2027/delete", {})
    assert gone.status_code == 303
    assert row(world, "Adoption_Minimum__mdt", "calls_2027") is None
    assert get(ada, f"{SETUP}/Adoption_Minimum__mdt/calls_2027/edit").status_code == 404


@pytest.mark.parametrize("name", ["", "2027", "a__b", "a_", "ä", "a.b", "a/b", "x" * 41])
def test_a_name_that_an_org_does_not_take_is_refused(world, ada, name):
    values = {"MasterLabel": "New", "DeveloperName": name}
    answer = post(ada, NEW, values)
    assert answer.status_code == 422
    assert "must begin with a letter" in answer.get_data(as_text=True)


def test_what_is_edited_is_what_a_retrieve_gives(world, ada):
    post(ada, f"{CALLS}/edit", {**form(ada, f"{CALLS}/edit").said, "Minimum__c": "31"})
    with world.org.read() as db:
        xml = next(
            one.component.xml
            for one in deployed.stored(db)
            if one.component.full_name == "Adoption_Minimum.calls_rep"
        )
    said = {values[0].text: values[1].text for values in xml.iterfind("{*}values")}
    assert said == {"Measure__c": "calls", "Minimum__c": "31.0", "Role__c": "rep"}


@pytest.mark.parametrize(
    "path", [f"{SETUP}/home", f"{SETUP}/Adoption_Role__mdt/home", f"{CALLS}/edit"]
)
def test_setup_is_for_administrators(world, path):
    assert get(world.log_in("Ana"), path).status_code == 403
    nobody = world.log_in("Ana")
    post(nobody, "/logout", {})
    assert get(nobody, path).location == "/"


def test_nobody_else_saves_or_deletes(world):
    before = row(world, "Adoption_Minimum__mdt", "calls_rep")
    ana = world.log_in("Ana")
    for path in (f"{CALLS}/edit", f"{CALLS}/delete", NEW):
        assert post(ana, path, {"Minimum__c": "1", "MasterLabel": "x"}).status_code == 403
    assert row(world, "Adoption_Minimum__mdt", "calls_rep") == before


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:9999", "null"])
def test_another_site_cannot_save_for_an_administrator(world, ada, origin):
    data = {**form(ada, f"{CALLS}/edit").said, "Minimum__c": "1"}
    answer = post(ada, f"{CALLS}/edit", data, headers={"Origin": origin})
    assert answer.status_code == 403
    assert row(world, "Adoption_Minimum__mdt", "calls_rep")["Minimum__c"] == 25


def test_a_get_changes_nothing(world, ada):
    assert get(ada, f"{CALLS}/delete").status_code in (404, 405)
    assert row(world, "Adoption_Minimum__mdt", "calls_rep") is not None


def test_records_are_still_no_business_of_the_api(world):
    with world.org.read() as db:
        viewer = access.viewer_of(db, world.ids["Ana"])
    thing = world.org.schema.get("Adoption_Minimum__mdt")
    assert not viewer.right(thing).read
    assert (thing.createable, thing.updateable, thing.deletable) == (False, False, False)
