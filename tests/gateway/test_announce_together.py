"""A dozen deals in one call: all are announced or none is, and whoever keeps others out is tried alone."""

from __future__ import annotations

import json

import pytest

from service.salesforce.announce_together import MOST_STEPS, Wanted
from service.salesforce.errors import LimitReachedError
from service.salesforce.fields import BigDealAlert
from tests.gateway.test_announce import COMPOSITE, HALTED, POST, announced, error
from tests.gateway.wire import DATA


def wanted(count, also=None):
    return [Wanted({BigDealAlert.KEY: f"deal-{number}"}, POST, also) for number in range(count)]


class Org:
    """Keeps claims by key; a composite whose claims are new is applied, as one transaction."""

    def __init__(self, wire):
        self.claims, self.posts, self.sizes = {}, 0, []
        self.refused, self.lost, self.spent_after = set(), False, None
        wire.add_callback("POST", COMPOSITE, callback=self._composite)
        wire.add_callback("GET", f"{DATA}/query", callback=self._query)

    def _composite(self, request):
        steps = json.loads(request.body)["compositeRequest"]
        self.sizes.append(len(steps))
        keys = [step["body"][BigDealAlert.KEY] for step in steps if "claim" in step["referenceId"]]
        causes = {key: cause for key in keys if (cause := self._cause(key))}
        if self.spent_after is not None and self.posts + len(steps) - len(keys) > self.spent_after:
            causes = dict.fromkeys(
                keys[-1:], ("post", error("REQUEST_LIMIT_EXCEEDED", "for this hour"))
            )
        answers = [self._answer(step, keys, causes) for step in steps]
        if not causes:
            self.posts += len(steps) - len(keys)
            self.claims |= {key: f"post of {key}" for key in keys}
        if self.lost:
            return 503, {}, "<html>"
        return 200, {}, json.dumps({"compositeResponse": answers})

    def _cause(self, key):
        if key in self.claims:
            return "claim", error("DUPLICATE_VALUE")
        return (
            ("claim", error("FIELD_CUSTOM_VALIDATION_EXCEPTION")) if key in self.refused else None
        )

    def _answer(self, step, keys, causes):
        name = step["referenceId"]
        kind = name.rstrip("0123456789")
        key = keys[int(name.removeprefix(kind) or 0)]
        where, cause = causes.get(key, ("", None))
        failed = cause if where == kind else HALTED
        body = failed if causes else {"id": f"{kind} of {key}", "success": True, "errors": []}
        is_limit = failed is not HALTED and failed[0]["errorCode"] == "REQUEST_LIMIT_EXCEEDED"
        status = (503 if is_limit else 400) if causes else 201
        return {"referenceId": name, "httpStatusCode": status, "body": body}

    def _query(self, request):
        asked = request.params["q"]
        rows = [
            announced() | {BigDealAlert.KEY: key, BigDealAlert.POST_ID: post}
            for key, post in self.claims.items()
            if f"'{key}'" in asked
        ]
        return 200, {}, json.dumps({"totalSize": len(rows), "done": True, "records": rows})


@pytest.fixture
def deals_org(org):
    return Org(org)


def said(gateway, asked):
    return [one.status for one in gateway.announce_all(asked)]


def test_thirty_deals_cost_three_calls(gateway, deals_org):
    found = list(gateway.announce_all(wanted(30)))
    assert [one.status for one in found] == ["announced"] * 30
    assert [one.claim_id for one in found] == [f"claim of deal-{number}" for number in range(30)]
    assert [one.post_id for one in found] == [f"post of deal-{number}" for number in range(30)]
    assert deals_org.sizes == [24, 24, 12]
    assert gateway.api_calls == 3


def test_no_composite_has_more_steps_than_an_org_takes(gateway, deals_org):
    assert set(said(gateway, wanted(20, also=POST))) == {"announced"}
    assert max(deals_org.sizes) <= MOST_STEPS
    assert deals_org.posts == 40


def test_a_deal_that_was_announced_keeps_no_other_out(gateway, deals_org):
    deals_org.claims["deal-3"] = "there"
    assert said(gateway, wanted(6)) == [*["announced"] * 3, "already", *["announced"] * 2]
    assert deals_org.posts == 5


def test_a_deal_that_is_refused_keeps_no_other_out(gateway, deals_org):
    deals_org.refused.add("deal-0")
    assert said(gateway, wanted(4)) == ["refused", *["announced"] * 3]
    assert deals_org.posts == 3


def test_the_biggest_are_out_when_the_hour_is_used_up(gateway, deals_org):
    deals_org.spent_after = 14
    answers = []
    for one in gateway.announce_all(wanted(24)):
        answers.append(one.status)
        if one.status == "limited":
            break
    assert answers == [*["announced"] * 14, "limited"]
    assert sorted(deals_org.claims) == sorted(f"deal-{number}" for number in range(14))


@pytest.mark.parametrize("is_applied", [True, False])
def test_a_lost_reply_is_looked_into_once_for_all_and_nothing_is_sent_again(
    gateway, deals_org, is_applied
):
    deals_org.lost = True
    if not is_applied:
        deals_org.refused.add("deal-1")
    status = "announced" if is_applied else "pending"
    assert said(gateway, wanted(5)) == [status] * 5
    assert gateway.api_calls == 2
    assert len(deals_org.sizes) == 1


def test_what_is_about_the_whole_run_stops_it(gateway, org):
    org.post(
        COMPOSITE, json=error("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."), status=403
    )
    with pytest.raises(LimitReachedError):
        said(gateway, wanted(5))
