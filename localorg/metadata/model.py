"""What a deployment or a source tree is made of: components, and problems found in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lxml import etree

from localorg.metadata.kinds import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Iterator

#: An lxml element; lxml ships no types.
Element = Any


@dataclass(frozen=True)
class Problem:
    """One thing that makes a deployment fail, in the words of the platform where they are known."""

    type: str  #: metadata type: "CustomField"; empty when the file's type is unknown
    full_name: str
    file: str
    text: str
    line: int = 1
    column: int = 1
    style: bool = False  #: an org takes it, our own check does not

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.full_name}: {self.text}"


@dataclass(frozen=True)
class Component:
    """One component: a file, or one field of an object's file."""

    type: str
    full_name: str  #: "Adoption_Score__c.Word__c", "Adoption_Reports/Scores_by_Word"
    file: str  #: path from the root of the zip or of the project
    xml: Element = field(compare=False)

    @property
    def key(self) -> tuple[str, str]:
        """Type and name: what makes a component that one and no other."""
        return (self.type, self.full_name)

    @property
    def name(self) -> str:
        """The last part of the full name."""
        return self.full_name.rpartition("/")[2].rpartition(".")[2]

    @property
    def parent(self) -> str:
        """What stands before the dot: the object of a field, the type of a custom metadata record."""
        return self.full_name.rpartition(".")[0]

    def text(self, *path: str) -> str:
        """The text of the first element of that path, or an empty text."""
        return text(self.xml, *path)

    def is_true(self, name: str) -> bool:
        """Whether the element is there and says true."""
        return self.text(name) == "true"

    def every(self, *path: str) -> Iterator[Element]:
        """All elements of that path."""
        return every(self.xml, *path)

    def problem(self, words: str, at: Element | None = None, *, style: bool = False) -> Problem:
        """A problem of this component, at the line of `at` or of its own start."""
        place = self.xml if at is None else at
        return Problem(
            self.type, self.full_name, self.file, words, line=place.sourceline or 1, style=style
        )


@dataclass(frozen=True)
class Package:
    """What was sent or found: components, what could not be read, what is to be deleted."""

    components: tuple[Component, ...]
    problems: tuple[Problem, ...] = ()
    deleted: tuple[tuple[str, str], ...] = ()  #: (type, full name)
    api_version: str = ""


def every(element: Element, *path: str) -> Iterator[Element]:
    """All descendants along the path, in the metadata namespace."""
    found: Iterator[Element] = element.iterfind("/".join(f"{{{NAMESPACE}}}{name}" for name in path))
    return found


def text(element: Element, *path: str) -> str:
    """The text of the first descendant along the path, or an empty text."""
    first = next(every(element, *path), None)
    return (first.text or "").strip() if first is not None else ""


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return str(etree.QName(element).localname)


def parse(content: bytes) -> Element:
    """Parse one file without entities and without the network; `etree.XMLSyntaxError` if broken."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    return etree.fromstring(content, parser)
