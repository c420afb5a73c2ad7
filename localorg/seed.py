"""What every org starts with: profiles, an administrator, an integration user, a Chatter group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localorg import derived, ids, times
from localorg import org as orgs
from localorg.records import Writer
from localorg.rights import permissions
from localorg.rights.access import ADMIN_PROFILE, Viewer
from localorg.rights.permissions import ObjectRight, Rights

if TYPE_CHECKING:
    import sqlite3

    from localorg.org import Org

ADMIN_ID = ids.widen("0055g0zzzzADMIN")
INTEGRATION_ID = ids.widen("0055g0zzzINTEGR")
ADMIN_USERNAME = "admin@bellwether.example"
INTEGRATION_USERNAME = "integration@bellwether.example"
STANDARD_PROFILE = "Standard User"
INTEGRATION_PROFILE = "Minimum Access - API Only Integrations"
GROUP_NAME = "Sales Management"
_SALES = ("Account", "Contact", "Lead", "Opportunity", "Campaign", "Task", "Event")
_FULL = ObjectRight(read=True, create=True, edit=True, delete=True)
#: What a salesperson's profile gives: the sales objects and reports, no API access, no custom object.
STANDARD_RIGHTS = Rights(objects=dict.fromkeys(_SALES, _FULL), user=frozenset({"RunReports"}))
#: The integration profile gives nothing at all; permission sets must.
NO_RIGHTS = Rights()


def begin(org: Org, db: sqlite3.Connection, org_id: str, org_name: str) -> None:
    """The organization, its profiles and the administrator: before anything is loaded."""
    orgs.put_setting(db, "org_id", org_id)
    writer = Writer(db, org.schema, Viewer(ADMIN_ID, Rights(), is_admin=True))
    _insert(writer, "Organization", {
        "Id": org_id, "Name": org_name, "InstanceName": "LOCAL", "IsSandbox": 0,
        "OrganizationType": "Developer Edition", "TimeZoneSidKey": "America/Los_Angeles",
        "DefaultLocaleSidKey": "en_US", "LanguageLocaleKey": "en_US", "FiscalYearStartMonth": 1,
    })  # fmt: skip
    profiles = (ADMIN_PROFILE, STANDARD_PROFILE, INTEGRATION_PROFILE)
    for number, name in enumerate(profiles, start=1):
        record = {"Id": ids.widen(f"00e5g0zzz{number:06d}"), "Name": name, "UserType": "Standard"}
        _insert(writer, "Profile", record)
    permissions.replace_rights(db, f"profile:{STANDARD_PROFILE}", STANDARD_RIGHTS)
    permissions.replace_rights(db, f"profile:{INTEGRATION_PROFILE}", NO_RIGHTS)
    _user(writer, ADMIN_ID, ADMIN_USERNAME, ("Ada", "Admin"), ADMIN_PROFILE)
    _user(
        writer,
        INTEGRATION_ID,
        INTEGRATION_USERNAME,
        ("Adoption", "Integration"),
        INTEGRATION_PROFILE,
    )


def finish(org: Org, db: sqlite3.Connection) -> str:
    """The group that posts go to, with the integration user in it; returns the group's id."""
    writer = Writer(db, org.schema, Viewer(ADMIN_ID, Rights(), is_admin=True))
    found = db.execute(
        'SELECT "Id" FROM "CollaborationGroup" WHERE "Name" = ?', (GROUP_NAME,)
    ).fetchone()
    group_id = found[0] if found else writer.create(
        org.schema.get("CollaborationGroup"), {"Name": GROUP_NAME, "CollaborationType": "Public"}
    )  # fmt: skip
    member = {"CollaborationGroupId": group_id, "MemberId": INTEGRATION_ID}
    is_member = db.execute(
        'SELECT 1 FROM "CollaborationGroupMember" WHERE "CollaborationGroupId" = ?'
        ' AND "MemberId" = ?',
        (group_id, INTEGRATION_ID),
    ).fetchone()
    if not is_member:
        writer.create(org.schema.get("CollaborationGroupMember"), member)
    orgs.put_setting(db, "management_group_id", str(group_id))
    return str(group_id)


def profile_id(db: sqlite3.Connection, name: str) -> str:
    """The id of a profile."""
    row = db.execute('SELECT "Id" FROM "Profile" WHERE "Name" = ?', (name,)).fetchone()
    return str(row[0])


def _user(writer: Writer, user_id: str, username: str, name: tuple[str, str], profile: str) -> None:
    values = derived.defaults("User") | {
        "Id": user_id, "Username": username, "Email": username, "FirstName": name[0],
        "LastName": name[1], "Name": " ".join(name), "Alias": name[1][:8].lower(), "IsActive": 1,
        "ProfileId": profile_id(writer.db, profile),
    }  # fmt: skip
    _insert(writer, "User", values)


def _insert(writer: Writer, name: str, values: dict[str, Any]) -> None:
    moment = times.text(times.now())
    stamps = {
        "CreatedDate": moment, "CreatedById": ADMIN_ID, "LastModifiedDate": moment,
        "LastModifiedById": ADMIN_ID, "SystemModstamp": moment,
    }  # fmt: skip
    writer.insert(writer.schema.get(name), stamps | values)
