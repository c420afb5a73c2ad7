"""The section on lead response: the counts of people and groups, and who may be named."""

from __future__ import annotations

import re
import zipfile
from collections import defaultdict
from datetime import datetime, timedelta

import pytest

from service.report.facts import Options
from service.report.write import write_report
from tests.evidence.test_trial_export import business_seconds, local
from tests.report.world import AS_OF, read_csv, read_zip


def section(report) -> str:
    page = (report.folder / "report.html").read_text("utf-8")
    start = page.index('<section class="card" id="response"')
    return page[start : page.index("</section>", start)]


def answers_of(rows) -> dict[str, list[str]]:
    """Lead or contact -> moments of all that may answer it."""
    answers = defaultdict(list)
    for task in rows["Task"]:
        if task["IsClosed"] == "1" and task["IsRecurrence"] != "1":
            answers[task["WhoId"]].append(task["CompletedDateTime"] or task["CreatedDate"])
    for event in rows["Event"]:
        if event["IsAllDayEvent"] != "1" and event["ShowAs"] != "OutOfOffice":
            answers[event["WhoId"]].append(event["StartDateTime"])
    for change in rows["LeadHistory"]:
        answers[change["LeadId"]].append(change["CreatedDate"])
    return answers


def late_of(rows) -> dict[str, set[str]]:
    """Owner -> leads that nobody answered within 24 business hours, ticked off by hand."""
    zones = {user["Id"]: user["TimeZoneSidKey"] for user in rows["User"]}
    answers = answers_of(rows)
    today, found = datetime.combine(AS_OF, datetime.min.time()), defaultdict(set)
    for lead in rows["Lead"]:
        came = local(lead["CreatedDate"], zones[lead["OwnerId"]])
        if not AS_OF - timedelta(days=90) <= came.date() <= AS_OF:
            continue
        moments = [local(text, zones[lead["OwnerId"]]) for text in answers[lead["Id"]]]
        taken = [business_seconds(came, at) for at in moments if at >= came]
        if business_seconds(came, today) >= 86_400 and not any(one <= 86_400 for one in taken):
            found[lead["OwnerId"]].add(lead["Id"])
    return found


def test_late_leads_of_the_sample_equal_an_independent_list(sample, sample_report):
    expected = late_of(read_zip(sample.path))
    people = {row["user_id"] for row in read_csv(sample_report.folder / "scores.csv")}
    # Their answers came in bulk, which is no answer.
    people -= {one.user_id for one in sample.people if one.habit == "lead_burster"}
    found = defaultdict(set)
    for row in read_csv(sample_report.folder / "late_leads.csv"):
        found[row["user_id"]].add(row["lead_id"])
    shown = {user: leads for user, leads in found.items() if user in people}
    assert shown == {user: leads for user, leads in expected.items() if user in people}
    assert shown


def test_the_page_counts_what_the_file_lists(sample_report):
    late = len(read_csv(sample_report.folder / "late_leads.csv"))
    for name in ("role", "person"):
        table = section(sample_report)
        table = table[table.index(f"Lead response by {name}</caption>") :]
        lines = re.findall(r"<tr><th scope=\"row\">.*?</tr>", table[: table.index("</table>")])
        cells = [re.findall(r'<td class="number">(.*?)</td>', line) for line in lines]
        assert sum(int(row[4]) for row in cells) == late


@pytest.mark.parametrize("is_open", [True, False])
def test_people_are_named_only_where_they_may_be(sample, sample_report, tmp_path, is_open):
    options = Options(exports=(sample.path,), out=tmp_path / "out", aggregate_only=True)
    report = sample_report if is_open else write_report(options)
    assert (report.folder / "late_leads.csv").exists() == is_open
    assert ("by person" in section(report)) == is_open
    owner = next(one for one in sample.people if one.kind == "inbound")
    assert (owner.name in section(report)) == is_open


def test_fewer_than_ten_people_with_leads_are_not_shown_where_nobody_may_be_named(sample, tmp_path):
    few = [one.user_id for one in sample.people if one.kind == "inbound"][:9]
    export = tmp_path / "few.zip"
    with zipfile.ZipFile(sample.path) as source, zipfile.ZipFile(export, "w") as out:
        for name in source.namelist():
            text = source.read(name).decode()
            if name == "Lead.csv":
                head, *lines = text.splitlines(keepends=True)
                text = head + "".join(line for line in lines if line.split('"')[3] in few)
            out.writestr(name, text)
    report = write_report(Options(exports=(export,), out=tmp_path / "out", aggregate_only=True))
    assert "Too few people" in section(report)
