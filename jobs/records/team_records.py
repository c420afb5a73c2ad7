"""Groups of people as `Adoption_Team__c` records: what broad reports and dashboards read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobs.purge_weeks import KIND, key_of
from jobs.records.changes import Shape, write_changed
from jobs.records.further import NOTHING, Further
from jobs.records.further_company import OF_COMPANY
from service.facts.aggregates import aggregates
from service.salesforce.fields import AdoptionTeam as Fields
from service.weeks import monday_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from jobs.records.changes import Record, Written
    from jobs.records.org_now import OrgNow
    from service.facts.aggregates import Aggregate
    from service.facts.facts import Facts
    from service.salesforce.gateway import Gateway

_NAME_LENGTH, _KEY_LENGTH = 80, 255
_WORDS = {
    "On track": Fields.ON_TRACK,
    "Building": Fields.BUILDING,
    "Needs help": Fields.NEEDS_HELP,
    "Not scored": Fields.NOT_SCORED,
}
_NUMBERS = (
    Fields.PEOPLE, Fields.SCORED, Fields.SCORED_SHARE, Fields.MEDIAN, Fields.LOW_QUARTILE,
    Fields.HIGH_QUARTILE, Fields.OPEN_EXCEPTIONS, *_WORDS.values(),
    Fields.HABIT_SHARE, Fields.FORMING_SHARE, Fields.NOT_STARTED_SHARE, *OF_COMPANY,
)  # fmt: skip
SHAPE = Shape(
    Fields.OBJECT,
    Fields.KEY,
    numbers=_NUMBERS,
    texts=(Fields.NAME, Fields.KIND, Fields.MANAGER, Fields.RULE_VERSION, Fields.AFTER_ACTION),
    judged={},
)


def query(as_of: date) -> str:
    """The SOQL of what the org has. Of weeks the running one alone: the others stand as written."""
    return SHAPE.query(
        where=f"{Fields.KIND} != '{KIND}' OR {Fields.KEY} = '{key_of(monday_of(as_of))}'"
    )


def write_teams(
    gateway: Gateway,
    facts: Facts,
    as_of: str,
    now: OrgNow,
    after_action: str | None = None,
    week: Record | None = None,
    further: Further = NOTHING,
) -> Written:
    """Write the groups whose numbers differ; one that is no longer there keeps none.

    `after_action` is what the company's record says of exceptions that cleared, `further` its
    results (of what did not answer tonight nothing is written), `week` the record of the running week.
    """
    there = {str(one[Fields.KEY]): one for one in now.teams}
    records = {
        one[Fields.KEY]: one for one in (record_of(g, facts, as_of) for g in aggregates(facts))
    }
    for record in records.values():
        is_company = record[Fields.KIND] == "Company"
        record[Fields.AFTER_ACTION] = after_action if is_company else None
        record.update(further.of_company if is_company else {})
    gone = [
        _gone(there[key], as_of)
        for key in sorted(there.keys() - records.keys())
        if there[key][Fields.KIND] != KIND
    ]
    if week:
        records[week[Fields.KEY]] = week
    shape = SHAPE.without(further.later)
    known = {key: shape.fingerprint(one) for key, one in there.items()}
    return write_changed(gateway, shape, [*records.values(), *gone], known)


def record_of(group: Aggregate, facts: Facts, as_of: str) -> Record:
    """Every field of a group's record, with null where too few people are scored."""
    team, spread = group.team, group.team.spread
    words = group.words or {}
    return {
        Fields.KEY: f"{group.kind}:{group.key}"[:_KEY_LENGTH],
        Fields.NAME: team.label[:_NAME_LENGTH],
        Fields.KIND: group.kind,
        Fields.MANAGER: group.manager_id,
        Fields.PEOPLE: team.people,
        Fields.SCORED: team.scored,
        Fields.SCORED_SHARE: team.percent_scored,
        Fields.MEDIAN: spread and spread.median,
        Fields.LOW_QUARTILE: spread and spread.low,
        Fields.HIGH_QUARTILE: spread and spread.high,
        Fields.OPEN_EXCEPTIONS: group.with_exceptions,
        **{field: words.get(word) for word, field in _WORDS.items()},
        Fields.RULE_VERSION: facts.rules.version,
        Fields.AS_OF: as_of,
    }


def _gone(record: Mapping[str, Any], as_of: str) -> Record:
    """A group that nobody is in any more: its last numbers must not stand for ever."""
    kept = {name: record[name] for name in (Fields.KEY, Fields.NAME, Fields.KIND)}
    version = record.get(Fields.RULE_VERSION)
    return {
        **kept, Fields.MANAGER: None, **dict.fromkeys(_NUMBERS), Fields.PEOPLE: 0,
        Fields.RULE_VERSION: version, Fields.AS_OF: as_of,
    }  # fmt: skip
