"""Values in a write: checked against the field, and turned into what is stored.

Codes and wordings: https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_concepts_core_data_objects.htm
(StatusCode) and the recordings named in EVIDENCE.md.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from localorg import ids, times
from localorg.errors import SalesforceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from localorg.object_type import Field

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z")
_SHOWN = 40
#: int fields are 32 bits wide.
_LARGEST_INT = 2_147_483_647


def stored(field: Field, given: Any) -> Any:  # noqa: ANN401  # whatever JSON holds
    """What the org stores for a given JSON value; raises what Salesforce answers to a bad one."""
    if given is None or (isinstance(given, str) and not given.strip()):
        if field.type == "boolean":
            raise _wrong_type(field, "")
        return None
    reader: Callable[[Field, Any], Any] = _READERS.get(field.type, _text)
    return reader(field, given)


def _text(field: Field, given: Any) -> str:  # noqa: ANN401
    if not isinstance(given, str):
        raise _cannot_read(field, given, "string")
    text = given.strip()
    if field.length and len(text) > field.length:
        shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
        raise SalesforceError(
            "STRING_TOO_LONG",
            f"{field.label}: data value too large: {shown} (max length={field.length})",
            fields=[field.name],
        )
    return text


def _picklist(field: Field, given: Any) -> str:  # noqa: ANN401
    text = _text(field, given)
    if field.restricted and text not in field.picklist:
        raise SalesforceError(
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            f"{field.label}: bad value for restricted picklist field: {text}",
            fields=[field.name],
        )
    return text


def _email(field: Field, given: Any) -> str:  # noqa: ANN401
    text = _text(field, given)
    if not _EMAIL.match(text):
        raise SalesforceError(
            "INVALID_EMAIL_ADDRESS",
            f"{field.label}: invalid email address: {text}",
            fields=[field.name],
        )
    return text


def _boolean(field: Field, given: Any) -> int:  # noqa: ANN401
    if isinstance(given, str) and given.lower() in {"true", "false"}:
        return int(given.lower() == "true")
    if not isinstance(given, bool):
        raise _wrong_type(field, given)
    return int(given)


def _number(field: Field, given: Any) -> float | int:  # noqa: ANN401
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        raise _cannot_read(field, given, field.type)
    try:
        number = Decimal(str(given))
    except InvalidOperation:
        raise _cannot_read(field, given, field.type) from None
    if not number.is_finite():
        raise _cannot_read(field, given, field.type)
    rounded = number.quantize(Decimal(1).scaleb(-field.scale), ROUND_HALF_UP)
    if field.type == "int":
        _check_range(field, given, abs(rounded) <= _LARGEST_INT)
        return int(rounded)
    limit = Decimal(10) ** (field.precision - field.scale)
    _check_range(field, given, not field.precision or abs(rounded) < limit)
    return float(rounded)


def _check_range(field: Field, given: object, fits: bool) -> None:  # noqa: FBT001
    if not fits:
        raise SalesforceError(
            "NUMBER_OUTSIDE_VALID_RANGE",
            f"{field.label}: value outside of valid range on numeric field: {given}",
            fields=[field.name],
        )


def _date(field: Field, given: Any) -> str:  # noqa: ANN401
    try:
        return times.read_date(str(given)[:10] if "T" in str(given) else str(given)).isoformat()
    except ValueError:
        raise _cannot_read(field, given, "date") from None


def _datetime(field: Field, given: Any) -> str:  # noqa: ANN401
    try:
        return times.text(times.read(str(given)))
    except ValueError:
        raise _cannot_read(field, given, "datetime") from None


def _reference(field: Field, given: Any) -> str:  # noqa: ANN401
    if not ids.is_id(given):
        raise SalesforceError(
            "MALFORMED_ID",
            f"{field.label}: id value of incorrect type: {given}",
            fields=[field.name],
        )
    return ids.widen(given)


def _wrong_type(field: Field, given: object) -> SalesforceError:
    return SalesforceError(
        "INVALID_TYPE_ON_FIELD_IN_RECORD",
        f"{field.label}: value not of required type: {given}",
        fields=[field.name],
    )


def _cannot_read(field: Field, given: object, type_: str) -> SalesforceError:
    kinds = {bool: "VALUE_BOOLEAN", int: "VALUE_NUMBER_INT", float: "VALUE_NUMBER_FLOAT"}
    kind = kinds.get(type(given), "VALUE_STRING")
    return SalesforceError(
        "JSON_PARSER_ERROR",
        f"Cannot deserialize instance of {type_} from {kind} value {given} or request may be"
        f" missing a required field at {field.name}",
    )


_READERS: dict[str, Callable[[Field, Any], Any]] = {
    "boolean": _boolean,
    "int": _number,
    "double": _number,
    "currency": _number,
    "percent": _number,
    "date": _date,
    "datetime": _datetime,
    "picklist": _picklist,
    "email": _email,
    "id": _reference,
    "reference": _reference,
}
