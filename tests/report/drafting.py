"""What an admin does with a rules file that `bellwether rules init` began."""

from __future__ import annotations

import re

from click.testing import CliRunner

from service.cli import main
from tests.report.test_counts import text_of


def run(*arguments: object):
    return CliRunner().invoke(main, [str(one) for one in arguments])


def take_the_minimums(text):
    """As the comment says: the "# " of the next line away, and the line below it removed."""
    return re.sub(r"(?m)^# offered, not agreed yet: .*\n# (.*)\n.* = \{\}$", r"\1", text)


def confirm_all_roles(text):
    return re.sub(r'(?m)^("[^"]+") = ""( +# .*, perhaps ("\w+"))$', r"\1 = \3\2", text)


def confirm_one_role(file):
    offered = '# when_unknown = "rep"'
    text = file.read_text("utf-8")
    assert text.count(offered) == 1
    file.write_text(text.replace(offered, offered.removeprefix("# ")), encoding="utf-8")


def text_of_folder(folder):
    return text_of(type("Report", (), {"folder": folder}))
