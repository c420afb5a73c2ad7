"""Who may read the records of persons, and whether that is who leads them.

In the role hierarchy everybody of a role reads what belongs to people of the roles below:
https://help.salesforce.com/s/articleView?id=platform.security_controlling_access_using_hierarchies.htm
Who leads whom is `User.ManagerId`. The two are kept apart in Setup, and nothing keeps them equal.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

#: What BELLWETHER_SHARING may be. *hierarchy*: the role hierarchy decides, and records of persons
#: wait while it shows them to anybody who does not lead; *hierarchy-accepted*: it decides;
#: *shares*: it is switched off for scores, and the night shares each score with whose turn it is.
Sharing: TypeAlias = Literal["hierarchy", "hierarchy-accepted", "shares"]
SHARINGS: tuple[Sharing, ...] = ("hierarchy", "hierarchy-accepted", "shares")
Pair: TypeAlias = tuple[str, str]  #: (whose score it is, who may read it), by user id
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


class Hierarchy:
    """Active users by id, and the tree of roles."""

    def __init__(self, users: Mapping[str, User], roles: Mapping[str, Role]) -> None:
        self.users, self.roles = users, roles
        self._over = {key: one.parent_id for key, one in roles.items()}
        self._leads = {key: one.manager_id for key, one in users.items()}
        self._above: dict[str | None, frozenset[str]] = {}  #: readers by role, once worked out
        self._members: dict[str, set[str]] = {role: set() for role in roles}
        for key, one in users.items():
            if one.role_id in self._members:
                self._members[one.role_id].add(key)

    def readers(self, user_id: str) -> frozenset[str]:
        """Whom the hierarchy lets read what belongs to a user: everybody of the roles above."""
        role_id = self.users[user_id].role_id
        if role_id not in self._above:
            above = climb(role_id, self._over)
            self._above[role_id] = frozenset(one for role in above for one in self._members[role])
        return self._above[role_id]

    def chain(self, user_id: str) -> tuple[str, ...]:
        """The managers above a user, the direct one first; one who is not active ends it."""
        return tuple(climb(user_id, self._leads))

    def strangers(self, user_id: str) -> frozenset[str]:
        """Whom the hierarchy lets read what belongs to a user whom they do not lead."""
        return self.readers(user_id) - {user_id, *self.chain(user_id)}


@dataclass(frozen=True, slots=True)
class Question:
    """Whether somebody reads a score that the hierarchy alone would show them; all are user ids."""

    reader: str
    of: str  #: whose score it is
    beside: (
        str | None
    )  #: whose score nothing would show them: who reads it sees all, and tells nothing


def questions(
    all_of: Hierarchy, owners: Iterable[str], readers: Collection[str], shared: Collection[Pair]
) -> Iterator[Question]:
    """What to ask an org to know whether the hierarchy is on: one for each reader, the telling first.

    `owners` are users who own their score, or would: the hierarchy above somebody else's tells
    nothing. `readers` may read scores at all.
    """
    among, known = sorted(set(owners) & all_of.users.keys()), frozenset(readers)
    below: dict[str, str] = {}
    for one in among:
        for reader in all_of.readers(one) & known - {one}:
            if (one, reader) not in shared:
                below.setdefault(reader, one)
    without = []
    for reader, of in sorted(below.items()):
        others = (one for one in among if one != reader and reader not in all_of.readers(one))
        beside = next((one for one in others if (one, reader) not in shared), None)
        if beside:
            yield Question(reader, of, beside)
        else:
            without.append(Question(reader, of, None))
    yield from without


def compare(
    users: Mapping[str, User], roles: Mapping[str, Role], may_read: Collection[str] | None = None
) -> Mismatch:
    """Compare both, for active users by id; a manager who is not among them reads nothing.

    `may_read` are those who may read scores at all; None: everybody.
    """
    all_of = Hierarchy(users, roles)
    hidden: Counter[tuple[str, str]] = Counter()
    strangers: set[str] = set()
    led = 0
    for key, one in users.items():
        readers, chain = all_of.readers(key), set(all_of.chain(key))
        led += len(chain)
        strangers |= readers - chain
        hidden.update(
            (_name(users[manager].role_id, roles), _name(one.role_id, roles))
            for manager in chain - readers
        )
    return Mismatch(led, hidden, len(strangers if may_read is None else strangers & set(may_read)))


def climb(start: str | None, parents: Mapping[str, str | None]) -> Iterator[str]:
    """All that stand above, from the nearest on, without the start; a loop ends where it began."""
    seen = {start}
    at = parents.get(start) if start else None
    while at is not None and at in parents and at not in seen:
        yield at
        seen.add(at)
        at = parents[at]


def _name(role: str | None, roles: Mapping[str, Role]) -> str:
    return roles[role].name if role and role in roles else _NO_ROLE
