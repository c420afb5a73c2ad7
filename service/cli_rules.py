"""`bellwether rules`: a rules file to begin with, and its way into an org as custom metadata."""

from __future__ import annotations

import shlex
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from service.cli_report import check_exports
from service.rules_file import DRAFT

if TYPE_CHECKING:
    from service.rule_records.to_records import NewRecord


@click.group()
def rules() -> None:
    """The rule set: what was agreed, and for whom."""


@rules.command(short_help="Write a rules file with the roles found, to be confirmed.")
@click.argument("exports", metavar="EXPORT.zip...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path(DRAFT),
    show_default=True,
    help="The file to write. One that exists is never overwritten.",
)
@click.option(
    "--encoding", default="utf-8", show_default=True, help="The one chosen for the export."
)
def init(exports: tuple[Path, ...], out: Path, encoding: str) -> None:
    """Write a rules file with the roles found, each to be confirmed before anyone is judged."""
    from service.evidence.people import NoUsersError  # noqa: PLC0415 - keeps --help fast
    from service.evidence.roles import read_holders  # noqa: PLC0415
    from service.export import ExportError, read_export  # noqa: PLC0415
    from service.rules_draft import draft  # noqa: PLC0415
    from service.rules_file import read_rules  # noqa: PLC0415

    check_exports(exports)
    try:
        _check(out)
        with tempfile.TemporaryDirectory(prefix="bellwether-") as work:
            folder = Path(work)
            objects = ("User", "UserRole", "Profile")
            tables = read_export(exports, folder / "pages", encoding=encoding, objects=objects)
            holders = read_holders(tables, read_rules(None), folder)
        _write(out, draft(holders, out.name, datetime.now(UTC).astimezone().date()))
    except (ExportError, NoUsersError, FileExistsError, OSError) as error:
        click.secho(f"bellwether: {error}", fg="red", err=True)
        sys.exit(1)
    named = {one.role or one.profile for one in holders} - {None}
    people = sum(one.people for one in holders)
    click.echo(out)
    found = f"{len(named):,} roles or profiles" if named else "no roles"
    click.echo(
        f"{people:,} active users, {found}. Nobody is scored by this file before you have "
        "confirmed who has which role: open it, it says how.",
        err=True,
    )


@rules.command(short_help="Write a rules file as records that deploy to an org.")
@click.argument("file", metavar="RULES.toml", type=click.Path(path_type=Path), required=False)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("rules-for-org"),
    show_default=True,
    help="The folder to write. One that exists is never overwritten.",
)
@click.option(
    "--before",
    type=click.Path(path_type=Path),
    help="The rules file that the org's records were made from: what is in it alone is deleted.",
)
def export(file: Path | None, out: Path, before: Path | None) -> None:
    """Write a rules file as custom metadata records, which `sf project deploy start` takes.

    Without RULES.toml: the examples that ship with Bellwether. Records of the examples that the
    file does not have are deleted in the org with the same deployment.
    """
    from service.rule_records.files import full_name, write_package  # noqa: PLC0415
    from service.rules_file import DEFAULT_RULES, RulesError  # noqa: PLC0415 - keeps --help fast

    try:
        _check(out)
        made = _records(file or DEFAULT_RULES)
        known = (DEFAULT_RULES, before) if before else (DEFAULT_RULES,)
        gone = {full_name(old) for one in known for old in _records(one)}
        write_package(out, made, gone)
    except (RulesError, OSError) as error:
        click.secho(f"bellwether: {error}", fg="red", err=True)
        sys.exit(1)
    click.echo(out)
    left = len(gone - {full_name(one) for one in made})
    click.echo(
        f"{len(made)} records; {left} that these rules do not have are deleted where the org has "
        f"them. Deploy: sf project deploy start --metadata-dir {shlex.quote(str(out))}",
        err=True,
    )


def _records(file: Path) -> list[NewRecord]:
    """The records of a rules file; what is wrong is said with the file's name."""
    from service.rule_records.records import RuleRecordsError  # noqa: PLC0415
    from service.rule_records.to_records import records_of  # noqa: PLC0415
    from service.rules_file import read_mapping, read_rules  # noqa: PLC0415

    read_rules(file)
    try:
        return records_of(read_mapping(file))
    except RuleRecordsError as error:
        lines = "\n".join(f"{file}: {line}" for line in str(error).splitlines())
        raise RuleRecordsError(lines) from error


def _check(out: Path) -> None:
    if out.exists():
        raise FileExistsError(
            f"{out} exists already and is left alone. Name another file with --out."
        )
    parent = out.resolve().parent
    if not parent.is_dir():
        what = "is a file, not a folder" if parent.exists() else "does not exist"
        raise FileNotFoundError(f"{parent} {what}. Make one, or name another file with --out.")


def _write(out: Path, text: str) -> None:
    """All of it or nothing, and never over a file that came to be meanwhile."""
    with out.open("x", encoding="utf-8") as file:
        try:
            file.write(text)
        except BaseException:
            out.unlink()
            raise
