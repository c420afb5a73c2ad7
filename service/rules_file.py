"""Reads a rule set from a TOML file. The file format is explained in docs/rules.md."""

from __future__ import annotations

import shlex
import tomllib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from service.scoring.validate import RuleSetError, rule_set

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service.scoring.rule_set import RuleSet

DRAFT = "rules.toml"  #: the file that it writes unless another is named
DEFAULT_RULES = Path(__file__).with_name("rules") / "default.toml"


class RulesError(Exception):
    """Rules that cannot be used, wherever they are; the message says where, and the remedy."""


class RulesFileError(RulesError):
    """A rules file that cannot be used; the message names the file, every key and the remedy.

    The admin who wrote the file must act.
    """


def init_command(exports: Iterable[str | Path], program: str) -> str:
    """The command line that writes a file to confirm roles in, ready to be pasted."""
    return f"{program} {shlex.join(['rules', 'init', *(str(one) for one in exports)])}"


def read_rules(path: Path | None) -> RuleSet:
    """The rule set of a file; None reads the one that ships with the product.

    Numbers are read as decimals, so that 0.1 is 0.1. Raises RulesFileError.
    """
    source = DEFAULT_RULES if path is None else path
    said = "the examples that ship with Bellwether" if path is None else f"the file {path.name}"
    try:
        return replace(rule_set(read_mapping(source)), source=said)
    except RuleSetError as error:
        lines = "\n".join(f"{source}: {line}" for line in error.errors)
        raise RulesFileError(lines) from error


def read_mapping(source: Path) -> dict[str, Any]:
    """What a rules file says, not checked yet. Raises RulesFileError when it is no TOML."""
    try:
        return tomllib.loads(source.read_text(encoding="utf-8"), parse_float=Decimal)
    except OSError as error:
        raise RulesFileError(
            f"{source}: cannot be read ({error.strerror}). Check the path."
        ) from error
    except UnicodeDecodeError as error:
        raise RulesFileError(f"{source}: is not UTF-8 text; save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        # Whoever takes an offered minimum meets this: the empty one below it has to go.
        is_twice = "Cannot overwrite" in str(error)
        remedy = (
            "Its key stands there already: keep one of the two lines" if is_twice else "Correct it"
        )
        raise RulesFileError(f"{source}: is not TOML: {error}. {remedy}.") from error
