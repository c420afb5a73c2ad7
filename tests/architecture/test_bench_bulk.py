"""`make bench-bulk` compares like with like: both ways take every byte of the same pages."""

from __future__ import annotations

import gzip
import subprocess
import time
from pathlib import Path

import pytest

from bench.bulk import bare, ours
from bench.pages_served import Page, serving, shown
from service.salesforce.bulk_job import Job
from service.salesforce.errors import TransientSalesforceError

ROOT = Path(__file__).resolve().parent.parent.parent
HEADER = '"Id","Subject"\n'
NEXT = "MQ"


def packed(folder: Path, locator: str, following: str, rows: range) -> Page:
    body = HEADER + "".join(f'"00T{row}","Call {row}"\n' for row in rows)
    page = Page("750", locator, f"page-{locator}.gz", {
        "Content-Type": "text/csv; charset=UTF-8", "Content-Encoding": "gzip",
        "Sforce-Locator": following, "Sforce-NumberOfRecords": str(len(rows)),
    })  # fmt: skip
    (folder / page.name).write_bytes(gzip.compress(body.encode()))
    page.bytes = (folder / page.name).stat().st_size
    return page


@pytest.fixture
def pages(tmp_path):
    """Two pages of one job."""
    folder = tmp_path / "packed"
    folder.mkdir()
    return [
        packed(folder, "", NEXT, range(1000)),
        packed(folder, NEXT, "null", range(1000, 1500)),
    ]


def test_both_ways_take_every_page(pages, tmp_path):
    job = Job("Task", ("Id", "Subject"), "750", total=1500)
    for name in ("bare", "ours"):
        (tmp_path / name).mkdir()
    with serving(tmp_path / "packed", pages, None) as origin:
        bare(origin, pages, tmp_path / "bare")
        ours(origin, pages, [job], tmp_path / "ours")
    for page in pages:
        sent = (tmp_path / "packed" / page.name).read_bytes()
        assert (tmp_path / "bare" / page.name).read_bytes() == sent
    for at, page in enumerate(pages, start=1):
        sent = (tmp_path / "packed" / page.name).read_bytes()
        assert (tmp_path / "ours" / f"Task-{at}.csv.gz").read_bytes() == sent


def test_a_page_that_is_not_whole_is_no_result(pages, tmp_path):
    job = Job("Task", ("Id", "Subject"), "750", total=1500)
    (tmp_path / "ours").mkdir()
    second = tmp_path / "packed" / pages[1].name
    second.write_bytes(second.read_bytes()[:-9])
    pages[1].bytes -= 9
    with (
        serving(tmp_path / "packed", pages, None) as origin,
        pytest.raises(TransientSalesforceError, match="broken"),
    ):
        ours(origin, pages, [job], tmp_path / "ours")


def test_a_slow_line_is_slow(pages, tmp_path):
    bits = sum(one.bytes for one in pages) * 8
    (tmp_path / "bare").mkdir()
    with serving(tmp_path / "packed", pages, bits / 1e6 * 2) as origin:
        begun = time.monotonic()
        bare(origin, pages, tmp_path / "bare")
    assert time.monotonic() - begun >= 0.5  # at twice as many bits a second as there are


def test_the_figures_stand_side_by_side():
    way = {"seconds": 1.0, "processor_seconds": 0.5, "mb_peak": 80}
    run = {"mbit": None, "bare": way, "ours": {**way, "seconds": 1.5}, "times": 1.5}
    org = {**way, "mb_before": 70, "calls_spent": 9}
    figures = {"from_org": org, "rows": 9, "gzip_bytes": 1, "runs": [run, {**run, "mbit": 20}]}
    said = shown(figures, {"users": 1, "rows": 9})
    assert said.count("ours / bare = 1.50") == 2
    assert "at 20 Mbit/s:" in said


def test_make_runs_it():
    recipe = subprocess.run(
        ["make", "-n", "bench-bulk"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "-m bench.bulk" in recipe.stdout
