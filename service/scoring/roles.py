"""Which role's minimums a person is measured by. Nobody is judged by one they were not given."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.scoring.evidence import Coverage, Person
    from service.scoring.rule_set import RuleSet

#: The roles of the sales management team, the highest first.
LEADING = ("executive", "manager")


def role_of(person: Person, coverage: Coverage, rules: RuleSet) -> str | None:
    """The role of a person: what a file gives them, else by their UserRole's name, else their profile's.

    None when none of them is a role of these rules. Where the data has no roles at all,
    `rules.role_when_unknown` stands in for everyone who has none of them.
    """
    found = person.rules_role or named_role(person.role, person.profile, rules)
    if found is None and person.role is None and not coverage.roles_known:
        return rules.role_when_unknown
    return found


def named_role(role: str | None, profile: str | None, rules: RuleSet) -> str | None:
    """The role that a UserRole's name, else a profile's name, stands for; None for neither."""
    return _named(role, rules.role_names) or _named(profile, rules.profile_roles)


def _named(name: str | None, roles: Mapping[str, str]) -> str | None:
    if name is None:
        return None
    wanted = same_name(name)
    return next((role for known, role in roles.items() if same_name(known) == wanted), None)


@lru_cache(maxsize=4096)
def same_name(name: str) -> str:
    """Names that differ only in case or spacing are one name."""
    return " ".join(name.split()).casefold()
