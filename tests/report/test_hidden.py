"""Aggregates only: what few people own is shown nowhere, nor told by taking the rest from a total."""

from __future__ import annotations

from collections import defaultdict

import pytest

from service.report.facts import Options
from service.report.write import write_report
from tests.report.test_cuts import KINDS, labels, shown
from tests.report.world import AS_OF, count, read_csv, read_zip, write_rows

LEAST = 10
NOBODY = "Queues and owners not in the data"
GONE = "005000000000000AAA"


@pytest.fixture(scope="module", params=[60, 150])
def world(request, company_of, tmp_path_factory):
    """(the export's rows, their counts, the report): some records are of an owner not in the data."""
    folder = tmp_path_factory.mktemp("hidden")
    rows = read_zip(company_of(request.param).path)
    for name in ("Opportunity", "Lead", "Account"):
        for row in rows[name][::8]:
            row["OwnerId"] = GONE
    path = write_rows(folder / "export.zip", rows)
    options = Options(exports=(path,), out=folder / "report", aggregate_only=True)
    return rows, count(rows, AS_OF), write_report(options)


def owners_by_label(rows, counts, way, kind, table):
    """Label of the table -> who owns any, and any of 30 days; smaller groups are taken together."""
    own = labels(rows, way)
    found: defaultdict[str, tuple[set, set]] = defaultdict(lambda: (set(), set()))
    for (owner, counted), (total, recent) in counts.items():
        if counted == kind:
            label = own.get(owner)
            pooled = next((one for one in table if one not in set(own.values()) | {NOBODY, "Everybody"}), "")  # fmt: skip
            name = NOBODY if label is None else label if label in table else pooled
            for at, number in enumerate((total, recent)):
                if number:
                    found[name][at].add(owner if label else None)
    return found


@pytest.mark.parametrize("way", ["role", "profile", "region"])
def test_usage_of_few_owners_is_neither_shown_nor_told(world, way):
    rows, counts, report = world
    page = (report.folder / "report.html").read_text("utf-8")
    if f"Created and closed by {way}</caption>" not in page:
        assert f"Not by {way}" in page
        return
    table = {label: cells_of(cells) for label, cells in shown(page, f"Created and closed by {way}").items()}  # fmt: skip
    for at, kind in enumerate(KINDS):
        owners = owners_by_label(rows, counts, way, kind, table)
        hidden = tuple(set(owners[""][part]) for part in (0, 1))
        for label, cells in table.items():
            if label == "Everybody":
                continue
            for part in (0, 1):
                some = owners[label][part]
                if cells[at] is None:
                    hidden[part].update(some)
                else:
                    assert not 0 < len(some) < LEAST, (kind, label)
        any_shown = any(cells[at] is not None for label, cells in table.items() if label != "Everybody")  # fmt: skip
        assert not any_shown or not any(0 < len(some) < LEAST for some in hidden), kind


def cells_of(cells: list[str]) -> list[tuple[str, str] | None]:
    """The counts of each kind as (30 days, all), None where they are hidden."""
    rest, found = list(cells[1:]), []
    while rest:
        first = rest.pop(0)
        found.append(None if first == "hidden" else (first, rest.pop(0)))
    return found


def test_results_of_owners_who_are_not_in_the_data_are_hidden_with_another(world):
    result = read_csv(world[2].folder / "results.csv")
    ways = {row["grouping"] for row in result} - {"all", "quarter", "customer_size"}
    assert ways
    for way in ways:
        own = [row for row in result if row["grouping"] == way]
        (nobody,) = (row for row in own if row["group"] == "Owners not in the data")
        assert (nobody["closed"], nobody["leads"], nobody["deals_created"]) == ("", "", "")
        for column in ("closed", "leads", "deals_created"):
            without = [row for row in own if row[column] == "" and row is not nobody]
            assert without, (way, column)


def test_where_people_may_be_named_nothing_is_hidden(world, tmp_path):
    folder = world[2].folder.parent
    report = write_report(
        Options(exports=(folder / "export.zip",), out=tmp_path / "named", aggregate_only=False)
    )
    page = (report.folder / "report.html").read_text("utf-8")
    assert ">hidden<" not in page
    (nobody,) = (cells for label, cells in shown(page, "Created and closed by role").items() if label == NOBODY)  # fmt: skip
    assert sum(int(cell) for cell in nobody if cell.isdigit()) > 20
