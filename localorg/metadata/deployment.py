"""One deployment: read, judge, apply all of it or nothing, and say what became of each component.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_deploy.htm
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_deployresult.htm
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localorg import times
from localorg.metadata import deployed, reader
from localorg.metadata.apply import Applier, ComponentError, changes_apps
from localorg.metadata.check_layouts import object_of
from localorg.metadata.checks import check, check_remaining
from localorg.metadata.model import Component, Package, Problem

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from localorg.metadata.deployed import Stored
    from localorg.org import Org


@dataclass(frozen=True)
class Options:
    """What the caller of `deploy` may choose."""

    check_only: bool = False
    rollback_on_error: bool = True
    ignore_warnings: bool = False
    runs_tests: bool = False  #: a test level was asked for; this org has no Apex, so none run


@dataclass(frozen=True)
class Caller:
    """Who deploys."""

    user_id: str
    name: str


class _NotKeptError(Exception):
    """Ends the transaction of a deployment that must leave nothing behind."""


@dataclass
class _Outcome:
    """What became of the components of one deployment."""

    done: dict[tuple[str, str], tuple[str, str]]
    components: tuple[Component, ...]
    deleted: tuple[Component, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    problems: tuple[Problem, ...] = ()


def run(org: Org, content: bytes, options: Options, caller: Caller) -> tuple[str, bool]:
    """Deploy the zip; gives the deployment's id and whether apps were changed.

    The result is stored under the id. Raises `PackageError` if the zip is no package.
    """
    package = reader.read_zip(content)
    outcome = _Outcome({}, package.components)
    try:
        with org.write() as db:
            deployed.create(db)
            _carry_out(db, org, package, outcome, options, caller)
    except _NotKeptError:
        kept = False
    else:
        kept = True
    with org.write() as db:
        deployed.create(db)
        deployment_id = deployed.new_deployment_id(db)
        deployed.keep_result(db, _result(deployment_id, outcome, options, caller, len(content)))
    return deployment_id, kept and changes_apps((*outcome.components, *outcome.deleted))


def _carry_out(
    db: sqlite3.Connection,
    org: Org,
    package: Package,
    outcome: _Outcome,
    options: Options,
    caller: Caller,
) -> None:
    """Judge and apply within the transaction; raises `_NotKeptError` to undo everything."""
    known = [one.component for one in deployed.stored(db)]
    components, problems = _judge(package, known, keep_sound=not options.rollback_on_error)
    outcome.problems = problems
    if problems and options.rollback_on_error:
        raise _NotKeptError
    applier = Applier(db, org.schema, caller.user_id)
    try:
        outcome.done = applier.put(components)
        _delete(applier, package, known, outcome)
    except ComponentError as error:
        outcome.problems = (*problems, error.component.problem(error.words))
    if options.check_only or (outcome.problems and options.rollback_on_error):
        raise _NotKeptError


def _judge(
    package: Package, known: list[Component], *, keep_sound: bool
) -> tuple[tuple[Component, ...], tuple[Problem, ...]]:
    """The components to apply and all problems; with `keep_sound`, those that stand by themselves."""
    components, found = package.components, list[Problem]()
    while True:
        part = Package(
            components, () if found else package.problems, package.deleted, package.api_version
        )
        problems = [problem for problem in check(part, known) if not problem.style]
        found.extend(problems)
        if not problems or not keep_sound:
            return components, tuple(found)
        bad = {(problem.type, problem.full_name) for problem in problems}
        sound = tuple(one for one in components if one.key not in bad)
        if len(sound) == len(components):
            return sound, tuple(found)
        components = sound


def _delete(applier: Applier, package: Package, known: list[Component], outcome: _Outcome) -> None:
    """Carry out destructive changes; what others still refer to stays and is a problem."""
    if not package.deleted:
        return
    gone = set(package.deleted)
    by_key = {one.key: one for one in (*known, *package.components)}
    outcome.missing = tuple(key for key in package.deleted if key not in by_key)
    objects = {name for type_, name in gone if type_ == "CustomObject"}
    left = [one for key, one in by_key.items() if key not in gone and not _belongs_to(one, objects)]
    before = {str(problem) for problem in check_remaining(by_key.values())}
    broken = [problem for problem in check_remaining(left) if str(problem) not in before]
    outcome.problems += tuple(_still_needed(problem, package.deleted) for problem in broken)
    if not broken:
        found = [by_key[key] for key in package.deleted if key in by_key]
        outcome.deleted = tuple(sorted(found, key=lambda one: one.type == "CustomObject"))
        for one in outcome.deleted:
            if not _belongs_to(one, objects):
                applier.take(one)


def _still_needed(problem: Problem, deleted: tuple[tuple[str, str], ...]) -> Problem:
    """The refusal to delete, under the name of the component that the others still need."""
    wanted = [key for key in deleted if key[1].rpartition(".")[2] in problem.text] or list(deleted)
    words = f"This component is referenced elsewhere in salesforce.com: {problem.full_name}: {problem.text}"
    return Problem(*wanted[0], "destructiveChangesPost.xml", words)


def _belongs_to(one: Component, objects: set[str]) -> bool:
    """Whether the component goes with one of these objects: a field, a layout, a list view, a metadata record."""
    if one.type == "Layout":
        return object_of(one) in objects
    parent = f"{one.parent}__mdt" if one.type == "CustomMetadata" else one.parent
    return one.type in {"CustomField", "CustomMetadata", "ListView"} and parent in objects


def _result(
    deployment_id: str, outcome: _Outcome, options: Options, caller: Caller, size: int
) -> dict[str, Any]:
    """The DeployResult as plain data, in the order of the WSDL."""
    now = times.text(times.now())
    failures = [_failure(problem, now) for problem in outcome.problems]
    bad = {(problem.type, problem.full_name) for problem in outcome.problems}
    sound = [one for one in outcome.components if one.key not in bad]
    successes = [_success(one, outcome, now) for one in sound] + _deletions(outcome, now)
    partly = bool(failures) and not options.rollback_on_error and bool(sound)
    status = "Succeeded" if not failures else "SucceededPartial" if partly else "Failed"
    return {
        "checkOnly": options.check_only,
        "completedDate": now,
        "createdBy": caller.user_id,
        "createdByName": caller.name,
        "createdDate": now,
        "details": {
            "componentFailures": failures,
            "componentSuccesses": [*successes, _manifest(now)] if not failures else successes,
            "runTestResult": {"numFailures": 0, "numTestsRun": 0, "totalTime": 0.0},
        },
        "done": True,
        "id": deployment_id,
        "ignoreWarnings": options.ignore_warnings,
        "lastModifiedDate": now,
        "numberComponentErrors": len(failures),
        "numberComponentsDeployed": len(successes),
        "numberComponentsTotal": len(successes) + len(failures),
        "numberTestErrors": 0,
        "numberTestsCompleted": 0,
        "numberTestsTotal": 0,
        "rollbackOnError": options.rollback_on_error,
        "runTestsEnabled": options.runs_tests,
        "startDate": now,
        "status": status,
        "success": not failures,
        "zipSize": size,
    }


def _message(type_: str, name: str, file: str, now: str, **about: object) -> dict[str, Any]:
    said = {"changed": False, "created": False, "deleted": False, "success": True, **about}
    return {"componentType": type_, "createdDate": now, "fileName": file, "fullName": name, **said}


def _success(one: Component, outcome: _Outcome, now: str) -> dict[str, Any]:
    made_id, state = outcome.done.get(one.key, ("", "unchanged"))
    about: dict[str, object] = {"created": state == "created", "changed": state != "unchanged"}
    if made_id:
        about["id"] = made_id
    return _message(one.type, one.full_name, one.file, now, **about)


def _deletions(outcome: _Outcome, now: str) -> list[dict[str, Any]]:
    file = "destructiveChangesPost.xml"
    gone = [
        _message(one.type, one.full_name, file, now, deleted=True, changed=True)
        for one in outcome.deleted
    ]
    for type_, name in outcome.missing:
        words = f"No {type_} named: {name} found"
        gone.append(_message(type_, name, file, now, problem=words, problemType="Warning"))
    return gone


def _manifest(now: str) -> dict[str, Any]:
    return _message("", "package.xml", "package.xml", now, changed=True)


def _failure(problem: Problem, now: str) -> dict[str, Any]:
    return _message(
        problem.type, problem.full_name, problem.file, now, success=False, problem=problem.text,
        problemType="Error", lineNumber=problem.line, columnNumber=problem.column,
    )  # fmt: skip


def every_component(db: sqlite3.Connection) -> Iterable[Stored]:
    """What is deployed, for `listMetadata`."""
    deployed.create(db)
    return deployed.stored(db)


def result(db: sqlite3.Connection, deployment_id: str) -> dict[str, Any] | None:
    """The DeployResult of a deployment as plain data; None if the id is unknown."""
    known = db.execute("SELECT 1 FROM sqlite_master WHERE name = '_deployment'").fetchone()
    return deployed.result_of(db, deployment_id) if known else None
