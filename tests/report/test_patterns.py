"""The section on patterns worth a look: what it shows, and whom it names."""

from __future__ import annotations

from service.report.facts import Options
from service.report.page import chance
from service.report.patterns import _WORDS, PATTERNS
from service.report.write import write_report


def section(report) -> str:
    page = (report.folder / "report.html").read_text("utf-8")
    start = page.index('<section class="card" id="patterns"')
    return page[start : page.index("</section>", start)]


def test_every_pattern_has_its_words():
    assert set(_WORDS) == set(PATTERNS)


def test_people_are_listed_where_they_may_be_named(sample, sample_report):
    text = section(sample_report)
    for habit in ("burst_logger", "one_contact", "task_closer", "meeting_stuffer", "date_pusher"):
        (person,) = sample.with_habit(habit)
        assert f"<bdi>{person.name}</bdi>" in text, habit
    (diligent,) = sample.with_habit("diligent")
    assert f"<bdi>{diligent.name}</bdi>" not in text


def test_where_nobody_may_be_named_few_people_and_nobody_look_alike(sample, tmp_path):
    options = Options(exports=(sample.path,), out=tmp_path / "out", aggregate_only=True)
    text = section(write_report(options))
    assert not [one.name for one in sample.people if one.name in text]
    assert text.count("fewer than 10 people") == len(PATTERNS)


def test_the_limits_of_the_company_are_shown_with_their_numbers(sample_report):
    text = section(sample_report)
    for label in ("Calls a week", "Meetings a week", "Won deals of 100,000 (Big_Deal)"):
        assert f"<bdi>{label}</bdi>" in text


def test_a_chance_has_no_more_places_than_it_may():
    assert (chance(0.04251), chance(0.001), chance(1.3e-9)) == ("0.043", "0.001", "below 0.001")
