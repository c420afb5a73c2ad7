"""Record values as a person reads them. Nothing here makes HTML: templates escape every text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from localorg.ids import is_id, widen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from localorg.pages.port import FieldInfo, ObjectInfo, PagesOrg, Person

_LONG = 900
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")


@dataclass(frozen=True)
class Cell:
    """One value on a page."""

    label: str
    text: str
    name: str = ""  #: the field's API name
    href: str | None = None
    kind: str = "text"  #: ``text``, ``number``, ``check`` or ``long``


def cells(
    org: PagesOrg, viewer: Person, info: ObjectInfo, record: Mapping[str, Any], names: Iterable[str]
) -> Iterator[Cell]:
    """The named fields of a record, those left out that the viewer may not read."""
    by_name = {one.name: one for one in info.fields}
    for name in names:
        if name in by_name:
            yield cell(org, viewer, by_name[name], record.get(name))


def cell(org: PagesOrg, viewer: Person, about: FieldInfo, value: Any) -> Cell:  # noqa: ANN401  # as REST gives it
    """One field's value: references become links, times are in the viewer's zone."""
    label = label_of(about)
    if about.type == "boolean":
        return Cell(label, "☑" if value else "☐", about.name, kind="check")
    if value is None or value == "":
        return Cell(label, "", about.name)
    if about.type in {"reference", "id"}:
        return _link(org, viewer, about, str(value))
    text = text_of(about, value, viewer)
    kind = kind_of(about)
    if about.type == "textarea" and len(text) > _LONG:
        kind = "long"
    return Cell(label, text, about.name, kind=kind)


def kind_of(about: FieldInfo) -> str:
    """How a field is set: numbers stand to the right."""
    return "number" if about.type in {"currency", "double", "int", "percent"} else "text"


def label_of(about: FieldInfo) -> str:
    """A field's label as pages show it: a lookup is called after the record, not after its id."""
    return about.label.removesuffix(" ID") if about.type == "reference" else about.label


def _link(org: PagesOrg, viewer: Person, about: FieldInfo, record_id: str) -> Cell:
    name = org.record_name(viewer.id, record_id)
    if name is None:
        return Cell(label_of(about), record_id, about.name)
    return Cell(label_of(about), name, about.name, href=f"/{record_id}")


def text_of(about: FieldInfo, value: Any, viewer: Person) -> str:  # noqa: ANN401  # as REST gives it
    """A value that is there, as its field is shown: money, numbers, dates in the viewer's zone."""
    if about.type == "currency":
        sign = _SYMBOLS.get(viewer.currency, f"{viewer.currency} ")
        return f"{'-' if value < 0 else ''}{sign}{abs(value):,.2f}"
    if about.type in {"double", "int", "percent"}:
        return f"{value:,.{about.scale}f}" + ("%" if about.type == "percent" else "")
    if about.type == "date":
        return _date(date.fromisoformat(value), viewer)
    if about.type == "datetime":
        return moment(datetime.fromisoformat(value), viewer)
    return str(value)


def moment(at: datetime, viewer: Person) -> str:
    """A time in the viewer's zone; one without an offset is UTC."""
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    local = aware.astimezone(ZoneInfo(viewer.time_zone))
    if viewer.locale != "en_US":
        return local.strftime("%Y-%m-%d %H:%M")
    hour = local.hour % 12 or 12
    return f"{_date(local.date(), viewer)}, {hour}:{local:%M} {'AM' if local.hour < 12 else 'PM'}"  # noqa: PLR2004


def _date(on: date, viewer: Person) -> str:
    return f"{on.month}/{on.day}/{on.year}" if viewer.locale == "en_US" else on.isoformat()


def segments(text: str, api_url: str) -> Iterator[tuple[str, str | None]]:
    """A post's text cut into (text, address or None): Chatter makes links of plain addresses.

    An address in this org leads to its page here: in a real org pages and API share one host.
    """
    done = 0
    for found in _LINK.finditer(text):
        if found.start() > done:
            yield text[done : found.start()], None
        yield found.group(), _on_these_pages(found.group(), api_url)
        done = found.end()
    if done < len(text):
        yield text[done:], None


def _on_these_pages(url: str, api_url: str) -> str:
    rest = url.removeprefix(f"{api_url}/")
    return url if rest == url else f"/{widen(rest) if is_id(rest) else rest}"
