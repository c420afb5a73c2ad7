"""A copy of the metadata project to damage, and a package of it as the CLI would send it."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections import defaultdict
from pathlib import Path

import pytest
from lxml import etree

from localorg.org import Org
from localorg.rights import access
from tests.metadata.soap_client import Client, a_session

PROJECT = Path(__file__).resolve().parents[2] / "sfdx"
NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
#: The suffixes of folders' files in source format: directory and type of what is in them.
FOLDERS = {
    ".reportFolder-meta.xml": ("reports", "Report"),
    ".dashboardFolder-meta.xml": ("dashboards", "Dashboard"),
}


#: Of the repository: one a file.
COMPONENTS = sum(
    1 for folder in ("force-app", "seed", "eca") for _ in (PROJECT / folder).rglob("*-meta.xml")
)


def copy_project(to: Path) -> Path:
    """The project without the installed CLI."""
    return Path(shutil.copytree(PROJECT, to, ignore=shutil.ignore_patterns("node_modules")))


@pytest.fixture
def project(tmp_path):
    return copy_project(tmp_path / "sfdx")


@pytest.fixture
def packed_files():
    """The project in metadata format: path to content."""
    return packed(PROJECT)


@pytest.fixture(name="zip_of")
def _zip_of():
    return zip_files


@pytest.fixture(name="manifest")
def _manifest():
    return manifest


def zip_files(files: dict[str, str | bytes]) -> bytes:
    """A zip file of these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return buffer.getvalue()


def manifest(members: dict[str, list[str]], version: str = "66.0") -> str:
    """A package.xml that names these members by type."""
    types = "".join(
        "<types>"
        + "".join(f"<members>{name}</members>" for name in sorted(names))
        + f"<name>{type_}</name></types>"
        for type_, names in sorted(members.items())
    )
    return f'<Package xmlns="{NAMESPACE}">{types}<version>{version}</version></Package>'


def packed(project: Path) -> dict[str, str | bytes]:
    """The project in metadata format, written here independently of the CLI and of the reader."""
    files: dict[str, str | bytes] = {}
    members = defaultdict(list)
    for directory in ("force-app", "seed", "eca", "oauth"):
        for path in sorted((project / directory).rglob("*-meta.xml")):
            _pack(path, path.relative_to(project / directory / "main/default"), files, members)
    for folder in sorted((project / "force-app/main/default/objects").iterdir()):
        root = etree.parse(folder / f"{folder.name}.object-meta.xml").getroot()
        for inner, type_ in (("fields", "CustomField"), ("listViews", "ListView")):
            for part in sorted((folder / inner).glob("*.xml")):
                one = etree.parse(part).getroot()
                one.tag = f"{{{NAMESPACE}}}{inner}"
                root.append(one)
                members[type_].append(f"{folder.name}.{part.name.split('.')[0]}")
        files[f"objects/{folder.name}.object"] = etree.tostring(root)
        members["CustomObject"].append(folder.name)
    return {"package.xml": manifest(members), **files}


def _pack(
    path: Path, place: Path, files: dict[str, str | bytes], members: dict[str, list[str]]
) -> None:
    if place.parts[0] == "objects":
        return
    content = path.read_bytes()
    if place.parts[0] == "aura":  # a bundle keeps its files, and the suffix of its description
        for one in path.parent.iterdir():
            files[(place.parent / one.name).as_posix()] = one.read_bytes()
        members["AuraDefinitionBundle"].append(place.parent.name)
        return
    type_ = etree.QName(etree.fromstring(content)).localname
    for suffix, (directory, inside_type) in FOLDERS.items():
        if place.name.endswith(suffix):
            name = place.name.removesuffix(suffix)
            files[f"{directory}/{name}-meta.xml"] = content
            members[inside_type].append(f"{name}/")
            return
    inside = place.as_posix().removesuffix("-meta.xml")
    files[inside] = content
    members[type_].append(inside.partition("/")[2].rpartition(".")[0])


@pytest.fixture(scope="module")
def fresh_org(tmp_path_factory):
    """The folder of an org to which nothing was deployed."""
    directory = tmp_path_factory.mktemp("fresh")
    Org(directory).close()
    return directory


@pytest.fixture
def org(fresh_org, tmp_path):
    one = Org(shutil.copytree(fresh_org, tmp_path / "org"))
    yield one
    one.close()


@pytest.fixture
def client(org):
    return Client(org, a_session(org, "admin@bellwether.example", access.ADMIN_PROFILE))
