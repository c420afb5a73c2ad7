"""The road: every process that the demo runs, in the order in which each needs the one before."""

from __future__ import annotations

import os
import sys
import time
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from rq.job import JobStatus

from jobs.enqueue import enqueue_night
from service.broker import free_port, start_broker
from service.demo.assign import assign_all, switch_hierarchy_off
from service.demo.deploy import (
    ADMIN_SET,
    INTEGRATION_SET,
    JOBS_APP,
    LEADER_SET,
    LOGIN_SET,
    PANEL_APP,
    PANEL_SET,
    Cli,
    assign,
    deploy,
)
from service.demo.folder import empty_folder
from service.demo.localorg import Handoff, read_handoff, start_localorg
from service.demo.panel import start_panel
from service.demo.rules import records_for, write_rules
from service.demo.steps import Steps
from service.evidence.newest import newest_creation_date
from service.export import ExportError, read_export
from service.processes import Child, ChildError
from service.redis_queue import connect
from service.rules_file import read_rules
from service.salesforce.fields import AdoptionScore
from service.sample import write_sample

if TYPE_CHECKING:
    from types import TracebackType

    from service.tables import Tables

ROOT = Path(__file__).resolve().parent.parent.parent
RUN_SECONDS = 900
WEEKS = 20  #: of the invented company: as far back as evidence looks
ENDED = (JobStatus.FINISHED, JobStatus.FAILED, JobStatus.STOPPED, JobStatus.CANCELED)


@dataclass
class Road(AbstractContextManager["Road"]):
    """A running demo. Leaving it stops every process that it started."""

    folder: Path
    export: Path | None = None
    rules_file: Path | None = None
    naive_zone: str = "UTC"
    encoding: str = "utf-8"
    page_port: int = 0
    users: int = 40
    steps: Steps = field(default_factory=Steps)
    org: Handoff = field(init=False)
    tables: Tables = field(init=False)
    as_of: date = field(init=False)
    rules_written: Path = field(init=False)  #: the file that the rules in the org are made from
    cli: Cli = field(init=False)
    environment: dict[str, str] = field(init=False)
    worker: Child = field(init=False)
    panel: Child = field(init=False)

    def __enter__(self) -> Self:
        """Start the broker, the org with its data, the metadata, the worker and the panel."""
        self._stack = ExitStack()
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop everything, the last started first."""
        self._stack.close()

    @property
    def panel_url(self) -> str:
        """Where the panel's own site is: another site than the org's pages, as on Heroku."""
        return f"http://localhost:{self._panel_port}"

    def _start(self) -> None:
        read_rules(self.rules_file)  # a mistake in it is said before anything is started
        empty_folder(self.folder)
        self._panel_port = free_port()
        with self.steps.step("broker", "Start the broker"):
            redis_url, broker = start_broker(self.folder / "broker", os.environ)
            self._keep(broker)
        with self.steps.step("sample" if self.export is None else "export", self._data_sentence()):
            self._read_data()
        with self.steps.step("load", "Load it into a stand-in org (not a real one)"):
            child, self.org = start_localorg(
                self.folder / "org",
                self.data,
                self.naive_zone,
                self.encoding,
                self.page_port or free_port(),
            )
            self._keep(child)
        admin = self.org.admin["username"]
        self.rules_written = write_rules(self.folder, self.rules_file, admin)
        in_org = records_for(self.rules_written)
        with self.steps.step("deploy", "Deploy our metadata and the rules with the Salesforce CLI"):
            self.cli = Cli(ROOT / "sfdx", self.folder / "home", self.org)
            url = f"{self.panel_url}/canvas"
            key_file = deploy(self.cli, ROOT / "sfdx", self.folder / "deploy", url, in_org)
        with self.steps.step("assign", "Assign the permission sets"):
            assign(self.cli, INTEGRATION_SET, self.org.integration["username"])
            assign_all(self.org, LOGIN_SET, [self.org.integration["user_id"]])
            admin_id = self.org.admin["user_id"]
            assign_all(self.org, ADMIN_SET, [admin_id])
            assign_all(self.org, PANEL_SET, [admin_id, *(user["id"] for user in self.org.users)])
            lead = {user["manager_id"] for user in self.org.users}
            leaders = [user["id"] for user in self.org.users if user["id"] in lead]
            assign_all(self.org, LEADER_SET, leaders)
        self.org = read_handoff(self.folder / "org")
        self.environment = self._settings(redis_url, key_file)
        if self.environment["BELLWETHER_SHARING"] == "shares":
            switch_hierarchy_off(self.org, AdoptionScore.OBJECT)
        if in_org is None:
            self.environment["BELLWETHER_RULES_FILE"] = str(self.rules_written)
        with self.steps.step("panel", "Start the worker and the panel"):
            self.worker = self._start_worker()
            self.panel = start_panel(self.folder, self.environment)
            self._stack.callback(self._stop_panel)

    def _data_sentence(self) -> str:
        if self.export is not None:
            return f"Read the export {self.export.name}"
        return f"Invent a company of {self.users} subscriptions"

    def _read_data(self) -> None:
        if self.export is None:
            self.data = self.folder / "sample.zip"
            today = datetime.now(UTC).date()
            write_sample(self.data, people=self.users, weeks=WEEKS, as_of=today)
        else:
            self.data = self.export
        self.tables = read_export(
            [self.data],
            self.folder / "pages",
            naive_zone=self.naive_zone,
            encoding=self.encoding,
        )
        self.as_of = _as_of(self.tables, self.data.name)

    def _settings(self, redis_url: str, key_file: Path) -> dict[str, str]:
        host = self.org.api_url.removeprefix("https://")
        return {
            **os.environ,
            "SALESFORCE_ORG_ID": self.org.org_id,
            "SALESFORCE_INSTANCE_URL": self.org.api_url,
            "SALESFORCE_USERNAME": self.org.integration["username"],
            "SALESFORCE_CONSUMER_KEY": self.org.apps[JOBS_APP]["consumer_key"],
            "SALESFORCE_PRIVATE_KEY": key_file.read_text(),
            "CANVAS_CONSUMER_KEY": self.org.apps[PANEL_APP]["consumer_key"],
            "BELLWETHER_PUBLIC_URL": self.panel_url,
            "CANVAS_CONSUMER_SECRETS": self.org.apps[PANEL_APP]["consumer_secret"],
            "REDIS_URL": redis_url,
            "SALESFORCE_CA_FILE": self.org.ca_file,
            "SALESFORCE_VIEWER_HOSTS": host,
            "PANEL_FRAME_ANCESTORS": self.org.page_url,
            "BELLWETHER_WORK_DIR": str(self.folder / "work"),
            # Nobody is here to agree on roles: a demo shows what there is, or the other way if asked.
            "BELLWETHER_SHARING": os.environ.get("BELLWETHER_SHARING") or "hierarchy-accepted",
            "BELLWETHER_RULES_FILE": "",  # the rules are in the org, to be edited in Setup
            "PORT": str(self._panel_port),
            "WEB_CONCURRENCY": "1",
        }

    def _start_worker(self) -> Child:
        worker = Child(
            "the worker",
            [sys.executable, "-m", "jobs.worker"],
            self.folder / "worker.log",
            self.environment,
        )
        self._keep(worker)
        return worker

    def redeploy_panel(self) -> None:
        """What a platform does with a new version: the old process ends, another one starts."""
        self._stop_panel()
        self.panel = start_panel(self.folder, self.environment)

    def _stop_panel(self) -> None:
        """The one that runs now."""
        if self.panel.is_running:
            self.panel.stop()

    def restart_dead_worker(self) -> None:
        """What a platform's supervisor does: a worker that ended is started again."""
        if not self.worker.is_running:
            self.worker = self._start_worker()

    def run_night(self, run_key: str) -> dict[str, Any]:
        """Enqueue the night's run and wait for the real worker to finish it."""
        job = enqueue_night(
            connect(self.environment["REDIS_URL"]), self.org.org_id, run_key, self.as_of.isoformat()
        )
        end = time.monotonic() + RUN_SECONDS
        while job.get_status(refresh=True) not in ENDED and time.monotonic() < end:
            self.restart_dead_worker()
            time.sleep(0.1)
        if not job.is_finished:
            raise ChildError(
                f"the run did not finish ({job.get_status()}):\n{self.worker.tail(30)}"
            )
        return dict(job.return_value() or {})

    def _keep(self, child: Child | None) -> None:
        if child is not None:
            self._stack.callback(child.stop)


def _as_of(tables: Tables, name: str) -> date:
    if not tables.has("User", "Id"):
        raise ExportError(f"{name} has no User.csv with people: nobody can be scored.")
    try:
        return newest_creation_date(tables)
    except ValueError as error:
        raise ExportError(
            f"{name} has no CreatedDate that can be read: no day to score."
        ) from error
