"""The schema: kept in the file, changed in transactions, drops nothing silently."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from localorg import ids, tables
from localorg.org import Org
from localorg.schema import SchemaError, new_field
from localorg.system_fields import custom_object
from tests.localorg.world import admin_writer

if TYPE_CHECKING:
    from pathlib import Path

KEY = new_field("Key__c", "string", length=18, case_sensitive=True)


def thing(*fields: object) -> object:
    return custom_object("Thing__c", "Thing", "Things", sharing_model="Private", fields=fields)


def test_what_was_added_is_known_after_a_restart(tmp_path: Path) -> None:
    first = Org(tmp_path)
    with first.write() as db:
        first.schema.add_object(db, thing(KEY))
    first.close()
    second = Org(tmp_path)
    assert second.schema.get("thing__C").fields["Key__c"] == KEY
    assert list(second.schema) == list(first.schema)
    second.close()


def test_a_rolled_back_change_is_forgotten(bare_org: Org) -> None:
    def change() -> None:
        with bare_org.write() as db:
            bare_org.schema.add_object(db, thing())
            bare_org.schema.add_field(db, "Nothing__c", KEY)

    with pytest.raises(SchemaError, match="There is no object Nothing__c"):
        change()
    assert bare_org.schema.find("Thing__c") is None


def test_prefixes_are_given_in_turn_and_kept(bare_org: Org) -> None:
    with bare_org.write() as db:
        bare_org.schema.add_object(db, thing())
        other = replace(thing(), name="Other__c")
        bare_org.schema.add_object(db, other)
        bare_org.schema.add_object(db, replace(thing(), label="Renamed"))
    found = bare_org.schema.get("Thing__c")
    assert (found.key_prefix, found.label) == ("a00", "Renamed")
    assert bare_org.schema.get("Other__c").key_prefix == "a01"


def test_replacing_an_object_keeps_its_other_fields(bare_org: Org) -> None:
    with bare_org.write() as db:
        bare_org.schema.add_object(db, thing(KEY))
        bare_org.schema.add_object(db, thing(new_field("New__c", "date")))
    assert {"Key__c", "New__c"} <= set(bare_org.schema.get("Thing__c").fields)


def test_a_type_does_not_change_under_values(bare_org: Org) -> None:
    with bare_org.write() as db:
        made = bare_org.schema.add_object(db, thing(KEY))
        bare_org.schema.add_field(db, "Thing__c", replace(KEY, type="double"))
        bare_org.schema.add_field(db, "Thing__c", KEY)
        admin_writer(bare_org, db).insert(made, {"Id": ids.make("a00", 1), "Key__c": "x"})
    with pytest.raises(SchemaError, match="it holds values"), bare_org.write() as db:
        bare_org.schema.add_field(db, "Thing__c", replace(KEY, type="double"))
    with bare_org.read() as db:
        assert db.execute('SELECT "Key__c" FROM "Thing__c"').fetchone()[0] == "x"


def test_a_field_with_doubles_does_not_become_unique(bare_org: Org) -> None:
    with bare_org.write() as db:
        made = bare_org.schema.add_object(db, thing(KEY))
        for number in (1, 2):
            record = {"Id": ids.make("a00", number), "Key__c": "x"}
            admin_writer(bare_org, db).insert(made, record)
    with pytest.raises(SchemaError, match="values occur twice"), bare_org.write() as db:
        bare_org.schema.add_field(db, "Thing__c", replace(KEY, unique=True))


def test_fields_and_objects_can_be_taken_away(bare_org: Org) -> None:
    with bare_org.write() as db:
        bare_org.schema.add_object(db, thing(KEY))
        bare_org.schema.remove_field(db, "Thing__c", "Key__c")
        assert bare_org.schema.get("Thing__c").find("Key__c") is None
        bare_org.schema.remove_object(db, "Thing__c")
    assert bare_org.schema.find("Thing__c") is None
    with pytest.raises(SchemaError, match="No field"), bare_org.write() as db:
        bare_org.schema.remove_field(db, "Account", "Nope__c")
    with pytest.raises(SchemaError, match="standard object"), bare_org.write() as db:
        bare_org.schema.remove_object(db, "Account")


@pytest.mark.parametrize(("short", "check"), [
    ("001D000000IRt53", "IAD"), ("0055g0000001001", "AAA"), ("00Dxx0000001gER", "EAY"),
])  # fmt: skip
def test_the_checksum_of_known_ids(short: str, check: str) -> None:
    assert ids.widen(short) == short + check
    assert ids.widen(short + check.lower()) == short + check


@pytest.mark.parametrize("text", ["", "short", "001D000000IRt53IAE", "001D000000IRt5!", "x" * 19])
def test_texts_that_are_no_ids(text: str) -> None:
    assert ids.is_id(text) is False


def test_ids_count_up_and_back(bare_org: Org) -> None:
    with bare_org.write() as db:
        numbers = [tables.next_number(db, "a00") for _ in range(3)]
    made = [ids.make("a00", number) for number in numbers]
    assert [ids.number_of(one[ids.NUMBER]) for one in made] == numbers == [1, 2, 3]
    assert all(ids.is_id(one) and len(one) == 18 for one in made)
