"""Pages proven whole while the next ones are still on their way.

Unpacking takes as long as a fast line needs for the packed bytes; beside it, and with no lock held
(ISA-L lets other threads run), it costs a reading hardly any time (`make bench-bulk`).
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from service.salesforce.bulk_page import prove
from service.salesforce.errors import SalesforceError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from service.salesforce.bulk_job import Job

_THREADS = 2


@dataclass
class Proofs:
    """Those of one job's pages. A job with a page that is not whole is let go."""

    job: Job
    folder: Path
    most_bytes: int  #: of a page, unpacked
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_THREADS))
    _running: list[Future[None]] = field(default_factory=list)

    def begin(self, pages: Iterable[tuple[str, int]]) -> None:
        """Prove pages soon: their names, and the rows that each says it has.

        Raises what is wrong with one that is looked at already. See `prove`.
        """
        for name, rows in pages:
            page = self.folder / name
            proof = self._pool.submit(prove, page, self.job.columns, rows, self.most_bytes)
            self._running.append(proof)
        self._raise_failures(wait=False)

    def finish(self) -> None:
        """Wait for all of them; raises what is wrong with one."""
        self._raise_failures(wait=True)

    def _raise_failures(self, *, wait: bool) -> None:
        for one in [one for one in self._running if wait or one.done()]:
            self._running.remove(one)
            try:
                one.result()
            except SalesforceError:
                self.job.forget(self.folder)
                raise

    def close(self) -> None:
        """Stop what has not begun."""
        self._pool.shutdown(cancel_futures=True)
