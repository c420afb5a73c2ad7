"""The form of files in source format: as orgs and the CLI write them, so that a retrieve changes nothing.

Four spaces for each level, one element a line, a declaration in front and one line break at the end:
what prettier's XML plug-in leaves alone with a width of four. An org takes any form.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from localorg.metadata.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
_INDENT = 4
#: `<a>`, `</a>`, `<a/>`, or `<a>text</a>`, the text perhaps going on in the next lines.
_OPENS = re.compile(r"<(?P<name>[\w:]+)(?: [^<>]*)?(?<!/)>(?P<rest>.*)\Z")
_CLOSES = re.compile(r"</[\w:]+>\Z")
_IGNORED = {"node_modules"}


def check_form(project: Path) -> Iterator[Problem]:
    """One problem for each file that has another form, at the first line that differs."""
    for path in sorted(project.rglob("*-meta.xml")):
        if not _IGNORED.intersection(path.relative_to(project).parts):
            line = _first_wrong(path.read_bytes().decode("utf-8", errors="replace"))
            if line:
                yield Problem(
                    "", path.name, path.relative_to(project).as_posix(),
                    "The file is not in the form in which the CLI writes it", line, style=True,
                )  # fmt: skip


def _first_wrong(text: str) -> int | None:
    """The number of the first line that differs; None: there is none."""
    lines = text.split("\n")
    if lines[0] != _DECLARATION:
        return 1
    depth = 0
    for number, line in enumerate(lines[1:-1], start=2):
        said = line.strip()
        if line != line.rstrip() or "\t" in line or not said:
            return number
        if not said.startswith("<"):
            continue  # a text of several lines
        depth -= bool(_CLOSES.fullmatch(said))
        if len(line) - len(said) != _INDENT * depth:
            return number
        opened = _OPENS.match(said)
        if opened and not opened["rest"]:
            depth += 1
        elif opened and "<" in opened["rest"].removesuffix(f"</{opened['name']}>"):
            return number
    return len(lines) if lines[-1] or depth else None
