"""How this program was called, so that a command that it prints runs when it is pasted."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

NAME = "bellwether"


def program() -> str:
    """`bellwether` where the shell finds it, else the way to it that was typed."""
    called = sys.argv[0]
    if Path(called).name == "cli.py":
        return "python -m service.cli"
    if Path(called).name != NAME or shutil.which(NAME) == called:
        return NAME
    return shlex.quote(called)
