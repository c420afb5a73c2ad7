"""On the page of a run: how the runs went, by which rules, and what the service says of itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import g

from canvas.admin_read import admin_questions, admin_screen, run_query
from canvas.answers import state_page
from canvas.asking import ask
from canvas.record_asked import first_of, page_of

if TYPE_CHECKING:
    from flask import Response

    from canvas.record_asked import Asked


def admin_page(asked: Asked) -> Response:
    """For whoever may read the run, and nobody else: that is what the permission set is for.

    What the service says of itself is asked only then.
    """
    less = {"run": [run_query(asked.record_id, calls=False)]}
    answers = ask(asked.panel, asked.context, admin_questions(asked.record_id), less)
    record = first_of(answers["run"])
    if record is None:
        return state_page("no_record")
    lists = {name: one if isinstance(one, list) else None for name, one in answers.items()}
    screen = admin_screen(record, lists, datetime.now(UTC))
    findings = asked.panel.examined()
    return page_of(
        "admin", asked, "admin", answers, screen=screen, findings=findings, limit=g.org_limit
    )
