"""Whether the role hierarchy lets managers read their people's scores, and who else may.

The records of persons are private and follow the role hierarchy, in which everybody of a role reads
what belongs to people of the roles below: https://help.salesforce.com/s/articleView?id=platform.security_controlling_access_using_hierarchies.htm
Who leads whom is `User.ManagerId`. The two are kept apart in Setup, and nothing keeps them equal.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.doctor.finding import Finding, doubtful, good
from service.salesforce.soql import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from service.salesforce.gateway import Gateway
    from service.settings import Settings

#: Pairs of roles that are named; the others are counted.
_NAMED = 3
_NO_ROLE = "no role"


@dataclass(frozen=True, slots=True)
class User:
    """An active user."""

    manager_id: str | None
    role_id: str | None


@dataclass(frozen=True, slots=True)
class Role:
    """A role of the hierarchy."""

    name: str
    parent_id: str | None


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Where the manager chain and the role hierarchy differ."""

    led: int  #: pairs of somebody and a manager above them, at any height
    #: (role of the manager, role of the person) -> pairs in which the manager may not read
    hidden: Mapping[tuple[str, str], int]
    strangers: int  #: users who may read the scores of people whom they do not lead


def compare(users: Mapping[str, User], roles: Mapping[str, Role]) -> Mismatch:
    """Compare both, for active users by id; a manager who is not among them reads nothing."""
    over = {key: one.parent_id for key, one in roles.items()}
    leads = {key: one.manager_id for key, one in users.items()}
    members = {role: {key for key, one in users.items() if one.role_id == role} for role in roles}
    hidden: Counter[tuple[str, str]] = Counter()
    strangers: set[str] = set()
    led = 0
    for key, one in users.items():
        above = _upwards(one.role_id, over)
        readers = {reader for role in above for reader in members[role]}
        chain = _upwards(key, leads)
        led += len(chain)
        strangers |= readers - chain
        hidden.update(
            (_name(users[manager].role_id, roles), _name(one.role_id, roles))
            for manager in chain - readers
        )
    return Mismatch(led, hidden, len(strangers))


def _upwards(start: str | None, parents: Mapping[str, str | None]) -> set[str]:
    """All that stand above, without the start; a loop ends where it began."""
    found: set[str] = set()
    at = parents.get(start) if start else None
    while at is not None and at in parents and at not in found:
        found.add(at)
        at = parents[at]
    return found - {start}


def _name(role: str | None, roles: Mapping[str, Role]) -> str:
    return roles[role].name if role and role in roles else _NO_ROLE


def sharing(gateway: Gateway, settings: Settings) -> Iterator[Finding]:
    """Say in how many cases a manager may not read, by role, and how many others may.

    Users with *View All Data* read everything and are not looked for. Nobody is named: what the
    doctor says may end in a log.
    """
    users = {
        row["Id"]: User(row["ManagerId"], row["UserRoleId"])
        for row in gateway.query(
            "SELECT Id, ManagerId, UserRoleId FROM User WHERE IsActive = true "  # noqa: S608 - quoted
            f"AND UserType = 'Standard' AND Username != {quoted(settings.username)}"
        )
    }
    roles = {
        row["Id"]: Role(row["Name"], row["ParentRoleId"])
        for row in gateway.query("SELECT Id, Name, ParentRoleId FROM UserRole")
    }
    found = compare(users, roles)
    if found.hidden:
        yield doubtful("sharing", _hidden(found), _REMEDY)
    else:
        yield good("sharing", f"The role hierarchy lets every manager read: {found.led:,} pairs.")
    if found.strangers:
        yield good(
            "sharing",
            f"{found.strangers:,} users may read scores of people whom they do not lead, because "
            "their role stands above.",
        )


_REMEDY = (
    "Give each manager a role above the roles of their people in Setup > Roles, or mend Manager on "
    "the users: until then these managers see less in the panel, the reports and the digest."
)


def _hidden(found: Mismatch) -> str:
    pairs = sorted(found.hidden.items(), key=lambda one: (-one[1], one[0]))
    named = "; ".join(
        f"{manager} over {person}: {count:,}" for (manager, person), count in pairs[:_NAMED]
    )
    more = len(pairs) - _NAMED
    rest = f"; {more} more pairs of roles" if more > 0 else ""
    return (
        f"In {sum(found.hidden.values()):,} of {found.led:,} cases a manager may not read the score "
        f"of somebody below them, by role: {named}{rest}."
    )
