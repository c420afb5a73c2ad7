"""Rows of values that look like the dialect's own signs."""

from __future__ import annotations

import csv
import io

from hypothesis import strategies as st

_values = st.one_of(
    st.just(""),
    st.sampled_from(['"', '""', ",", '","', "\n", '"\n"', "\r\n", "\r", "Größe", "👩🏽‍🚀", "a,b"]),
    st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), max_size=8),
)
#: Three values each; the first one is never empty, as an id never is.
rows_of_values = st.lists(
    st.tuples(_values.map(lambda text: f"id{text}"), _values, _values), min_size=1, max_size=30
)


def quoted(rows) -> bytes:
    """CSV as an org writes it, without a header row."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
