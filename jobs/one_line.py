"""A value of a record in a mail, a bell or a post of ours: words alone.

Who names a deal or an account may be anybody: a lead from a web form brings its company's name. In
what our service sends to many, such a name must not be a link to elsewhere, mention anybody, turn
the direction of the line or begin another one.
"""

from __future__ import annotations


def one_line(text: object) -> str:
    """The text in one line, without what a mail, a feed or a reader takes for more than words."""
    line = " ".join(str(text or "").split())
    seen = "".join(letter for letter in line if letter.isprintable())
    for opening in ("@", "#"):
        seen = seen.replace(f"{opening}[", f"{opening} [")
    return seen.replace("://", ": //")
