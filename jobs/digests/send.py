"""Sending digests: each at most once a week, marked before it is sent.

One record for each leader and week is *created* with its unique key and the mark *Sending*: the
one worker whose record the unique index took sends mail and post afterwards, and nobody else ever
does. A worker that dies in between leaves the mark; an hour later it reads *Unconfirmed*.

The post goes to the feed of that record, which is the leader's own and private, and mentions them:
so Chatter tells them, and nobody reads it who may not read what it says. Those above the leader in
the role hierarchy read it; where that does not decide who reads scores, there is no post.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog

from jobs.digests.people import key_of
from jobs.marks import DETAIL_LENGTH, is_left_behind, state_of, write_states
from service.links import HOME, KEPT, Link, address_of
from service.salesforce import actions
from service.salesforce.fields import AdoptionDigest as Fields
from service.weeks import monday_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from jobs.digests.letter import Letter
    from jobs.digests.outcome import Digested
    from jobs.digests.people import Someone
    from service.salesforce.errors import SalesforceError
    from service.salesforce.gateway import Gateway
    from service.settings import Settings

#: Posts of one run. An org may take no more than some 200 of a user in an hour (the number is not
#: published), and big deals need some of them.
MOST_POSTS = 100
_WORDS = ("a digest", "digests")
#: A digest's record is read by everybody in the roles above its person, as the hierarchy has it; where
#: scores are shared one by one, most of these may not read of the people whom it names.
BY_MAIL_ALONE = "Not posted in Chatter: with BELLWETHER_SHARING=shares others in roles above would read it there."
NO_READER = "Not posted in Chatter: assign the permission set Adoption Panel User."
TOO_MANY = "Not posted in Chatter: an hour's posts are kept for big deals."
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Due:
    """A digest that somebody is to get now."""

    to: Someone
    today: date  #: on their calendar
    letter: Letter

    def claim(self, *, may_own: bool) -> dict[str, Any]:
        """Give the record that marks it, before anything is sent."""
        user_id = self.to.person.user_id
        owner = {"OwnerId": user_id} if may_own else {}
        return {
            Fields.KEY: key_of(user_id, self.today),
            Fields.PERSON: user_id,
            Fields.WEEK_BEGINS: monday_of(self.today).isoformat(),
            Fields.STATUS: "Sending",
            **owner,
        }


class Sending:
    """Sends what is due."""

    def __init__(
        self, gateway: Gateway, settings: Settings, readers: frozenset[str], done: Digested
    ) -> None:
        self._gateway, self._settings, self._readers, self._done = gateway, settings, readers, done

    def send(self, due: Sequence[Due], *, is_counted: bool) -> None:
        """Mark, post, mail, and write down how it went. `is_counted`: links count who follows them."""
        mine = self._claim(due)
        texts = [
            one.letter.with_links(self._link(record_id, one, is_counted=is_counted))
            for one, record_id in mine
        ]
        posts = self._post(mine, texts)
        mails = self._mail(mine, texts)
        states = [_state(*both) for both in zip(posts, mails, strict=True)]
        self._write([record_id for _, record_id in mine], states)

    def _claim(self, due: Sequence[Due]) -> list[tuple[Due, str]]:
        """Those whose record this very run made, with its id."""
        claims = [one.claim(may_own=self._is_reader(one)) for one in due]
        outcomes = self._gateway.create(Fields.OBJECT, claims, has_key=True)
        mine = []
        for one, outcome in zip(due, outcomes, strict=True):
            if outcome.id is not None:
                mine.append((one, outcome.id))
            elif outcome.error and outcome.error.code != "DUPLICATE_VALUE":
                self._done.records_rejected += 1
                self._done.problems.append(f"A digest is not sent. {outcome.error}")
        self._done.records_written += len(mine)
        return mine

    def _is_reader(self, one: Due) -> bool:
        return one.to.person.user_id in self._readers

    def _link(self, record_id: str, one: Due, *, is_counted: bool) -> Callable[[str], str]:
        def link(target: str) -> str:
            target = target or HOME
            if not is_counted:
                return address_of(self._settings.instance_url, target)
            path = Link(record_id, target, one.today + KEPT).path(self._settings.link_secret)
            return f"{self._settings.public_url}{path}"

        return link

    def _post(self, mine: Sequence[tuple[Due, str]], texts: Sequence[str]) -> list[_Way]:
        if self._settings.sharing == "shares":
            return [_Way(detail=BY_MAIL_ALONE)] * len(mine)
        found = [_Way(detail="" if self._is_reader(one) else NO_READER) for one, _ in mine]
        able = [at for at, (one, _) in enumerate(mine) if self._is_reader(one)]
        for at in able[MOST_POSTS:]:
            found[at] = _Way(detail=TOO_MANY)
        posted = able[:MOST_POSTS]
        posts = [
            (
                mine[at][1],
                f"@[{mine[at][0].to.person.user_id}]\n{texts[at]}"[: actions.LONGEST_POST],
            )
            for at in posted
        ]
        for at, error in zip(posted, actions.post_each(self._gateway, posts), strict=True):
            found[at] = _Way(error, f"post: {error}" if error else "")
        self._done.counts["posted"] += sum(found[at].error is None for at in posted)
        return found

    def _mail(self, mine: Sequence[tuple[Due, str]], texts: Sequence[str]) -> list[_Way]:
        letters = [
            (one.to.email, one.letter.subject, text)
            for (one, _), text in zip(mine, texts, strict=True)
        ]
        sent = actions.mail_each(self._gateway, letters)
        return [_Way(error, f"mail: {error}" if error else "") for error in sent]

    def _write(self, ids: Sequence[str], states: Sequence[tuple[str, str]]) -> None:
        records = []
        for record_id, (state, detail) in zip(ids, states, strict=True):
            self._done.counts[state.lower()] += 1
            more = {Fields.DETAIL: detail[:DETAIL_LENGTH]} if detail else {}
            records.append({"Id": record_id, Fields.STATUS: state, **more})
        wrong = sum(state != "Sent" for state, _ in states)
        if wrong:
            log.error("digests_not_sent", digests=wrong)
            first = next(detail for state, detail in states if state != "Sent")
            self._done.problems.append(f"{wrong} digests were not sent whole. The first: {first}")
        write_states(self._gateway, Fields.OBJECT, records, self._done, _WORDS)


@dataclass(frozen=True)
class _Way:
    """How the mail, or the post, of one digest went."""

    error: SalesforceError | None = None
    detail: str = ""


def _state(*ways: _Way) -> tuple[str, str]:
    """The state of mail and post together, and what to say about it."""
    wrong = [one.error for one in ways if one.error]
    return state_of(wrong), " ".join(one.detail for one in ways if one.detail)


def give_up_on_unsent(
    gateway: Gateway, digests: Iterable[Mapping[str, Any]], now: datetime, done: Digested
) -> None:
    """Write *Unconfirmed* where a worker died between the mark and the end of its sending."""
    lost = [
        {"Id": row["Id"], Fields.STATUS: "Unconfirmed"}
        for row in digests
        if is_left_behind(row[Fields.STATUS], row["CreatedDate"], now)
    ]
    if lost:
        log.warning("digests_unconfirmed", digests=len(lost))
        done.notes.append(
            f"Whether {len(lost)} digests were sent is not known. They are not sent again."
        )
        write_states(gateway, Fields.OBJECT, lost, done, _WORDS)
