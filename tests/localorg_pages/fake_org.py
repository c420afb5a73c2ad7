"""A dict-backed org for the pages: three people, a few records, two groups of rights."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from localorg.ids import make
from localorg.pages.port import ClientApp, Feed, FieldInfo, ObjectInfo, PageTab, Person, Post

ORG_ID = "00D5g0000000001EAA"
ANA, RAJ, ADMIN = (make("005", number) for number in (1, 2, 3))
ROLE, PROFILE, ADMIN_PROFILE = make("00E", 1), make("00e", 1), make("00e", 2)
BIG_DEAL, SMALL_DEAL, ACME = make("006", 1), make("006", 2), make("001", 1)
ANA_SCORE, RAJ_SCORE, ALERT = make("a00", 1), make("a00", 2), make("a01", 1)
GROUP = make("0F9", 1)
NASTY = "<script>alert('x')</script> & \"Sons\""
API_URL = "https://localhost:8443"
PREFIXES = {
    "005": "User", "006": "Opportunity", "001": "Account", "a00": "Adoption_Score__c",
    "a01": "Big_Deal_Alert__c", "0F9": "CollaborationGroup",
}  # fmt: skip


def _person(user_id, first, last, *, admin=False):
    return Person(
        id=user_id,
        username=f"{first}.{last}@example.com".lower(),
        name=f"{first} {last}",
        first_name=first,
        last_name=last,
        email=f"{first}@example.com".lower(),
        profile_id=ADMIN_PROFILE if admin else PROFILE,
        profile_name="System Administrator" if admin else "Standard User",
        role_id=None if admin else ROLE,
        role_name=None if admin else "Account Executive",
        is_admin=admin,
    )


def _fields(*triples):
    return tuple(
        FieldInfo(name, label, kind, scale=2 if kind == "currency" else 1 if kind == "double" else 0,
                  is_name=name in {"Name", "Username"})
        for name, label, kind in triples
    )  # fmt: skip


_SYSTEM = (
    ("Id", "Record ID", "id"), ("OwnerId", "Owner ID", "reference"),
    ("CreatedDate", "Created Date", "datetime"), ("CreatedById", "Created By ID", "reference"),
)  # fmt: skip
OBJECTS = {
    "Opportunity": ObjectInfo("Opportunity", "Opportunity", "Opportunities", _fields(
        ("Name", "Opportunity Name", "string"), ("AccountId", "Account ID", "reference"),
        ("StageName", "Stage", "picklist"), ("Amount", "Amount", "currency"),
        ("CloseDate", "Close Date", "date"), ("IsWon", "Won", "boolean"), *_SYSTEM)),
    "Account": ObjectInfo("Account", "Account", "Accounts", _fields(
        ("Name", "Account Name", "string"), ("Industry", "Industry", "picklist"), *_SYSTEM)),
    "User": ObjectInfo("User", "User", "Users", _fields(
        ("Name", "Full Name", "string"), ("Email", "Email", "email"))),
    "Adoption_Score__c": ObjectInfo("Adoption_Score__c", "Adoption Score", "Adoption Scores", _fields(
        ("Name", "Score Number", "string"), ("User__c", "User", "reference"),
        ("Score__c", "Score", "double"), ("Word__c", "Word", "picklist"),
        ("As_Of__c", "As Of", "datetime"), ("Details__c", "Details", "textarea"),
        ("Reasons__c", "Reasons", "textarea"), *_SYSTEM)),
    "Big_Deal_Alert__c": ObjectInfo("Big_Deal_Alert__c", "Big Deal Alert", "Big Deal Alerts", _fields(
        ("Name", "Alert Number", "string"), ("Opportunity__c", "Opportunity", "reference"),
        ("Amount__c", "Amount", "currency"), ("Status__c", "Status", "picklist"), *_SYSTEM)),
    "CollaborationGroup": ObjectInfo("CollaborationGroup", "Group", "Groups", _fields(
        ("Name", "Name", "string"), ("Description", "Description", "textarea"))),
}  # fmt: skip


def _records():
    deal = {"StageName": "Closed Won", "IsWon": True, "CloseDate": "2026-11-20",
            "CreatedDate": "2026-10-01T23:30:00.000+0000", "CreatedById": ANA}  # fmt: skip
    score = {"As_Of__c": "2026-11-22T05:00:00.000+0000", "CreatedDate": "2026-11-22T05:00:01.000+0000",
             "CreatedById": ADMIN, "Reasons__c": "6 of 8 meetings recorded.\n3 of 4 deals have a next step."}  # fmt: skip
    return {
        "Opportunity": [
            {"Id": BIG_DEAL, "Name": "Globex renewal", "AccountId": ACME, "Amount": 120000.0, "OwnerId": ANA, **deal},
            {"Id": SMALL_DEAL, "Name": NASTY, "AccountId": ACME, "Amount": 950.5, "OwnerId": RAJ, **deal},
        ],
        "Account": [{"Id": ACME, "Name": NASTY, "Industry": "Retail", "OwnerId": RAJ}],
        "User": [{"Id": one.id, "Name": one.name, "Email": one.email} for one in PEOPLE.values()],
        "Adoption_Score__c": [
            {"Id": ANA_SCORE, "Name": "AS-0001", "User__c": ANA, "OwnerId": ANA, "Score__c": 71.4,
             "Word__c": "Building", "Details__c": json.dumps({"reasons": ["long text"] * 90}), **score},
            {"Id": RAJ_SCORE, "Name": "AS-0002", "User__c": RAJ, "OwnerId": RAJ, "Score__c": 42.0,
             "Word__c": "Needs help", "Details__c": "{}", **score},
        ],
        "Big_Deal_Alert__c": [{"Id": ALERT, "Name": "BD-0001", "Opportunity__c": BIG_DEAL, "Amount__c": 120000.0,
                               "Status__c": "Announced", "OwnerId": ADMIN}],
        "CollaborationGroup": [{"Id": GROUP, "Name": "Sales Management", "Description": "Managers"}],
    }  # fmt: skip


PEOPLE = {
    one.id: one
    for one in (
        _person(ANA, "Ana", "Ruiz"),
        _person(RAJ, "Raj", "Patel"),
        _person(ADMIN, "Ada", "Min", admin=True),
    )
}
PANEL = ClientApp(
    developer_name="Bellwether_Panel",
    label="Bellwether",
    consumer_key="3MVG9panel",
    consumer_secret="00C0FFEE00C0FFEE00C0FFEE00C0FFEE",
    canvas_url="http://localhost:5001/canvas",
    locations=("Aura", "Visualforce"),
    scopes=("Api", "Web", "RefreshToken"),
    permitted_users="AdminApprovedPreAuthorized",
    permission_sets=frozenset({"Adoption_Panel_User"}),
)
JOBS = ClientApp(
    "Bellwether_Jobs", "Bellwether jobs", "3MVG9jobs", "SECRET-OF-JOBS", scopes=("Api",)
)


class FakeOrg:
    """Private sharing for everything owned: an owner sees their own, the admin all."""

    org_id = ORG_ID
    name = "Globex & Co"
    api_url = API_URL

    def __init__(self, *apps, sets=None):
        self.apps = list(apps or (PANEL, JOBS))
        self.sets = {ANA: frozenset({"Adoption_Panel_User"})} if sets is None else sets
        self.tokens = {}
        self.data = _records()
        self.hidden_fields = {}  # user id -> {"Object.Field"}
        self.posts = [Post("0D5a", "Ada Min", f"Won! {NASTY} https://localhost:8443/{BIG_DEAL[:15]}",
                           datetime(2026, 11, 21, 1, 5, tzinfo=UTC))]  # fmt: skip

    def change_app(self, **changes):
        self.apps[0] = replace(self.apps[0], **changes)

    def people(self):
        return list(PEOPLE.values())

    def person(self, user_id):
        return PEOPLE.get(user_id)

    def permission_sets_of(self, user_id):
        return self.sets.get(user_id, frozenset())

    def has_allowed(self, _user_id, _app):
        return False

    def open_session(self, user_id, app):
        assert app in self.apps
        token = f"{ORG_ID[:15]}!AQ.{len(self.tokens)}.{user_id}"
        self.tokens[token] = user_id
        return token

    def user_of_token(self, token):
        return self.tokens.get(token)

    def client_apps(self):
        return self.apps

    def page_tabs(self, user_id):
        mine = (PageTab("Bellwether", NASTY, ("Bellwether_Panel",)),)
        return mine if "Adoption_Panel_User" in self.permission_sets_of(user_id) else ()

    def object_of_id(self, record_id):
        return PREFIXES.get(record_id[:3])

    def describe(self, user_id, object_name):
        info = OBJECTS.get(object_name)
        if info is None:
            return None
        hidden = self.hidden_fields.get(user_id, set())
        return replace(
            info, fields=tuple(f for f in info.fields if f"{object_name}.{f.name}" not in hidden)
        )

    def record(self, user_id, object_name, record_id):
        found = [
            one for one in self.records(user_id, object_name, limit=999) if one["Id"] == record_id
        ]
        return found[0] if found else None

    def records(self, user_id, object_name, *, limit):
        visible = [one for one in self.data[object_name] if self._sees(user_id, one)]
        return visible[:limit]

    def _sees(self, user_id, record):
        return "OwnerId" not in record or record["OwnerId"] == user_id or PEOPLE[user_id].is_admin

    def record_name(self, user_id, record_id):
        record = self.record(user_id, PREFIXES[record_id[:3]], record_id)
        return record["Name"] if record else None

    def feed(self, user_id, group, *, limit):
        assert user_id in PEOPLE
        if group not in {GROUP, "Sales Management"}:
            return None
        return Feed(GROUP, "Sales Management", 4, tuple(self.posts[:limit]))

    def api(self, environ, start_response):
        """Says who asks; the REST API's 401 to anybody unknown."""
        token = environ.get("HTTP_AUTHORIZATION", "").removeprefix("OAuth ")
        user = self.tokens.get(token)
        told = {"path": environ["PATH_INFO"], "user": user, "cookie": environ.get("HTTP_COOKIE")}
        body = (
            told
            if user
            else [{"errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid"}]
        )
        start_response(
            "200 OK" if user else "401 Unauthorized", [("Content-Type", "application/json")]
        )
        return [json.dumps(body).encode()]
