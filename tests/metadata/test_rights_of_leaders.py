"""What leaders read of groups: how people stand, and not what the company owes and has closed."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

SETS = Path(__file__).resolve().parents[2] / "sfdx/force-app/main/default/permissionsets"
NAMESPACE = {"sf": "http://soap.sforce.com/2006/04/metadata"}
AMOUNTS = {f"Adoption_Team__c.{name}__c" for name in ("Quota", "Closed", "Commit")}


def readable(name: str) -> set[str]:
    root = etree.parse(SETS / f"{name}.permissionset-meta.xml").getroot()
    return {
        field.findtext("sf:field", "", NAMESPACE)
        for field in root.findall("sf:fieldPermissions", NAMESPACE)
        if field.findtext("sf:readable", "", NAMESPACE) == "true"
    }


@pytest.mark.parametrize(
    ("name", "may"),
    [("Adoption_Leader", False), ("Adoption_Panel_User", False), ("Adoption_Admin", True), ("Adoption_Integration", True)],
)  # fmt: skip
def test_amounts_of_the_company_are_for_the_admin(name: str, *, may: bool) -> None:
    assert readable(name) & AMOUNTS == (AMOUNTS if may else set())


def test_leaders_read_how_groups_stand() -> None:
    assert "Adoption_Team__c.Median__c" in readable("Adoption_Leader")
