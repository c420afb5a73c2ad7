"""Logins, and the days on which somebody used the browser or the mobile app, of the last weeks.

No export is known to have them; an org keeps them, and the stand-in org reads them from here.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from service.sample.calendar import stamp

if TYPE_CHECKING:
    from datetime import date

    from service.sample.life import Life

#: Longer than what is counted, so that counting too much shows.
_DAYS = 42
LOGIN_SECONDS = 60  #: after the start of work
_MOBILE_PEOPLE, _MOBILE_DAYS, _FAILED = 0.4, 0.5, 0.03


def log_in(life: Life) -> None:
    """Once on each day that they touch Salesforce; the last one is what the user's row tells."""
    chance = life.chance("logins")
    is_mobile = chance.random() < _MOBILE_PEOPLE
    since = life.days.as_of - timedelta(days=_DAYS)
    for day in life.active:
        if day <= since:
            continue
        if chance.random() < _FAILED:
            _attempt(life, day, 30, "Invalid Password")
        _attempt(life, day, LOGIN_SECONDS, "Success")
        _use(life, day, "Lightning Experience")
        if is_mobile and chance.random() < _MOBILE_DAYS:
            _use(life, day, "Salesforce Mobile")


def _attempt(life: Life, day: date, seconds: int, status: str) -> None:
    life.sheets["LoginHistory"].add(
        UserId=life.person.user_id, LoginTime=stamp(life.moment(day, seconds)),
        LoginType="Application", Status=status, Application="Browser",
    )  # fmt: skip


def _use(life: Life, day: date, app: str) -> None:
    life.sheets["LightningUsageByAppTypeMetrics"].add(
        UserId=life.person.user_id, MetricsDate=str(day), AppExperience=app
    )
