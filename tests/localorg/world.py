"""A small org for tests: a hierarchy of people, a private object with a child, an app."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from simple_salesforce import Salesforce

from localorg import ids, seed, tables
from localorg import org as orgs
from localorg.auth import apps, sessions
from localorg.records import Writer
from localorg.rights import permissions
from localorg.rights.access import Viewer
from localorg.rights.permissions import ObjectRight, Rights
from localorg.schema import new_field
from localorg.system_fields import custom_metadata_type, custom_object

if TYPE_CHECKING:
    import sqlite3

    from localorg.org import Org

SCORE = "Score__c"
RIGHT_READ = ObjectRight(read=True)
RIGHT_ALL = ObjectRight(True, True, True, True, True, True)


@dataclass
class World:
    """The org with its people's ids and how to reach it."""

    org: Org
    ca_file: str
    users: dict[str, str]
    app: apps.App
    private_key: str
    certificate: str
    callers: dict[str | None, Caller] = field(default_factory=dict)

    def session(self, name: str) -> str:
        """An API token of a person, made as the platform makes one."""
        with self.org.write() as db:
            return sessions.start(db, self.org.org_id, self.users[name]).token

    def http(self, name: str | None = "admin") -> Caller:
        """A bare HTTP client for a person, or for nobody."""
        if name not in self.callers:
            self.callers[name] = Caller(self, self.session(name) if name else None)
        return self.callers[name]

    def close(self) -> None:
        """Close the connections."""
        for one in self.callers.values():
            one.session.close()

    def salesforce(self, name: str = "admin") -> Salesforce:
        """The stock client over TLS."""
        session = requests.Session()
        session.trust_env, session.verify = False, self.ca_file
        return Salesforce(
            session_id=self.session(name),
            instance_url=self.org.settings.api_url,
            version="66.0",
            session=session,
        )


class Caller:
    """Sends requests to the org over TLS and answers status and JSON."""

    def __init__(self, world: World, token: str | None) -> None:
        self.token, self._url = token, world.org.settings.api_url
        self.session = requests.Session()
        self.session.trust_env, self.session.verify = False, world.ca_file
        if token:
            self.session.headers["Authorization"] = f"Bearer {token}"

    def __call__(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        start = "" if path.startswith("/services") else "/services/data/v66.0"
        said = {"json": body} if body is not None else {}
        return self.session.request(method, self._url + start + path, timeout=20, **said, **more)

    def query(self, soql: str, resource: str = "query") -> Any:
        """A query's JSON, whatever it is."""
        return self("GET", f"/{resource}", params={"q": soql}).json()

    def rows(self, soql: str) -> list[dict[str, Any]]:
        """A query's records without their attributes."""
        found = self.query(soql)["records"]
        return [{key: value for key, value in one.items() if key != "attributes"} for one in found]

    def refusal(self, method: str, path: str, body: Any = None) -> tuple[int, str]:
        """Status and error code of a request that must fail."""
        reply = self(method, path, body)
        return reply.status_code, reply.json()[0]["errorCode"]


def build(org: Org, ca_file: str) -> World:
    """Fill a new org."""
    key, certificate = key_pair()
    with org.write() as db:
        seed.begin(org, db, orgs.DEFAULT_ORG_ID, "Test Org")
        users = _people(org, db)
        _schema(org, db)
        _rights(org, db, users)
        app = apps.put(
            db, "Jobs", label="Jobs", scopes=("Api", "RefreshToken"), certificate=certificate,
            admin_approved_only=True, permission_sets=("Robot",),
        )  # fmt: skip
        seed.finish(org, db)
    users |= {"admin": seed.ADMIN_ID, "robot": seed.INTEGRATION_ID}
    return World(org, ca_file, users, app, key, certificate)


@cache
def key_pair() -> tuple[str, str]:
    """A private key and a certificate of it, both PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return pem.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode()


def admin_writer(org: Org, db: sqlite3.Connection) -> Writer:
    """Writes as the administrator, from inside."""
    return Writer(db, org.schema, Viewer(seed.ADMIN_ID, Rights(), is_admin=True))


def _people(org: Org, db: sqlite3.Connection) -> dict[str, str]:
    writer = admin_writer(org, db)
    role, user = org.schema.get("UserRole"), org.schema.get("User")
    boss = writer.create(role, {"Name": "Boss"})
    manager = writer.create(role, {"Name": "Manager", "ParentRoleId": boss})
    rep = writer.create(role, {"Name": "Rep", "ParentRoleId": manager})
    elsewhere = writer.create(role, {"Name": "Elsewhere", "ParentRoleId": boss})
    roles = {"bea": boss, "mia": manager, "ana": rep, "raj": rep, "olga": elsewhere}
    profile = seed.profile_id(db, seed.STANDARD_PROFILE)
    return {
        name: writer.create(user, {
            "Username": f"{name}@example.com", "Email": f"{name}@example.com", "Alias": name,
            "LastName": name.title(), "UserRoleId": role_id, "ProfileId": profile,
            "IsActive": True,
        })
        for name, role_id in roles.items()
    }  # fmt: skip


def _schema(org: Org, db: sqlite3.Connection) -> None:
    org.schema.add_object(
        db,
        custom_object(
            SCORE, "Score", "Scores", sharing_model="Private",
            name_field=new_field("Name", "string", "Number", length=80, auto_number="S-{0000}"),
            fields=(
                new_field("Key__c", "string", "Key", length=18, unique=True, external_id=True, case_sensitive=True),
                new_field("Value__c", "double", "Value", precision=4, scale=1),
                new_field("Word__c", "picklist", "Word", picklist=("Good", "Bad"), restricted=True),
                new_field("Secret__c", "string", "Secret", length=40),
                new_field("Story__c", "textarea", "Story", length=32768),
                new_field("On__c", "date", "On"),
                new_field("At__c", "datetime", "At"),
                new_field("Count__c", "int", "Count"),
                new_field("Flag__c", "boolean", "Flag", default_value="false"),
                new_field("Mail__c", "email", "Mail", length=80),
                new_field("User__c", "reference", "User", length=18, reference_to=("User",), relationship_name="User__r", child_relationship_name="Scores__r"),
                new_field("Loose__c", "string", "Loose", length=20, external_id=True),
            ),
        ),
    )  # fmt: skip
    master = new_field(
        "Score__c", "reference", "Score", length=18, nillable=False, reference_to=(SCORE,),
        relationship_name="Score__r", child_relationship_name="Notes__r", cascade_delete=True,
    )  # fmt: skip
    notes = custom_object(
        "Note__c", "Note", "Notes", sharing_model="ControlledByParent", fields=(master,)
    )
    org.schema.add_object(db, replace(notes, feed_enabled=True))
    org.schema.add_object(db, custom_object("Board__c", "Board", "Boards", sharing_model="Read"))
    rule = new_field("Amount__c", "double", "Amount", precision=16, scale=2)
    made = org.schema.add_object(db, custom_metadata_type("Rule__mdt", "Rule", "Rules", (rule,)))
    admin_writer(org, db).insert(
        made,
        {
            "Id": ids.make(made.key_prefix, 1),
            "DeveloperName": "Big",
            "Label": "Big",
            "Amount__c": 5.0,
        },
    )


def _rights(org: Org, db: sqlite3.Connection, users: dict[str, str]) -> None:
    open_fields = ("Key__c", "Value__c", "Word__c", "Story__c", "On__c", "At__c", "Count__c", "Flag__c", "Mail__c", "User__c", "Loose__c")  # fmt: skip
    edit = ObjectRight(read=True, create=True, edit=True, delete=True)
    reader = Rights(
        {SCORE: edit, "Note__c": edit, "Board__c": edit},
        {f"{SCORE}.{name}": (True, name != "Mail__c") for name in open_fields},
        frozenset({"ApiEnabled"}),
    )
    robot = Rights(
        {SCORE: RIGHT_ALL, "Note__c": RIGHT_ALL, "Rule__mdt": RIGHT_READ},
        {f"{SCORE}.{name}": (True, True) for name in open_fields},
        frozenset({"ApiEnabled", "ViewAllData"}),
    )
    for name, rights in (("Reader", reader), ("Robot", robot)):
        record = {"Name": name, "Label": name, "Id": ids.make("0PS", tables.next_number(db, "0PS"))}
        admin_writer(org, db).insert(org.schema.get("PermissionSet"), record)
        permissions.replace_rights(db, name, rights)
    holders = {"Reader": [users[one] for one in ("mia", "ana", "raj", "olga", "bea")]}
    holders["Robot"] = [seed.INTEGRATION_ID]
    for name, people in holders.items():
        row = db.execute('SELECT "Id" FROM "PermissionSet" WHERE "Name" = ?', (name,)).fetchone()
        for person in people:
            admin_writer(org, db).create(
                org.schema.get("PermissionSetAssignment"),
                {"AssigneeId": person, "PermissionSetId": row[0]},
            )
