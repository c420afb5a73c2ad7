"""Everybody's evidence, sorted once by person, measure and day, and read a few people at a time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from service.scoring.evidence import Series

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

#: Numbers alone: they come as whole columns, without an object of Python for each value.
_READ = """
    SELECT u, enum_code(measure)::INTEGER AS measure, day - DATE '0001-01-01' AS day,
        done, eligible, good, seen
    FROM daily WHERE u BETWEEN ? AND ? ORDER BY u, daily.measure, daily.day
"""
_FIRST_DAY = date.min.toordinal()


def sort(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `daily` of the finished table `evidence`; its measures are an enumeration."""
    connection.execute(
        "CREATE TYPE measures AS ENUM (SELECT DISTINCT measure FROM evidence ORDER BY measure)"
    )
    connection.execute("""
        CREATE TABLE daily AS
        SELECT * REPLACE (measure::measures AS measure, seen::BIGINT AS seen)
        FROM evidence ORDER BY u, measure, day
    """)


@dataclass(frozen=True, slots=True)
class Columns:
    """The rows of some people as whole columns, sorted by person, measure and day."""

    names: Sequence[str]  #: the measures that codes stand for
    user: np.ndarray
    measure: np.ndarray  #: codes
    day: np.ndarray  #: days since the first one that there is
    counts: Sequence[np.ndarray]  #: done, eligible, good, seen


def read(connection: duckdb.DuckDBPyConnection, first: int, last: int) -> Columns:
    """The rows of the people with `u` from first to last."""
    (names,) = connection.execute("SELECT enum_range(NULL::measures)").fetchall()[0]
    user, measure, day, *counts = connection.execute(_READ, [first, last]).fetchnumpy().values()
    return Columns(names, user, measure, day, counts)


def series(columns: Columns) -> defaultdict[int, dict[str, Series]]:
    """The series of people, by `u` and measure."""
    found: defaultdict[int, dict[str, Series]] = defaultdict(dict)
    user, measure, day = columns.user, columns.measure, columns.day
    if not user.size:
        return found
    dates = {one: date.fromordinal(_FIRST_DAY + one) for one in np.unique(day).tolist()}
    days = [dates[one] for one in day.tolist()]
    counts = [one.tolist() for one in columns.counts]
    begins = np.flatnonzero((np.diff(user) != 0) | (np.diff(measure) != 0)) + 1
    for start, stop in pairwise([0, *begins.tolist(), len(days)]):
        own = (tuple(column[start:stop]) for column in (days, *counts))
        found[int(user[start])][columns.names[measure[start]]] = Series(*own)
    return found
