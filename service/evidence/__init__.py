"""Reduces raw rows, however many, to daily evidence in one streamed pass."""

from service.evidence.deals import WonDeal
from service.evidence.people import NoUsersError
from service.evidence.reduce import Reduced, newest_creation_date, reduce_rows

__all__ = [
    "NoUsersError",
    "Reduced",
    "WonDeal",
    "newest_creation_date",
    "reduce_rows",
]
