"""A person's accounts and contacts: most from their first day, some added since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.sample.activities import CONTACTS_EACH
from service.sample.calendar import opens
from service.sample.life import audit
from service.sample.names import company_name

if TYPE_CHECKING:
    from datetime import date

    from service.sample.life import Life

INDUSTRIES = ("Technology", "Manufacturing", "Energy")
_ACCOUNTS_EACH, _SPARE = 3, 20
_NEW_CONTACT, _NEW_ACCOUNT = 0.15, 0.03  #: chance on each active day
_DESCRIPTION = 'First line, with "quotes"\nand a second line; ends here'
#: Whose customers are of which size: under 1,000 employees is corporate.
_EMPLOYEES = {
    "field": (1000, 1800, 5200, 12_000, 48_000, 640),
    "corporate": (18, 90, 420, 640, 999, 1200),
}


def open_books(life: Life) -> None:
    """Enter accounts and contacts; later ones are records, too, but nobody calls them yet."""
    first = _first_day(life)
    life.accounts = [_account(life, first) for _ in range(_ACCOUNTS_EACH)]
    life.contacts = _contacts(life, first, CONTACTS_EACH)
    if life.person.habit == "just_enough":
        life.spare_contacts = _contacts(life, first, _SPARE)
    chance = life.chance("books")
    for day in life.active:
        if chance.random() < _NEW_CONTACT:
            _contacts(life, day, 1)
        if chance.random() < _NEW_ACCOUNT:
            _account(life, day)


def _first_day(life: Life) -> date:
    started = life.person.started_on
    return life.available[0] if life.is_told(started) else started


def _account(life: Life, day: date) -> tuple[str, str]:
    sheet = life.sheets["Account"]
    name = company_name(sheet.rows, life.random)
    sizes = _EMPLOYEES.get(life.person.kind, (18, 420, 5200))
    record = sheet.add(
        OwnerId=life.person.user_id, Name=name, Description=_DESCRIPTION,
        NumberOfEmployees=str(life.random.choice(sizes)),
        Industry=INDUSTRIES[sheet.rows % len(INDUSTRIES)], **life.made(day, 300),
    )  # fmt: skip
    return record, name


def _contacts(life: Life, day: date, count: int) -> list[str]:
    sheet, user, random = life.sheets["Contact"], life.person.user_id, life.random
    made = tuple(audit(opens(day, life.person.time_zone) + 300, user).values())
    rows = [
        (
            sheet.next_id(),
            user,
            random.choice(life.world.contact_names),
            random.choice(life.accounts)[0],
            *made,
        )
        for _ in range(count)
    ]
    sheet.extend(rows)
    life.mark(day)
    return [row[0] for row in rows]
