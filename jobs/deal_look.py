"""A look at what was won lately, or came where a rule waits for it: every few minutes, or when the doorbell rings.

One call asks for the rules, the rates and the won opportunities changed since the last look, with
an overlap of 15 minutes because rows appear late; what was handled before is known by its time.
Such a look comes back soon by itself, so it is never put off for what waits: it forgets instead
how far it came. The watermark lies in Redis and may be lost: then all won opportunities are
looked at. What never touches SystemModstamp (rates, a day that comes) is the night's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobs.big_deals import announce_deals, look_at_all, record
from jobs.deals import amounts
from jobs.deals import rules as deal_rules
from jobs.deals.outcome import Announced
from jobs.deals.reach import Reach
from jobs.deals.watch import Watch, Watched
from jobs.run import Run, work_as
from jobs.score_org import rules_of
from service.doorbell import Doorbell
from service.redis_queue import connect
from service.rules_file import read_rules
from service.salesforce.query import given
from service.salesforce.times import literal

if TYPE_CHECKING:
    from rq import Retry

#: More changes than this in one look are a mass update: then all big wins are asked for instead.
MOST_CHANGES = 2000


def run_deal_look(org_id: str, run_key: str, as_of: str | None = None) -> dict[str, Any] | Retry:
    """Announce the big deals among the won opportunities that changed since the last look.

    An empty look costs one API call and writes nothing. Safe to run at any time, beside others,
    and again.
    """
    return work_as("Big deals", org_id, run_key, as_of, _look)


def _look(run: Run) -> dict[str, Any]:
    connection = connect(run.settings.redis_url)
    Doorbell(connection, run.org_id).answered()  # whoever rings from now on wants another look
    watch = Watch(connection, run.org_id)
    known = watch.read()
    done = _changed(run, known, watch) if known else None
    if done is None:
        rules = rules_of(run)
        done = look_at_all(run, rules)
        if not done.later:
            has_currencies = amounts.read_rates(run.gateway) is not None
            reach = Reach.of(rules.big_deals)
            watch.keep(Watched(run.started_at, {}, has_currencies, reach))
    return record(run, done)


def _changed(run: Run, known: Watched, watch: Watch) -> Announced | None:
    """Announce what is due among the changed; None when all must be looked at."""
    answers = run.gateway.query_together([deal_rules.QUERY, *amounts.RATES, _query(known)])
    default = read_rules(run.settings.rules_file).big_deals
    big_deals = deal_rules.rules_from(answers[0], default)
    rates = amounts.rates_from(answers[1], answers[2])
    if (rates is not None) != known.has_currencies or Reach.of(big_deals) != known.reach:
        return None  # the rules look for other deals than those that were asked for
    rows = given(answers[3])
    if len(rows) >= MOST_CHANGES:
        return None
    done = Announced()
    fresh = known.fresh(rows)
    deals = amounts.big_ones(fresh, rates, big_deals) if big_deals else []
    if deals:
        rules = rules_of(run, big_deals)  # who is told, by the roles: asked for only now
        with run.step("announce"):
            done = announce_deals(run, deals, rules)
    if fresh and not done.later:
        watch.keep(known.after(rows))
    return done


def _query(known: Watched) -> str:
    currency = f", {amounts.CURRENCY}" if known.has_currencies else ""
    return (
        f"SELECT {known.reach.fields}{currency}, SystemModstamp FROM Opportunity "  # noqa: S608 - quoted texts and a time
        f"WHERE {known.reach.condition} AND SystemModstamp >= {literal(known.since)} "
        f"ORDER BY SystemModstamp, Id LIMIT {MOST_CHANGES}"
    )
