"""Records that stand in the data twice: the first counts, the others are set aside.

Ids of 15 and of 18 characters are one. Tasks and events are staged with a hash of their id only:
where two hashes are equal, the ids are read again from their pages before a row is believed to be
a repetition. (Should two ids ever share a hash, both stay.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.evidence import pages
from service.evidence.typed import kinds

if TYPE_CHECKING:
    import duckdb

    from service.evidence.rejects import Register

#: Ids looked at in one go: what a hash table of them takes fits below any memory limit of ours.
_AT_ONCE = 2_000_000
_HASHED = ("Task", "Event")
_HASH = "hash(left({}, 15))"


def set_aside(
    connection: duckdb.DuckDBPyConnection, name: str, rows: int, register: Register
) -> None:
    """Remove repeated records of a staged object and note them."""
    if "Id" not in kinds(name):
        return
    key = "id_key" if name in _HASHED else "Id"
    _find(connection, name, key, rows)
    if name in _HASHED and _any(connection):
        _confirm(connection, name, register)
    if not _any(connection):
        return
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE later AS
        SELECT rowid AS row, page, {key} AS key, row_number() OVER same AS place,
            row_number() OVER (PARTITION BY {key}, page ORDER BY rowid) AS in_page
        FROM staged_{name} WHERE {key} IN (SELECT key FROM repeated)
        WINDOW same AS (PARTITION BY {key} ORDER BY page, rowid) QUALIFY place > 1
    """)  # noqa: S608 - names are ours
    count, page, in_page, example = connection.execute("""
        SELECT count(*) OVER (), l.page, l.in_page, r.id
        FROM later l JOIN repeated r ON r.key = l.key ORDER BY l.page, l.row LIMIT 1
    """).fetchall()[0]
    connection.execute(f"DELETE FROM staged_{name} WHERE rowid IN (SELECT row FROM later)")  # noqa: S608
    register.note_repeats(name, count, page, example, in_page)


def _find(connection: duckdb.DuckDBPyConnection, name: str, key: str, rows: int) -> None:
    """The temporary table `repeated` (key, id) of keys that several rows have."""
    slices = 1 + rows // _AT_ONCE
    known = f"{key} IS NOT NULL" if key == "Id" else f"{key} <> hash(NULL::VARCHAR)"
    of_slice = (
        "" if slices == 1 else f"AND {'hash(Id)' if key == 'Id' else key} % {slices} = {{at}}"
    )
    text = "Id" if key == "Id" else "NULL::VARCHAR"
    queries = (
        f"SELECT {key} AS key, {text} AS id FROM staged_{name} WHERE {known} {of_slice.format(at=at)}"  # noqa: S608
        f" GROUP BY {key} HAVING count(*) > 1"
        for at in range(slices)
    )
    for number, query in enumerate(queries):
        start = "INSERT INTO repeated" if number else "CREATE OR REPLACE TEMP TABLE repeated AS"
        connection.execute(f"{start} {query}")


def _any(connection: duckdb.DuckDBPyConnection) -> bool:
    return connection.execute("SELECT 1 FROM repeated LIMIT 1").fetchone() is not None


def _confirm(connection: duckdb.DuckDBPyConnection, name: str, register: Register) -> None:
    """Keep in `repeated` the hashes that one id alone has, with that id."""
    connection.execute("CREATE OR REPLACE TEMP TABLE seen (key UBIGINT, id VARCHAR)")
    numbers = connection.execute(f"""
        SELECT DISTINCT page FROM staged_{name} WHERE id_key IN (SELECT key FROM repeated) ORDER BY page
    """).fetchall()  # noqa: S608
    for (number,) in numbers:
        with register.page_again(number) as path:
            text = f"c{pages.header(path).index('Id')}"
            connection.execute(f"""
                INSERT INTO seen SELECT {_HASH.format(text)} AS key, left({text}, 15)
                FROM {pages.scan(path, pages.header(path))}
                WHERE key IN (SELECT key FROM repeated)
            """)  # noqa: S608
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE repeated AS
        SELECT key, min(id) AS id FROM seen GROUP BY key HAVING min(id) = max(id)
    """)
