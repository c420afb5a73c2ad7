"""The door: what is let in, and that nothing else is."""

from __future__ import annotations

import base64
import json
import random

import pytest

from canvas.signed_request import SIZE_LIMIT, RefusedRequestError, verify
from tests.canvas import panel_builders as build

GOOD = build.signed_request(build.envelope())


def reason_of(signed_request: str, secrets=(build.SECRET,)) -> str:
    with pytest.raises(RefusedRequestError) as refusal:
        verify(signed_request, secrets)
    return refusal.value.reason


def test_a_good_request_gives_the_envelope_that_was_signed():
    assert verify(GOOD, [build.SECRET]) == build.envelope()


def test_both_secrets_are_good_while_one_is_rotated():
    secrets = (build.SECRET, build.NEXT_SECRET)
    for secret in secrets:
        assert verify(build.signed_request(build.envelope(), secret), secrets)


@pytest.mark.parametrize(
    "secrets", [(), ("",), ("other",), (build.SECRET + " ",), (build.SECRET[:-1],)]
)
def test_no_secret_or_another_one_opens_nothing(secrets):
    assert reason_of(GOOD, secrets) == "bad_signature"


def test_an_empty_secret_is_no_secret():
    assert reason_of(build.signed_request(build.envelope(), ""), ("",)) == "bad_signature"


def test_a_request_signed_with_the_right_secret_over_decoded_json_is_refused():
    text = json.dumps(build.envelope())
    signature = build.sign(text).partition(".")[0]
    assert reason_of(f"{signature}.{base64.b64encode(text.encode()).decode()}") == "bad_signature"


@pytest.mark.parametrize("change", [1, 2, 4, 8, 16, 32, 64, 128, 255, 6, 112])
def test_any_changed_byte_is_refused(change):
    for at, letter in enumerate(GOOD):
        changed = GOOD[:at] + chr(ord(letter) ^ change) + GOOD[at + 1 :]
        assert reason_of(changed) in {"malformed", "bad_signature"}, at


def test_any_byte_of_the_signature_set_to_any_value_is_refused():
    for at in range(GOOD.index(".") + 1):
        for value in range(256):
            if chr(value) != GOOD[at]:
                reason_of(GOOD[:at] + chr(value) + GOOD[at + 1 :])


def test_any_byte_left_out_or_doubled_is_refused():
    for at in range(len(GOOD)):
        reason_of(GOOD[:at] + GOOD[at + 1 :])
        reason_of(GOOD[:at] + GOOD[at] + GOOD[at:])


def test_the_url_safe_alphabet_without_padding_is_understood():
    body = base64.urlsafe_b64encode(json.dumps(build.envelope()).encode()).decode().rstrip("=")
    signature, _, body = build.sign(body).partition(".")
    url_safe = signature.replace("+", "-").replace("/", "_").rstrip("=")
    assert verify(f"{url_safe}.{body}", [build.SECRET]) == build.envelope()


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "a",
        "a.",
        ".a",
        "a.b.c",
        "=.=",
        " . ",
        "\0.\0",
        "é.é",
        "AAAA.A\n",
        "Zm9v.YmFy",
        "-+.e30=",
    ],
)
def test_what_is_no_signed_request(text):
    assert reason_of(text) in {"malformed", "bad_signature"}


def test_a_plus_that_became_a_space_is_refused():
    for attempt in range(50):
        signed = build.signed_request(build.envelope(issuedAt=attempt))
        if "+" in signed.partition(".")[0]:
            assert reason_of(signed.replace("+", " ")) == "malformed"
            return
    pytest.fail("no signature with a plus among fifty")


@pytest.mark.parametrize(
    "algorithm", [None, "", "none", "HMACSHA1", "hmacsha256", "HS256", 256, ["HMACSHA256"], {}]
)
def test_the_algorithm_is_pinned(algorithm):
    assert reason_of(build.signed_request(build.envelope(algorithm=algorithm))) == "bad_algorithm"


@pytest.mark.parametrize("envelope", ["text", 1, None, True, [], [{}]])
def test_a_signed_envelope_that_is_no_object_is_refused(envelope):
    assert reason_of(build.signed_request(envelope)) == "bad_envelope"


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"\xff\xfe{}", b"[" * 100_000, b'{"a":' * 20_000, b'{"a":' + b"1" * 5000 + b"}"],
)
def test_a_signed_envelope_that_cannot_be_read_is_refused(raw):
    signed = build.sign(base64.b64encode(raw).decode())
    assert reason_of(signed) in {"bad_envelope", "malformed"}


def test_a_signed_envelope_that_is_not_base64_is_refused():
    assert reason_of(build.sign("{}")) == "bad_envelope"


def test_a_huge_request_is_refused_before_any_work():
    assert reason_of("A" * (SIZE_LIMIT + 1)) == "too_large"


def test_twenty_thousand_random_texts_open_nothing():
    chance = random.Random(20_000)  # noqa: S311 - seeded, so that a failure repeats
    for attempt in range(20_000):
        reason_of(fuzzed(chance, attempt))


def fuzzed(chance: random.Random, attempt: int) -> str:
    """Damage of four kinds, seeded, so that a failure can be run again."""
    match attempt % 4:
        case 0:  # noise
            return chance.randbytes(chance.randrange(200)).decode("latin-1")
        case 1:  # right shape, random content
            signature, envelope = (
                base64.b64encode(chance.randbytes(chance.randrange(1, 90))) for _ in "ab"
            )
            return f"{signature.decode()}.{envelope.decode()}"
        case 2:  # a good request with damage
            letters = list(GOOD)
            for _ in range(chance.randrange(1, 6)):
                letters[chance.randrange(len(letters))] = chr(chance.randrange(1, 0x250))
            changed = "".join(letters)
            return changed if changed != GOOD else GOOD[1:]
        case _:  # a good signature on another envelope
            forged = build.envelope(userId=f"005{chance.randrange(10**11):012d}"[:15])
            body = base64.b64encode(json.dumps(forged).encode()).decode()
            return f"{GOOD.partition('.')[0]}.{body}"
