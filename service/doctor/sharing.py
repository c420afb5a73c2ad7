"""Whether managers may read their people's scores, and who else may. See `service/who_reads`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.finding import Finding, doubtful, good, wrong
from service.salesforce.fields import AdoptionScore as Score
from service.salesforce.score_shares import (
    READERS,
    SHARES,
    hierarchy_shows,
    own_scores,
    pairs_of,
    reader_ids,
)
from service.salesforce.soql import quoted
from service.who_reads import Hierarchy, Mismatch, Role, User, compare, questions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.salesforce.gateway import Gateway
    from service.settings import Settings

#: Pairs of roles that are named; the others are counted.
_NAMED = 3


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
        found = compare(users, roles, reader_ids(gateway.query(READERS)))
        yield from _by_hierarchy(found, is_accepted=settings.sharing == "hierarchy-accepted")
        if left := len(list(gateway.query(SHARES))):
            yield doubtful("sharing", f"{left:,} shares of scores are left from BELLWETHER_SHARING=shares: managers of then may still read them.", TAKE)  # fmt: skip


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
    """Ask the org itself about a score that the hierarchy alone would show to somebody."""
    rows = list(gateway.query(_SCORES))
    shares = pairs_of(gateway.query(SHARES), rows)
    own, readers = own_scores(rows), reader_ids(gateway.query(READERS))
    asked = list(questions(all_of, own, readers, shares))
    shows = hierarchy_shows(gateway, asked, own) if asked else None
    if shows:
        yield wrong("sharing", f"The role hierarchy still shows scores to those above. {WAITING}", SWITCH_OFF)  # fmt: skip
    elif shows is None:
        yield doubtful("sharing", _UNTOLD, _ASSIGN)
    else:
        yield good("sharing", f"Scores are shared one by one: {len(shares):,} shares of {len(rows):,} scores. To somebody in a role above who was given none, the org shows none.")  # fmt: skip


_SCORES = f"SELECT Id, {Score.KEY}, {Score.OWNER} FROM {Score.OBJECT}"  # noqa: S608 - constants
WAITING = "No record of a person is written while that is so."
ACCEPT = (
    "Let roles and managers agree in Setup, or set BELLWETHER_SHARING to shares (each score is "
    "shared with whose turn it is), or to hierarchy-accepted."
)
SWITCH_OFF = (
    "Setup > Sharing Settings > Edit > Adoption Score: take the tick from Grant Access Using "
    "Hierarchies."
)
TAKE = (
    "Delete them (Adoption Score > Sharing, or a data loader on Adoption_Score__Share where RowCause "
    "is Manual), or set BELLWETHER_SHARING back to shares."
)
_UNTOLD = (
    "Whether the role hierarchy shows scores cannot be told yet: no score belongs to somebody below a "
    "user who may read scores and does not see everything (View All)."
)
_ASSIGN = (
    "Assign Adoption Panel User to reps and to a manager without View All, and let a night run: it "
    "asks the org before it writes anything of a person."
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
