"""What stands on this side: settings, rules, room on the disk, the broker and its workers."""

from __future__ import annotations

import shutil
import tempfile
from typing import TYPE_CHECKING

from redis.exceptions import RedisError

from service.finding import Finding, doubtful, good, wrong
from service.people_files import ORG_COLUMNS
from service.redis_queue import connect, jobs_by_state, workers_at_work
from service.rules_file import RulesError, read_rules
from service.salesforce.approval import CALLBACK_PATH
from service.sheet import Sheet, SheetError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis import Redis

    from service.settings import Settings

#: An org of ten million activities needs about as much for its pages and spill files.
ROOM_BYTES = 2_000_000_000


def rules_file(settings: Settings) -> Finding | None:
    """Say whether the rules file can be read; None where no file is named: then the org has them."""
    if settings.rules_file is None:
        return None
    try:
        found = read_rules(settings.rules_file)
    except RulesError as error:
        return wrong("rules", str(error))
    return good("rules", f"{settings.rules_file}: version {found.version}.")


def people_file(settings: Settings) -> Finding | None:
    """Say whether the people file has the right form; whom it names, only a night can tell."""
    if settings.people_file is None:
        return None
    try:
        sheet = Sheet(settings.people_file, *ORG_COLUMNS)
        sheet.finish()
    except SheetError as error:
        return wrong("people file", str(error))
    return good("people file", f"{settings.people_file}: {len(sheet.rows)} people.")


def work_folder(settings: Settings) -> Finding:
    """Say whether the work folder can be written, and has room."""
    folder = settings.work_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        return wrong(
            "work folder",
            f"{folder} cannot be written: {error.strerror}.",
            "Let BELLWETHER_WORK_DIR name a folder that this user may write.",
        )
    if free < ROOM_BYTES:
        return doubtful(
            "work folder",
            f"{folder} has {free / 1e9:.1f} GB free.",
            "A large org needs 2 GB: free some, or let BELLWETHER_WORK_DIR name another place.",
        )
    return good("work folder", f"{folder} can be written; {free / 1e9:.0f} GB are free.")


def calls(settings: Settings) -> Finding:
    """Say what a run may spend."""
    what = (
        f"A run may spend {settings.run_calls:,} calls, and stops where {settings.api_share_percent} % of"
        " the org's calls of 24 hours are used, by whomever."
    )
    return good("api calls", what)


def approval(settings: Settings) -> Finding | None:
    """Say whether users may approve the panel for themselves; None where only an admin approves."""
    if not settings.canvas_key:
        return None
    if not settings.public_url:
        return doubtful(
            "approval",
            "CANVAS_CONSUMER_KEY is set, but nobody can approve the panel for themselves.",
            "Set BELLWETHER_PUBLIC_URL to this service's own address, or take CANVAS_CONSUMER_KEY away.",
        )
    back = f"{settings.public_url}{CALLBACK_PATH}"
    return good("approval", f"Users may approve the panel where {back} is a callback of its app.")


def broker(settings: Settings, connection: Redis | None = None) -> Iterator[Finding]:
    """Say whether the broker answers, keeps what it is given, and has workers.

    An error's message may hold the address and password, so its kind alone is told.
    """
    connection = connection or connect(settings.redis_url)
    try:
        connection.ping()
        yield _keeps(connection)
        yield _workers(connection)
        yield _jobs(connection)
    except RedisError as error:
        yield wrong(
            "broker",
            f"The broker does not answer ({type(error).__name__}).",
            "Start it, or let REDIS_URL name the one that runs; on Heroku: heroku redis:info.",
        )


def _keeps(connection: Redis) -> Finding:
    policy = connection.info("memory").get("maxmemory_policy", "unknown")
    if policy != "noeviction":
        return doubtful(
            "broker",
            f"The broker drops what it holds when it is full (maxmemory-policy {policy}).",
            "Set it to noeviction: heroku redis:maxmemory --policy noeviction.",
        )
    return good("broker", "The broker answers and drops nothing.")


def _workers(connection: Redis) -> Finding:
    count = workers_at_work(connection)
    if not count:
        return wrong(
            "worker",
            "No worker is running, so no job ever starts.",
            "Start one: heroku ps:scale worker=1, or python -m jobs.worker.",
        )
    return good("worker", f"{count} at work.")


def _jobs(connection: Redis) -> Finding:
    jobs = jobs_by_state(connection)
    failed, waiting = jobs["failed"], jobs["queued"] + jobs["put_off"]
    if failed:
        return doubtful(
            "jobs",
            f"{failed} failed in the last week, {waiting} wait.",
            "Adoption_Run__c says in Detail__c why a run failed, and who must act.",
        )
    return good("jobs", f"None failed in the last week, {waiting} wait.")
