from __future__ import annotations

import pytest

from service.report.facts import Options
from service.report.write import write_report
from service.sample import write_sample
from tests.built_once import built_once
from tests.one_role import one_role
from tests.report.drafting import run
from tests.report.world import AS_OF, EXPORT
from tests.shared_data import shared_path


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    """The invented company: facts by construction, in `.path` the zip."""
    return built_once(
        tmp_path_factory,
        "company",
        lambda folder: write_sample(folder / "sample.zip", as_of=AS_OF),
    )


@pytest.fixture(scope="session")
def sample_report(sample, tmp_path_factory):
    return built_once(
        tmp_path_factory,
        "report-of-the-company",
        lambda folder: write_report(Options(exports=(sample.path,), out=folder / "report")),
    )


@pytest.fixture(scope="session")
def company_of(tmp_path_factory):
    """`company_of(60)`: an invented company of so many people, of 16 weeks. Nobody may change it."""

    def build(people):
        return built_once(
            tmp_path_factory,
            f"company-of-{people}",
            lambda folder: write_sample(
                folder / "sample.zip", people=people, weeks=16, as_of=AS_OF
            ),
        )

    return build


@pytest.fixture(scope="session")
def aggregates_of(company_of, tmp_path_factory):
    """The report of `company_of(people)` that names nobody."""

    def build(people):
        sample = company_of(people)
        return built_once(
            tmp_path_factory,
            f"aggregates-of-{people}",
            lambda folder: write_report(
                Options(exports=(sample.path,), out=folder / "report", aggregate_only=True)
            ),
        )

    return build


@pytest.fixture(scope="session")
def trial_report(tmp_path_factory):
    """The public sample workspace has no roles: its admin confirmed one for everybody."""
    export = shared_path(EXPORT)

    def build(folder):
        rules = one_role(folder)
        return write_report(Options(exports=(export,), out=folder / "report", rules_file=rules))

    return built_once(tmp_path_factory, "report-of-the-trial", build)


@pytest.fixture
def drafted(sample, tmp_path):
    file = tmp_path / "rules.toml"
    result = run("rules", "init", sample.path, "--out", file)
    assert result.exit_code == 0, result.output
    assert result.stdout == f"{file}\n"
    return file
