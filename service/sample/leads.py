"""Leads: a robot loads them for SRs every night, EBRs enter their own; some become opportunities."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from service.sample.activities import poisson
from service.sample.books import INDUSTRIES
from service.sample.calendar import answered_by, local, midnight, next_morning, opens, stamp
from service.sample.life import audit
from service.sample.names import company_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from service.sample.campaigns import Campaigns
    from service.sample.life import Life

#: Leads a night for an SR, and a working day for an EBR.
_A_NIGHT, _A_DAY = 1.2, 0.5
_CONVERTED, _LATE = 0.15, 0.3  #: of the answered, and of those not answered in time
_NEW, _WORKING, _CONVERTED_STATUS = "New", "Working - Contacted", "Closed - Converted"


@dataclass(frozen=True)
class Handover:
    """An opportunity that a development rep made of a lead, for somebody else to own."""

    opportunity: str
    account: tuple[str, str]
    campaign: str
    made_by: str
    day: date  #: of the rep's
    moment: int
    close: date


@dataclass(frozen=True)
class _Lead:
    record: str
    came: int
    company: str
    campaign: str
    is_complete: bool


def receive(
    life: Life, campaigns: Campaigns, takers: Mapping[str, list[Handover]]
) -> dict[date, list[str]]:
    """Plant a development rep's leads; gives whom they call on which day, in that order.

    `takers` are those who take opportunities over, by user id.
    """
    calls: defaultdict[date, list[str]] = defaultdict(list)
    for lead in _leads(life, campaigns):
        clock = local(lead.came, life.person.time_zone)
        day = clock.date() if life.person.kind == "outbound" else next_morning(clock)
        is_answered = day in life.active_days and life.random.randrange(10) < life.ways.answers
        if is_answered or answered_by(clock) <= datetime.combine(life.days.as_of, time()):
            life.count("leads", clock.date())
            life.count("leads_answered", clock.date(), int(is_answered))
        if not is_answered and day in life.active_days:
            life.neglected_leads.setdefault(day, []).append(lead.record)
        later = life.after(day + timedelta(days=3))
        if not is_answered and later is not None and life.random.random() < _LATE:
            day = later
        elif not is_answered:
            _write(life, lead, campaigns, _NEW)
            continue
        calls[day].append(lead.record)
        _work_on(life, lead, day, campaigns, takers)
    return calls


def _leads(life: Life, campaigns: Campaigns) -> Iterator[_Lead]:
    for number, came in enumerate(_moments(life)):
        yield _Lead(
            life.sheets["Lead"].next_id(), came, company_name(999, life.random),
            campaigns.at(came, life.random), number % 10 < life.ways.complete,
        )  # fmt: skip


def _moments(life: Life) -> Iterator[int]:
    """When leads come in: at night for an SR, in the first minutes of their day for an EBR."""
    if life.person.kind == "outbound":
        for day in life.active:
            for at in range(poisson(_A_DAY, life.random)):
                life.mark(day)
                yield opens(day, life.person.time_zone) + 20 * (at + 1)
        return
    last = life.person.left_on or life.days.as_of
    for day in (life.days.first + timedelta(days=at) for at in range(1, life.days.length)):
        # One on the last night at least: the newest record of the sample is of its last day.
        least = int(day == life.days.as_of)
        if life.person.started_on < day <= last:
            for at in range(max(least, poisson(_A_NIGHT, life.random))):
                yield midnight(day, hour=2, minute=at % 60)


def _write(life: Life, lead: _Lead, campaigns: Campaigns, status: str, **converted: str) -> None:
    """The record as it stands at last."""
    robot = life.person.kind == "inbound"
    by = life.world.robot if robot else life.person.user_id
    changed = converted.pop("changed", "")
    columns = audit(lead.came, by)
    if changed:
        columns |= {"LastModifiedDate": changed, "LastModifiedById": life.person.user_id}
    life.sheets["Lead"].add(
        lead.record, OwnerId=life.person.user_id, LastName=life.random.choice(life.world.contact_names),
        Company=lead.company, Status=status, Industry=life.random.choice(INDUSTRIES) if lead.is_complete else "",
        LeadSource="Web" if robot else "Prospecting",
        **{"IsConverted": "0", **converted}, **columns,
    )  # fmt: skip
    lead_campaign = (lead.campaign, lead.record, converted.get("ConvertedContactId", ""))
    campaigns.join(*lead_campaign, lead.came, life.world.robot)
    if status != _CONVERTED_STATUS:
        life.truth.fields_judged += 1
        life.truth.fields_complete += lead.is_complete


def _work_on(
    life: Life,
    lead: _Lead,
    day: date,
    campaigns: Campaigns,
    takers: Mapping[str, list[Handover]],
) -> None:
    """A call moves the status; some leads are converted a few days on."""
    moved = life.moment(day, 3_000)
    _note_change(life, lead, "Status", moved, _NEW, _WORKING)
    later = life.after(day + timedelta(days=2))
    if not takers or later is None or life.random.random() > _CONVERTED:
        life.mark(day)
        _write(life, lead, campaigns, _WORKING, changed=stamp(moved))
        return
    _convert(life, lead, later, takers, campaigns)


def _convert(
    life: Life,
    lead: _Lead,
    day: date,
    takers: Mapping[str, list[Handover]],
    campaigns: Campaigns,
) -> None:
    moment, user = life.moment(day, 3_600), life.person.user_id
    life.mark(day)
    made = audit(moment, user)
    account = life.sheets["Account"].add(
        OwnerId=user, Name=lead.company, NumberOfEmployees="420", Industry=INDUSTRIES[0], **made
    )
    contact = life.sheets["Contact"].add(
        OwnerId=user,
        LastName=life.random.choice(life.world.contact_names),
        AccountId=account,
        **made,
    )
    opportunity = life.sheets["Opportunity"].next_id()
    _note_change(life, lead, "leadConverted", moment, "", "")
    _write(
        life, lead, campaigns, _CONVERTED_STATUS, changed=stamp(moment), IsConverted="1", ConvertedDate=str(day),
        ConvertedAccountId=account, ConvertedContactId=contact, ConvertedOpportunityId=opportunity,
    )  # fmt: skip
    close = life.days.as_of + timedelta(days=life.random.randrange(10, 80))
    takers[life.random.choice(tuple(takers))].append(
        Handover(opportunity, (account, lead.company), lead.campaign, user, day, moment, close)
    )


def _note_change(life: Life, lead: _Lead, field: str, moment: int, old: str, new: str) -> None:
    life.sheets["LeadHistory"].add(
        LeadId=lead.record, Field=field, OldValue=old, NewValue=new, CreatedDate=stamp(moment),
        CreatedById=life.person.user_id,
    )  # fmt: skip
