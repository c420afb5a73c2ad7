"""Reading a whole org: look, plan, read each object its way; page by page to disk, never held."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.salesforce import bulk, kept_reading, rest_table
from service.salesforce.errors import SalesforceError
from service.salesforce.look import OBJECTS, look_at
from service.salesforce.plan import READING_CALLS, ReadingPlan, make_plan
from service.tables import Gap, Table, Tables, telling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from service.salesforce.bulk_job import Job

#: (object name, rows read so far, rows in all)
Progress = Callable[[str, int, int], None]


def plan_reading(caller: bulk.Caller) -> ReadingPlan:
    """Say how every object would be read, and what that costs, without reading a row."""
    return make_plan(look_at(caller, OBJECTS))


def read_tables(
    caller: bulk.Caller,
    work_dir: Path,
    progress: Progress | None = None,
    *,
    also: Mapping[str, Sequence[str]] | None = None,
) -> tuple[Tables, ReadingPlan]:
    """Read every object that scores rest on: what the org has of it, the rest named as gaps.

    `also` names custom fields of objects that are read too.

    Files go to work_dir (made if missing) and belong to the caller: give each run a folder of its
    own. Called again with the same folder it goes on where it was: a whole reading of the same day
    is given as it is (`kept_reading`), of one that broke off what query jobs gave is not read again
    for some hours (`bulk_job`), small objects are. Gives the plan as it was carried out, too: an
    object that the org does not read by query jobs is read by REST.
    """
    work_dir.mkdir(parents=True, exist_ok=True)
    whole = kept_reading.kept(work_dir, also)
    if whole is not None:
        return whole
    before = caller.api_calls
    looks = look_at(caller, OBJECTS, also)
    reading = _Reading(
        caller, work_dir, {look.object_name: look.columns for look in looks}, progress
    )
    plan, jobs = reading.begin(make_plan(looks))
    new = [job for job in jobs if not job.is_whole]
    tables = reading.small(plan) | {job.object_name: reading.large(job) for job in jobs}
    for job in new:
        if caller.api_calls - before < READING_CALLS:
            bulk.delete(caller, job)
    ordered = {read.object_name: tables[read.object_name] for read in plan.reads}
    gaps = [gap for look in looks for gap in look.gaps]
    gaps += (
        Gap(name, None, f"{name} has no rows.") for name, table in ordered.items() if not table.rows
    )
    read = Tables(by_name=ordered, gaps=telling(gaps))
    kept_reading.keep(work_dir, also, read, plan)
    return read, plan


@dataclass(frozen=True)
class _Reading:
    """What every object is read with."""

    caller: bulk.Caller
    folder: Path
    columns: Mapping[str, tuple[str, ...]]
    progress: Progress | None

    def begin(self, plan: ReadingPlan) -> tuple[ReadingPlan, list[Job]]:
        """Begin all query jobs, so that the org runs them while others are read; largest first."""
        jobs = []
        for read in sorted(plan.of("bulk"), key=lambda read: read.rows or 0, reverse=True):
            name = read.object_name
            try:
                jobs.append(bulk.begin(self.caller, self.folder, name, self.columns[name]))
            except SalesforceError as error:
                if not bulk.is_refused(error):
                    raise
                plan = plan.by_rest(name, f"No query job: {error.message}")
        return plan, jobs

    def small(self, plan: ReadingPlan) -> dict[str, Table]:
        """Read what goes by REST; an object without rows costs no call."""
        by_rest = {read.object_name: self.columns[read.object_name] for read in plan.of("rest")}
        empty = [read.object_name for read in plan.of("none")]
        return rest_table.read_tables(self.caller, by_rest, self.folder, self.progress) | {
            name: rest_table.without_rows(name, self.columns[name], self.folder) for name in empty
        }

    def large(self, job: Job) -> Table:
        """Read what a query job gives."""
        return bulk.read_table(self.caller, job, self.folder, self.progress)
