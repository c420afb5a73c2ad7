"""A gateway over a dict, for the jobs' own arithmetic; the wire is proved elsewhere."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

from jobs.run import Run
from service.salesforce.announce import Announcement
from service.salesforce.errors import AdminActionNeededError, RecordRejectedError, SalesforceError
from service.salesforce.outcome import Outcome
from service.salesforce.refusals import classify

ORG_ID = "00D000000000001EAA"


class FakeGateway:
    """Keeps records by object and key; `refuse` names keys that the org will not take."""

    def __init__(self):
        self.records = {}
        self.readers = []
        self.rules = []
        self.groups = {"Sales Management": "0F9000000000001AAA"}
        self.hidden = set()
        self.refuse = {}
        self.says = {}
        self.sent = []
        self.posts = []
        self.acted = []  #: (action, its input)
        self.act_error = {}
        self.users = []
        self.notification_types = ["0ML000000000001AAA"]
        self.queries = []
        self.api_calls = 0

    def query(self, soql):
        self.queries.append(soql)
        name = soql.split(" FROM ")[1].split()[0]
        if name in self.hidden:
            raise classify(400, [{"errorCode": "INVALID_TYPE", "message": name}])
        if name == "PermissionSetAssignment":
            return iter([{"AssigneeId": user} for user in self.readers])
        if name == "Big_Deal_Rule__mdt":
            return iter(self.rules)
        if name == "CustomNotificationType":
            return iter([{"Id": one} for one in self.notification_types])
        if name == "User":
            return iter(self.users)
        if name == "CollaborationGroup":
            found = [g for n, g in self.groups.items() if f"'{n}'" in soql]
            return iter([{"Id": group} for group in found])
        return iter(list(self.records.get(name, {}).values()))

    def query_together(self, soqls, each=dict):
        answers = [self._answer(soql) for soql in soqls]
        return [
            [each(dict(row)) for row in one] if isinstance(one, list) else one for one in answers
        ]

    def _answer(self, soql):
        try:
            return list(self.query(soql))
        except SalesforceError as error:
            return error

    def upsert(self, name, key, records):
        return tuple(self._write(name, record[key], dict(record)) for record in records)

    def update(self, name, records):
        for record in records:
            self.sent.append((name, record))
            table = self.records[name]
            key = next(
                (key for key, one in table.items() if one["Id"] == record["Id"]), record["Id"]
            )
            table[key].update(record)
        return tuple(Outcome(record["Id"], created=False) for record in records)

    def create(self, name, records, *, has_key=False):
        assert has_key
        return tuple(self._create(name, dict(record)) for record in records)

    def _create(self, name, record):
        if record["Alert_Key__c"] in self.records.get(name, {}):
            return Outcome(
                None, created=False, error=RecordRejectedError("d", code="DUPLICATE_VALUE")
            )
        return self._write(name, record["Alert_Key__c"], record)

    def _write(self, name, key, record):
        self.sent.append((name, record))
        code = self.refuse.get((key, "OwnerId" in record)) or self.refuse.get(key)
        if code:
            return Outcome(None, created=False, error=RecordRejectedError("no", code=code))
        table = self.records.setdefault(name, {})
        made = key not in table
        table[key] = {
            "Id": f"id-{key}",
            "OwnerId": "005INTEGRATION",
            "CreatedDate": "2021-04-16T08:00:00.000+0000",
            **table.get(key, {}),
            **record,
        }
        return Outcome(f"id-{key}", created=made)

    def call(self, request):
        self.acted.append((request.path.rpartition("/")[2], request.body["inputs"][0]))
        error = self.act_error.get(self.acted[-1][0])
        if error:
            raise error
        return [{"isSuccess": True}]

    def announce_all(self, wanted):
        return (self._announce(one.claim, one.post, one.also) for one in wanted)

    def _announce(self, claim, post, also):
        key = claim["Alert_Key__c"]
        said = self.says.get(key, "announced")
        if isinstance(said, Exception):
            raise said
        if said in ("announced", "failed"):
            self._write("Big_Deal_Alert__c", key, {**claim, "Status__c": said.title()})
        if said == "announced":
            self.posts += [post] if also is None else [post, also]
        error = AdminActionNeededError("archived") if said in ("failed", "refused") else None
        claim_id = f"id-{key}" if said == "announced" else None
        return Announcement(said, post_id="0D5", claim_id=claim_id, error=error)


def a_run(gateway, as_of=date(2021, 4, 16)):
    settings = SimpleNamespace(instance_url="https://acme.my.salesforce.com")
    return Run(
        "Night", ORG_ID, "k-1", as_of, as_of, settings, gateway, Path("/nowhere"), datetime.now(UTC)
    )
