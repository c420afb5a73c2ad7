"""Nobody is judged before roles and minimums are confirmed; what to do next is said."""

from __future__ import annotations

import re
from collections import Counter

from tests.report.drafting import (
    confirm_all_roles,
    run,
    take_the_minimums,
    text_of_folder,
)
from tests.report.world import read_csv

DEED = "Take or change the offered minimums"


def test_a_report_with_the_untouched_file_scores_nobody_and_says_what_to_do(sample, drafted):
    out = drafted.parent / "out"
    result = run("report", sample.path, "--rules", drafted, "--out", out)
    assert result.exit_code == 0, result.output
    people = read_csv(out / "scores.csv")
    assert {one["not_scored_code"] for one in people} == {"role_not_defined"}
    assert "Confirm in your rules file who has which role" in text_of_folder(out)


def confirm_roles_and_report(sample, file, *options):
    """The command, and the terminal's words of a report by confirmed roles alone."""
    file.write_text(confirm_all_roles(file.read_text("utf-8")), encoding="utf-8")
    command = ("report", sample.path, "--rules", file, "--out", file.parent / "out", *options)
    result = run(*command)
    assert result.exit_code == 0, result.output
    assert " people, 0 scored, " in result.stderr
    return command, result.stderr


def test_roles_alone_score_nobody_and_the_report_says_to_take_the_minimums(sample, drafted):
    """The whole road of an admin: confirm the roles, be told what is missing, take it, have scores."""
    command, terminal = confirm_roles_and_report(sample, drafted, "--named")
    out = drafted.parent / "out"
    before = Counter(one["not_scored_code"] for one in read_csv(out / "scores.csv"))
    waiting = before["not_enough_evidence"]
    said = f"nobody is asked for calls, meetings, and {waiting} people have too few measures"
    assert f"{DEED}: {said} for a score; in rules.toml take away the" in terminal
    assert f"What to do next {DEED} {said} for a score" in text_of_folder(out)
    drafted.write_text(take_the_minimums(drafted.read_text("utf-8")), encoding="utf-8")
    result = run(*command)
    assert result.exit_code == 0, result.output
    assert DEED not in result.stderr + text_of_folder(out)
    after = [one for one in read_csv(out / "scores.csv") if one["not_scored_code"] != ""]
    assert len(after) == sum(before.values()) - waiting + 1
    assert [one["role"] for one in after if one["not_scored_code"] == "not_enough_evidence"] == [
        "executive"
    ], "of whom the offers ask neither calls nor meetings"


def test_without_names_the_minimums_to_take_are_said_and_no_small_count(sample, drafted):
    _, terminal = confirm_roles_and_report(sample, drafted, "--aggregate-only")
    said = "nobody is asked for calls, meetings, and nobody has a score; in rules.toml"
    assert f"{DEED}: {said}" in terminal
    assert f"What to do next {DEED} {said}" in text_of_folder(drafted.parent / "out")


def test_a_role_that_is_confirmed_is_judged_by_what_was_agreed(sample, drafted):
    text = drafted.read_text("utf-8")
    name, guess = re.search(r'(?m)^"([^"]+)" = "" .*perhaps "(\w*rep)"$', text).groups()
    text = text.replace(f'"{name}" = ""', f'"{name}" = "{guess}"')
    drafted.write_text(text, encoding="utf-8")
    out = drafted.parent / "out"
    assert run("report", sample.path, "--rules", drafted, "--out", out).exit_code == 0
    people = read_csv(out / "scores.csv")
    judged = [one for one in people if one["not_scored_code"] != "role_not_defined"]
    assert judged
    assert {(one["salesforce_role"], one["role"]) for one in judged} == {(name, guess)}
    assert {one["calls_asked"] for one in judged} == {""}, "no minimum of calls was agreed"


def test_by_the_examples_the_first_thing_to_do_is_a_command(sample, sample_report):
    """Pasted, it writes the file that the next report takes."""
    page = text_of_folder(sample_report.folder)
    step = page[page.index("What to do next Agree on your own minimums") :]
    assert f"begin with bellwether rules init {sample.path.name} Begin with the leaders" in step
