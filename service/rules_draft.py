"""A rules file to begin with: the roles that an export has, none of them confirmed yet.

It is the rule set that ships with Bellwether, with its comments, less everything that only the
customer can say: who has which role, and the minimums of one company of 2009, which are offered in
comments. Untouched, it scores nobody.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING

from service.program import program
from service.rules_file import DEFAULT_RULES, read_rules
from service.scoring.roles import same_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from service.evidence.roles import Holders
    from service.scoring.rule_set import RuleSet

VERSION = "draft-1"
_HEAD = """\
# The rules of your company, begun by `bellwether rules init`. docs/rules.md explains every key.
#
# Nobody is scored by this file before you
#   1. say below, under [roles], which of your roles is which role of these rules, and
#   2. agree on the minimums with the people they are for, and take or change those that stand
#      here as comments: search for "offered". Without them most people have too few measures.
# Say the day on which they were agreed in agreed_on: a window that began before it is never an
# exception. Without it they count as agreed from the beginning.
# Then run: {program} report EXPORT.zip --rules {name}
"""
_ROLES = """\
# The roles of these rules. Each of your names below is one of them, or stays "": then its people
# are "Not scored: role not defined", and nobody is judged by a minimum they were not given.
#
{said}[roles]
defined = [{defined}]
"""
_WITHOUT_ROLES = """\
# Your data name no roles. Confirm one role for everybody by taking the "# " away; who has another
# one, for instance who leads, stands in the column role of a people file (--people).
# when_unknown = "rep"
"""
#: The roles of the default, and what its comment says of them after the first paragraph.
_ROLES_OF_DEFAULT = re.compile(
    r"(?s)\n(?:# [^\n]*\n)*#\n((?:#[^\n]*\n)+)\[roles\]\n.*?(?=\n\[calls\])"
)
#: Lines that hold the published minimums of one company.
_MINIMUM = re.compile(r"(weekly_minimums|monthly_minimums|limits) = (\{.*\})")
#: What a name may be, the first that fits: only ever offered, in a comment.
_GUESSES = (
    (re.compile(r"account (executive|manager)|\bae\b"), "rep"),
    (re.compile(r"\b(avp|rvp|area vp|regional vp|manager|director|lead|leader|head)\b"), "manager"),
    (re.compile(r"\b(vp|svp|evp|vice president|president|chief|c[erso]o)\b"), "executive"),
    (re.compile(r"\b(sdr|sr|inbound|sales development)\b"), "inbound_rep"),
    (re.compile(r"\b(bdr|ebr|outbound|business development|business representative)\b"), "outbound_rep"),
    (re.compile(r"\b(corporate|inside|commercial|smb)\b.*\b(rep|sales)"), "corporate_rep"),
    (re.compile(r"\b(field|enterprise)\b.*\b(rep|sales)"), "field_rep"),
    (re.compile(r"\brep\b|representative|\bsales\b"), "rep"),
)  # fmt: skip


def draft(holders: Iterable[Holders], file_name: str, today: date) -> str:
    """The text of the file, given who has which role and which profile, begun on a day."""
    text = DEFAULT_RULES.read_text(encoding="utf-8")
    before, said_of_roles, after = re.split(_ROLES_OF_DEFAULT, text, maxsplit=1)
    _, settings = re.split(r"\nversion = [^\n]*\n", before, maxsplit=1)
    parts = [
        _HEAD.format(name=file_name, program=program()),
        f'version = "{VERSION}"          # a new one when you change this file: it is on every score\n',
        f'# agreed_on = {today}      # take the "# " away on the day you agreed, and write that day\n',
        _roles(tuple(holders), read_rules(None), said_of_roles),
        settings,
        _offered(after),
    ]
    return "\n".join(part.strip("\n") + "\n" for part in parts)


def _roles(holders: tuple[Holders, ...], rules: RuleSet, said: str) -> str:
    roles, profiles = Counter[str](), Counter[str]()
    for one in holders:
        if one.role:
            roles[one.role] += one.people
        elif one.profile:
            profiles[one.profile] += one.people
    defined = tuple(dict.fromkeys(rules.role_names.values()))
    text = _ROLES.format(said=said, defined=", ".join(_quoted(role) for role in defined))
    if not roles:
        text += _WITHOUT_ROLES
    if roles:
        text += "\n[roles.names]             # by UserRole.Name\n" + _names(roles, rules)
    if profiles:
        text += "\n[roles.profiles]          # by Profile.Name, of users without a role\n"
        text += _names(profiles, rules)
    return text


def _names(counts: Mapping[str, int], rules: RuleSet) -> str:
    """A line for each name, the most users first; names that differ in case or spacing are one."""
    merged: dict[str, tuple[str, int]] = {}
    for name, count in sorted(counts.items()):
        first, before = merged.get(same_name(name), (name, 0))
        merged[same_name(name)] = (first, before + count)
    lines = []
    for name, count in sorted(merged.values(), key=lambda one: (-one[1], one[0])):
        guess = _guess(name, rules)
        offer = f', perhaps "{guess}"' if guess else ""
        users = "1 active user" if count == 1 else f"{count} active users"
        lines.append(
            f'{_quoted(name)} = ""{" " * max(1, 34 - len(_quoted(name)))}# {users}{offer}\n'
        )
    return "".join(lines)


def _guess(name: str, rules: RuleSet) -> str | None:
    plain = same_name(name)
    for known, role in rules.role_names.items():
        if same_name(known) == plain:
            return role
    defined = set(rules.role_names.values())
    return next((role for fits, role in _GUESSES if role in defined and fits.search(plain)), None)


def _quoted(text: str) -> str:
    """A TOML basic string: as JSON has it, and DEL escaped.

    https://toml.io/en/v1.0.0#string
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _offered(text: str) -> str:
    """The rest of the default, with minimums and announcements as comments."""
    lines, is_deal = [], False
    for line in text.splitlines():
        is_deal = line == "[[big_deals]]" or (is_deal and bool(line) and not line.startswith("["))
        minimum = _MINIMUM.match(line)
        if is_deal:
            lines += ['# offered, 2009: take the "# " of this table away'] * (
                line == "[[big_deals]]"
            )
            lines.append(f"# {line}")
        elif minimum:
            lines += [
                '# offered, not agreed yet: take the "# " of the next line away, and remove the one below',
                f"# {minimum[1]} = {minimum[2]}",
                f"{minimum[1]} = {{}}",
            ]
        else:
            lines.append(line)
    return "\n".join(lines)
