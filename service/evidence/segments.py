"""The size of a customer, which is the segment of its deals; the size of the deal plays no part."""

from __future__ import annotations

#: Employees below which a customer is a corporate one, and from which on a field one.
CORPORATE_BELOW = 1000


def segment(employees: str) -> str:
    """SQL: corporate, field, or NULL where the number of employees is not known."""
    return (
        f"CASE WHEN {employees} < {CORPORATE_BELOW} THEN 'corporate'"
        f" WHEN {employees} >= {CORPORATE_BELOW} THEN 'field' END"
    )
