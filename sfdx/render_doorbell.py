#!/usr/bin/env python3
"""Fill the doorbell's outbound message and flow for one org.

The address holds a secret and belongs to one installation, so the repository carries templates,
and the filled files go to the package directory `doorbell/`, which git ignores. The address is
read from BELLWETHER_DOORBELL_URL, because arguments show in the list of processes.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Mapping

PROJECT = Path(__file__).resolve().parent
FOLDER = Path("doorbell/main/default")
URL = "BELLWETHER_DOORBELL_URL"
#: That of the rule in seed/.
AMOUNT = 100_000
_ADDRESS = re.compile(r"https://[^\s/]+/doorbell/[A-Za-z0-9_-]{32,128}")
_FILES = {
    "Opportunity.workflow-meta.xml": "workflows",
    "Bellwether_Doorbell.flow-meta.xml": "flows",
}


class AddressError(ValueError):
    """The address is none, or the amount. The admin must set it."""


def render(
    project: Path,
    url: str,
    username: str,
    amount: int = AMOUNT,
    by_currency: Mapping[str, int] | None = None,
) -> list[Path]:
    """Write both files under `project` and give their paths.

    `username` is the org's user in whose name the message is sent: the integration user. Wins of
    less than `amount` ring nothing, because each ring costs a call; in an org with several currencies
    those of less than their currency's in `by_currency`, and of a currency that is not there.
    """
    if not _ADDRESS.fullmatch(url):
        raise AddressError(
            f"{URL} must be https://YOUR-APP/doorbell/ with BELLWETHER_DOORBELL_SECRET behind it"
        )
    if amount < 0:
        raise AddressError("--amount-at-least must be 0 or more")
    logic, filters = _start(amount, by_currency or {})
    values = {
        "@@DOORBELL_URL@@": escape(url),
        "@@USERNAME@@": escape(username),
        "@@FILTERS@@": f"        <filterLogic>{logic}</filterLogic>\n" + "\n".join(filters),
    }
    written = []
    for name, folder in _FILES.items():
        text = (project / "templates" / name).read_text(encoding="utf-8")
        for placeholder, value in values.items():
            text = text.replace(placeholder, value)
        target = project / FOLDER / folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        written.append(target)
    return written


def _start(amount: int, by_currency: Mapping[str, int]) -> tuple[str, list[str]]:
    """What starts the flow: the logic, and its conditions.

    https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_visual_workflow.htm
    """
    won = _condition("IsWon", "EqualTo", "<booleanValue>true</booleanValue>")
    if not by_currency:
        return "and", [won, _at_least(amount)]
    filters, ways = [won], []
    for code, least in sorted(by_currency.items()):
        place = len(filters) + 1
        ways.append(f"({place} AND {place + 1})")
        said = f"<stringValue>{code}</stringValue>"
        filters += [_condition("CurrencyIsoCode", "EqualTo", said), _at_least(least)]
    return f"1 AND ({' OR '.join(ways)})", filters


def _at_least(amount: int) -> str:
    said = f"<numberValue>{amount}.0</numberValue>"
    return _condition("Amount", "GreaterThanOrEqualTo", said)


def _condition(field: str, operator: str, value: str) -> str:
    return f"""        <filters>
            <field>{field}</field>
            <operator>{operator}</operator>
            <value>
                {value}
            </value>
        </filters>"""


def _of_currency(text: str) -> tuple[str, int]:
    """`EUR=90000`."""
    code, _, amount = text.partition("=")
    if not re.fullmatch(r"[A-Z]{3}", code) or not amount.isdecimal():
        raise argparse.ArgumentTypeError("must be a currency and a whole amount: EUR=90000")
    return code, int(amount)


def main() -> int:
    """Read address and arguments, write the files, print their paths; 1 when one is wrong."""
    parser = argparse.ArgumentParser(description="Fill the doorbell's files for one org.")
    parser.add_argument("--username", required=True, help="the integration user's username")
    parser.add_argument(
        "--amount-at-least",
        type=int,
        default=AMOUNT,
        help=f"the lowest amount of your big deal rules ({AMOUNT})",
    )
    parser.add_argument(
        "--currency",
        type=_of_currency,
        action="append",
        default=[],
        metavar="CODE=AMOUNT",
        help="with several currencies: that amount in each of them, one option a currency",
    )
    parser.add_argument("--project", type=Path, default=PROJECT, help="this folder, or a copy")
    options = parser.parse_args()
    try:
        written = render(
            options.project,
            os.environ.get(URL, ""),
            options.username,
            options.amount_at_least,
            dict(options.currency),
        )
    except (AddressError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.writelines(f"{path}\n" for path in written)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
