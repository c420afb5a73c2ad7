"""How far the evidence reaches: since when each measure is shown, and how large deals usually are."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

    from service.scoring.evidence import Coverage
    from service.scoring.rule_set import RuleSet


def with_reach(
    connection: duckdb.DuckDBPyConnection, coverage: Coverage, rules: RuleSet
) -> Coverage:
    """The coverage with what the table `daily` shows of everybody together.

    Nobody is judged for weeks before anybody did a thing, or for what nobody did at all: then the
    data begin later than people do.
    """
    since = connection.execute("SELECT measure, min(day) FROM daily GROUP BY measure").fetchall()
    money = [measure.name for measure in rules.measures if measure.kind == "money"]
    return replace(coverage, since=dict(since), typical_deals=_typical(connection, money))


def _typical(connection: duckdb.DuckDBPyConnection, measures: list[str]) -> dict[str, Fraction]:
    """`evidence_rule.TypicalDeals` of everybody's deals: the sum of squares by the sum."""
    if not measures:
        return {}
    rows = connection.execute(
        """
        SELECT measure, sum(done::HUGEINT * done // seen), sum(done::HUGEINT)
        FROM daily WHERE list_contains(?, measure) AND done > 0 AND seen > 0 GROUP BY measure
        """,
        [measures],
    ).fetchall()
    return {measure: Fraction(int(squares), int(total)) for measure, squares, total in rows}
