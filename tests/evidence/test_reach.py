from datetime import date
from decimal import Decimal
from fractions import Fraction

from service.evidence.reach import with_reach
from service.evidence.reduce import reduce_rows
from service.evidence.spill import open_scratch
from service.scoring.evidence import Coverage
from service.scoring.evidence_rule import TypicalDeals
from service.scoring.rule_set import Measure
from tests.evidence.builders import a_call, a_rule_set, tables


def test_the_coverage_says_since_when_anybody_did_a_thing(tmp_path):
    calls = [a_call(1, at="2021-04-01 10:00:00"), a_call(2, at="2021-03-09 10:00:00")]
    read = tables(tmp_path, Task=calls)
    with reduce_rows(
        read, a_rule_set(), date(2021, 4, 15), work_dir=tmp_path, memory_limit_mb=200
    ) as reduced:
        since = reduced.coverage.since
    assert since["calls"] == date(2021, 3, 9)
    assert "meetings" not in since


def test_everybodys_typical_deal_is_the_one_of_the_rule():
    amounts, deals = [500, 1000, 90_000, 0], [1, 2, 3, 1]
    rows = [f"(1, 'pipeline', DATE '2021-01-0{at + 1}', {done}, {seen})"
            for at, (done, seen) in enumerate(zip(amounts, deals, strict=True))]  # fmt: skip
    money = Measure("pipeline", "P", "P", "", "money", Decimal(0), (), {}, 0, "")
    with open_scratch() as connection:
        connection.execute(
            "CREATE TABLE daily (u INTEGER, measure VARCHAR, day DATE, done BIGINT, seen BIGINT);"
            f"INSERT INTO daily VALUES {', '.join(rows)}"
        )
        found = with_reach(connection, Coverage(), a_rule_set(measures=(money,)))
        none = with_reach(connection, Coverage(), a_rule_set())
    expected = TypicalDeals(amounts, deals).typical(0, len(amounts))
    assert abs(found.typical_deals["pipeline"] - expected) < Fraction(1, 1000)
    assert none.typical_deals == {}
