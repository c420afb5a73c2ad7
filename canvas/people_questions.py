"""What a screen asks of others than the viewer: five questions at most, with the viewer's own token.

Nothing here says who may see what: Salesforce applies sharing and field security to each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from canvas.ids import checked18
from canvas.trend import since
from service.salesforce.fields import AdoptionAction as Action
from service.salesforce.fields import AdoptionException as Exc
from service.salesforce.fields import AdoptionScore as Score
from service.salesforce.fields import AdoptionSnapshot as Week
from service.salesforce.fields import AdoptionTeam as Team
from service.salesforce.fields import AdoptionView as View
from service.salesforce.fields import BigDealAlert as Alert
from service.scoring.habits import WEEKS as HABIT_WEEKS

if TYPE_CHECKING:
    from datetime import date

#: Names of the child relationships of a score.
EXCEPTIONS: Final = "Adoption_Exceptions__r"
ACTS: Final = "Adoption_Actions__r"
VIEWS: Final = "Adoption_Views__r"
WEEKS: Final = "Adoption_Snapshots__r"
#: What a team record counts people by.
WORDS: Final = {
    "on_track": Team.ON_TRACK,
    "building": Team.BUILDING,
    "needs_help": Team.NEEDS_HELP,
    "not_scored": Team.NOT_SCORED,
}
#: As many people as one manager may have; a list that is longer is no list of people any more.
PEOPLE_AT_MOST: Final = 200
#: Of one person; a list that is longer says so.
EXCEPTIONS_AT_MOST: Final = 10
_LOOKS: Final = 30
#: Of a person: what was done and said. A reply may be older than several acts.
_LATEST: Final = 10
STANDING: Final = "('open', 'seen', 'acted', 'recurred')"
_EXCEPTION: Final = (
    "Id", Exc.LABEL, Exc.STATE, Exc.SECOND_EXPECTED, Exc.SECOND_FOUND, Exc.OPENED_ON, Exc.EVIDENCE,
)  # fmt: skip
_ACT: Final = (
    "Id", Action.TYPE, Action.NOTE, Action.DONE_ON, Action.OUTCOME, Action.CAUSE, Action.AWAY_FROM,
    Action.AWAY_TO, Action.EXCEPTION, Action.OPPORTUNITY, Action.RATING, "CreatedDate", "CreatedById",
    "CreatedBy.Name",
)  # fmt: skip
_DEAL: Final = (
    "Id", Alert.OPPORTUNITY, "Opportunity__r.Name", Alert.AMOUNT, Alert.CLOSED_ON, Alert.DEAL_OWNER,
    "Deal_Owner__r.Name",
)  # fmt: skip


def score_of_query(user_id: str, *names: str) -> str:
    """The id of this user's score record, and these fields of it, as far as the viewer may see it."""
    asked = ", ".join(("Id", *names))
    return f"SELECT {asked} FROM {Score.OBJECT} WHERE {Score.KEY} = '{checked18(user_id)}' LIMIT 1"  # noqa: S608


def asked_exception(*, evidence: bool = True) -> tuple[str, ...]:
    """The fields of an exception; its evidence is long."""
    return _EXCEPTION if evidence else _EXCEPTION[:-1]


def acts_and_exceptions() -> str:
    """The two child questions of a score: what stands, and what was done, the latest first."""
    return (
        f"(SELECT {', '.join(_EXCEPTION)} FROM {EXCEPTIONS} WHERE {Exc.STATE} IN {STANDING}"  # noqa: S608 - constants
        f" ORDER BY {Exc.OPENED_ON} LIMIT {EXCEPTIONS_AT_MOST}),"
        f" (SELECT {', '.join(_ACT)} FROM {ACTS} ORDER BY CreatedDate DESC LIMIT {_LATEST})"
    )


def reviews_of(opportunity_id: str) -> str:
    """The child question of a score: reviews of one of the person's deals, and their ratings."""
    return (
        f"(SELECT {', '.join(_ACT)} FROM {ACTS} WHERE {Action.OPPORTUNITY} = '{checked18(opportunity_id)}'"  # noqa: S608 - constants and a checked id
        f" ORDER BY CreatedDate DESC LIMIT {_LATEST})"
    )


def views_of() -> str:
    """The child question of a score: who looked, the latest first."""
    return (
        f"(SELECT Id, Viewer__r.Name, {View.SEEN_ON} FROM {VIEWS}"  # noqa: S608 - constants
        f" ORDER BY {View.SEEN_ON} DESC LIMIT {_LOOKS})"
    )


def weeks_of() -> str:
    """The child question of a score: how it stood in the weeks of a habit, and in the running one."""
    return (
        f"(SELECT {Week.WEEK_BEGINS}, {Week.SCORE} FROM {WEEKS}"  # noqa: S608 - constants
        f" ORDER BY {Week.WEEK_BEGINS} DESC LIMIT {HABIT_WEEKS + 1})"
    )


def people_query(user_id: str, *, children: bool = True) -> str:
    """Who reports to the user; with `children`, what stands and what was done last as well."""
    more = f", {acts_and_exceptions()}" if children else ""
    return (
        f"SELECT Id, {Score.USER}, User__r.Name, {Score.SCORE}, {Score.BAND}, {Score.WORD},"  # noqa: S608 - constants and a checked id
        f" {Score.NOT_SCORED_REASON}, {Score.REASONS}{more}"
        f" FROM {Score.OBJECT} WHERE User__r.ManagerId = '{checked18(user_id)}'"
        f" AND User__r.IsActive = true ORDER BY User__r.Name LIMIT {PEOPLE_AT_MOST}"
    )


def teams_query(user_id: str, today: date, *, habits: bool = True) -> str:
    """The user's own team, those of the managers below, and the whole company, now and by week.

    With `habits` the shares of who has one, too: fields that came later than the others.
    """
    checked = checked18(user_id)
    later = (Team.HABIT_SHARE, Team.FORMING_SHARE, Team.NOT_STARTED_SHARE) if habits else ()
    numbers = (
        Team.PEOPLE, Team.SCORED, Team.MEDIAN, Team.LOW_QUARTILE, Team.HIGH_QUARTILE,
        Team.OPEN_EXCEPTIONS, *WORDS.values(), Team.RULE_VERSION, *later,
    )  # fmt: skip
    return (
        f"SELECT Name, {Team.KIND}, {Team.MANAGER}, {', '.join(numbers)} FROM {Team.OBJECT}"  # noqa: S608 - constants and a checked id
        f" WHERE {Team.KIND} = 'Company' OR ({Team.KIND} = 'Team' AND"
        f" ({Team.MANAGER} = '{checked}' OR Manager__r.ManagerId = '{checked}'))"
        f" OR ({Team.KIND} = 'Week' AND {Team.KEY} >= '{since(today)}')"
        f" ORDER BY Name LIMIT {PEOPLE_AT_MOST}"
    )


def deals_query() -> str:
    """The latest big deals that were announced."""
    return (
        f"SELECT {', '.join(_DEAL)} FROM {Alert.OBJECT} WHERE {Alert.STATUS} = 'Announced'"  # noqa: S608 - constants
        f" ORDER BY {Alert.CLOSED_ON} DESC NULLS LAST LIMIT 3"
    )
