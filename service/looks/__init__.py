"""What the panel and the report share of their looks: one style sheet of colours and fonts."""

from __future__ import annotations

from pathlib import Path
from typing import Final

TOKENS: Final = Path(__file__).with_name("tokens.css")
