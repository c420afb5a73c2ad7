"""The examination, in the order in which each thing needs the one before."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from service.doctor import here, org, runs
from service.doctor.sharing import sharing
from service.finding import good, unseen, wrong
from service.salesforce.errors import SalesforceError
from service.salesforce.gateway import Gateway
from service.settings import SettingsError, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from service.finding import Finding
    from service.settings import Settings

#: What is not looked at where the org does not answer.
_OF_ORG = ("org", "metadata", "limits", "sharing", "rules", "big deals", "digest", "night")


def examine(environment: Mapping[str, str] | None = None) -> Iterator[Finding]:
    """Look at everything that the service stands on, one finding after the other.

    Writes nothing to the org. Costs about twenty API calls.
    """
    try:
        settings = read_settings(environment)
    except SettingsError as error:
        for line in str(error).splitlines():
            yield wrong("settings", line)
        yield unseen("all else", "Not looked at: it needs the settings.")
        return
    yield good("settings", "All are there and well-formed.")
    yield from filter(
        None, [here.rules_file(settings), here.people_file(settings), here.approval(settings)]
    )
    yield here.work_folder(settings)
    yield from here.broker(settings)
    yield from _org(settings)


def _org(settings: Settings) -> Iterator[Finding]:
    gateway = Gateway(settings)
    answer = org.connection(gateway)
    yield answer
    if answer.level == "failed":
        for name in _OF_ORG:
            if name == "rules" and settings.rules_file:
                continue  # seen already
            yield unseen(name, "Not looked at: it needs the connection.")
        return
    looks: dict[str, Callable[[], Iterable[Finding]]] = {
        "org": lambda: [org.identity(gateway, settings)],
        "metadata": lambda: org.metadata(gateway, settings),
        "limits": lambda: org.limits(gateway),
        "sharing": lambda: sharing(gateway, settings),
        "rules": lambda: runs.rules(gateway, settings),
        "big deals": lambda: runs.deals(gateway, settings),
        "digest": lambda: runs.digests(gateway, settings),
        "night": lambda: [runs.night(gateway, datetime.now(UTC))],
    }
    for name, look in looks.items():
        try:
            yield from look()
        except SalesforceError as error:
            yield wrong(name, str(error))
