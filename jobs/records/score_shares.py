"""Who reads whose score, and whether the org keeps to it: before records of persons are written.

With `BELLWETHER_SHARING=shares` the role hierarchy is switched off for scores, and each is shared
with the person's manager. Everything about a person hangs on their score, so the managers above have
a share only while every open exception of the person has come to the executives (`scoring/ladder`):
one that the manager has to themselves yet takes it from them again.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from jobs.records.changes import Written
from jobs.records.score_record import record_of
from service.salesforce.errors import SalesforceError
from service.salesforce.fields import AdoptionScore as Fields
from service.salesforce.score_shares import (
    OBJECT,
    hierarchy_shows,
    own_scores,
    pairs_of,
    reader_ids,
    share,
)
from service.scoring.result import Score
from service.tables import Gap
from service.who_reads import Hierarchy, Role, User, questions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jobs.records.org_now import OrgNow
    from jobs.records.write_back import ScoresWritten
    from service.facts.facts import Facts, Member
    from service.salesforce.gateway import Gateway
    from service.who_reads import Sharing

_WAIT = "No record of a person was written: "


def hierarchy_of(facts: Facts) -> Hierarchy:
    """The active people and the tree of roles."""
    users = {
        one.user.user_id: User(one.user.manager_id, one.user.role_id)
        for one in facts.members
        if one.user.is_active and one.user.is_person
    }
    return Hierarchy(users, {one.role_id: Role(one.name, one.parent_id) for one in facts.roles})


def why_waiting(facts: Facts, now: OrgNow, sharing: Sharing) -> Gap | None:
    """Say why nothing of a person may be written where the hierarchy shows it to others.

    Asks nothing of the org. None: the hierarchy shows each to their managers alone, or that is
    accepted, or the hierarchy is switched off, which `why_shown` finds out.
    """
    if sharing != "hierarchy":
        return None
    all_of, readers = hierarchy_of(facts), _readers(now)
    strangers = {
        one
        for member in facts.people
        if member.user.user_id in all_of.users
        for one in all_of.strangers(member.user.user_id)
        if readers is None or one in readers
    }
    if not strangers:
        return None
    who = "1 user" if len(strangers) == 1 else f"{len(strangers):,} users"
    return _gap(
        f"by the role hierarchy {who} would read scores of people whom they do not lead. Let roles "
        "and managers agree in Setup, or set BELLWETHER_SHARING to shares or hierarchy-accepted."
    )


def _readers(now: OrgNow) -> frozenset[str] | None:
    """Who may read scores at all; None where the org does not say."""
    if isinstance(now.readers, SalesforceError):
        return None
    return reader_ids(now.readers)


def why_shown(
    gateway: Gateway, facts: Facts, now: OrgNow, make: Callable[[Sequence[str]], Mapping[str, str]]
) -> Gap | None:
    """Ask the org whether the hierarchy is off: by whether somebody above may read what they should not.

    One call as a rule, see `hierarchy_shows`; one more where no score is its person's own yet: `make`
    then makes some without a word in them and gives their ids, by user id, less those refused; `now`
    has those no longer. None: it is off, or nobody stands in a role above.
    """
    readers = _readers(now)
    if readers is None:
        return _gap("the org does not say who may read scores.")
    all_of, own = hierarchy_of(facts), own_scores(now.scores)
    asked = list(questions(all_of, own, readers, pairs_of(now.shares, now.scores)))
    if not asked:
        people = readers & {one.user.user_id for one in facts.people}
        asked = list(islice(questions(all_of, people, readers, ()), 1))
        named = [user for one in asked for user in (one.of, one.beside) if user]
        own = _made(make, named, now)
        if len(own) < len(named):
            return _gap("the org refused the first ones.")
    if not asked:
        return None
    shows = hierarchy_shows(gateway, asked, own)
    if shows is None:
        return _gap(_NOBODY_TELLS)
    return _gap(_SHOWN) if shows else None


def _made(
    make: Callable[[Sequence[str]], Mapping[str, str]], named: Sequence[str], now: OrgNow
) -> dict[str, str]:
    """Make them, and forget what the org had of these: they are written again, shares and all."""
    own = dict(make(named)) if named else {}
    now.scores[:] = [row for row in now.scores if row[Fields.KEY] not in own]
    now.shares[:] = [row for row in now.shares if row["ParentId"] not in own.values()]
    return own


def _gap(why: str) -> Gap:
    return Gap(Fields.OBJECT, None, f"{_WAIT}{why}")


_SHOWN = (
    "the role hierarchy still shows scores to those above. Setup > Sharing Settings > Edit > "
    "Adoption Score: take the tick from Grant Access Using Hierarchies. (Is it gone already? Then "
    "those above have View All: give somebody in a role above a permission set without it.)"
)
_NOBODY_TELLS = (
    "whether the role hierarchy shows scores cannot be found out, because those above see everything "
    "(View All). Assign Adoption Panel User to a manager who does not."
)


def write_shares(
    gateway: Gateway, facts: Facts, now: OrgNow, scores: ScoresWritten
) -> tuple[Written, frozenset[str]]:
    """Give and take shares so that each score is read by whose turn it is.

    Gives the ids, too, of scores that somebody still reads whose turn it is not: what hangs on them
    must wait. It is nobody's turn any more at the scores of people who left or whom the rules leave out
    now. A change of owner, which the scores may have brought, ended the shares of a score.
    """
    wanted = _wanted(facts, scores.ids)
    known = frozenset(scores.ids.values())
    there = {
        (str(row["ParentId"]), str(row["UserOrGroupId"])): str(row["Id"])
        for row in now.shares
        if row["ParentId"] not in scores.moved
    }
    new = sorted(wanted - there.keys())
    gone = sorted(pair for pair in there.keys() - wanted if pair[0] in known)
    # Made twice it is one share, so a repeat is safe.
    made = gateway.create(OBJECT, [share(*pair) for pair in new], has_key=True)
    taken = gateway.delete([there[pair] for pair in gone])
    rejected = tuple(
        (f"{pair[0]}:{pair[1]}", outcome.error)
        for pair, outcome in zip((*new, *gone), (*made, *taken), strict=True)
        if outcome.error is not None
    )
    created = sum(one.is_written for one in made)
    ended = sum(one.is_written for one in taken)
    still = {pair[0] for pair, one in zip(gone, taken, strict=True) if one.error is not None}
    return Written(OBJECT, created, ended, len(wanted) - len(new), rejected), frozenset(still)


def write_bare(
    gateway: Gateway, facts: Facts, as_of: str, user_ids: Sequence[str]
) -> dict[str, str]:
    """Make scores that say nothing yet, owned by their people, to ask the org who would read them.

    Gives their ids, by user id, less those that the org refused.
    """
    records = [_bare(user_id, facts, as_of) for user_id in user_ids]
    made = gateway.upsert(Fields.OBJECT, Fields.KEY, records)
    return {user: one.id for user, one in zip(user_ids, made, strict=True) if one.id}


def _bare(user_id: str, facts: Facts, as_of: str) -> dict[str, Any]:
    score = Score(
        user_id, facts.as_of, facts.rules.version, "Not scored", not_scored_code="not_yet",
        not_scored_reason="Not scored: this is being set up.",
    )  # fmt: skip
    return record_of(score, as_of) | {Fields.OWNER: user_id}


def _wanted(facts: Facts, score_ids: Mapping[str, str]) -> set[tuple[str, str]]:
    """(score's id, user's id) of every share that there should be."""
    all_of = hierarchy_of(facts)
    return {
        (score_ids[user_id], manager)
        for member in facts.people
        if (user_id := member.user.user_id) in all_of.users and user_id in score_ids
        for manager in _managers(member, all_of, facts)
    }


def _managers(member: Member, all_of: Hierarchy, facts: Facts) -> tuple[str, ...]:
    chain = all_of.chain(member.user.user_id)
    opened = member.standing.opened if member.standing else ()
    is_theirs = all("executives" in one.ladder.sees(facts.as_of) for one in opened)
    return chain if opened and is_theirs else chain[:1]
