"""Which members of a zip we read, and whether it is safe to unpack them."""

from __future__ import annotations

import errno
import re
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from service.export.errors import (
    BrokenZipError,
    EncryptedZipError,
    NotAZipError,
    NothingKnownError,
    TwoOrgsError,
    ZipTooLargeError,
)
from service.tables import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

_ENCRYPTED = 0x1  # bit 0 of the general purpose flags, .ZIP file format specification 4.4.4
_LOCAL_HEADER = b"PK\x03\x04"
#: The first 15 characters of the organization's id, in the name under which an export is downloaded.
_ORG_IN_NAME = re.compile(r"WE_(00D[0-9A-Za-z]{12})", re.ASCII)
_BY_LOWER_NAME = {name.lower(): name for name in COLUMNS}


@dataclass(frozen=True)
class Limits:
    """What one reading may unpack to.

    CSV of real orgs packs 5 to 40 times; deflate's best is about 1,030 times, which is what
    a zip bomb shows. Small members may pack well without harm.
    """

    ratio: int = 250
    ratio_matters_above_bytes: int = 50_000_000
    total_bytes: int = 200_000_000_000


@dataclass(frozen=True)
class Member:
    """One object's file inside one zip. `label` names it in messages: `WE_1.ZIP: Task.csv`."""

    archive: Path
    info: zipfile.ZipInfo
    object_name: str

    @property
    def label(self) -> str:
        """The member as messages name it: a terminal obeys nothing that a folder in a zip is called."""
        name = "".join(one if one.isprintable() else "?" for one in self.info.filename)
        return f"{self.archive.name}: {name}"


def find_members(
    paths: Iterable[Path],
    limits: Limits,
    work_dir: Path,
    objects: Collection[str] = COLUMNS,
    share: float = 1,
) -> tuple[Member, ...]:
    """Every member that is named after one of the objects, in the order of these, then of the zips.

    A folder before the name and the case of letters do not matter; a member's name is never
    used as a path. `share` is how much of what is unpacked will lie in `work_dir`. Raises ExportError.
    """
    paths = tuple(paths)
    _check_org(paths)
    found = (member for path in paths for member in _members_of(path))
    members = [member for member in found if member.object_name in objects]
    if not members:
        names = ", ".join(f"{name}.csv" for name in objects)
        raise NothingKnownError(
            f"{', '.join(path.name for path in paths)}: holds none of {names}. Give the zip of "
            "Setup > Data Export as it was downloaded, all of them at once, with these objects ticked."
        )
    _check_sizes(members, limits, work_dir, share)
    places = {name: place for place, name in enumerate(COLUMNS)}
    return tuple(sorted(members, key=lambda member: places[member.object_name]))


def _check_org(paths: tuple[Path, ...]) -> None:
    """Raises TwoOrgsError where names that Salesforce gave say that zips are of different orgs."""
    named = ((path, _ORG_IN_NAME.match(path.name)) for path in paths)
    first = {found[1]: path.name for path, found in reversed([*named]) if found}
    if len(first) > 1:
        raise TwoOrgsError(
            f"{' and '.join(sorted(first.values()))}: are exports of different orgs, by their names. "
            "Give those of one org."
        )


def _members_of(path: Path) -> Iterator[Member]:
    for info in _open(path).infolist():
        name = PurePosixPath(info.filename.replace("\\", "/"))
        object_name = _BY_LOWER_NAME.get(name.stem.lower())
        if info.is_dir() or object_name is None or name.suffix.lower() != ".csv":
            continue
        member = Member(path, info, object_name)
        if info.flag_bits & _ENCRYPTED:
            raise EncryptedZipError(
                f"{member.label}: is protected by a password. Unpack the zip with the password "
                "and pack it again without one."
            )
        yield member


def _open(path: Path) -> zipfile.ZipFile:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotAZipError(f"{path}: does not exist. Check the path.") from error
    except (zipfile.BadZipFile, OSError) as error:
        if isinstance(error, OSError) and error.errno != errno.EINVAL:  # a seek to nowhere
            why = f"cannot be read ({error.strerror}). Check the path, and who may read it."
            raise NotAZipError(f"{path}: {why}") from error
        if _starts_as_zip(path):
            raise BrokenZipError(
                f"{path.name}: starts as a zip and then breaks off. Download it again."
            ) from error
        raise NotAZipError(
            f"{path.name}: is not a zip file. Give the file that Setup > Data Export made."
        ) from error


def _starts_as_zip(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as source:
        return source.read(4) == _LOCAL_HEADER


def _check_ratio(label: str, size: int, packed: int, limits: Limits) -> None:
    if size > limits.ratio_matters_above_bytes and size > max(1, packed) * limits.ratio:
        raise ZipTooLargeError(
            f"{label}: unpacks to {size / max(1, packed):,.0f} times its size, more than "
            f"{limits.ratio}. If the file is genuine, raise the limit (--max-ratio)."
        )


def _check_sizes(members: list[Member], limits: Limits, work_dir: Path, share: float) -> None:
    for member in members:
        _check_ratio(member.label, member.info.file_size, member.info.compress_size, limits)
    for archive in dict.fromkeys(member.archive for member in members):
        own = [member.info for member in members if member.archive == archive]
        # Many names may stand for one piece of the file, and many members may be just small enough.
        packed = min(archive.stat().st_size, sum(info.compress_size for info in own))
        _check_ratio(archive.name, sum(info.file_size for info in own), packed, limits)
    total = sum(member.info.file_size for member in members)
    free = shutil.disk_usage(work_dir).free
    needed = int(total * share)
    if total > limits.total_bytes or needed > free:
        raise ZipTooLargeError(
            f"{members[0].archive.name}: unpacks to {total:,} bytes, of which {needed:,} need room; "
            f"{work_dir} has {free:,} free and the limit is {limits.total_bytes:,}. Free some space "
            "(TMPDIR names another place) or raise the limit (--max-unpacked-gb)."
        )
