"""The Metadata API's SOAP endpoint, as far as this org has it.

`POST /services/Soap/m/66.0` with `deploy`, `checkDeployStatus`, `describeMetadata` or
`listMetadata` in the body and the session in the header `SessionHeader/sessionId`:
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_intro.htm
"""

from __future__ import annotations

import base64
import binascii
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from lxml import etree

from localorg.auth import sessions
from localorg.metadata import deployment, model
from localorg.metadata.deployment import Caller, Options
from localorg.metadata.kinds import BY_TYPE, CHILDREN, KINDS, NAMESPACE, PART_TYPES
from localorg.metadata.reader import PackageError
from localorg.rights import access

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from localorg.metadata.deployed import Stored
    from localorg.metadata.model import Element
    from localorg.org import Org

_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_FAULTS = "http://fault.soap.sforce.com"
#: One of these is needed to use the Metadata API.
_NEEDED = ("ModifyMetadata", "ModifyAllData")


class FaultError(Exception):
    """A request that is refused as a whole."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(f"{code}: {words}")
        self.code = code


def handle(
    org: Org, body: bytes, on_apps_changed: Callable[[], None] | None = None
) -> tuple[int, bytes]:
    """Answer one SOAP request; gives the HTTP status and the XML (`text/xml`). Faults are 500.

    `on_apps_changed` is called after a deployment that made or changed external client apps.
    """
    try:
        operation, session_id = _read(body)
        caller = _caller(org, session_id)
        name = model.local_name(operation)
        if name == "deploy":
            answer, apps_changed = _deploy(org, operation, caller)
            if apps_changed and on_apps_changed:
                on_apps_changed()
        else:
            answer = _answer(name)(org, operation)
    except FaultError as fault:
        return HTTPStatus.INTERNAL_SERVER_ERROR, _fault(fault)
    return HTTPStatus.OK, _envelope(f"{name}Response", answer)


def _answer(name: str) -> Callable[[Org, Element], Any]:
    answer = _ANSWERS.get(name)
    if answer is None:
        words = f"No operation available for request {{{NAMESPACE}}}{name}"
        raise FaultError("UNKNOWN_OPERATION", words)
    return answer


def _read(body: bytes) -> tuple[Element, str]:
    """The operation's element and the session id."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise FaultError("MALFORMED_REQUEST", f"The request is no XML: {error.msg}") from error
    operation = root.find(f"{{{_ENVELOPE}}}Body/*")
    if operation is None:
        raise FaultError("MALFORMED_REQUEST", "The request has no SOAP body")
    header = root.find(f"{{{_ENVELOPE}}}Header/{{{NAMESPACE}}}SessionHeader")
    return operation, "" if header is None else model.text(header, "sessionId")


def _caller(org: Org, session_id: str) -> Caller:
    with org.read() as db:
        session = sessions.find(db, session_id)
        if session is None:
            words = "Invalid Session ID found in SessionHeader: Illegal Session"
            raise FaultError("INVALID_SESSION_ID", words)
        viewer = access.viewer_of(db, session.user_id)
        if not any(viewer.has(name) for name in _NEEDED):
            words = "use of the Metadata API requires a user with the ModifyAllData or ModifyMetadata permissions"
            raise FaultError("INSUFFICIENT_ACCESS", words)
        return Caller(session.user_id, _user_name(db, session.user_id))


def _user_name(db: sqlite3.Connection, user_id: str) -> str:
    row = db.execute('SELECT "Name" FROM "User" WHERE "Id" = ?', (user_id,)).fetchone()
    return str(row[0]) if row else ""


def _deploy(org: Org, operation: Element, caller: Caller) -> tuple[dict[str, Any], bool]:
    try:
        content = base64.b64decode(model.text(operation, "ZipFile"), validate=False)
    except binascii.Error as error:
        raise FaultError("INVALID_TYPE", f"ZipFile is no base64: {error}") from error
    check_only, rollback, ignore = (
        model.text(operation, "DeployOptions", flag) == "true"
        for flag in ("checkOnly", "rollbackOnError", "ignoreWarnings")
    )
    level = model.text(operation, "DeployOptions", "testLevel")
    options = Options(check_only, rollback, ignore, runs_tests=level not in {"", "NoTestRun"})
    try:
        deployment_id, apps_changed = deployment.run(org, content, options, caller)
    except PackageError as error:
        raise FaultError("INVALID_FILE", str(error)) from error
    return {"done": False, "id": deployment_id, "state": "Queued"}, apps_changed


def _check_deploy_status(org: Org, operation: Element) -> dict[str, Any]:
    wanted = model.text(operation, "asyncProcessId")
    with org.read() as db:
        result = deployment.result(db, wanted)
    if result is None:
        raise FaultError("INVALID_CROSS_REFERENCE_KEY", f"invalid cross reference id: {wanted}")
    if model.text(operation, "includeDetails") != "true":
        result = {**result, "details": {}}
    return result


def _describe_metadata(_org: Org, _operation: Element) -> dict[str, Any]:
    known = [
        {
            "childXmlNames": [child for child, _ in CHILDREN.values()]
            if kind.type == "CustomObject"
            else [],
            "directoryName": kind.directory,
            "inFolder": kind.folder_type is not None,
            "metaFile": False,
            "suffix": kind.suffix,
            "xmlName": kind.type,
        }
        for kind in KINDS
    ]
    return {
        "metadataObjects": known,
        "organizationNamespace": "",
        "partialSaveAllowed": False,
        "testRequired": False,
    }


def _list_metadata(org: Org, operation: Element) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    with org.write() as db:
        names = {one.id: one for one in deployment.every_component(db)}
        users = {one.made_by: _user_name(db, one.made_by) for one in names.values()}
        users |= {one.changed_by: _user_name(db, one.changed_by) for one in names.values()}
    for query in model.every(operation, "queries"):
        type_ = model.text(query, "type")
        if type_ not in BY_TYPE and type_ not in {*PART_TYPES, "ReportFolder", "DashboardFolder"}:
            raise FaultError("INVALID_TYPE", f"Cannot use: {type_} in this organization")
        folder = model.text(query, "folder")
        for one in names.values():
            inside = not folder or one.component.full_name.startswith(f"{folder}/")
            if one.component.type == type_ and inside:
                found.append(_file_properties(one, users))
    return found


def _file_properties(one: Stored, users: dict[str, str]) -> dict[str, Any]:
    return {
        "createdById": one.made_by,
        "createdByName": users[one.made_by],
        "createdDate": one.made_at,
        "fileName": one.component.file,
        "fullName": one.component.full_name,
        "id": one.id,
        "lastModifiedById": one.changed_by,
        "lastModifiedByName": users[one.changed_by],
        "lastModifiedDate": one.changed_at,
        "manageableState": "unmanaged",
        "type": one.component.type,
    }


_ANSWERS: dict[str, Callable[[Org, Element], Any]] = {
    "checkDeployStatus": _check_deploy_status,
    "describeMetadata": _describe_metadata,
    "listMetadata": _list_metadata,
}


def _envelope(name: str, result: Any) -> bytes:  # noqa: ANN401  # plain data
    root = etree.Element(f"{{{_ENVELOPE}}}Envelope", nsmap={"soapenv": _ENVELOPE, None: NAMESPACE})
    response = etree.SubElement(
        etree.SubElement(root, f"{{{_ENVELOPE}}}Body"), f"{{{NAMESPACE}}}{name}"
    )
    _append(response, "result", result)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _append(parent: Element, name: str, value: Any) -> None:  # noqa: ANN401  # plain data
    """One element per value; a list gives one element per item, none if it is empty."""
    if isinstance(value, list):
        for item in value:
            _append(parent, name, item)
        return
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    if isinstance(value, dict):
        for key, item in value.items():
            _append(element, key, item)
    else:
        element.text = str(value).lower() if isinstance(value, bool) else str(value)


def _fault(fault: FaultError) -> bytes:
    root = etree.Element(f"{{{_ENVELOPE}}}Envelope", nsmap={"soapenv": _ENVELOPE, "sf": _FAULTS})
    said = etree.SubElement(etree.SubElement(root, f"{{{_ENVELOPE}}}Body"), f"{{{_ENVELOPE}}}Fault")
    etree.SubElement(said, "faultcode").text = f"sf:{fault.code}"
    etree.SubElement(said, "faultstring").text = str(fault)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
