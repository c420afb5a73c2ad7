"""Rules for data that name no roles: the default's, with one role confirmed for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.rules_file import DEFAULT_RULES, read_rules

if TYPE_CHECKING:
    from pathlib import Path

OFFERED = "# when_unknown ="


def one_role(folder: Path, role: str = "rep") -> Path:
    """A rules file in `folder` whose admin took the "# " of the offer away, and chose a role."""
    text = DEFAULT_RULES.read_text("utf-8")
    assert text.count(OFFERED) == 1
    path = folder / "one-role.toml"
    path.write_text(text.replace(f'{OFFERED} "rep"', f'when_unknown = "{role}"'), "utf-8")
    assert read_rules(path).role_when_unknown == role
    return path
