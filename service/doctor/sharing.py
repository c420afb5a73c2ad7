"""Whether managers may read their people's scores, and who else may. See `service/who_reads`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.doctor.finding import Finding, doubtful, good, wrong
from service.salesforce.fields import AdoptionScore as Score
from service.salesforce.score_shares import READERS, SHARES, may_read
from service.salesforce.soql import quoted
from service.who_reads import Hierarchy, Mismatch, Role, User, compare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.salesforce.gateway import Gateway
    from service.settings import Settings

#: Pairs of roles that are named; the others are counted.
_NAMED = 3
#: Scores about which the org itself is asked, a call each.
_ASKED = 3


def sharing(gateway: Gateway, settings: Settings) -> Iterator[Finding]:
    """Say who may read what they should not, and who may not what they should.

    Users with *View All Data* read everything and are not looked for. Nobody is named: what the
    doctor says may end in a log.
    """
    users = {
        row["Id"]: User(row["ManagerId"], row["UserRoleId"])
        for row in gateway.query(
            "SELECT Id, ManagerId, UserRoleId FROM User WHERE IsActive = true "  # noqa: S608 - quoted
            f"AND UserType = 'Standard' AND Username != {quoted(settings.username)}"
        )
    }
    roles = {
        row["Id"]: Role(row["Name"], row["ParentRoleId"])
        for row in gateway.query("SELECT Id, Name, ParentRoleId FROM UserRole")
    }
    if settings.sharing == "shares":
        yield from _by_shares(gateway, Hierarchy(users, roles))
    else:
        is_accepted = settings.sharing == "hierarchy-accepted"
        yield from _by_hierarchy(compare(users, roles), is_accepted=is_accepted)


def _by_hierarchy(found: Mismatch, *, is_accepted: bool) -> Iterator[Finding]:
    if found.hidden:
        yield doubtful("sharing", _hidden(found), _REMEDY)
    else:
        yield good("sharing", f"The role hierarchy lets every manager read: {found.led:,} pairs.")
    if not found.strangers:
        return
    told = (
        f"{found.strangers:,} users may read scores of people whom they do not lead, because "
        "their role stands above."
    )
    if is_accepted:
        yield good("sharing", f"{told} BELLWETHER_SHARING accepts that.")
    else:
        yield wrong("sharing", f"{told} {WAITING}", ACCEPT)


def _by_shares(gateway: Gateway, all_of: Hierarchy) -> Iterator[Finding]:
    """Ask the org itself about some scores whom the hierarchy would show to others."""
    scores = {row[Score.KEY]: row["Id"] for row in gateway.query(_SCORES)}
    shares = {(row["ParentId"], row["UserOrGroupId"]) for row in gateway.query(SHARES)}
    readers = {row["AssigneeId"] for row in gateway.query(READERS)}
    asked = 0
    for user_id in sorted(all_of.users.keys() & scores.keys()):
        above = all_of.readers(user_id) & readers
        others = {one for one in above if (scores[user_id], one) not in shares}
        if not others:
            continue
        if may_read(gateway, min(others), [scores[user_id]]):
            yield wrong("sharing", f"The role hierarchy still shows scores to those above. {WAITING}", SWITCH_OFF)  # fmt: skip
            return
        asked += 1
        if asked == _ASKED:
            break
    yield good(
        "sharing",
        f"Scores are shared one by one: {len(shares):,} shares of {len(scores):,} scores. Of "
        f"{asked} scores that somebody in a role above was not given, the org shows them none.",
    )


_SCORES = f"SELECT Id, {Score.KEY} FROM {Score.OBJECT}"  # noqa: S608 - constants
WAITING = "No record of a person is written while that is so."
ACCEPT = (
    "Let roles and managers agree in Setup, or set BELLWETHER_SHARING to shares (each score is "
    "shared with whose turn it is), or to hierarchy-accepted."
)
SWITCH_OFF = (
    "Setup > Sharing Settings > Edit > Adoption Score: take the tick from Grant Access Using "
    "Hierarchies."
)
_REMEDY = (
    "Give each manager a role above the roles of their people in Setup > Roles, or mend Manager on "
    "the users: until then these managers see less in the panel, the reports and the digest."
)


def _hidden(found: Mismatch) -> str:
    pairs = sorted(found.hidden.items(), key=lambda one: (-one[1], one[0]))
    named = "; ".join(
        f"{manager} over {person}: {count:,}" for (manager, person), count in pairs[:_NAMED]
    )
    more = len(pairs) - _NAMED
    rest = f"; {more} more pairs of roles" if more > 0 else ""
    return (
        f"In {sum(found.hidden.values()):,} of {found.led:,} cases a manager may not read the score "
        f"of somebody below them, by role: {named}{rest}."
    )
