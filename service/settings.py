"""The environment, read once and strictly: every error together, each with its remedy."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from service.who_reads import SHARINGS, Sharing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class SettingsError(Exception):
    """One or more settings are missing or wrong. The message lists all of them."""


SHORTEST_TOKEN = 16


@dataclass(frozen=True)
class Spec:
    """How one setting is read: its text to a value, whether it is needed, what it is for."""

    read: Callable[[str], Any]
    default: str | None
    what: str
    secret: bool = False


def _text(raw: str) -> str:
    if not raw.strip():
        message = "must not be empty"
        raise ValueError(message)
    return raw.strip()


def _org_id(raw: str) -> str:
    if len(raw) not in (15, 18) or not raw.startswith("00D") or not raw.isalnum():
        message = "must be an organization id: 15 or 18 characters starting with 00D"
        raise ValueError(message)
    return raw


def _url(raw: str) -> str:
    if not raw.startswith("https://") or raw.endswith("/"):
        message = "must start with https:// and not end with a slash"
        raise ValueError(message)
    return raw


def _redis_url(raw: str) -> str:
    if not raw.startswith(("redis://", "rediss://", "unix://")):
        message = "must start with redis://, rediss:// or unix://"
        raise ValueError(message)
    try:
        urlsplit(raw).port  # noqa: B018 - reading it is the check
    except ValueError:
        # The error's own text quotes the port's place, where half of a password may stand.
        message = "has no readable port: percent-encode the password in it"
        raise ValueError(message) from None
    _check_redis_options(raw)
    return raw


def _check_redis_options(raw: str) -> None:
    """Build a connection, which reads every option; nothing is connected to."""
    from redis import ConnectionPool, RedisError  # noqa: PLC0415 - only where there is an address

    try:
        ConnectionPool.from_url(raw).make_connection()
    except (TypeError, ValueError, RedisError):
        # The errors' own texts may quote the address, and a password with it.
        message = (
            "has an option after the ? that no Redis connection takes, or one with a wrong value: "
            "take it away"
        )
        raise ValueError(message) from None


def _words(raw: str) -> tuple[str, ...]:
    return tuple(raw.split())


def _whole(raw: str) -> int:
    if not raw.isdecimal() or int(raw) == 0:
        message = "must be a whole number above 0"
        raise ValueError(message)
    return int(raw)


def _yes_or_no(raw: str) -> bool | None:
    if raw not in ("", "yes", "no"):
        message = "must be yes or no, or empty"
        raise ValueError(message)
    return None if raw == "" else raw == "yes"


def _token(raw: str) -> str:
    if raw and (len(raw) < SHORTEST_TOKEN or raw.strip() != raw):
        message = f"must have at least {SHORTEST_TOKEN} characters and no spaces around them"
        raise ValueError(message)
    return raw


def _percent(raw: str) -> int:
    if not raw.isdecimal() or not 1 <= int(raw) <= 100:  # noqa: PLR2004 - percent
        message = "must be a whole number from 1 to 100"
        raise ValueError(message)
    return int(raw)


def _pem(raw: str) -> str:
    text = raw.replace("\\n", "\n").strip()
    if not text.startswith("-----BEGIN"):
        message = "must be a PEM private key (-----BEGIN …), with real or \\n line breaks"
        raise ValueError(message)
    return text + "\n"


def _unguessable(raw: str) -> str:
    if raw and not re.fullmatch(r"[A-Za-z0-9_-]{32,128}", raw):
        message = "must be 32 to 128 letters, digits, - and _, or empty"
        raise ValueError(message)
    return raw


def _own_address(raw: str) -> str:
    if raw and not re.fullmatch(
        r"https://[^/?#\s@]+|http://(localhost|127\.0\.0\.1)(:\d+)?", raw, re.ASCII
    ):
        message = "must be https:// and a host alone, such as https://NAME.herokuapp.com, or empty"
        raise ValueError(message)
    return raw


def _sharing(raw: str) -> Sharing:
    if raw not in SHARINGS:
        message = f"must be one of {', '.join(SHARINGS)}"
        raise ValueError(message)
    return SHARINGS[SHARINGS.index(raw)]


def _optional_path(raw: str) -> Path | None:
    if not raw:
        return None
    path = Path(raw)
    if not path.is_file():
        message = f"names a file that does not exist: {raw}"
        raise ValueError(message)
    return path


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


#: field of Settings -> environment variable
VARIABLES: Mapping[str, str] = {
    "org_id": "SALESFORCE_ORG_ID",
    "instance_url": "SALESFORCE_INSTANCE_URL",
    "audience": "SALESFORCE_AUDIENCE",
    "username": "SALESFORCE_USERNAME",
    "consumer_key": "SALESFORCE_CONSUMER_KEY",
    "private_key": "SALESFORCE_PRIVATE_KEY",
    "canvas_key": "CANVAS_CONSUMER_KEY",
    "canvas_secrets": "CANVAS_CONSUMER_SECRETS",
    "redis_url": "REDIS_URL",
    "ca_file": "SALESFORCE_CA_FILE",
    "viewer_hosts": "SALESFORCE_VIEWER_HOSTS",
    "frame_ancestors": "PANEL_FRAME_ANCESTORS",
    "work_dir": "BELLWETHER_WORK_DIR",
    "rules_file": "BELLWETHER_RULES_FILE",
    "timeout_seconds": "SALESFORCE_TIMEOUT_SECONDS",
    "memory_limit_mb": "BELLWETHER_MEMORY_LIMIT_MB",
    "page_limit_mb": "BELLWETHER_PAGE_LIMIT_MB",
    "run_calls": "BELLWETHER_RUN_CALLS",
    "api_share_percent": "BELLWETHER_API_SHARE_PERCENT",
    "aggregate_only": "BELLWETHER_AGGREGATE_ONLY",
    "sharing": "BELLWETHER_SHARING",
    "compares": "BELLWETHER_COMPARE",
    "record_health": "BELLWETHER_RECORD_HEALTH",
    "metrics_token": "BELLWETHER_METRICS_TOKEN",
    "doorbell_secret": "BELLWETHER_DOORBELL_SECRET",
    "public_url": "BELLWETHER_PUBLIC_URL",
    "link_secret": "BELLWETHER_LINK_SECRET",
    "retention_months": "BELLWETHER_RETENTION_MONTHS",
}

SPECS: Mapping[str, Spec] = {
    "SALESFORCE_ORG_ID": Spec(
        _org_id, None, "the organization id, from Setup > Company Information"
    ),
    "SALESFORCE_INSTANCE_URL": Spec(
        _url, None, "the org's My Domain, https://NAME.my.salesforce.com"
    ),
    "SALESFORCE_AUDIENCE": Spec(
        _url,
        "https://login.salesforce.com",
        "https://login.salesforce.com, or https://test.salesforce.com for a sandbox",
    ),
    "SALESFORCE_USERNAME": Spec(_text, None, "the integration user's username"),
    "SALESFORCE_CONSUMER_KEY": Spec(
        _text, None, "consumer key of the external client app Bellwether_Jobs", secret=True
    ),
    "SALESFORCE_PRIVATE_KEY": Spec(
        _pem, None, "the PEM private key whose certificate Bellwether_Jobs holds", secret=True
    ),
    "CANVAS_CONSUMER_KEY": Spec(
        str.strip,
        "",
        "consumer key of Bellwether_Panel, where users approve it for themselves; needs "
        "BELLWETHER_PUBLIC_URL; only an admin approves when empty",
    ),
    "CANVAS_CONSUMER_SECRETS": Spec(
        _words,
        None,
        "consumer secret of Bellwether_Panel; two, separated by a space, while it is being rotated",
        secret=True,
    ),
    "REDIS_URL": Spec(
        _redis_url,
        None,
        "the broker, redis:// or rediss://; Heroku Key-Value Store sets it",
        secret=True,
    ),
    "SALESFORCE_CA_FILE": Spec(
        _optional_path, "", "a CA bundle, only for an org behind a private certificate"
    ),
    "SALESFORCE_VIEWER_HOSTS": Spec(
        _words,
        "*.my.salesforce.com",
        "hosts that a viewer's token may be sent to, separated by spaces",
    ),
    "PANEL_FRAME_ANCESTORS": Spec(
        _words,
        "https://*.force.com https://*.salesforce.com https://*.salesforce-setup.com",
        "sites that may frame the panel",
    ),
    "BELLWETHER_WORK_DIR": Spec(
        Path, "var/work", "folder for pages and spill files; emptied freely"
    ),
    "BELLWETHER_RULES_FILE": Spec(
        _optional_path, "", "a TOML rule set; when empty, that of the org holds"
    ),
    "SALESFORCE_TIMEOUT_SECONDS": Spec(_whole, "30", "how long one call to the org may take"),
    "BELLWETHER_MEMORY_LIMIT_MB": Spec(_whole, "200", "DuckDB's memory limit"),
    "BELLWETHER_PAGE_LIMIT_MB": Spec(
        _whole, "1000", "the most that one page of a large reading may unpack to"
    ),
    "BELLWETHER_COMPARE": Spec(
        _yes_or_no,
        "",
        "yes: whoever opens it in the panel sees their own score beside the middle of their role; "
        "nobody is named; off when empty",
    ),
    "BELLWETHER_METRICS_TOKEN": Spec(
        _token,
        "",
        "the bearer token that opens /metrics; without it there is no such page",
        secret=True,
    ),
    "BELLWETHER_RUN_CALLS": Spec(_whole, "2000", "the most API calls that one run may spend"),
    "BELLWETHER_API_SHARE_PERCENT": Spec(
        _percent,
        "90",
        "the share of the org's API calls of 24 hours, by whomever used, beyond which a run stops",
    ),
    "BELLWETHER_AGGREGATE_ONLY": Spec(
        _yes_or_no,
        "",
        "yes: groups of people are written and no record of any person; no: both; empty: as yes "
        "where most users are in the European Union",
    ),
    "BELLWETHER_SHARING": Spec(
        _sharing,
        "hierarchy",
        "hierarchy: records of persons wait while the role hierarchy shows them to anybody who does "
        "not lead; hierarchy-accepted: they do not wait; shares: the hierarchy is switched off for "
        "scores, and each is shared with the manager, later with those above",
    ),
    "BELLWETHER_RECORD_HEALTH": Spec(
        _yes_or_no,
        "no",
        "yes: the night keeps a record beside each open opportunity that says whether it is healthy; "
        "it costs calls by their number",
    ),
    "BELLWETHER_DOORBELL_SECRET": Spec(
        _unguessable,
        "",
        "the last part of the doorbell's address: 32 to 128 letters, digits, - and _ that nobody "
        "guesses; no doorbell when empty",
        secret=True,
    ),
    "BELLWETHER_PUBLIC_URL": Spec(
        _own_address,
        "",
        "this service's own address, to which the links of the weekly digest lead; no digest when "
        "empty",
    ),
    "BELLWETHER_LINK_SECRET": Spec(
        _unguessable,
        "",
        "what signs the links of the weekly digest: 32 to 128 letters, digits, - and _ that "
        "nobody guesses; no digest when empty",
        secret=True,
    ),
    "BELLWETHER_RETENTION_MONTHS": Spec(
        _whole, "13", "months after which records of persons are deleted; figures of groups stay"
    ),
}


def read_settings(
    environment: Mapping[str, str] | None = None, *, only: tuple[str, ...] = ()
) -> Settings:
    """Read every setting; `only` names fields that must be present (others may be missing).

    Raises SettingsError naming every missing or wrong variable with its remedy.
    """
    source = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    problems: list[str] = []
    for name, variable in VARIABLES.items():
        spec = SPECS[variable]
        raw = source.get(variable, spec.default)
        if raw is None or (raw == "" and spec.default is None):
            values[name] = None
            if not only or name in only:
                problems.append(f"{variable} is missing: set it to {spec.what}.")
            continue
        try:
            values[name] = spec.read(raw)
        except ValueError as error:
            problems.append(f"{variable} {error}. It is {spec.what}.")
    if problems:
        raise SettingsError("\n".join(problems))
    return Settings(**values)
