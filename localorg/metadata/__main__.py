"""Checks a source tree without any org: `python -m localorg.metadata PROJECT`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from localorg.metadata.checks import check
from localorg.metadata.reader import PackageError, read_source
from localorg.metadata.source_form import check_form


def main(arguments: list[str] | None = None) -> int:
    """Print one line per problem, `file:line: component: what`; 1 if there is any."""
    parser = argparse.ArgumentParser(description="Check Salesforce metadata in source format.")
    parser.add_argument("project", type=Path, help="the folder with sfdx-project.json")
    project: Path = parser.parse_args(arguments).project
    try:
        package = read_source(project)
    except PackageError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    problems = (*check(package), *check_form(project))
    sys.stdout.writelines(
        f"{project / problem.file}{str(problem)[len(problem.file) :]}\n" for problem in problems
    )
    sys.stdout.write(f"{len(package.components)} components, {len(problems)} problems\n")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
