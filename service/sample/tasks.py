"""Tasks, some kept on time and some not, so that their share is known."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from service.sample.activities import add_task, finished

if TYPE_CHECKING:
    from service.sample.life import Life

TASKS_EACH = 10
DAYS_AT_LEAST = 2  #: one to make a task on, and a later one
#: Finished tasks count for so many days up to and with the as-of day (the default rules).
FINISHED_DAYS = 28


def give_tasks(life: Life) -> None:
    """Ten tasks of late: the habit keeps some on time, the others are overdue."""
    random, days, as_of = life.random, life.active, life.days.as_of
    for number in range(TASKS_EACH):
        is_kept = number < life.ways.on_time
        made = random.choice(days[-9:-1])
        back = -random.randrange(1, 30) if is_kept else random.randrange(1, 40)
        is_finished = is_kept and number % 2 == 0
        done = finished(life, life.moment(made, 13_200), days[-1], 13_800) if is_finished else {}
        add_task(life, made, 13_200, as_of - timedelta(days=back), **done)
        if not is_finished or days[-1] > as_of - timedelta(days=FINISHED_DAYS):
            life.truth.tasks += 1
            life.truth.tasks_on_time += is_kept


def give_old_tasks(life: Life) -> None:
    """Tasks of the months before, all finished; none of them counts any more."""
    random, last = life.random, life.days.as_of - timedelta(days=FINISHED_DAYS)
    days = [day for day in life.active if day <= last]
    for at in range(0, len(days) - 4, 4):
        made, done = days[at], days[at + random.randrange(1, 4)]
        columns = finished(life, life.moment(made, 13_200), done, 13_500)
        add_task(life, made, 13_200, done, **columns)
