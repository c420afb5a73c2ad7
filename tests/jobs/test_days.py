"""Which days a run without a stated day looks at."""

from __future__ import annotations

from datetime import UTC, date, datetime

from jobs.run import _days

EARLY = datetime(2026, 11, 23, 0, 5, tzinfo=UTC)


def test_a_day_that_has_only_begun_is_not_scored_but_its_deals_are_announced():
    assert _days(None, EARLY) == (date(2026, 11, 22), date(2026, 11, 23))


def test_a_stated_day_is_the_last_one_for_both():
    assert _days("2021-04-16", EARLY) == (date(2021, 4, 16), date(2021, 4, 16))
