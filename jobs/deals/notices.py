"""Bell and mail of big deals: sent besides the post, at most once.

A post mentions nobody, so the sales management team is told by the bell and by mail. Neither can
be in the transaction of the claim, so the claim is made with the mark *Sending*: the one worker
whose claim the unique index took sends them afterwards, and nobody else ever does. A worker that
dies in between leaves the mark; an hour later it reads *Unconfirmed*, for people to judge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from jobs.deals.ahead import NOTIFICATION_TYPE
from jobs.deals.audience import Audience, audience_of
from jobs.deals.posts import bell_of, mail_of
from jobs.marks import DETAIL_LENGTH, is_left_behind, state_of, write_states
from service.salesforce import actions
from service.salesforce.errors import (
    LimitReachedError,
    SalesforceError,
)
from service.salesforce.fields import BigDealAlert as Fields
from service.salesforce.in_log import in_log

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from jobs.deals.due import Due
    from jobs.deals.outcome import Announced
    from jobs.run import Run
    from service.salesforce.gateway import Gateway
    from service.salesforce.query import Asked
    from service.scoring.rule_set import BigDealRule, RuleSet

#: So many deals share a bell and a mail; a crash leaves no more than these, and those that were
#: posted with the last of them, unconfirmed.
TOGETHER = 40
_WORDS = ("an alert", "alerts")
log = structlog.get_logger(__name__)


class Notices:
    """What is still to be told of the deals that this very worker announced."""

    def __init__(self, run: Run, rules: RuleSet, done: Announced, asked: Asked) -> None:
        self.done, self._asked = done, asked
        self._run, self._rules = run, rules
        self._waiting: list[tuple[Due, str]] = []  # with the id of the claim
        self._audiences: dict[str, Audience] = {}
        self._type_id: str | None = None

    def add(self, one: Due, claim_id: str) -> None:
        """Take up a deal; when there are enough, tell of them."""
        if one.rule.tells_people:
            self._waiting.append((one, claim_id))
        if len(self._waiting) >= TOGETHER:
            self.send()

    def send(self) -> None:
        """Tell of all that wait, rule by rule, and write into their claims how it went."""
        waiting, self._waiting = self._waiting, []
        for rule in self._rules.big_deals:
            mine = [(one, claim) for one, claim in waiting if one.rule == rule]
            if mine:
                state, detail = self._tell(rule, [one for one, _ in mine])
                self._write([claim for _, claim in mine], state, detail)

    def _tell(self, rule: BigDealRule, deals: Sequence[Due]) -> tuple[str, str]:
        """Ring and mail; the state of both together, and what went wrong."""
        audience = self._audience(rule)
        if not audience.people:
            return "Failed", "Nobody to tell: see the run."
        ways = {"bell": rule.bell, "mail": rule.mail}
        went = {
            way: self._send(way, audience, deals) for way, is_wanted in ways.items() if is_wanted
        }
        wrong = {way: error for way, error in went.items() if error}
        for way, error in wrong.items():
            told = f"The {way} of {len(deals)} big deals was not sent to everybody. {error}"
            log.error("big_deal_not_told", way=way, deals=len(deals), error=in_log(error))
            self.done.problems.append(told)
        return state_of(wrong.values()), " ".join(f"{way}: {error}" for way, error in wrong.items())

    def _send(self, way: str, audience: Audience, deals: Sequence[Due]) -> SalesforceError | None:
        told = [(one.deal, one.win) for one in deals]
        address = self._run.settings.instance_url
        try:
            if way == "bell":
                title, body = bell_of(told)
                target = deals[0].deal.opportunity_id
                actions.ring(self._run.gateway, self._kind(), audience.ids, (title, body), target)
            else:
                actions.mail(self._run.gateway, audience.addresses, *mail_of(told, address))
        except LimitReachedError:
            raise  # the run stops; the mark stays, and becomes Unconfirmed
        except SalesforceError as error:
            return error
        log.info("big_deals_told", way=way, deals=len(deals), people=len(audience.people))
        return None

    def _kind(self) -> str:
        if self._type_id is None:
            self._type_id = actions.notification_type(self._asked, NOTIFICATION_TYPE)
        return self._type_id

    def _audience(self, rule: BigDealRule) -> Audience:
        if rule.name not in self._audiences:
            found = audience_of(self._asked, self._rules, rule)
            self._audiences[rule.name] = found
            self.done.notes.extend(found.notes(rule))
        return self._audiences[rule.name]

    def _write(self, claims: Sequence[str], state: str, detail: str) -> None:
        more = {Fields.DETAIL: detail[:DETAIL_LENGTH]} if detail else {}
        records = [{"Id": claim, Fields.NOTIFIED: state, **more} for claim in claims]
        write_states(self._run.gateway, Fields.OBJECT, records, self.done, _WORDS)


def give_up_on_unsent(
    gateway: Gateway, claims: Iterable[Mapping[str, Any]], now: datetime, done: Announced
) -> None:
    """Write *Unconfirmed* where a worker died between the post and its bell and mail."""
    lost = [
        {"Id": row["Id"], Fields.NOTIFIED: "Unconfirmed"}
        for row in claims
        if is_left_behind(row.get(Fields.NOTIFIED), row["CreatedDate"], now)
    ]
    if lost:
        log.warning("big_deals_unconfirmed", deals=len(lost))
        done.notes.append(
            f"Whether the bell and the mail of {len(lost)} big deals were sent is not known; they "
            "are posted. They are not sent again: tell the team where it matters."
        )
        write_states(gateway, Fields.OBJECT, lost, done, _WORDS)
