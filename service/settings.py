"""The environment, read once and strictly: every error together, each with its remedy."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from service import setting_values as values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from service.who_reads import Sharing


class SettingsError(Exception):
    """One or more settings are missing or wrong. The message lists all of them."""


@dataclass(frozen=True)
class Spec:
    """How one setting is read: its text to a value, whether it is needed, what it is for."""

    field: str  #: of Settings
    read: Callable[[str], Any]
    default: str | None
    what: str
    secret: bool = False


@dataclass(frozen=True)
class Settings:
    """Everything the service takes from its environment. Secrets never show in `repr`."""

    org_id: str
    instance_url: str
    audience: str
    username: str
    consumer_key: str
    private_key: str
    canvas_key: str
    canvas_secrets: tuple[str, ...]
    redis_url: str
    ca_file: Path | None
    viewer_hosts: tuple[str, ...]
    frame_ancestors: tuple[str, ...]
    work_dir: Path
    rules_file: Path | None
    people_file: Path | None
    timeout_seconds: int
    memory_limit_mb: int
    page_limit_mb: int
    run_calls: int
    api_share_percent: int
    aggregate_only: bool | None
    sharing: Sharing
    compares: bool | None
    record_health: bool | None
    metrics_token: str
    doorbell_secret: str
    public_url: str
    link_secret: str
    retention_months: int

    @property
    def sends_digests(self) -> bool:
        """Whether managers and executives get the weekly digest: its links need both."""
        return bool(self.public_url and self.link_secret)

    def __repr__(self) -> str:
        shown = (
            f"{f.name}={getattr(self, f.name)!r}"
            for f in fields(self)
            if not SPECS[VARIABLES[f.name]].secret
        )
        return f"Settings({', '.join(shown)})"


SPECS: Mapping[str, Spec] = {
    "SALESFORCE_ORG_ID": Spec(
        "org_id", values.org_id, None, "the organization id, from Setup > Company Information"
    ),
    "SALESFORCE_INSTANCE_URL": Spec(
        "instance_url", values.url, None, "the org's My Domain, https://NAME.my.salesforce.com"
    ),
    "SALESFORCE_AUDIENCE": Spec(
        "audience",
        values.url,
        "https://login.salesforce.com",
        "https://login.salesforce.com, or https://test.salesforce.com for a sandbox",
    ),
    "SALESFORCE_USERNAME": Spec("username", values.text, None, "the integration user's username"),
    "SALESFORCE_CONSUMER_KEY": Spec(
        "consumer_key",
        values.text,
        None,
        "the consumer key of the external client app Bellwether_Jobs",
        secret=True,
    ),
    "SALESFORCE_PRIVATE_KEY": Spec(
        "private_key",
        values.pem,
        None,
        "the PEM private key whose certificate Bellwether_Jobs holds",
        secret=True,
    ),
    "CANVAS_CONSUMER_KEY": Spec(
        "canvas_key",
        str.strip,
        "",
        "the consumer key of Bellwether_Panel, where users approve it for themselves; needs "
        "BELLWETHER_PUBLIC_URL; only an admin approves when empty",
    ),
    "CANVAS_CONSUMER_SECRETS": Spec(
        "canvas_secrets",
        values.words,
        None,
        "the consumer secret of Bellwether_Panel; two, separated by a space, while it is being rotated",
        secret=True,
    ),
    "REDIS_URL": Spec(
        "redis_url",
        values.redis_url,
        None,
        "the broker, redis:// or rediss://; Heroku Key-Value Store sets it",
        secret=True,
    ),
    "SALESFORCE_CA_FILE": Spec(
        "ca_file",
        values.optional_path,
        "",
        "a CA bundle, only for an org behind a private certificate",
    ),
    "SALESFORCE_VIEWER_HOSTS": Spec(
        "viewer_hosts",
        values.words,
        "*.my.salesforce.com",
        "hosts that a viewer's token may be sent to, separated by spaces",
    ),
    "PANEL_FRAME_ANCESTORS": Spec(
        "frame_ancestors",
        values.words,
        "https://*.force.com https://*.salesforce.com https://*.salesforce-setup.com",
        "sites that may frame the panel",
    ),
    "BELLWETHER_WORK_DIR": Spec(
        "work_dir", Path, "var/work", "folder for pages and spill files; emptied freely"
    ),
    "BELLWETHER_RULES_FILE": Spec(
        "rules_file", values.optional_path, "", "a TOML rule set; when empty, that of the org holds"
    ),
    "BELLWETHER_PEOPLE_FILE": Spec(
        "people_file",
        values.optional_path,
        "",
        "a CSV of what the org does not say of people: working time, start, days in the role",
    ),
    "SALESFORCE_TIMEOUT_SECONDS": Spec(
        "timeout_seconds", values.whole, "30", "how long one call to the org may take"
    ),
    "BELLWETHER_MEMORY_LIMIT_MB": Spec(
        "memory_limit_mb", values.whole, "200", "DuckDB's memory limit"
    ),
    "BELLWETHER_PAGE_LIMIT_MB": Spec(
        "page_limit_mb",
        values.whole,
        "1000",
        "the most that one page of a large reading may unpack to",
    ),
    "BELLWETHER_COMPARE": Spec(
        "compares",
        values.yes_or_no,
        "",
        "yes: whoever opens it in the panel sees their own score beside the middle of their role; "
        "nobody is named; off when empty",
    ),
    "BELLWETHER_METRICS_TOKEN": Spec(
        "metrics_token",
        values.token,
        "",
        "the bearer token that opens /metrics; without it there is no such page",
        secret=True,
    ),
    "BELLWETHER_RUN_CALLS": Spec(
        "run_calls", values.whole, "2000", "the most API calls that one run may spend"
    ),
    "BELLWETHER_API_SHARE_PERCENT": Spec(
        "api_share_percent",
        values.percent,
        "90",
        "the share of the org's API calls of 24 hours, by whomever used, beyond which a run stops",
    ),
    "BELLWETHER_AGGREGATE_ONLY": Spec(
        "aggregate_only",
        values.yes_or_no,
        "",
        "yes: groups of people are written and no record of any person; no: both; empty: as yes "
        "where most users are in the European Union",
    ),
    "BELLWETHER_SHARING": Spec(
        "sharing",
        values.sharing,
        "hierarchy",
        "hierarchy: records of persons wait while the role hierarchy shows them to anybody who does "
        "not lead; hierarchy-accepted: they do not wait; shares: the hierarchy is switched off for "
        "scores, and each is shared with the manager, later with those above",
    ),
    "BELLWETHER_RECORD_HEALTH": Spec(
        "record_health",
        values.yes_or_no,
        "no",
        "yes: the night keeps a record beside each open opportunity that says whether it is healthy; "
        "it costs calls by their number",
    ),
    "BELLWETHER_DOORBELL_SECRET": Spec(
        "doorbell_secret",
        values.unguessable,
        "",
        "the last part of the doorbell's address: 32 to 128 letters, digits, - and _ that nobody "
        "guesses; no doorbell when empty",
        secret=True,
    ),
    "BELLWETHER_PUBLIC_URL": Spec(
        "public_url",
        values.own_address,
        "",
        "this service's own address, to which the links of the weekly digest lead; no digest when "
        "empty",
    ),
    "BELLWETHER_LINK_SECRET": Spec(
        "link_secret",
        values.unguessable,
        "",
        "what signs the links of the weekly digest: 32 to 128 letters, digits, - and _ that "
        "nobody guesses; no digest when empty",
        secret=True,
    ),
    "BELLWETHER_RETENTION_MONTHS": Spec(
        "retention_months",
        values.whole,
        "13",
        "months after which records of persons are deleted; figures of groups stay",
    ),
}

#: field of Settings -> environment variable
VARIABLES: Mapping[str, str] = {spec.field: name for name, spec in SPECS.items()}


def read_settings(
    environment: Mapping[str, str] | None = None, *, only: tuple[str, ...] = ()
) -> Settings:
    """Read every setting; `only` names fields that must be present (others may be missing).

    Raises SettingsError naming every missing or wrong variable with its remedy.
    """
    source = os.environ if environment is None else environment
    found: dict[str, Any] = {}
    problems: list[str] = []
    for name, variable in VARIABLES.items():
        spec = SPECS[variable]
        raw = source.get(variable, spec.default)
        if raw is None or (raw == "" and spec.default is None):
            found[name] = None
            if not only or name in only:
                problems.append(f"{variable} is missing: set it to {spec.what}.")
            continue
        try:
            found[name] = spec.read(raw)
        except ValueError as error:
            problems.append(f"{variable} {error}. It is {spec.what}.")
    if problems:
        raise SettingsError("\n".join(problems))
    return Settings(**found)
