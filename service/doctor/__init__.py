"""`bellwether doctor`: what keeps the service from working, by cause, with the remedy."""

from __future__ import annotations

from service.doctor.examine import examine
from service.finding import Finding, Level

__all__ = ["Finding", "Level", "examine"]
