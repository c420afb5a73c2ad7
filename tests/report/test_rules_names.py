"""The names of roles in a drafted rules file: every one a key of valid TOML, some guessed."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest

from service.evidence.roles import Holders
from service.rules_draft import draft

TODAY = date(2026, 11, 23)


HOSTILE = ('He said "no" \\ never', "tab\there", "Ünïcode 角色", "del\x7f", "] = 1 #", "new\nline")


def test_names_of_every_kind_are_keys_of_valid_toml():
    holders = [Holders(name, None, 1) for name in HOSTILE]
    names = tomllib.loads(draft(holders, "x", TODAY))["roles"]["names"]
    assert names == dict.fromkeys(HOSTILE, "")


def test_names_that_differ_in_case_or_spacing_are_one():
    holders = [Holders("Sales  Rep", None, 2), Holders("SALES REP", "P", 3), Holders(None, None, 4)]
    text = draft(holders, "x", TODAY)
    assert tomllib.loads(text)["roles"]["names"] == {"SALES REP": ""}
    assert '"SALES REP" = ""                       # 5 active users, perhaps "rep"' in text


@pytest.mark.parametrize(
    ("name", "guess"),
    [
        ("Account Executive Nordics", "rep"), ("Regional Sales Manager", "manager"),
        ("RVP Field Sales EMEA", "manager"), ("SVP Sales", "executive"), ("CEO", "executive"),
        ("SDR Team Berlin", "inbound_rep"), ("BDR", "outbound_rep"), ("Inside Sales Rep UK", "corporate_rep"),
        ("Field Sales Rep", "field_rep"), ("Marketing", None), ("Customer Support", None),
    ],
)  # fmt: skip
def test_obvious_names_are_guessed_in_a_comment(name, guess):
    line = next(
        one for one in draft([Holders(name, None, 1)], "x", TODAY).splitlines() if name in one
    )
    assert line.endswith(f'perhaps "{guess}"' if guess else "# 1 active user")
