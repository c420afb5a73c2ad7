"""Whether each open opportunity is healthy, as a record beside it: `Adoption_Record_Health__c`.

Never a field of the opportunity: an update would change its dates, which are evidence, and start the
automation of the org. The record of an opportunity that is closed, gone, or whose owner nobody scores
any more is deleted. Only where the setting asks for it, because it costs calls by the number of open
opportunities.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.records.changes import Shape, Written, count
from service.salesforce.errors import AdminActionNeededError
from service.salesforce.fields import AdoptionRecordHealth as Fields
from service.tables import Gap

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jobs.records.changes import Record
    from service.salesforce.gateway import Gateway
    from service.scoring.rule_set import RuleSet

REASONS_LENGTH = 4_000
SHAPE = Shape(
    Fields.OBJECT,
    Fields.KEY,
    numbers=(),
    texts=(Fields.HEALTHY, Fields.REASONS, Fields.RULE_VERSION),
    judged={},
)
Faults = tuple[str, ...]


def write_record_health(
    gateway: Gateway, judged: Iterable[tuple[str, Faults]], rules: RuleSet, as_of: str
) -> Written:
    """Write what differs from the org's. `judged` are all open opportunities, id and faults.

    Idempotent. An org without the object is a gap, and nothing else of the night suffers by it.
    """
    try:
        there = {str(one[Fields.KEY]): one for one in gateway.query(SHAPE.query("Id"))}
    except AdminActionNeededError as error:
        return Written(Fields.OBJECT, 0, 0, 0, (), (Gap(Fields.OBJECT, None, str(error)),))
    records = [record_of(record_id, faults, rules, as_of) for record_id, faults in judged]
    new = [one for one in records if one[Fields.KEY] not in there]
    known = [one for one in records if one[Fields.KEY] in there]
    changed = [
        one for one in known if SHAPE.fingerprint(one) != SHAPE.fingerprint(there[one[Fields.KEY]])
    ]
    made = gateway.upsert(Fields.OBJECT, Fields.KEY, [_with_master(one) for one in new])
    gone = sorted(there.keys() - {str(one[Fields.KEY]) for one in records})
    deleted = gateway.delete([str(there[key]["Id"]) for key in gone])
    # By Id and without its master, which an org does not take again.
    updated = gateway.update(
        Fields.OBJECT, [_by_id(one, there[one[Fields.KEY]]) for one in changed]
    )
    sent = [*new, *changed, *({Fields.KEY: key} for key in gone)]
    return count(SHAPE, sent, [*made, *updated, *deleted], len(known) - len(changed))


def record_of(record_id: str, faults: Faults, rules: RuleSet, as_of: str) -> Record:
    """Every field but the master: what to do is told in the rules' words."""
    reasons = (rules.fault_texts.get(fault, fault) for fault in faults)
    return {
        Fields.KEY: record_id,
        Fields.HEALTHY: not faults,
        Fields.REASONS: "\n".join(reasons)[:REASONS_LENGTH] or None,
        Fields.RULE_VERSION: rules.version,
        Fields.AS_OF: as_of,
    }


def _with_master(record: Record) -> Record:
    return {**record, Fields.OPPORTUNITY: record[Fields.KEY]}


def _by_id(record: Record, there: Mapping[str, object]) -> Record:
    kept = {name: value for name, value in record.items() if name != Fields.KEY}
    return {"Id": there["Id"], **kept}
