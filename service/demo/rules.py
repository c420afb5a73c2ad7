"""The rules of the demo: the admin's own or the default, less the stand-in's own administrator."""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING, Any

from service.processes import ChildError
from service.program import program
from service.rule_records.records import RuleRecordsError
from service.rule_records.to_records import records_of
from service.rules_file import (
    DEFAULT_RULES,
    DRAFT,
    RulesFileError,
    init_command,
    read_mapping,
    read_rules,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from service.rule_records.to_records import NewRecord

_LIST = re.compile(r"(?m)^(\s*excluded_usernames\s*=\s*\[)")
_PEOPLE = re.compile(r"(?m)^(\s*\[people\][^\n]*\n)")


def write_rules(folder: Path, rules_file: Path | None, admin: str) -> Path:
    """A copy in `folder` that leaves `admin` out, who is nobody's colleague, and changes nothing else.

    Raises ChildError where the file writes `[people]` in a way that this does not know.
    """
    text = (rules_file or DEFAULT_RULES).read_text("utf-8")
    path = folder / "rules.toml"
    path.write_text(_without(text, json.dumps(admin)), "utf-8")
    try:
        is_left_out = admin in read_rules(path).excluded_usernames
    except RulesFileError:  # the file itself is right: it was read before the demo began
        is_left_out = False
    if not is_left_out:
        raise ChildError(
            f"{rules_file}: write excluded_usernames = [] on a line of its own under [people]; "
            "the stand-in's own administrator must be left out."
        )
    return path


def records_for(rules_file: Path) -> list[NewRecord] | None:
    """The rules as records of the org; None where records cannot say what this file says."""
    try:
        return records_of(read_mapping(rules_file))
    except RuleRecordsError:
        return None


def _without(text: str, admin: str) -> str:
    if _LIST.search(text):
        return _LIST.sub(lambda found: f"{found[1]}{admin}, ", text, count=1)
    line = f"excluded_usernames = [{admin}]\n"
    if _PEOPLE.search(text):
        return _PEOPLE.sub(lambda found: found[1] + line, text, count=1)
    return f"{text}\n[people]\n{line}"


def who_has_no_role(
    result: Mapping[str, Any], export: Path | None, rules_file: Path | None
) -> str | None:
    """What to do where people have no role that the rules know; None where all have one."""
    count = result["not_scored"].get("role_not_defined", 0)
    if not count or export is None:
        return None
    people = "1 person has" if count == 1 else f"{count:,} people have"
    begun = f"{people} no role that the rules know, so nobody judges them."
    if rules_file is not None:
        return f"{begun} Confirm their roles under [roles] in {rules_file}."
    return (
        f"{begun} Confirm their roles in the file that this writes:\n  {init_command([export], program())}\n"
        f"  then: {program()} demo --export {shlex.quote(str(export))} --rules {DRAFT}"
    )
