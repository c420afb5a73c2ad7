"""Small groups are taken together, and nobody can be told by subtraction."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from service.facts.groups import hide, pooled
from service.report.login import Row, masked

SIZES = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.integers(0, 30), max_size=8)


@given(SIZES, st.integers(1, 12))
def test_no_group_is_too_small_and_nobody_is_lost_unless_all_are_too_few(sizes, least):
    groups = pooled({label: range(size) for label, size in sizes.items()}, least)
    total = sum(sizes.values())
    assert all(len(group.members) >= least for group in groups)
    assert sum(len(group.members) for group in groups) == (total if total >= least else 0)


@given(SIZES)
def test_with_one_as_the_least_every_group_stays_itself(sizes):
    groups = pooled({label: range(size) for label, size in sizes.items()}, 1)
    assert {group.label: len(group.members) for group in groups} == {
        label: size for label, size in sizes.items() if size
    }


def test_a_pool_that_is_too_small_takes_the_next_smallest():
    groups = pooled({"a": range(30), "b": range(12), "c": range(2)}, 10)
    assert [(group.label, len(group.members)) for group in groups] == [("a", 30), ("b or c", 14)]


def test_one_masked_row_never_stands_alone():
    rows = [
        Row("a", 30, (("active", 30), ("never", 0))),
        Row("b", 20, (("active", 18), ("never", 2))),
    ]
    assert [row.is_masked for row in masked(rows, 10)] == [True, True]
    assert [row.is_masked for row in masked(rows, 1)] == [False, False]


ROWS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=8)


@given(ROWS, st.integers(1, 12))
def test_no_hidden_count_of_few_can_be_told_by_subtraction(rows, least):
    hidden = hide(rows, least)
    shown = [row for row, is_hidden in zip(rows, hidden, strict=True) if not is_hidden]
    assert not any(0 < count < least for row in shown for count in row)
    for column in (0, 1):
        together = sum(
            row[column] for row, is_hidden in zip(rows, hidden, strict=True) if is_hidden
        )
        assert together == 0 or together >= least or not any(map(any, shown))
