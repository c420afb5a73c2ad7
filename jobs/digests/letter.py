"""What a digest says: the reader's own looks first, three changes, three people, the dashboards.

Plain text, the same in the mail and in the post. Every value of a record is one line without
anything that a mail, a feed or a reader would take for markup, a mention or a link.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from jobs.digests.changes import MOST, NOTHING, changes, in_words, moved, standing
from jobs.digests.results import DASHBOARDS
from jobs.one_line import one_line
from service.salesforce.fields import AdoptionDigest as Fields
from service.salesforce.fields import AdoptionTeam
from service.scoring.rounding import plain as number
from service.weeks import monday_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from jobs.digests.people import Company, Someone
    from jobs.digests.results import OpenedException, Results

#: The order in which people with an exception are named: by how much it wants somebody now.
_URGENT = ("recurred", "open", "seen", "acted")
LONGEST_VALUE, SUBJECT = 80, 200
FOUR_WEEKS = 28
NO_NATIVE = "Salesforce does not tell who opened a native dashboard, so that is not counted."
_NEUTRAL = str.maketrans("<>", "()")


@dataclass(frozen=True)
class Letter:
    """What somebody gets, but for the links, which need the id of its record."""

    subject: str
    text: str  #: up to the links
    targets: tuple[tuple[str, str], ...]  #: (what the dashboard answers, its id or "")

    def with_links(self, link: Callable[[str], str]) -> str:
        """Give the whole text; `link` gives the address of a dashboard's id."""
        lines = [f"- {what}\n  {link(target)}" for what, target in self.targets]
        return "\n".join([self.text, "", "YOUR DASHBOARDS", *lines])


def value(text: object, longest: int = LONGEST_VALUE) -> str:
    """A value of a record as it may stand in a mail and in a post."""
    seen = one_line(text).translate(_NEUTRAL)
    return seen if len(seen) <= longest else f"{seen[: longest - 1].rstrip()}…"


def letter_for(one: Someone, company: Company, results: Results, today: date) -> Letter:
    """Write to a manager or an executive. `today` is their own day."""
    monday = monday_of(today)
    subject = f"Adoption in the week of {_day(monday)} {monday.year}"
    targets = tuple((what, results.dashboards.get(name, "")) for name, what in DASHBOARDS.items())
    parts = [f"Hello {value(one.person.name)},"]
    if company.aggregate_only:
        parts += [_section("THE COMPANY", _whole(results))]
    else:
        parts += _personal(one, company, results, today)
    return Letter(subject[:SUBJECT], "\n\n".join(parts), targets)


def _personal(one: Someone, company: Company, results: Results, today: date) -> Iterator[str]:
    people = [one for one in company.people_of(one) if _is_owned(one.person.user_id, results)]
    ids = {other.person.user_id for other in people}
    yield _section("YOU FIRST", [*_looks(one, company, today), *_own_score(one, results)])
    if not people:
        yield (
            "Nobody whose score you may see reports to you in Salesforce, so there is nothing to say "
            "of people. An admin can change that: Manager of the user, the role hierarchy, and the "
            "permission set Adoption Panel User."
        )
        return
    count = f"{len(people)} {'person' if len(people) == 1 else 'people'}"
    yield _section("YOUR PEOPLE", [f"{count}: {standing(ids, results)}"])
    found = [f"{at}. {said}" for at, said in enumerate(changes(ids, results, today), start=1)]
    head = "THREE CHANGES THAT MATTER" if len(found) == MOST else "WHAT CHANGED"
    yield _section(head, [value(said, 300) for said in found] or [NOTHING])
    spoken = list(_to_speak_with(one, people, results, today))
    if spoken:
        yield _section("PEOPLE TO SPEAK WITH", spoken)


def _looks(one: Someone, company: Company, today: date) -> Iterator[str]:
    """The look-log: days on which the panel was opened, and links of digests were followed."""
    mine = [row for row in company.digests if row[Fields.PERSON] == one.person.user_id]
    if not mine:
        yield (
            "This is your first digest. From now on it says on how many days you opened the "
            f"Bellwether panel and followed a link of a digest. {NO_NATIVE}"
        )
        return
    panel, links = (_days(mine, name) for name in (Fields.PANEL_DAYS, Fields.DIGEST_DAYS))
    for days, since in (("last 7 days", 7), (f"last {FOUR_WEEKS} days", FOUR_WEEKS)):
        first = today - timedelta(days=since)
        opened, followed = (sum(first <= on < today for on in found) for found in (panel, links))
        yield (
            f"In the {days} you opened the Bellwether panel on {_days_of(opened)}, and followed a "
            f"link of a digest on {_days_of(followed)}."
        )
    yield NO_NATIVE


def _own_score(one: Someone, results: Results) -> list[str]:
    mine = results.scores.get(one.person.user_id)
    if mine is None or mine.value is None:
        return []
    return [f"Your own score is {number(mine.value)}: {mine.word.lower()}."]


def _to_speak_with(
    leader: Someone, people: Sequence[Someone], results: Results, today: date
) -> Iterator[str]:
    """At most three: a fact and a question each. First exceptions that are theirs to solve."""
    by_id = {other.person.user_id: other for other in people}
    named: dict[str, str] = {}
    for one in _exceptions(leader, by_id, results, today):
        if one.user_id not in named:
            named[one.user_id] = _about(one)
    risen = {key: move for key in by_id if (move := moved(key, results)) is not None and move > 0}
    for key in sorted(risen, key=lambda one: (-risen[one], one)):
        if by_id[key].person.manager_id == leader.person.user_id and key not in named:
            before, after = results.before[key].value, results.after[key].value
            named[key] = (
                f"score {number(after)}, up from {number(before)} four weeks before.\n"
                "  Ask: What do you do differently, and may the others hear of it?"
            )
    for key in list(named)[:MOST]:
        yield f"- {value(by_id[key].person.name)}: {named[key]}"


def _exceptions(
    leader: Someone, people: dict[str, Someone], results: Results, today: date
) -> list[OpenedException]:
    """Those of direct reports, and of others from the day on which executives see them."""

    def is_mine(one: OpenedException) -> bool:
        other = people.get(one.user_id)
        if other is None or not one.stands:
            return False
        if other.person.manager_id == leader.person.user_id:
            return True
        return one.executives_from is not None and one.executives_from <= today

    found = [one for one in results.exceptions if is_mine(one)]
    return sorted(
        found,
        key=lambda one: (
            _URGENT.index(one.state), one.opened_on or today, one.user_id, one.label,
        ),
    )  # fmt: skip


def _is_owned(user_id: str, results: Results) -> bool:
    """Whether the person owns their score: else sharing shows it to nobody above them."""
    score = results.scores.get(user_id)
    return score is not None and score.owner_id == user_id


def _about(one: OpenedException) -> str:
    since = f", open since {_day(one.opened_on)}" if one.opened_on else ""
    back = ", came back" if one.state == "recurred" else ""
    fact = value(one.fact or one.label, 200)
    ask = value(one.question, 200) or "Is anything in the way?"
    return f"{fact}{since}{back}.\n  Ask: {ask}"


def _whole(results: Results) -> list[str]:
    """The group of everybody: all that may be said where only groups may."""
    of, group = AdoptionTeam, results.company
    told = "This org writes groups of people only, so there is no history to compare with."
    if group is None or group[of.SCORED] is None or group[of.MEDIAN] is None:
        return ["No figures of the company yet.", told]
    words = {
        "On track": group[of.ON_TRACK], "Building": group[of.BUILDING],
        "Needs help": group[of.NEEDS_HELP],
    }  # fmt: skip
    known = [
        f"{count:.0f} {in_words(word, int(count))}"
        for word, count in words.items()
        if count is not None
    ]
    scored = f"{group[of.SCORED]:.0f} of {group[of.PEOPLE]:.0f} people are scored"
    middle = f"the middle score is {number(group[of.MEDIAN])}"
    return [f"{', '.join([scored, *known])}; {middle}.", told]


def _section(head: str, lines: Iterable[str]) -> str:
    return "\n".join([head, *lines])


def _days(rows: Iterable[dict[str, object]], name: str) -> set[date]:
    return {date.fromisoformat(one) for row in rows for one in str(row[name] or "").split()}


def _days_of(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _day(on: date) -> str:
    return f"{on.day} {on:%B}"
