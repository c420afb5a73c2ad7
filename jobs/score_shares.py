"""Who reads whose score, and whether the org keeps to it: before records of persons are written.

With `BELLWETHER_SHARING=shares` the role hierarchy is switched off for scores, and each is shared
with the person's manager. Everything about a person hangs on their score, so the managers above have
a share only while every open exception of the person has come to the executives (`scoring/ladder`):
one that the manager has to themselves yet takes it from them again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.changes import Written
from jobs.score_record import record_of
from service.salesforce.errors import SalesforceError
from service.salesforce.fields import AdoptionScore as Fields
from service.salesforce.score_shares import OBJECT, may_read, share
from service.scoring.result import Score
from service.tables import Gap
from service.who_reads import Hierarchy, Role, User

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jobs.org_now import OrgNow
    from jobs.write_back import ScoresWritten
    from service.report.facts import Facts, Member
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
    why = (
        f"{_WAIT}by the role hierarchy {len(strangers):,} users would read scores of people whom "
        "they do not lead. Let roles and managers agree in Setup, or set BELLWETHER_SHARING to "
        "shares or hierarchy-accepted."
    )
    return Gap(Fields.OBJECT, None, why)


def _readers(now: OrgNow) -> frozenset[str] | None:
    """Who may read scores at all; None where the org does not say."""
    if isinstance(now.readers, SalesforceError):
        return None
    return frozenset(str(row["AssigneeId"]) for row in now.readers)


def why_shown(
    gateway: Gateway, facts: Facts, now: OrgNow, score_of: Callable[[str], str | None]
) -> Gap | None:
    """Ask the org whether the hierarchy is off: by whether somebody above may read what they should not.

    One call; two where the person has no score yet: `score_of` then makes one without a word in it
    and gives its id, or None where the org refused it. None: it is off, or there is no role above
    whose people would tell.
    """
    all_of, readers = hierarchy_of(facts), _readers(now)
    shared = {(row["ParentId"], row["UserOrGroupId"]) for row in now.shares}
    there = {str(row[Fields.KEY]): str(row["Id"]) for row in now.scores}
    for member in sorted(facts.people, key=lambda one: one.user.user_id not in there):
        user_id = member.user.user_id
        if user_id not in all_of.users:
            continue
        score_id = there.get(user_id)
        for one in sorted(all_of.readers(user_id)):
            if (readers is None or one in readers) and (score_id, one) not in shared:
                found = score_id or score_of(user_id)
                if found is None:
                    return Gap(Fields.OBJECT, None, f"{_WAIT}the org refused the first one.")
                return _SHOWN if may_read(gateway, one, [found]) else None
    return None


_SHOWN = Gap(
    Fields.OBJECT,
    None,
    f"{_WAIT}the role hierarchy still shows scores to those above. Setup > Sharing Settings > Edit > "
    "Adoption Score: take the tick from Grant Access Using Hierarchies.",
)


def write_shares(gateway: Gateway, facts: Facts, now: OrgNow, scores: ScoresWritten) -> Written:
    """Give and take shares so that each score is read by whose turn it is.

    The scores of people who left stay with whom they were shared with. A change of owner, which the
    scores may have brought, ended the shares of a score.
    """
    wanted = _wanted(facts, scores.ids)
    mine = {scores.ids[one.user.user_id] for one in facts.people if one.user.user_id in scores.ids}
    there = {
        (str(row["ParentId"]), str(row["UserOrGroupId"])): str(row["Id"])
        for row in now.shares
        if row["ParentId"] not in scores.moved
    }
    new = sorted(wanted - there.keys())
    gone = sorted(pair for pair in there.keys() - wanted if pair[0] in mine)
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
    return Written(OBJECT, created, ended, len(wanted) - len(new), rejected)


def write_bare(gateway: Gateway, facts: Facts, now: OrgNow, as_of: str, user_id: str) -> str | None:
    """Make a score that says nothing yet, owned by its person, to ask the org who would read it."""
    score = Score(
        user_id, facts.as_of, facts.rules.version, "Not scored", not_scored_code="not_yet",
        not_scored_reason="Not scored: this is being set up.",
    )  # fmt: skip
    record = record_of(score, as_of)
    if user_id in (_readers(now) or ()):
        record[Fields.OWNER] = user_id
    (outcome,) = gateway.upsert(Fields.OBJECT, Fields.KEY, [record])
    return outcome.id


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
