"""Which open opportunities have a next step near: an activity, or a date written in NextStep.

A near activity is an open task due, or an event starting, from the as-of day up to the rule
set's number of days later, whoever owns it. People also write the date into the text field
NextStep, in the forms of `service.scoring.written_dates`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.evidence.staging import start_day
from service.scoring.written_dates import FORMS, MONTH

if TYPE_CHECKING:
    from service.evidence.staging import Scope

#: What any of them holds.
_MAYBE = rf"[0-9][/.-]\s?[0-9]|[0-9](?:st|[nr]d|th)?\.? {MONTH}|{MONTH}[a-z]*\.? [0-9]|[0-9]\."


def load(scope: Scope) -> bool:
    """Make the table `next_steps` of opportunities with a near activity, and when the newest was made.

    Says whether any activity at all relates to an opportunity; if none does, the lack of one
    proves nothing about anybody.
    """
    scope.connection.execute(f"""
        CREATE TEMP TABLE next_steps AS
        SELECT opportunity, max(created) AS made FROM (
            SELECT opportunity, created FROM staged_Task
            WHERE opportunity IS NOT NULL AND open_id IS NOT NULL AND is_row AND {scope.near("due")}
            UNION ALL
            SELECT e.opportunity, e.created FROM staged_Event e JOIN owners o ON o.u = coalesce(e.owner, 0)
            WHERE e.opportunity IS NOT NULL AND {scope.near(start_day("o.clock"))}
        ) GROUP BY opportunity
    """)  # noqa: S608 - dates are dates
    return any_activity(scope)


def any_activity(scope: Scope) -> bool:
    """Whether the data relate any activity to any opportunity."""
    query = " UNION ALL ".join(
        f"SELECT 1 FROM staged_{name} WHERE opportunity IS NOT NULL"  # noqa: S608
        for name in ("Task", "Event")
    )
    return scope.connection.execute(f"SELECT 1 FROM ({query}) LIMIT 1").fetchone() is not None  # noqa: S608


def written_near(scope: Scope, text: str) -> str:
    """SQL: whether the expression `text` names a day that is near the as-of day."""
    years = sorted({scope.as_of.year, scope.next_step_until.year})
    tests = []
    for pattern, formats, may_lack_year in FORMS:
        found = f"regexp_extract_all(lower({text}), '{pattern}')"
        for form in formats:
            separator = form[2]
            if form == "%Y-%m-%d":
                separator = "-"
            for suffix in [f"{separator}{year}" for year in years] if may_lack_year else [""]:
                day = f"CAST(try_strptime({_tidy('d', separator)} || '{suffix}', '{form}') AS DATE)"
                tests.append(f"list_bool_or(list_transform({found}, lambda d : {scope.near(day)}))")
    near = " OR ".join(f"coalesce({one}, false)" for one in tests)
    # Most texts hold no date at all, and the patterns are dear.
    return f"CASE WHEN regexp_matches(lower({text}), '{_MAYBE}') THEN {near} ELSE false END"


def _tidy(found: str, separator: str) -> str:
    """SQL: a found text with one separator between its parts, and months by three letters."""
    months = rf"regexp_replace({found}, '({MONTH})[a-z]*', '\1')"
    parts = f"regexp_extract_all({months}, '[0-9]+|{MONTH}')"
    return f"array_to_string({parts}, '{separator}')"
