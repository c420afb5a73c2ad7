"""Who hears of a big deal: the entire sales management team, and leaders whom the rule names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.scoring.roles import LEADING, named_role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.salesforce.query import Asked
    from service.scoring.rule_set import BigDealRule, RuleSet

#: Who may be told.
USERS = (
    "SELECT Id, Username, Email, UserType, UserRole.Name, Profile.Name FROM User "
    "WHERE IsActive = true ORDER BY Id"
)


@dataclass(frozen=True)
class Audience:
    """The people, in the order of their ids, and the named leaders whom nobody knows."""

    people: Mapping[str, str]  #: user id -> address
    strangers: tuple[str, ...] = ()  #: usernames without an active user

    @property
    def ids(self) -> tuple[str, ...]:
        """Whom the bell rings for."""
        return tuple(self.people)

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where the mail goes, each address once."""
        return tuple({address.casefold(): address for address in self.people.values()}.values())

    def notes(self, rule: BigDealRule) -> list[str]:
        """What an admin should mend."""
        found = [
            f"The big deal rule {rule.name} names the leader {name}, who is no active user. "
            "Correct the username."
            for name in self.strangers
        ]
        if not self.people:
            found.append(
                f"Nobody is told of big deals by the rule {rule.name}: no active user has a role "
                "of managers or executives in the rules ([roles]), and no leader is named."
            )
        return found


def audience_of(asked: Asked, rules: RuleSet, rule: BigDealRule) -> Audience:
    """Give every active manager and executive by the rules' roles, and the rule's leaders."""
    named = {name.casefold() for name in rule.leaders}
    users = list(asked.query(USERS))
    people = {
        str(user["Id"]): str(user["Email"])
        for user in users
        if user["Username"].casefold() in named or _leads(user, rules)
    }
    known = {user["Username"].casefold() for user in users}
    return Audience(people, tuple(n for n in rule.leaders if n.casefold() not in known))


def _leads(user: Mapping[str, Any], rules: RuleSet) -> bool:
    excluded = {name.casefold() for name in rules.excluded_usernames}
    if user["UserType"] not in rules.user_types or user["Username"].casefold() in excluded:
        return False
    role, profile = ((user[name] or {}).get("Name") for name in ("UserRole", "Profile"))
    return named_role(role, profile, rules) in LEADING
