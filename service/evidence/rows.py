"""The rows of an object as it was staged, as a piece of SQL."""

from __future__ import annotations


def rows(name: str, columns: tuple[str, ...]) -> str:
    """SQL of the named columns, typed, NULL where the data lack one; no rows without the object."""
    return f"SELECT {', '.join(columns)} FROM staged_{name}"  # noqa: S608 - names are ours
