"""What the demo says when it is done, and everything it found wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table as Grid

from service.scoring.result import WORDS
from service.tables import REPORTED_ONLY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

    from service.demo.deploy import Cli
    from service.tables import Tables

RUN_KEYS = ("records_written", "posts_made", "api_calls")
GAPS_SHOWN = 6
#: Objects of which the stand-in org has records of its own, beside those that it loads.
OWN = ("User", "UserRole", "Profile")
WRITTEN_SCORES = "SELECT Word__c, User__r.Name FROM Adoption_Score__c ORDER BY User_Key__c"


def summary(
    first: Mapping[str, Any], second: Mapping[str, Any], seconds: Mapping[str, float]
) -> dict[str, Any]:
    """The one JSON object of `bellwether demo --once --json`."""
    return {
        "users": first["users"],
        "scored": first["scored"],
        "not_scored": first["not_scored"],
        "alerts": first["alerts"],
        "first_run": {key: first[key] for key in RUN_KEYS},
        "second_run": {key: second[key] for key in RUN_KEYS},
        "rows_read": first["rows_read"],
        "rows_rejected": first["rows_rejected"],
        "gaps": first["gaps"],
        "seconds": {
            **seconds,
            **{f"run_{name}": value for name, value in first["seconds"].items()},
        },
        "peak_mb": max(first["peak_mb"], second["peak_mb"]),
    }


def written_scores(cli: Cli) -> dict[str, list[str]]:
    """The names of people by their score's word, as the unmodified Salesforce CLI reads them."""
    names: dict[str, list[str]] = {}
    for row in cli("data", "query", "--query", WRITTEN_SCORES)["records"]:
        names.setdefault(row["Word__c"], []).append(row["User__r"]["Name"])
    return names


def whom_to_log_in_as(
    in_org: Mapping[str, list[str]], users: Sequence[Mapping[str, str | None]]
) -> str:
    """One person per word who leads nobody, and those who lead: each kind of page once.

    `users` are the org's, with the name, id and manager of each.
    """
    led = {one["manager_id"] for one in users}
    of_leaders = {one["manager_id"] for one in users if one["id"] in led}
    leads = [one for one in users if one["id"] in led]
    lead_names = {one["name"] for one in leads}
    found = [
        f"{next((name for name in in_org[word] if name not in lead_names), in_org[word][0])} ({word})"
        for word in WORDS
        if in_org.get(word)
    ]
    chief = [one for one in leads if one["id"] in of_leaders and not one["manager_id"]]
    front_line = [one for one in leads if one["id"] not in of_leaders]
    found += [f"{one['name']} (leads the company)" for one in chief[:1]]
    found += [f"{one['name']} (leads a team)" for one in front_line[:1]]
    return "; ".join(found)


def problems(
    first: Mapping[str, Any],
    second: Mapping[str, Any],
    tables: Tables,
    in_org: Mapping[str, list[str]],
) -> list[str]:
    """Everything that is wrong, in sentences; empty when the road holds."""
    found = []
    answered = first["scored"] + sum(first["not_scored"].values())
    if answered != first["users"]:
        found.append(f"{first['users']} users, but {answered} have a score or a reason")
    people = {word: len(names) for word, names in in_org.items()}
    if sum(people.values()) != first["users"]:
        found.append(f"the org holds {sum(people.values())} scores for {first['users']} users")
    if sum(people.values()) - people.get("Not scored", 0) != first["scored"]:
        found.append(f"the org's words {people} differ from {first['scored']} scored")
    for name, table in tables.by_name.items():
        if (
            name not in REPORTED_ONLY
            and name not in OWN
            and first["rows_read"].get(name, 0) != table.rows
        ):
            found.append(
                f"{name}: {table.rows} rows in the data, {first['rows_read'].get(name, 0)} read from the org"
            )
    found += [
        f"{count} {kind}"
        for kind, count in (
            ("records rejected", first["records_rejected"]),
            ("alerts failed", first["alerts"]["failed"]),
        )
        if count
    ]
    if second["records_written"] != 1:
        found.append(
            f"the second run wrote {second['records_written']} records instead of its own run record alone"
        )
    if second["posts_made"]:
        found.append(f"the second run posted {second['posts_made']} times")
    return found


def show(result: Mapping[str, Any], console: Console) -> None:
    """The same for a person."""
    grid = Grid(show_header=False, box=None, padding=(0, 2))
    grid.add_row("People", f"{result['users']}: {result['scored']} scored")
    for code, count in result["not_scored"].items():
        grid.add_row("Not scored", f"{count}: {code.replace('_', ' ')}")
    grid.add_row(
        "Big deals", ", ".join(f"{count} {kind}" for kind, count in result["alerts"].items())
    )
    for name in ("first_run", "second_run"):
        run = result[name]
        grid.add_row(
            name.replace("_", " ").capitalize(),
            f"{run['records_written']} records written, "
            f"{run['posts_made']} posts, {run['api_calls']} API calls",
        )
    grid.add_row("Rows read", f"{sum(result['rows_read'].values()):,}")
    grid.add_row("Peak memory of the job", f"{result['peak_mb']} MB")
    for gap in result["gaps"][:GAPS_SHOWN]:
        grid.add_row("Gap", gap)
    if len(result["gaps"]) > GAPS_SHOWN:
        grid.add_row(
            "", f"and {len(result['gaps']) - GAPS_SHOWN} more, in Adoption_Run__c and with --json"
        )
    console.print(grid)
