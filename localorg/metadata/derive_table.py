"""Writes `schema_v66.json`, the compact table of what may stand in a metadata file.

    python -m localorg.metadata.derive_table metadata.wsdl > localorg/metadata/schema_v66.json

The source is Salesforce's own Metadata API WSDL, one file per release:
https://github.com/forcedotcom/wsdl (resources/metadata.wsdl, BSD-3-Clause). The table holds the
names, types, order and cardinality of the elements reachable from the types of `kinds`, and no
other text of it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from lxml import etree

from localorg.metadata.kinds import KINDS

_XS = "{http://www.w3.org/2001/XMLSchema}"


def derive(wsdl: Path) -> dict[str, Any]:
    """Give `{"types": {name: {element: [type, "", "r", "m" or "rm"]}}, "enums": {name: [value]}}`."""
    tree = etree.parse(wsdl)
    types = {one.get("name"): one for one in tree.iter(_XS + "complexType") if one.get("name")}
    enums = {
        one.get("name"): [value.get("value") for value in one.iter(_XS + "enumeration")]
        for one in tree.iter(_XS + "simpleType")
    }
    found: dict[str, Any] = {"types": {}, "enums": {}}
    wanted = {name for kind in KINDS for name in (kind.type, kind.folder_type) if name}
    wanted |= {"CustomField"}
    while wanted:
        name = wanted.pop()
        if name in enums:
            found["enums"][name] = enums[name]
        elif name not in found["types"]:
            found["types"][name] = _elements(types, name)
            wanted |= {said[0] for said in found["types"][name].values() if ":" not in said[0]}
    return {part: dict(sorted(known.items())) for part, known in found.items()}


def _elements(types: dict[str, Any], name: str) -> dict[str, list[str]]:
    one = types[name]
    base = next((ext.get("base") for ext in one.iter(_XS + "extension")), None)
    elements = _elements(types, base.removeprefix("tns:")) if base else {}
    for element in one.iter(_XS + "element"):
        required = "" if element.get("minOccurs") == "0" else "r"
        many = "m" if element.get("maxOccurs") == "unbounded" else ""
        elements[element.get("name")] = [element.get("type").removeprefix("tns:"), required + many]
    return elements


def main() -> None:
    """Write the table of the WSDL named on the command line to standard output."""
    table = derive(Path(sys.argv[1]))
    lines = [
        f'"{part}": {{\n'
        + ",\n".join(f"{json.dumps(name)}: {json.dumps(said)}" for name, said in known.items())
        + "\n}"
        for part, known in table.items()
    ]
    sys.stdout.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
