"""Query jobs of the Bulk API 2.0 and the files of their results.

A job runs in a thread of its own, in one transaction that reads, and writes its result to a file
of the org's folder: quoted CSV with `Z` times. Jobs are forgotten when the org is stopped.
https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/queries.htm
"""

from __future__ import annotations

import csv
import threading
import time
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from localorg import times
from localorg.bulk.job_list import JobList
from localorg.soql import query

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from localorg.soql.sql import Compiled, Output
    from localorg.wire import Request

PREFIX = "750"
#: The place of every so many rows in a result file is remembered, to find later pages.
_MARK_EVERY = 1000
_FRACTIONS = frozenset({"double", "currency", "percent"})
_WITHOUT_EXPONENT = 10_000_000
_LINE_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}


@dataclass
class Job:
    """One query job. Only its own thread changes it, until it is in a last state."""

    job_id: str
    user_id: str
    operation: str
    soql: str
    object_name: str
    line_ending: str
    version: str
    made_at: str
    path: Path
    state: str = "UploadComplete"
    error: str = ""
    rows: int = 0
    milliseconds: int = 0
    header: bytes = b""
    marks: list[int] = field(default_factory=list)
    asked_early: int = 0  #: how often the result was asked for before it was there

    @property
    def is_over(self) -> bool:
        """Whether the job has come to an end, a good one or another."""
        return self.state in {"JobComplete", "Failed", "Aborted"}

    def lines(self, start: int, most: int) -> tuple[bytes, int]:
        """At most so many rows from a row on, as they stand in the file, and how many they are."""
        wanted = max(0, min(most, self.rows - start))
        with self.path.open("rb") as file:
            begins = self._seek(file, start)
            file.seek(begins)
            ends = self._seek(file, start + wanted)
            file.seek(begins)
            return file.read(ends - begins), wanted

    def _seek(self, file: object, row: int) -> int:
        """Where a row begins; rows may hold line ends inside quotes."""
        at = row // _MARK_EVERY
        if at >= len(self.marks):
            return self.path.stat().st_size
        place = self.marks[at]
        file.seek(place)  # type: ignore[attr-defined]  # a binary file
        lines: Iterator[bytes] = iter(file)  # type: ignore[call-overload]  # the same
        for _ in range(row % _MARK_EVERY):
            quotes = 0
            for line in lines:
                place += len(line)
                quotes += line.count(b'"')
                if quotes % 2 == 0:
                    break
        return place


class Jobs(JobList[Job]):
    """The query jobs of an org."""

    def __init__(self, folder: Path) -> None:
        super().__init__(PREFIX)
        self._folder = folder

    def start(self, request: Request, compiled: Compiled, about: dict[str, str]) -> Job:
        """Make a job of a compiled query and let it run."""
        job = self.add(
            lambda job_id: Job(
                job_id,
                request.viewer.user_id,
                about["operation"],
                about["query"],
                compiled.columns.thing.name,
                about["lineEnding"],
                request.version,
                times.text(times.now()),
                self._folder / f"bulk-{job_id}.csv",
            )
        )  # fmt: skip
        threading.Thread(target=_run, args=(request, job, compiled), daemon=True).start()
        return job

    def forget(self, job: Job) -> None:
        """Delete a job with its result."""
        super().forget(job)
        job.path.unlink(missing_ok=True)


def _run(request: Request, job: Job, compiled: Compiled) -> None:
    begun = time.monotonic()
    time.sleep(request.org.control.latency_seconds)
    if job.state != "UploadComplete":
        return
    job.state = "InProgress"
    try:
        _write(request, job, compiled)
    except OSError as error:
        job.error, job.state = f"InternalServerError : {error.strerror}", "Failed"
    job.milliseconds = int((time.monotonic() - begun) * 1000)
    if job.state == "InProgress":
        job.state = "JobComplete"


def _write(request: Request, job: Job, compiled: Compiled) -> None:
    selected = [
        _as_text(one, sql) for one, sql in zip(compiled.outputs, compiled.selected, strict=True)
    ]
    numbers = [at for at, one in enumerate(compiled.outputs) if one.field.type in _FRACTIONS]
    ending = _LINE_ENDINGS[job.line_ending]
    names = [".".join((*one.parent, one.name)) for one in compiled.outputs]
    job.header = (",".join(f'"{name}"' for name in names) + ending).encode()
    with request.org.read() as db, job.path.open("w", encoding="utf-8", newline="") as file:
        found = db.execute(*query.statement(compiled, selected))
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator=ending)
        while job.state == "InProgress" and (rows := found.fetchmany(_MARK_EVERY)):
            file.flush()
            job.marks.append(job.path.stat().st_size)
            writer.writerows([_with_exponents(row, numbers) for row in rows] if numbers else rows)
            job.rows += len(rows)


def _with_exponents(row: tuple[Any, ...], numbers: list[int]) -> list[Any]:
    """Ten million and more have an exponent in a result, as Java writes them: 9.9213206E7."""
    shown = list(row)
    for at in numbers:
        if shown[at] is not None and abs(shown[at]) >= _WITHOUT_EXPONENT:
            sign, digits, exponent = Decimal(repr(float(shown[at]))).normalize().as_tuple()
            first, rest = digits[0], "".join(map(str, digits[1:])) or "0"
            power = int(exponent) + len(digits) - 1
            shown[at] = f"{'-' if sign else ''}{first}.{rest}E{power}"
    return shown


def _as_text(output: Output, sql: str) -> str:
    """SQL of a value as the CSV of a result shows it; an empty text and a null look the same."""
    if output.field.type == "boolean":
        return f"CASE {sql} WHEN 1 THEN 'true' ELSE 'false' END"
    if output.field.type == "datetime":
        return f"replace({sql}, '+0000', 'Z')"
    return sql
