"""`python -m localorg serve`: a stand-in Salesforce org on this machine."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
import zipfile
from pathlib import Path

from localorg import handoff, load, seed, splits
from localorg import org as orgs
from localorg.org import Org, Settings
from localorg.records import Writer
from localorg.rights.access import viewer_of
from localorg.server import Servers


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and run it; returns the exit code."""
    asked = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="localorg %(levelname)s %(message)s")
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    org = Org(asked.dir, Settings(page_size=asked.page_size, api_limit=asked.api_limit))
    try:
        _fill(org, asked.load, asked.naive_zone, asked.encoding)
        if asked.splits:
            _split(org)
        _serve(org, (asked.api_port, asked.cli_port, asked.page_port))
    except (load.LoadError, OSError, zipfile.BadZipFile) as error:
        sys.stderr.write(f"localorg: {error}\n")
        return 1
    finally:
        org.close()
    return 0


def _fill(org: Org, export: Path | None, naive_zone: str, encoding: str) -> None:
    """Make the org's first records, unless it was filled before."""
    with org.write() as db:
        if orgs.get_setting(db, "org_id"):
            return
        org_id = (load.org_id_of(export) if export else None) or orgs.DEFAULT_ORG_ID
        seed.begin(org, db, org_id, "Bellwether Stand-in")
        if export:
            counts = load.load(org, db, export, naive_zone, encoding)
            logging.getLogger("localorg").info("loaded %s: %s", export.name, counts)
        seed.finish(org, db)


def _split(org: Org) -> None:
    """Turn opportunity splits on, as the administrator does in Setup."""
    with org.write() as db:
        splits.turn_on(Writer(db, org.schema, viewer_of(db, seed.ADMIN_ID)))


def _serve(org: Org, ports: tuple[int, int, int]) -> None:
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    servers = Servers(org, ports)
    servers.start()
    org.on_apps_changed = lambda: _hand_over(org, servers)
    _hand_over(org, servers)
    logging.getLogger("localorg").info(
        "ready: API %s, CLI %s, pages %s",
        org.settings.api_url, org.settings.cli_url, org.settings.page_url or "none",
    )  # fmt: skip
    stopping.wait()
    servers.stop()
    (org.directory / "handoff.json").unlink(missing_ok=True)


def _hand_over(org: Org, servers: Servers) -> None:
    handoff.write(org, servers.ca_file)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("localorg", description="A stand-in Salesforce org.")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="serve an org until SIGTERM")
    serve.add_argument("--dir", type=Path, required=True, help="folder of the org; made if missing")
    serve.add_argument("--load", type=Path, help="a weekly export (.zip) to fill a new org with")
    serve.add_argument("--naive-zone", default="UTC", help="zone of times without one (UTC)")
    serve.add_argument("--encoding", default="utf-8", help="of the export's files (utf-8)")
    serve.add_argument("--splits", action="store_true", help="an org with opportunity splits")
    serve.add_argument("--page-size", type=int, default=2000, help="records of a query page (2000)")
    serve.add_argument("--api-limit", type=int, default=100_000, help="API calls a day (100000)")
    serve.add_argument("--api-port", type=int, default=0, help="API over TLS (any free port)")
    serve.add_argument("--cli-port", type=int, default=0, help="API over HTTP for the sf CLI")
    serve.add_argument("--page-port", type=int, default=0, help="pages over HTTP")
    return parser


if __name__ == "__main__":
    sys.exit(main())
