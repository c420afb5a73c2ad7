"""The page: one file, no script, nothing fetched, the same bytes for the same facts."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from service.facts import groups, teams
from service.facts.facts import AGGREGATE_LEAST, TEAM_LEAST
from service.facts.shares import word_key
from service.looks import TOKENS
from service.report import (
    adoption,
    also,
    care,
    deals,
    exceptions,
    headline,
    lead_times,
    leaders,
    login,
    method,
    next_steps,
    patterns,
    persons,
    programmes,
    questions,
    quota,
    results,
    volumes,
)
from service.report.rates import CASES_AT_LEAST
from service.report.tables import UNSHOWN

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from service.facts.teams import Hierarchy
    from service.report.facts import ReportFacts

_FOLDER = Path(__file__).parent
_MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
#: What the page is dressed in, in this order.
STYLES = (TOKENS, _FOLDER / "static" / "report.css")
ABSENT = "\N{EN DASH}"


def render(facts: ReportFacts, hierarchy: Hierarchy) -> str:
    """The whole report as HTML."""
    style = "".join(path.read_text("utf-8") for path in STYLES)
    template = _environment().get_template("report.html")
    page = template.render(
        facts=facts,
        style=style,
        policy=policy(style),
        aggregate_least=AGGREGATE_LEAST,
        team_least=TEAM_LEAST,
        cases_at_least=CASES_AT_LEAST,
        answers_at_least=lead_times.ANSWERS_AT_LEAST,
        hierarchy=hierarchy,
        walk=teams.walk,
        details_at_most=persons.DETAILS_AT_MOST,
        **_views(facts),
    )
    return UNSHOWN.sub("", page)


def policy(style: str) -> str:
    """The content security policy of the page: its own style by hash, and nothing else at all.

    https://developer.mozilla.org/docs/Web/HTTP/Headers/Content-Security-Policy
    """
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _views(facts: ReportFacts) -> dict[str, Any]:
    return {
        "in_currency": f", {facts.currency}" if facts.currency else "",
        "is_named": not facts.aggregate_only,
        "headline": headline.headline(facts),
        "faults": (faults := care.faults(facts)),
        "steps": next_steps.next_steps(facts, faults),
        "company": teams.company(facts),
        "words": adoption.words(facts),
        "bins": [] if facts.aggregate_only else adoption.histogram(facts),
        "leaders": (leading := leaders.leaders(facts)),
        "present": leaders.present(leading, facts.least),
        "leader_levels": leaders.levels(leading, facts.least),
        "leader_states": leaders.STATES,
        "leaders_shown": leaders.shown(leading),
        "front_line": leaders.FIRST,
        "logins": login.overview(facts),
        "login_tables": login.tables(facts),
        "login_states": login.states(facts),
        "silent": login.silent(facts),
        "licenses": login.licenses(facts),
        "usage_headings": tuple(volumes.HEADINGS.values()),
        "usage_total": volumes.total(facts),
        "usage_tables": volumes.tables(facts),
        "missing_ways": groups.missing_ways(facts),
        "said_of_all": persons.said_of_all(facts),
        "has_details": persons.has_details(facts),
        "asked": (asked := questions.asked(facts)),
        "asked_shown": questions.SHOWN,
        "long_asked": questions.long_ones(asked),
        "long_days": questions.LONG_DAYS,
        "away_label": care.ASKED,
        "listed_at_most": questions.LISTED_AT_MOST,
        "exceptions": (found := exceptions.exceptions(facts)),
        "exceptions_at_most": exceptions.LISTED_AT_MOST,
        "managers_shown": exceptions.managers_shown(found),
        "away_lines": questions.lines(facts)[: questions.LISTED_AT_MOST],
        "unhealthy": facts.mending.unhealthy,
        "largest": care.largest(facts),
        "deals_told": deals.told(facts),
        "unscored": care.unscored(facts),
        "left_out": care.left_out(facts),
        "leads": care.leads(facts),
        "lead_times": lead_times.lead_times(facts),
        "results": results.results(facts),
        "also": also.also(facts),
        "programmes": programmes.programmes(facts),
        "quota_periods": quota.periods(facts),
        "patterns": patterns.patterns(facts),
        "limits": patterns.limits(facts),
        "method": method.method(facts),
        "coverage": method.coverage(facts),
    }


@cache
def _environment() -> Environment:
    """The templates, compiled once in a process: that takes longer than a small page."""
    environment = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    of_persons = (persons.fix_kinds, persons.minimums, persons.own_reasons, persons.parts)
    environment.filters |= {one.__name__: one for one in of_persons}
    environment.filters |= {
        "n": number,
        "day": day,
        "fixed": fixed,
        "until": until,
        "chance": chance,
        "month": month,
        "key": word_key,
    }
    return environment


_WHOLE_FROM = 1_000


def number(value: Decimal | int | None) -> str:
    """Thousands apart, at most two decimals, none that say nothing; an en dash for absent.

    From a thousand on they say nothing: those are amounts, whose currencies were converted.
    """
    if value is None:
        return ABSENT
    if isinstance(value, int):
        return f"{value:,}"
    places = 0 if abs(value) >= _WHOLE_FROM else 2
    text = f"{round(value, places):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def chance(probability: float) -> str:
    """A probability in words that do not pretend to more places than it has."""
    least = 0.001
    return f"{probability:.3f}" if probability >= least else f"below {least}"


def fixed(value: Decimal, places: int = 1) -> str:
    """Always so many decimals, so that numbers under each other align."""
    return f"{round(value, places):,.{places}f}"


def month(value: date) -> str:
    """A month of a year: Apr 2021."""
    return f"{_MONTHS[value.month - 1]} {value.year}"


def until(first: date, last: date) -> str:
    """Two days; the year is said once where it is the same."""
    begins = day(first)
    return f"{begins.rpartition(' ')[0] if first.year == last.year else begins} to {day(last)}"


def day(value: date | None) -> str:
    """A date with the month as a word, so that no one reads 4/5 wrong."""
    return ABSENT if value is None else f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
