"""The pages over the stand-in org itself: its sharing, its field security, its sessions."""

from __future__ import annotations

import base64
import json

import pytest

from localorg.auth import apps
from localorg.object_type import new_field
from localorg.org import Org, Settings
from localorg.pages import create_pages
from localorg.records import Writer
from localorg.rights import access, permissions
from localorg.rights.permissions import ObjectRight, Rights
from localorg.system_fields import custom_object

ORIGIN = "http://127.0.0.1:8080"
HOME = "/lightning/page/home"
SCORE = custom_object(
    "Adoption_Score__c", "Adoption Score", "Adoption Scores", sharing_model="Private",
    name_field=new_field("Name", "string", "Score Number", length=20),
    fields=(
        new_field("Score__c", "double", "Score", precision=5, scale=1),
        new_field("Secret__c", "string", "Secret", length=20),
        new_field("User__c", "reference", "User", reference_to=("User",), relationship_name="User__r"),
    ),
)  # fmt: skip
STAMPS = {
    "CreatedDate": "2026-11-20T10:00:00.000+0000", "SystemModstamp": "2026-11-20T10:00:00.000+0000",
    "LastModifiedDate": "2026-11-20T10:00:00.000+0000", "IsDeleted": 0,
}  # fmt: skip


class World:
    """An org with a manager, two reps in one role below, an admin, and a group."""

    def __init__(self, folder):
        self.org = Org(folder, Settings(api_url="https://localhost:8443"))
        self.ids = {}
        with self.org.write() as db:
            self.org.schema.add_object(db, SCORE)
            self.db = db
            self.add("Organization", "org", Name="Globex")
            self.add("Profile", "admins", Name=access.ADMIN_PROFILE)
            self.add("Profile", "standard", Name="Standard User")
            self.add("UserRole", "head", Name="Head of Sales")
            self.add("UserRole", "reps", Name="Rep", ParentRoleId=self.ids["head"])
            self.person("Ada", "admins", None)
            for name, role in (("Mia", "head"), ("Ana", "reps"), ("Raj", "reps")):
                self.person(name, "standard", role)
            permissions.replace_rights(db, "profile:Standard User", _standard())
            permissions.replace_rights(db, "Panel", _panel())
            self.add("PermissionSet", "set", Name="Panel", Label="Panel")
            for name in ("Mia", "Ana", "Raj"):
                self.add("PermissionSetAssignment", f"set-{name}", AssigneeId=self.ids[name],
                         PermissionSetId=self.ids["set"])  # fmt: skip
                self.add(SCORE.name, f"score-{name}", Name=f"AS-{name}", OwnerId=self.ids[name],
                         Score__c=71.4, Secret__c="HIDDEN", User__c=self.ids[name])  # fmt: skip
            self._group()
            apps.put(
                db, "Panel_App", label="Bellwether", canvas_enabled=True, canvas_access_method="Post",
                canvas_url="http://localhost:5001/canvas", canvas_locations=("Aura",),
                scopes=("Api",), admin_approved_only=True, permission_sets=(self.ids["set"],),
            )  # fmt: skip

    def _group(self):
        self.add("CollaborationGroup", "group", Name="Sales Management", CollaborationType="Private",
                 OwnerId=self.ids["Mia"])  # fmt: skip
        self.add("CollaborationGroupMember", "member", MemberId=self.ids["Mia"],
                 CollaborationGroupId=self.ids["group"])  # fmt: skip
        self.add("FeedItem", "post", ParentId=self.ids["group"], Body="Won <b>big</b>", Type="TextPost",
                 Visibility="AllUsers", Status="Published")  # fmt: skip

    def person(self, first, profile, role):
        self.add("User", first, Username=f"{first}@example.com".lower(), FirstName=first,
                 LastName="Test", Name=f"{first} Test", Email=f"{first}@example.com", Alias=first,
                 IsActive=1, UserType="Standard", ProfileId=self.ids[profile],
                 UserRoleId=self.ids.get(role), TimeZoneSidKey="Europe/Berlin", LocaleSidKey="en_US",
                 LanguageLocaleKey="en_US")  # fmt: skip

    def add(self, object_name, key, **values):
        from localorg import ids, tables  # noqa: PLC0415  # only the world needs them

        thing = self.org.schema.get(object_name)
        author = {"CreatedById": self.ids.get("Ada"), "LastModifiedById": self.ids.get("Ada")}
        made = ids.make(thing.key_prefix, tables.next_number(self.db, thing.key_prefix))
        self.ids[key] = made
        writer = Writer(self.db, self.org.schema, access.Viewer("", Rights(), is_admin=True))
        writer.insert(thing, {"Id": made, **STAMPS, **author, **values})

    def log_in(self, name):
        client = create_pages(self.org).test_client()
        answer = client.post("/login", base_url=ORIGIN, data={"user_id": self.ids[name]})
        assert answer.status_code == 303
        return client


def _standard():
    return Rights({"Opportunity": ObjectRight(read=True)}, {}, frozenset({"ApiEnabled"}))


def _panel():
    fields = {f"{SCORE.name}.Score__c": (True, False), f"{SCORE.name}.User__c": (True, False)}
    return Rights({SCORE.name: ObjectRight(read=True)}, fields, frozenset({"ApiEnabled"}))


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path / "org")
    yield world
    world.org.close()


def page(client, path):
    return client.get(path, base_url=ORIGIN)


def signed_request(client):
    path = "/services/data/v66.0/platformconnect/signedrequest?canvas=Panel_App"
    body = {"canvasRequest": {"context": {"environment": {"displayLocation": "Aura"}},
                              "client": {"instanceId": "_:Panel_App:0"}}}  # fmt: skip
    return client.put(path, base_url=ORIGIN, json=body)


def test_login_page_shows_names_and_roles(world):
    text = create_pages(world.org).test_client().get("/", base_url=ORIGIN).text
    assert "Mia Test" in text
    assert "Head of Sales · Standard User" in text


@pytest.mark.parametrize(("viewer", "seen"), [("Ana", {"Ana"}), ("Mia", {"Ana", "Raj", "Mia"})])
def test_private_records_are_shown_to_owners_and_those_above(world, viewer, seen):
    text = page(world.log_in(viewer), f"/lightning/o/{SCORE.name}/list").text
    assert {name for name in ("Ana", "Raj", "Mia") if f"AS-{name}" in text} == seen


def test_a_peers_record_is_not_found(world):
    client = world.log_in("Ana")
    own = page(client, f"/lightning/r/{SCORE.name}/{world.ids['score-Ana']}/view")
    assert "71.4" in own.text
    path = f"/lightning/r/{SCORE.name}/{world.ids['score-Raj']}/view"
    assert page(client, path).status_code == 404


def test_field_without_read_right_is_absent(world):
    path = f"/lightning/r/{SCORE.name}/{world.ids['score-Ana']}/view"
    assert "HIDDEN" not in page(world.log_in("Ana"), path).text
    assert "HIDDEN" in page(world.log_in("Ada"), path).text


def test_object_without_read_right_has_no_tab_and_no_page(world):
    client = world.log_in("Ana")
    assert "/lightning/o/Account/list" not in page(client, HOME).text
    assert page(client, "/lightning/o/Account/list").status_code == 404


def test_feed_of_a_private_group_is_for_members(world):
    assert "Won &lt;b&gt;big&lt;/b&gt;" in page(world.log_in("Mia"), HOME).text
    outsider = page(world.log_in("Ana"), HOME).text
    assert "big" not in outsider
    assert "no group here that you may see" in outsider


def test_signed_request_carries_a_session_that_the_api_accepts(world):
    client = world.log_in("Ana")
    encoded = signed_request(client).get_json()["response"].split(".")[1]
    told = json.loads(base64.b64decode(encoded))["client"]
    assert told["instanceUrl"] == "https://localhost:8443"
    answer = client.get(
        "/services/data/v66.0/query",
        query_string={"q": "SELECT Id, Score__c FROM Adoption_Score__c"},
        base_url=ORIGIN,
        headers={"Authorization": f"OAuth {told['oauthToken']}"},
    )
    assert [one["Id"] for one in answer.get_json()["records"]] == [world.ids["score-Ana"]]


def test_policies_that_name_a_permission_set_by_id_count(world):
    assert signed_request(world.log_in("Ana")).status_code == 200
    refused = signed_request(world.log_in("Ada"))
    assert refused.get_json()[0]["errorCode"] == "ADMIN_AUTH_REQUIRED_SETUP_ALLOWED"


def test_setup_reveals_the_deployed_secret_to_the_admin(world):
    with world.org.read() as db:
        app = apps.find(db, "Panel_App")
    client = world.log_in("Ada")
    path = "/lightning/setup/ExternalClientApps"
    assert app.consumer_secret not in page(client, path).text
    assert app.consumer_secret in client.post(path, base_url=ORIGIN, data={"app": "Panel_App"}).text
