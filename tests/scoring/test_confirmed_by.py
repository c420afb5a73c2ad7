"""Which earlier check a flagged one confirms: both windows, and the one half-way between them."""

from __future__ import annotations

import pytest

from service.scoring.weekly_checks import confirmed_by

YES, NO, UNKNOWN = True, False, None


@pytest.mark.parametrize(
    ("flags", "weeks", "found"),
    [
        ([YES, NO, YES, NO, YES], 4, 0),
        ([YES, YES, NO, YES, YES], 4, None),  # half-way it was not below
        ([YES, NO, UNKNOWN, NO, YES], 4, 0),  # half-way nobody could judge
        ([NO, YES, YES, YES, YES], 4, None),
        ([YES, YES, YES, YES, NO], 4, None),
        ([YES, YES, YES, YES, UNKNOWN], 4, None),
        ([UNKNOWN, YES, YES, YES, YES], 4, None),
        ([YES, UNKNOWN, NO, YES, YES, YES], 4, None),  # the last one judged is 0, half-way is 2
        ([YES, UNKNOWN, YES, NO, NO, YES], 4, 0),
        ([NO, UNKNOWN, YES, YES, YES, YES], 4, None),
        ([YES, *[NO] * 5, YES, *[NO] * 6, YES], 13, 0),  # of thirteen weeks, the sixth check after
        ([YES, *[NO] * 6, YES, *[NO] * 5, YES], 13, None),
        ([YES, YES, YES], 4, None),
    ],
)
def test_the_last_check_of_a_list(flags, weeks, found):
    assert confirmed_by(flags, len(flags) - 1, weeks) == found
