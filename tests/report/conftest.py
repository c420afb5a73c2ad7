from __future__ import annotations

import pytest

from service.report import Options, write_report
from service.sample import write_sample
from tests.one_role import one_role
from tests.report.drafting import run
from tests.report.world import AS_OF, EXPORT
from tests.shared_data import shared_path


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    """The invented company: facts by construction, in `.path` the zip."""
    return write_sample(tmp_path_factory.mktemp("company") / "sample.zip", as_of=AS_OF)


@pytest.fixture(scope="session")
def sample_report(sample, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample") / "report"
    return write_report(Options(exports=(sample.path,), out=folder))


@pytest.fixture(scope="session")
def trial_report(tmp_path_factory):
    """The public sample workspace has no roles: its admin confirmed one for everybody."""
    folder = tmp_path_factory.mktemp("trial")
    rules = one_role(folder)
    return write_report(
        Options(exports=(shared_path(EXPORT),), out=folder / "report", rules_file=rules)
    )


@pytest.fixture
def drafted(sample, tmp_path):
    file = tmp_path / "rules.toml"
    result = run("rules", "init", sample.path, "--out", file)
    assert result.exit_code == 0, result.output
    assert result.stdout == f"{file}\n"
    return file
