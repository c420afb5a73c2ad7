"""(a) The floor: unzip, read the columns that measures need, count their values, nothing more.

    python -m bench.floor EXPORT.zip

The fastest way found: ISA-L inflates one part of a file while two threads of DuckDB read the parts
before it. Other ways were slower (see docs/decisions/): the csv module, pandas, one DuckDB scan of
the unpacked file after another, zlib instead of ISA-L.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from service.evidence import pages
from service.evidence.page_stage import Page
from service.evidence.parts import parts
from service.evidence.spill import open_scratch
from service.export.members import Limits, find_members
from service.export.unpack import UTF_8, texts
from service.tables import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator

_THREADS = 2


def count(path: Path, folder: Path) -> tuple[Counter[str], int]:
    """Rows by object, and how many values the needed columns hold."""
    rows, values = Counter[str](), Counter[str]()
    room, local = threading.Semaphore(_THREADS + 1), threading.local()
    with open_scratch() as connection, ThreadPoolExecutor(_THREADS) as pool:
        connection.execute("SET threads = 1")

        def one(page: Page) -> None:
            try:
                if not hasattr(local, "cursor"):
                    local.cursor = connection.cursor()
                wanted = [column.name for column in COLUMNS[page.object_name]]
                found = pages.count_values(local.cursor, page.path, wanted)
                page.path.unlink()
                assert found is not None  # noqa: S101 - the export is our own and has no broken row
                rows[page.object_name] += found[0]
                values.update(found[1])
            finally:
                room.release()

        futures = []
        for page in _pages(path, folder):
            room.acquire()
            futures.append(pool.submit(one, page))
        for future in futures:
            future.result()
    return rows, values.total()


def _pages(path: Path, folder: Path) -> Iterator[Page]:
    for number, member in enumerate(find_members([path], Limits(), folder)):
        for place, part in enumerate(parts(text for text, _ in texts(member, UTF_8))):
            page = folder / f"{number}-{place}.csv"
            part.write(page)
            yield Page(member.object_name, page, member.label)


def main() -> None:
    """Count and print."""
    with tempfile.TemporaryDirectory(prefix="bellwether-floor-") as folder:
        rows, values = count(Path(sys.argv[1]), Path(folder))
    sys.stdout.write(json.dumps({"rows": rows.total(), "values": values}) + "\n")


if __name__ == "__main__":
    main()
