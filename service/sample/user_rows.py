"""Users, roles and profiles as rows; a user's last login is known once their life is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.sample.calendar import midnight, opens, stamp
from service.sample.logins import LOGIN_SECONDS
from service.sample.people import EXECUTIVE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service.sample.life import Life
    from service.sample.people import SamplePerson
    from service.sample.sheets import Sheets

_PROFILES = {"executive": "Sales Leadership", "area": "Sales Leadership", "manager": "Sales Leadership",
             "marketer": "Marketing User", "robot": "Integration"}  # fmt: skip
_USUAL_PROFILE = "Sales User"


def write_roles(sheets: Sheets, everybody: Iterable[SamplePerson]) -> dict[str, str]:
    """Write UserRole and Profile; gives the ids of both by name."""
    listed = [(person, person.role) for person in everybody if person.role]
    roles = {person.user_id: role for person, role in listed}
    ids: dict[str, str] = {}
    for person, role in listed:
        if role not in ids:
            # Sharing follows the roles: below the role of whoever leads the first who has it.
            parent = "" if role == EXECUTIVE else ids[roles.get(person.manager_id, EXECUTIVE)]
            ids[role] = sheets["UserRole"].add(Name=role, ParentRoleId=parent)
    for name in dict.fromkeys((_USUAL_PROFILE, *_PROFILES.values())):
        ids[name] = sheets["Profile"].add(Name=name)
    return ids


def write_user(life: Life, ids: dict[str, str]) -> None:
    """The user's row: who they are, and when they logged in last."""
    person, place = life.person, life.person.place
    is_known = person.habit != "roleless"
    is_robot = person.kind == "robot"
    life.sheets["User"].add(
        person.user_id, Name=person.name, Username=person.username, Email=person.username,
        IsActive=str(int(person.left_on is None)),
        UserType="CloudIntegrationUser" if is_robot else "Standard",
        UserRoleId=ids[person.role] if person.role and is_known else "",
        ProfileId=ids[_PROFILES.get(person.kind, _USUAL_PROFILE)],
        ManagerId=person.manager_id if is_known else "", LastLoginDate=_last_login(life),
        TimeZoneSidKey=place.zone, LocaleSidKey=place.locale, City=place.city,
        Division=place.region if is_known else "", State=place.state if is_known else "",
        Country=place.country if is_known else "",
        CreatedDate=stamp(opens(person.started_on, place.zone)),
    )  # fmt: skip


def _last_login(life: Life) -> str:
    if life.person.kind == "robot":
        return stamp(midnight(life.days.as_of, hour=2))
    return stamp(life.moment(life.active[-1], LOGIN_SECONDS)) if life.active else ""
