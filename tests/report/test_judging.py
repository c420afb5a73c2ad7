"""Several processes say of everybody exactly what one says."""

from __future__ import annotations

from service.evidence import reduce
from service.report import judging
from service.report.facts import Options
from service.report.gather import Stopwatch, gather
from service.report.watching import Unwatched


def test_two_processes_find_what_one_finds(company_of, tmp_path, monkeypatch):
    small = company_of(36)
    options = Options(exports=(small.path,), out=tmp_path / "out", aggregate_only=False)
    monkeypatch.setattr(reduce, "_PEOPLE_AT_ONCE", 12)
    alone = gather(options, tmp_path / "one", Stopwatch(), Unwatched())
    monkeypatch.setattr(judging, "processes_for", lambda _: 2)
    together = gather(options, tmp_path / "two", Stopwatch(), Unwatched())
    assert together.members == alone.members
    assert together.mending == alone.mending
    assert together.mending.largest
