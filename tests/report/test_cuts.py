"""Login and usage by role, profile, region and manager, each counted again from the CSV files."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import timedelta
from html import unescape

import pytest

from service.report.facts import Options
from service.report.write import write_report
from tests.report.world import AS_OF, count, local, read_zip, write_rows

KINDS = ("accounts", "contacts", "opportunities", "leads", "activities")
#: Division, State, Country of users in turn; the first that is filled in is the region
PLACES = (("West", "CA", "US"), ("", "TX", "US"), ("", "", "Deutschland"), (" ", "", ""))


@pytest.fixture(scope="module")
def placed(sample, tmp_path_factory):
    """The invented company with addresses, one unknown owner, one whose manager has left."""
    path = tmp_path_factory.mktemp("placed") / "placed.zip"
    rows = read_zip(sample.path)
    for at, user in enumerate(rows["User"]):
        user |= dict(zip(("Division", "State", "Country"), PLACES[at % 4], strict=True))
        user["LastLoginDate"] = user["LastLoginDate"] if at % 7 else ""
    rows["Lead"][0]["OwnerId"] = "00G000000000001AAA"
    managers = Counter(user["ManagerId"] for user in rows["User"] if user["ManagerId"])
    gone, _ = managers.most_common()[-1]
    next(user for user in rows["User"] if user["Id"] == gone)["IsActive"] = "0"
    return write_rows(path, rows)


@pytest.fixture(scope="module")
def page(placed, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cuts") / "report"
    write_report(Options(exports=(placed,), out=folder))
    return (folder / "report.html").read_text("utf-8")


def shown(page: str, caption: str) -> dict[str, list[str]]:
    """The rows of one table: label -> its cells."""
    table = page[page.index(f"{caption}</caption>") :]
    table = table[: table.index("</table>")]
    found = {}
    for line in re.findall(r"(?s)<tr><th scope=\"row\">.*?</tr>", table):
        label, *cells = re.findall(r"(?s)<t[hd][^>]*>(.*?)</t[hd]>", line)
        texts = [unescape(re.sub(r"<[^>]+>", "", one)).replace(",", "") for one in (label, *cells)]
        found[texts[0]] = texts[1:]
    return found


def labels(rows, way: str) -> dict[str, str]:
    """User id -> group, from the CSV files alone."""
    users = {user["Id"]: user for user in rows["User"]}
    names = {row["Id"]: row["Name"] for name in ("UserRole", "Profile") for row in rows[name]}
    namesakes = Counter(user["Name"] for user in users.values())
    of_one_role = Counter((user["Name"], user["UserRoleId"]) for user in users.values())

    def manager(user) -> str:
        lead = users.get(user["ManagerId"])
        if lead is None:
            return "No manager named"
        is_alone = lead["UserRoleId"] and of_one_role[lead["Name"], lead["UserRoleId"]] == 1
        by = names[lead["UserRoleId"]] if is_alone else lead["Id"]
        apart = f" ({by})" if namesakes[lead["Name"]] > 1 else ""
        return lead["Name"] + apart + ("" if lead["IsActive"] == "1" else " (not active)")

    def role(user) -> str:
        if user["UserType"] != "Standard":
            return "Integration and other users"
        if user["IsActive"] != "1":
            return "Users who are not active"
        return names.get(user["UserRoleId"], "No role")

    def region(user) -> str:
        places = (user[name].strip() for name in ("Division", "State", "Country"))
        return next((place for place in places if place), "No region")

    label = {
        "role": role,
        "profile": lambda user: names.get(user["ProfileId"], "No profile"),
        "region": region,
        "manager": manager,
    }[way]
    return {user_id: label(user) for user_id, user in users.items()}


@pytest.mark.parametrize("way", ["role", "profile", "region", "manager"])
def test_usage_equals_an_independent_count(placed, page, way):
    rows = read_zip(placed)
    group = labels(rows, way)
    expected: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for user_id in group:
        expected[group[user_id]]["people"] += 1
    for (owner, kind), (total, recent) in count(rows, AS_OF).items():
        label = group.get(owner, "Queues and owners not in the data")
        for key in (label, "Everybody"):
            expected[key][kind] += total
            expected[key][f"{kind} recent"] += recent or 0
    table = shown(page, f"Created and closed by {way}")
    assert set(table) == set(expected)
    for label, cells in table.items():
        wanted = [
            str(expected[label][f"{kind}{part}"]) for kind in KINDS for part in (" recent", "")
        ]
        assert cells[1:] == wanted, label
        if label in group.values():
            assert cells[0] == str(expected[label]["people"])


@pytest.mark.parametrize("way", ["role", "profile", "region", "manager"])
def test_logins_equal_an_independent_count(placed, page, way):
    rows = read_zip(placed)
    group = labels(rows, way)
    expected: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for user in rows["User"]:
        if user["IsActive"] != "1" or user["UserType"] != "Standard":
            continue
        login = user["LastLoginDate"]
        is_recent = login and local(login, user["TimeZoneSidKey"]) >= AS_OF - timedelta(days=7)
        state = "active" if is_recent else "inactive" if login else "never"
        expected[group[user["Id"]]].update(("people", state))
    table = shown(page, f"Login by {way}")
    assert table == {
        label: [str(counts[key]) for key in ("people", "active", "inactive", "never")]
        for label, counts in expected.items()
    }
    assert sum(counts["never"] for counts in expected.values()) > 0
