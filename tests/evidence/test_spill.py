from __future__ import annotations

from service.evidence.spill import open_database


def test_nothing_is_left_after_use(tmp_path):
    with open_database(tmp_path, 100) as connection:
        assert connection.execute("SELECT 42").fetchone() == (42,)
        assert len(list(tmp_path.iterdir())) == 1
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_after_a_failure(tmp_path):
    try:
        with open_database(tmp_path, 100):
            raise KeyError  # noqa: TRY301 - any failure
    except KeyError:
        pass
    assert list(tmp_path.iterdir()) == []


def test_two_reductions_at_once_have_a_database_each(tmp_path):
    with open_database(tmp_path, 100) as first, open_database(tmp_path, 100) as second:
        first.execute("CREATE TABLE t AS SELECT 1 AS i")
        assert second.execute("SELECT count(*) FROM duckdb_tables()").fetchone() == (0,)
