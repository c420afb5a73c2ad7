"""One record, one id: however a request spells it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from canvas.ids import id18


@given(st.text("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=15, max_size=15))  # fmt: skip
def test_an_id_has_one_spelling(short):
    whole = id18(short)
    assert {id18(whole), id18(short.lower() + whole[15:]), id18(short.upper() + whole[15:])} == {
        whole
    }
    assert id18(short + "AA9") is None
