"""Which role's minimums a person is measured by. Nobody is judged by one they were not given."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.scoring.evidence import Coverage, Person
    from service.scoring.rule_set import RuleSet


def role_of(person: Person, coverage: Coverage, rules: RuleSet) -> str | None:
    """The role of a person, by the name of their UserRole; None when it is not defined.

    Where the data has no roles at all, `rules.role_when_unknown` stands in for everyone whose
    role nobody named.
    """
    if person.role is None:
        return None if coverage.roles_known else rules.role_when_unknown
    wanted = same_name(person.role)
    return next(
        (role for name, role in rules.role_names.items() if same_name(name) == wanted), None
    )


def same_name(name: str) -> str:
    """Names that differ only in case or spacing are one name."""
    return " ".join(name.split()).casefold()
