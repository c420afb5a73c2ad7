"""Some people with everything about them, as it comes from the database: quick to hand on.

Tens of thousands of small objects take longer to send to another process than to make there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from service.evidence import daily, findings
from service.scoring.evidence import PersonEvidence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from service.scoring.evidence import Person


@dataclass(frozen=True)
class PeopleSlice:
    """A few hundred people, in the order of their ids."""

    persons: Sequence[tuple[int, Person]]  #: with `users.u`
    columns: daily.Columns
    findings: Sequence[findings.Row]

    def with_persons(self, told: Callable[[Person], Person]) -> PeopleSlice:
        """The same with other facts about each person."""
        return replace(self, persons=[(u, told(person)) for u, person in self.persons])

    def people(self) -> Iterator[PersonEvidence]:
        """Each of them with their evidence."""
        evidence = daily.series(self.columns)
        ids = {u: person.user_id for u, person in self.persons}
        found = findings.of_people(self.findings, ids)
        for u, person in self.persons:
            yield PersonEvidence(person, evidence[u], tuple(found[u]))
