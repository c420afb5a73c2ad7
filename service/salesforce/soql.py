"""Texts inside SOQL. The only way a value enters a query."""

from __future__ import annotations

_ESCAPES = {
    "\\": "\\\\",
    "'": "\\'",
    '"': '\\"',
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\b": "\\b",
    "\f": "\\f",
}


def quoted(text: str) -> str:
    """Give a SOQL string literal, quotes included, that means exactly this text.

    Source: https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_quotedstringescapes.htm
    """
    return "'" + "".join(_ESCAPES.get(letter, letter) for letter in text) + "'"
