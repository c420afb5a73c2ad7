"""`bellwether demo`: takes the road, checks what came of it, and stays up if asked."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from service.broker import BrokerMissingError
from service.demo.report import (
    problems,
    show,
    summary,
    whom_to_log_in_as,
    written_scores,
)
from service.demo.road import Road
from service.demo.rules import who_has_no_role
from service.export import ExportError
from service.processes import ChildError
from service.rules_file import RulesFileError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class DemoError(Exception):
    """The demo could not run, or found something wrong. The message is for a person."""


def run_demo(  # noqa: PLR0913 - one parameter for each option
    folder: Path,
    *,
    export: Path | None,
    users: int,
    rules_file: Path | None = None,
    naive_zone: str = "UTC",
    encoding: str = "utf-8",
    page_port: int = 0,
    stay: Callable[[Road], None] | None = None,
) -> dict[str, Any]:
    """Run twice, check, and return the JSON object; `stay(road)` holds the road open when given.

    Raises DemoError with every problem found.
    """
    try:
        with Road(
            folder,
            export=export,
            users=users,
            rules_file=rules_file,
            naive_zone=naive_zone,
            encoding=encoding,
            page_port=page_port,
        ) as road:
            result, wrong = _run_twice(road, stays=stay is not None)
            if told := who_has_no_role(result, export, rules_file):
                road.steps.say(f"\n{told}\n")
            show(result, road.steps.console)
            if stay is not None and not wrong:
                stay(road)
    except (ChildError, ExportError, BrokerMissingError, RulesFileError) as error:
        raise DemoError(str(error)) from error
    if wrong:
        raise DemoError("something is wrong:\n- " + "\n- ".join(wrong))
    return result


def _run_twice(road: Road, *, stays: bool) -> tuple[dict[str, Any], list[str]]:
    """The result and what is wrong. Who stays may look around after the first run already."""
    stamp = f"{time.time():.0f}"
    with road.steps.step("first_run", "Score everyone, write back, announce the big deals"):
        first = road.run_night(f"demo-{stamp}-1")
    with road.steps.step("check", "Read the scores back with the Salesforce CLI"):
        in_org = written_scores(road.cli)
    if stays:
        road.steps.say(
            f"\n  Open {road.org.page_url}\n"
            f"  Log in as, for instance: {whom_to_log_in_as(in_org, road.org.users)}; "
            f"{road.org.admin['username']} (looks after it)\n"
            "  The same night now runs once more, to show that nothing is written or posted twice.\n"
        )
    with road.steps.step("second_run", "Run again: nothing may change"):
        second = road.run_night(f"demo-{stamp}-2")
    wrong = problems(first, second, road.tables, in_org)
    return summary(first, second, road.steps.seconds), wrong
