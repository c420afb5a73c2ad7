"""Every count of the report, counted a second time with the standard library alone."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

from service.evidence.usage import KINDS
from tests.report.world import AS_OF, EXPORT, count, read_csv, read_zip
from tests.shared_data import shared_path


def shown(report) -> dict[tuple[str, str], tuple[int, int | None]]:
    """What scores.csv says, without the kinds of which a person has none."""
    found = {}
    for row in read_csv(report.folder / "scores.csv"):
        for kind in KINDS:
            total, recent = row[f"{kind}_total"], row[f"{kind}_last_30_days"]
            if int(total):
                found[row["user_id"], kind] = (int(total), int(recent) if recent else None)
    return found


def text_of(report) -> str:
    page = (report.folder / "report.html").read_text("utf-8")
    body = re.sub(r"(?s)<(style|head)>.*?</\1>", " ", page)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_the_trial_exports_counts_equal_an_independent_count(trial_report):
    expected = count(read_zip(shared_path(EXPORT)), date(2021, 4, 16))
    assert shown(trial_report) == expected
    assert len({user for user, _ in expected}) == 11


def test_the_samples_counts_equal_an_independent_count(sample, sample_report):
    expected = count(read_zip(sample.path), AS_OF)
    people = {row["user_id"] for row in read_csv(sample_report.folder / "scores.csv")}
    assert shown(sample_report) == {
        key: value for key, value in expected.items() if key[0] in people
    }


def test_the_trial_report_says_what_is_known_of_it(trial_report):
    text = text_of(trial_report)
    assert (trial_report.people, trial_report.as_of) == (11, date(2021, 4, 16))
    assert "268 of 3,900 leads are not converted" in text
    for gap in ("UserRole", "ManagerId", "LastLoginDate"):
        assert gap in text
    assert "When people logged in is not known" in text
    assert "logged in within 7 days: the export does not say –" in text  # noqa: RUF001
    assert "0 of 11" not in text
    for way in ("role", "profile", "region", "manager"):
        assert f"Not by {way}: " in text


def test_the_trial_report_is_quick(trial_report):
    """A guard against hanging, with room for a busy machine: it takes a second or two."""
    assert trial_report.record["seconds"]["total"] < 60
    assert trial_report.record["rows_read"]["Task"] == 7078


def test_users_who_are_no_people_are_counted_by_their_reason(sample, sample_report):
    users = read_zip(sample.path)["User"]
    gone = sum(one["IsActive"] == "0" for one in users)
    others = sum(one["IsActive"] == "1" and one["UserType"] != "Standard" for one in users)
    record = sample_report.record
    assert record["left_out"] == {"inactive": gone, "other_user_type": others}
    assert record["users"] - record["people"] == gone + others > 1
    page = (sample_report.folder / "report.html").read_text()
    said = f"none of these people: {gone} {'is' if gone == 1 else 'are'} not active, {others} "
    assert said in page
