"""What the rules of big deals need to know of an opportunity, and the SOQL that asks for it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from service.salesforce.soql import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from service.scoring.rule_set import BigDealRule

FIELDS = "Id, Name, OwnerId, Owner.Name, Account.Name, Amount, CloseDate"
_MORE = "IsWon, StageName, Probability, Account.NumberOfEmployees"
_RECORD_TYPE = "RecordType.DeveloperName"  #: only in an org that has record types of opportunities


@dataclass(frozen=True)
class Reach:
    """How far the rules look beside the amount of a win."""

    wins: bool = True
    stages: tuple[str, ...] = ()
    probability: int | None = None  #: the lowest that a rule waits for
    more: bool = False  #: stage, probability and size of the customer are needed
    record_types: bool = False

    @classmethod
    def of(cls, rules: Iterable[BigDealRule]) -> Reach:
        """How far these look."""
        listed = tuple(rules)
        chances = [r.probability_at_least for r in listed if r.probability_at_least is not None]
        return cls(
            wins=not listed or any(rule.waits_for_win for rule in listed),
            stages=tuple(sorted({stage for rule in listed for stage in rule.stages})),
            probability=min(chances, default=None),
            more=not all(rule.asks_amount_alone for rule in listed),
            record_types=any(rule.record_types for rule in listed),
        )

    @classmethod
    def from_data(cls, said: Mapping[str, Any]) -> Reach:
        """What `as_data` gave."""
        return cls(**{**said, "stages": tuple(said["stages"])})

    def as_data(self) -> dict[str, Any]:
        """Plain data, to be kept."""
        return asdict(self)

    @property
    def fields(self) -> str:
        """What is selected."""
        more = (_MORE,) if self.more else ()
        return ", ".join((FIELDS, *more, *((_RECORD_TYPE,) if self.record_types else ())))

    @property
    def condition(self) -> str:
        """SOQL that no opportunity fails for which a rule may wait."""
        ways = ["IsWon = true"] if self.wins else []
        if self.stages:
            ways.append(f"StageName IN ({', '.join(map(quoted, self.stages))})")
        if self.probability is not None:
            ways.append(f"Probability >= {self.probability:d}")
        return ways[0] if len(ways) == 1 else f"({' OR '.join(ways)})"
