"""Stored values as REST shows them, and records with their `attributes`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from localorg.object_type import Field

_DECIMAL = frozenset({"double", "currency", "percent"})


def value(field: Field, stored: Any) -> Any:  # noqa: ANN401  # whatever JSON holds
    """One value in a JSON reply. Nulls stay; a currency keeps its decimals (`300.0`)."""
    if stored is None:
        return None
    if field.type == "boolean":
        return bool(stored)
    if field.type in _DECIMAL:
        return float(stored)
    return stored


def attributes(base: str, object_name: str, record_id: str) -> dict[str, str]:
    """The first key of every record."""
    return {"type": object_name, "url": f"{base}/sobjects/{object_name}/{record_id}"}
