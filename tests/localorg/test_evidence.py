"""Evidence or it isn't there: every route and every error code has a row with a source."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import localorg
from localorg import routes

FOLDER = Path(localorg.__file__).parent
EVIDENCE = (FOLDER / "EVIDENCE.md").read_text("utf-8")
SURE = {"documented", "observed", "assumed"}
RAISED = {"SalesforceError", "OAuthError", "_refused"}
CODE = re.compile(r"[A-Za-z]+(_[A-Za-z]+)+\Z")


def rows() -> list[list[str]]:
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in EVIDENCE.splitlines()
        if line.startswith("| ")
    ]
    return [one for one in cells if one[-1] != "how sure"]


def raised_codes() -> set[str]:
    """Codes in calls of what makes a refusal, and in bodies that are written out."""
    found: set[str] = set()
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and called(node) in RAISED:
                found |= {text for one in node.args if (text := constant(one)) and CODE.match(text)}
            if isinstance(node, ast.Dict):
                pairs = zip(node.keys, node.values, strict=True)
                found |= {constant(value) for key, value in pairs if constant(key) == "errorCode"}
    return found - {""}


def called(node: ast.Call) -> str:
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def constant(node: ast.AST | None) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ""


def test_every_route_has_a_row() -> None:
    known = {one[0].strip("`") for one in rows()}
    served = {f"{one.method} {one.pattern or '(root)'}" for one in routes.ROUTES}
    served.add(f"POST {routes.COMPOSITE}")
    assert served - known == set()


def test_every_row_of_a_route_is_served() -> None:
    served = {f"{one.method} {one.pattern or '(root)'}" for one in routes.ROUTES}
    served.add(f"POST {routes.COMPOSITE}")
    claimed = {
        one[0].strip("`") for one in rows() if re.match(r"`(GET|POST|PUT|PATCH|DELETE) ", one[0])
    }
    assert claimed - served == set()


def test_every_error_code_has_a_row() -> None:
    codes = raised_codes()
    assert len(codes) > 40
    assert codes - {one[0].strip("`") for one in rows()} == set()


def test_every_row_says_how_sure_it_is() -> None:
    assert {one[-1] for one in rows()} == SURE
    assert all(len(one) == 4 and one[2] for one in rows())


def test_the_assumptions_are_counted() -> None:
    said = re.search(r"Rows that are assumed: (\d+)\.", EVIDENCE)
    assert said is not None
    assert int(said[1]) == sum(one[-1] == "assumed" for one in rows())
