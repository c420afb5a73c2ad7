"""What the report knows: frozen values, gathered once, that every section only reads."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from service.facts.facts import Facts
from service.program import NAME

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal
    from pathlib import Path

    from service.evidence.beside import Beside
    from service.evidence.deals import WonDeal
    from service.evidence.gaming import Gaming
    from service.evidence.usage import Usage
    from service.export import Limits
    from service.report.mending import Mending
    from service.scoring.rule_set import BigDealRule


_NAMED = "Where you may see scores of persons, run it with --named."


@dataclass(frozen=True)
class Options:
    """What the admin asked for."""

    exports: tuple[Path, ...]
    out: Path
    as_of: date | None = None  #: None: the newest creation date in the data
    rules_file: Path | None = None
    people_file: Path | None = None  #: what the export does not say of people
    absences_file: Path | None = None
    encoding: str = "utf-8-sig"
    naive_zone: str = "UTC"
    license_price: Decimal | None = None  #: of one licence and month, in the admin's currency
    aggregate_only: bool | None = None  #: None: where most users are in the EU
    memory_limit_mb: int = 256
    program: str = NAME  #: how the commands on the page call this program
    limits: Limits | None = None  #: what the zips may unpack to; None: the usual


@dataclass(frozen=True)
class BigDeal:
    """A won deal at or above a rule's amount, and what a run would do about it."""

    deal: WonDeal
    rule: BigDealRule
    verdict: str  #: "announce" or "baseline"


@dataclass(frozen=True, kw_only=True)
class ReportFacts(Facts):
    """What an org's night knows too, and everything that only the report of an export tells."""

    options: Options  #: as they were given; whether people are named is `aggregate_only`
    unowned: Mapping[str, Usage]  #: by kind: records whose owner is no user
    counted: Mapping[str, bool]  #: kinds of usage that can be counted: whether by day, too
    deals: tuple[BigDeal, ...]  #: newest first
    rows_read: Mapping[str, int]
    left_out: Mapping[str, int]  #: users who are not scored as people: why -> how many
    logins_known: bool
    beside: Beside  #: results and times, never scored
    gaming: Gaming  #: patterns worth a look
    mending: Mending  #: records out of order

    @property
    def why_nobody_is_named(self) -> str | None:
        """Why nobody is named although nobody asked for that, and the option that changes it."""
        return f"{self.why_aggregate} {_NAMED}" if self.why_aggregate else None


def with_more(facts: Facts, **more: Any) -> ReportFacts:  # noqa: ANN401 - the fields of ReportFacts
    """The same facts with what only the report tells."""
    known = {one.name: getattr(facts, one.name) for one in fields(Facts)}
    return ReportFacts(**known, **more)
