"""Reads the zip of a deployment, or a source-format project, into the same components.

Both layouts are described in
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/file_based_zip_file.htm and
https://developer.salesforce.com/docs/atlas.en-us.sfdx_dev.meta/sfdx_dev/sfdx_dev_source_file_format.htm
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from lxml import etree

from localorg.metadata import bundles, model
from localorg.metadata.kinds import (
    BY_DIRECTORY,
    BY_SUFFIX,
    BY_TYPE,
    CHILDREN,
    NAMESPACE,
    PART_TYPES,
    PARTS,
    Kind,
)
from localorg.metadata.model import Component, Element, Package, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta/salesforce_app_limits_cheatsheet/salesforce_app_limits_platform_metadata.htm
MOST_FILES = 10_000
MOST_BYTES = 400_000_000
_META = "-meta.xml"
_MANIFESTS = {
    "package.xml",
    "destructiveChanges.xml",
    "destructiveChangesPre.xml",
    "destructiveChangesPost.xml",
}


class PackageError(Exception):
    """The package as a whole cannot be read; nothing of it was looked at."""


class _Files:
    """Collects components and problems file by file."""

    def __init__(self) -> None:
        self.components: list[Component] = []
        self.problems: list[Problem] = []
        self.parts: dict[str, bytes] = {}  #: files of bundles by their paths

    def refuse(
        self, path: str, words: str, *, type_: str = "", name: str = "", line: int = 1
    ) -> None:
        self.problems.append(Problem(type_, name or PurePosixPath(path).name, path, words, line))

    def parse(self, path: str, content: bytes, type_: str, name: str) -> Element | None:
        """The root element if the file is XML with the wanted root, else a problem is kept."""
        try:
            root = model.parse(content)
        except etree.XMLSyntaxError as error:
            line = error.lineno or 1
            self.refuse(path, f"Error parsing file: {error.msg}", type_=type_, name=name, line=line)
            return None
        if root.tag != f"{{{NAMESPACE}}}{type_}":
            words = f"Error parsing file: Element {root.tag} invalid at this location: expected {{{NAMESPACE}}}{type_}"
            self.refuse(path, words, type_=type_, name=name)
            return None
        return root

    def keep(self, path: str, content: bytes, type_: str, name: str) -> None:
        """Parse one component's file; what is named inside it becomes a component too."""
        root = self.parse(path, content, type_, name)
        if root is None:
            return
        said = model.text(root, "fullName")
        if said and said != name.rpartition(".")[2] and type_ != "CustomMetadata":
            words = f"The fullName {said} does not match the file's name {name}"
            self.refuse(path, words, type_=type_, name=name)
        self.components.append(Component(type_, name, path, root))
        for element, part in PARTS.get(type_, {}).items():
            for one in list(model.every(root, element)):
                full_name = f"{name}.{model.text(one, 'fullName')}"
                self.components.append(Component(part, full_name, path, one))


def read_zip(content: bytes) -> Package:
    """Read what a client sent to `deploy`. Raises `PackageError` when it is no package at all."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
            if len(members) > MOST_FILES or sum(one.file_size for one in members) > MOST_BYTES:
                raise PackageError("Maximum size of the package is reached")
            found = {one.filename: archive.read(one) for one in members}
    except zipfile.BadZipFile as error:
        raise PackageError(f"The zip file is not valid: {error}") from error
    return read_files(_without_top_folder(found))


def _without_top_folder(found: dict[str, bytes]) -> dict[str, bytes]:
    manifests = [path for path in found if PurePosixPath(path).name == "package.xml"]
    if not manifests:
        raise PackageError("No package.xml found")
    top = str(PurePosixPath(min(manifests, key=len)).parent)
    start = "" if top == "." else f"{top}/"
    return {path.removeprefix(start): found[path] for path in found if path.startswith(start)}


def read_files(found: dict[str, bytes]) -> Package:
    """Read the files of a package in metadata format, by their paths under `package.xml`."""
    files = _Files()
    for path, content in sorted(found.items()):
        if path not in _MANIFESTS:
            _read_metadata_file(files, path, content)
    files.problems.extend(bundles.complete(files.components, files.parts))
    manifest = files.parse("package.xml", found["package.xml"], "Package", "package.xml")
    if manifest is None:
        raise PackageError(files.problems[-1].text)
    wanted = _members(manifest)
    files.problems.extend(_compare(wanted, files))
    deleted = [
        member
        for name in sorted(_MANIFESTS - {"package.xml"} & found.keys())
        if (root := files.parse(name, found[name], "Package", name)) is not None
        for member in _members(root)
    ]
    version = model.text(manifest, "version")
    return Package(tuple(files.components), tuple(files.problems), tuple(deleted), version)


def _read_metadata_file(files: _Files, path: str, content: bytes) -> None:
    directory, _, rest = path.partition("/")
    kind = BY_DIRECTORY.get(directory)
    if kind is None or not rest:
        files.refuse(path, f"Unknown type name '{directory}' specified in package.xml")
    elif kind.is_bundle:
        _read_bundle_file(files, path, content, kind)
    elif kind.folder_type and rest.endswith(_META) and "/" not in rest:
        files.keep(path, content, kind.folder_type, rest.removesuffix(_META))
    elif not rest.endswith(f".{kind.suffix}"):
        files.refuse(path, f"The file is no {kind.type}: its suffix is not .{kind.suffix}")
    else:
        _keep_in_kind(files, path, content, kind, rest.removesuffix(f".{kind.suffix}"))


def _read_bundle_file(files: _Files, path: str, content: bytes, kind: Kind) -> None:
    file = PurePosixPath(path)
    if file.name == f"{file.parent.name}.{kind.suffix}{_META}":
        files.keep(path, content, kind.type, file.parent.name)
    elif bundles.element_of(file) is not None:
        files.parts[path] = content
    else:
        files.refuse(path, f"A file {file.name} is not known in a bundle of {kind.type} here")


def _keep_in_kind(files: _Files, path: str, content: bytes, kind: Kind, name: str) -> None:
    if kind.folder_type and "/" not in name:
        files.refuse(path, f"A {kind.type} must be inside a folder", type_=kind.type, name=name)
    elif not kind.folder_type and "/" in name:
        files.refuse(path, "The file is in a wrong folder", type_=kind.type, name=name)
    else:
        files.keep(path, content, kind.type, name)


def _members(manifest: Element) -> list[tuple[str, str]]:
    """Every (type, full name) of a manifest; the CLI writes folders with a slash behind."""
    found = []
    for types in model.every(manifest, "types"):
        type_ = model.text(types, "name")
        kind = BY_TYPE.get(type_)
        for member in model.every(types, "members"):
            name = (member.text or "").strip()
            folder = kind is not None and kind.folder_type and "/" not in name.rstrip("/")
            found.append((kind.folder_type if kind and folder else type_, name.rstrip("/")))
    return [(str(type_), name) for type_, name in found]


def _compare(wanted: list[tuple[str, str]], files: _Files) -> Iterator[Problem]:
    have = {one.key for one in files.components} | {
        (one.type, one.full_name) for one in files.problems
    }
    for type_, name in wanted:
        if name != "*" and (type_, name) not in have:
            words = f"An object '{name}' of type {type_} was named in package.xml, but was not found in zipped directory"
            yield Problem(type_, name, "package.xml", words)
    for one in files.components:
        if one.key not in wanted and (one.type, "*") not in wanted and one.type not in PART_TYPES:
            yield one.problem(
                f"A file of {one.type} {one.full_name} is in the zip, but not in package.xml"
            )


def read_source(project: Path) -> Package:
    """Read every package directory of a project in source format.

    `project` holds `sfdx-project.json`. Raises `PackageError` if that file cannot be read.
    """
    try:
        said = json.loads((project / "sfdx-project.json").read_text("utf-8"))
        directories = [str(one["path"]) for one in said["packageDirectories"]]
    except (OSError, ValueError, KeyError) as error:
        raise PackageError(f"{project / 'sfdx-project.json'}: {error}") from error
    files = _Files()
    for directory in directories:
        for file in sorted((project / directory).rglob("*")):
            if file.is_file() and not file.name.startswith("."):
                _read_source_file(files, file.relative_to(project).as_posix(), file.read_bytes())
    files.problems.extend(bundles.complete(files.components, files.parts))
    return Package(
        tuple(files.components),
        tuple(files.problems),
        api_version=str(said.get("sourceApiVersion", "")),
    )


def _read_source_file(files: _Files, path: str, content: bytes) -> None:
    parts = PurePosixPath(path).parts
    at = next((number for number, part in enumerate(parts) if part in BY_DIRECTORY), None)
    stem, _, suffix = PurePosixPath(path).name.removesuffix(_META).rpartition(".")
    if at is not None and BY_DIRECTORY[parts[at]].is_bundle:
        _read_bundle_file(files, path, content, BY_DIRECTORY[parts[at]])
        return
    if not path.endswith(_META) or at is None:
        kind = BY_SUFFIX.get(suffix)
        where = f"; it belongs into {kind.directory}/" if kind else ""
        files.refuse(path, f"This file is no metadata, or in a wrong folder{where}")
        return
    kind, inner = BY_DIRECTORY[parts[at]], parts[at + 1 : -1]
    if kind.type == "CustomObject":
        _read_object_file(files, path, content, inner, stem, suffix)
    elif suffix == kind.folder_suffix and not inner:
        files.keep(path, content, str(kind.folder_type), stem)
    elif suffix != kind.suffix:
        files.refuse(path, f"The suffix .{suffix} does not belong into {kind.directory}/")
    else:
        _keep_in_kind(files, path, content, kind, "/".join((*inner, stem)))


def _read_object_file(
    files: _Files, path: str, content: bytes, inner: tuple[str, ...], stem: str, suffix: str
) -> None:
    child = CHILDREN.get(inner[1]) if len(inner) == 2 else None  # noqa: PLR2004  # Object/fields
    if suffix == "object" and inner == (stem,):
        files.keep(path, content, "CustomObject", stem)
    elif child and suffix == child[1]:
        files.keep(path, content, child[0], f"{inner[0]}.{stem}")
    else:
        files.refuse(path, "The file is in a wrong folder, or of a kind that is not known here")
