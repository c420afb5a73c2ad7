"""Reduces raw rows, however many, to daily evidence in one streamed pass."""

from service.evidence.deals import WonDeal
from service.evidence.intake import Intake, open_intake
from service.evidence.newest import newest_creation_date, newest_staged, oldest_staged
from service.evidence.page_stage import Page
from service.evidence.people import NoUsersError
from service.evidence.reduce import Reduced, reduce_rows, reduce_staged

__all__ = [
    "Intake",
    "NoUsersError",
    "Page",
    "Reduced",
    "WonDeal",
    "newest_creation_date",
    "newest_staged",
    "oldest_staged",
    "open_intake",
    "reduce_rows",
    "reduce_staged",
]
