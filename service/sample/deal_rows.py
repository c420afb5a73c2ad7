"""An opportunity as rows: the record as it stands, and the history of how it came to that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.sample.calendar import stamp
from service.sample.currencies import currency_of
from service.sample.life import audit

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from service.sample.life import Life

STAGES = (
    "Prospecting",
    "Qualification",
    "Needs Analysis",
    "Proposal/Price Quote",
    "Negotiation/Review",
)
TYPES = ("New Business", "Existing Business")
SOURCES = ("Web", "Phone Inquiry", "Partner Referral", "Other")


@dataclass(frozen=True)
class Change:
    """A state that the opportunity entered."""

    day: date
    moment: int
    stage: str
    close_date: date


@dataclass
class Deal:
    """One opportunity; its first change is its making, its last how it stands."""

    owner: str
    account: tuple[str, str]  #: id and name
    changes: list[Change]
    worth: Decimal | None  #: in corporate currency; None: no amount is entered
    pushes: int = 0
    next_step: str = ""
    lacks: str = ""  #: a field that is left empty
    record_id: str = ""
    campaign: str = ""
    made_by: str = ""  #: who made it, if not its owner
    source: str = ""


def write_deal(life: Life, deal: Deal) -> str:
    """Write the record and its history; gives its id. The owner leaves footprints."""
    sheet, last = life.sheets["Opportunity"], deal.changes[-1]
    number = sheet.rows
    currency = currency_of(life.person.place)
    amount = None if deal.worth is None else currency.amount(deal.worth)
    texts = {
        "Type": TYPES[number % len(TYPES)],
        "LeadSource": deal.source or life.random.choice(SOURCES),
    }
    if deal.lacks:
        texts[deal.lacks] = ""
    closed = last.stage.startswith("Closed")
    won = last.stage == "Closed Won"
    record = sheet.add(
        deal.record_id, OwnerId=deal.owner, Name=f"{deal.account[1]} - {1000 + number}",
        AccountId=deal.account[0], CampaignId=deal.campaign, StageName=last.stage,
        IsClosed=str(int(closed)), IsWon=str(int(won)), Amount=_text(amount), CurrencyIsoCode=currency.code,
        CloseDate=str(last.close_date), NextStep=deal.next_step, PushCount=str(deal.pushes),
        LastStageChangeDate=_last_stage_change(deal), **texts, **_audit(life, deal),
    )  # fmt: skip
    _write_history(life, deal, record, _text(amount))
    if amount is not None:
        worth = currency.worth(amount)
        life.truth.pipeline += int(100 * worth) if life.is_told(deal.changes[0].day) else 0
        if won:
            life.world.won(record, last.close_date, worth)
    return record


def _text(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:.2f}"


def _audit(life: Life, deal: Deal) -> dict[str, str]:
    first, last = deal.changes[0], deal.changes[-1]
    columns = audit(first.moment, deal.owner, last.moment)
    if not deal.made_by:
        life.mark(first.day)
    if not deal.made_by or last is not first:
        life.mark(last.day)
    if deal.made_by:
        columns["CreatedById"] = deal.made_by
        columns["LastModifiedById"] = deal.made_by if last is first else deal.owner
    return columns


def _last_stage_change(deal: Deal) -> str:
    """Empty until the stage changes for the first time."""
    for before, after in zip(reversed(deal.changes[:-1]), reversed(deal.changes), strict=False):
        if before.stage != after.stage:
            return stamp(after.moment)
    return ""


def _write_history(life: Life, deal: Deal, record: str, amount: str) -> None:
    sheet = life.sheets["OpportunityHistory"]
    records = sheet.next_ids(len(deal.changes))
    sheet.extend(
        (
            history, record, change.stage, amount, str(change.close_date),
            stamp(change.moment), deal.made_by if deal.made_by and not at else deal.owner,
        )
        for at, (history, change) in enumerate(zip(records, deal.changes, strict=True))
    )  # fmt: skip
