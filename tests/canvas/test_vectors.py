"""Signed requests gathered from public test suites, each with our verdict and its reason."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from canvas.context import read_context
from canvas.signed_request import RefusedRequestError, verify
from tests.canvas import panel_builders as build
from tests.shared_data import shared_path

#: Where we differ from the suite, it is on purpose:
#: - restforce-valid-encode64 (suite: accept) has line breaks, which Salesforce never sends;
#: - passport-valid (suite: accept) names no algorithm, and ours is pinned;
#: - the other passport-* are refused for that before their missing sections are looked at.
#: lekkim-form-body is a form body, not a signed request; it has its own test below.
VERDICTS = {
    "lekkim-malformed-1": "malformed",
    "lekkim-bad-signature-1": "bad_signature",
    "lekkim-missing-request": "malformed",
    "lekkim-missing-secret": "malformed",
    "lekkim-form-body": "malformed",
    "ericno-valid": None,
    "ericno-not-json": "bad_envelope",
    "ericno-bad-algorithm": "bad_algorithm",
    "ericno-null-algorithm": "bad_algorithm",
    "ericno-wrong-secret": "bad_signature",
    "restforce-valid-encode64": "malformed",
    "restforce-invalid": "malformed",
    "passport-valid": "bad_algorithm",
    "passport-nonsense": "bad_envelope",
    "passport-empty-signature": "malformed",
    "passport-bad-signature": "malformed",
    "passport-wrong-secret": "bad_signature",
    "passport-no-client": "bad_algorithm",
    "passport-no-user": "bad_algorithm",
    "passport-no-organization": "bad_algorithm",
    "passport-other-organization": "bad_algorithm",
}


@pytest.fixture(scope="module")
def vectors() -> dict[str, dict[str, Any]]:
    found = json.loads(shared_path("data/canvas_vectors.json").read_text("utf-8"))["vectors"]
    return {vector["id"]: vector for vector in found}


def test_there_is_a_verdict_for_every_vector_and_no_other(vectors):
    assert set(VERDICTS) == set(vectors)


@pytest.mark.parametrize("name", VERDICTS)
def test_the_verdict(vectors, name):
    vector = vectors[name]
    secrets = (vector["secret"],) if vector["secret"] else ()
    given = vector["signed_request"] or ""
    if VERDICTS[name] is None:
        assert verify(given, secrets) == vector["expected_json"]
    else:
        with pytest.raises(RefusedRequestError) as refusal:
            verify(given, secrets)
        assert refusal.value.reason == VERDICTS[name]


def test_what_a_suite_rejects_is_never_accepted(vectors):
    rejected = {name for name, vector in vectors.items() if vector["expect"] == "reject"}
    assert rejected <= {name for name, verdict in VERDICTS.items() if verdict}


def test_a_form_body_is_decoded_once(vectors, app):
    body = vectors["lekkim-form-body"]["signed_request"]
    kind = "application/x-www-form-urlencoded"
    with app.test_request_context(
        "/canvas", method="POST", data=body, content_type=kind
    ) as context:
        assert context.request.form["signed_request"] == "foo=.bar=="


def test_the_genuine_shape_gives_its_viewer(vectors):
    vector = vectors["ericno-valid"]
    envelope = verify(vector["signed_request"], [vector["secret"]])
    viewer = read_context(envelope, {"00D6A00000012O2UAI"})
    assert (viewer.user_id, viewer.time_zone) == ("0056A000000wDazQAE", "America/Los_Angeles")
    assert viewer.target_origin == "https://some-sfdc-org.my.salesforce.com"


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("passport-no-user", "no_user"),
        ("passport-no-organization", "no_organization"),
        ("passport-other-organization", "other_org"),
    ],
)
def test_with_an_algorithm_the_missing_section_is_the_reason(vectors, name, verdict):
    envelope = _with_algorithm(vectors[name])
    with pytest.raises(RefusedRequestError) as refusal:
        read_context(envelope, {build.ORG_ID})
    assert refusal.value.reason == verdict


def _with_algorithm(vector: dict[str, Any]) -> dict[str, Any]:
    """The same envelope, made ours: signed again with the algorithm, real ids for its short ones."""
    parsed = json.loads(base64.b64decode(vector["signed_request"].partition(".")[2]))
    context = parsed.get("context", {})
    if "organization" in context:
        context["organization"]["organizationId"] = (
            "00D5g000000Othr" if vector["id"] == "passport-other-organization" else build.ORG_ID
        )
    signed = build.signed_request({**parsed, "algorithm": "HMACSHA256"})
    return verify(signed, [build.SECRET])


def test_the_documented_shape_is_read(vectors):
    samples = json.loads(shared_path("data/canvas_vectors.json").read_text("utf-8"))
    documented = samples["decoded_payload_samples"][0]["json"]
    viewer = read_context(documented, {"00Dx00000001hxyEAA"})
    assert viewer.record_id == "001xx000003DGWiAAO"
    assert viewer.instance_url is None  # the sample has none
    assert viewer.target_origin is None  # its "targetOrigin" is a placeholder, not an origin
