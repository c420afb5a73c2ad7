from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from service import people_files
from service.people_files import Absences, PersonFacts, apply, read_absences
from service.scoring.evidence import Coverage
from service.scoring.roles import role_of
from service.sheet import SheetError
from tests.scoring.builders import ANA, a_person, default_rules

RAJ, MIA = "005000000000002AAA", "005AbCdEf000003AAA"
PEOPLE = [
    a_person(username="ana@x.example"),
    a_person(user_id=RAJ, name="Raj", username="Raj@x.example", is_active=False),
    a_person(user_id=MIA, name="Mia", username=None),
]


def read_people(path, people):
    return people_files.read_people(path, people, default_rules())


def a_file(folder, text, encoding="utf-8"):
    path = folder / "file.csv"
    path.write_bytes(text.encode(encoding))
    return path


def mistakes(read, folder, text, **how):
    path = a_file(folder, text, **how)
    with pytest.raises(SheetError) as caught:
        read(path, PEOPLE)
    return [line.removeprefix(f"{path} ") for line in str(caught.value).splitlines()]


def test_days_off_are_added_up_by_user_named_by_id_or_username(tmp_path):
    path = a_file(
        tmp_path,
        "user,from,to,kind\n"
        f"{ANA},2026-03-02,2026-03-04,vacation\n"
        "ANA@x.example,2026-03-04,2026-03-05,\n"
        "\n"
        f'{ANA[:15]},2026-03-10,2026-03-10,"sick, half"\n'
        "raj@X.example , 2026-02-28,2026-03-01,x\n",
    )
    assert read_absences(path, PEOPLE).away == {
        ANA: frozenset(date(2026, 3, day) for day in (2, 3, 4, 5, 10)),
        RAJ: {date(2026, 2, 28), date(2026, 3, 1)},
    }


def test_days_on_which_somebody_was_there_are_no_days_off(tmp_path):
    path = a_file(
        tmp_path,
        f"user,from,to,kind\n{ANA},2026-03-02,2026-03-03,Present\n{RAJ},2026-03-04,2026-03-04,\n",
    )
    days = {ANA: frozenset({date(2026, 3, 2), date(2026, 3, 3)})}
    assert read_absences(path, PEOPLE) == Absences({RAJ: frozenset({date(2026, 3, 4)})}, days)
    told = apply(a_person(), {}, Absences(present=days))
    assert (told.present_on, told.away_on) == (days[ANA], frozenset())


def test_columns_may_come_in_any_order_and_case_with_a_byte_order_mark_and_without_kind(tmp_path):
    path = a_file(tmp_path, f"\ufeffTo,USER,From\r\n2026-03-02,{MIA},2026-03-02\r\n")
    assert read_absences(path, PEOPLE).away == {MIA: {date(2026, 3, 2)}}


def test_every_mistake_is_named_at_once_with_line_column_and_remedy(tmp_path):
    text = (
        "user,from,to,kind\n"
        "nobody@x.example,2026-03-02,2026-03-04,\n"
        f"{ANA},02.03.2026,2026-02-30,\n"
        f"{ANA},2026-03-04,2026-03-02,\n"
        f"{ANA},2026-03-04,9999-12-31,\n"
        f"{ANA},2026-03-04,,\n"
        f"{ANA},2026-03-04\n"
    )
    assert mistakes(read_absences, tmp_path, text) == [
        "line 7: has 2 fields where the header has 4; quote texts that hold a comma.",
        "line 2, user: 'nobody@x.example' is no user of these data; write the id or the username of one.",
        "line 3, from: '02.03.2026' is no day; write it like 2026-03-27.",
        "line 3, to: '2026-02-30' is no day; write it like 2026-03-27.",
        "line 4, to: '2026-03-02' is before 2026-03-04; write the last day of the absence.",
        "line 5, to: '9999-12-31' is more than three years on; write the last day known today.",
        "line 6, to: '' is no day; write it like 2026-03-27.",
    ]  # fmt: skip


def test_an_id_is_matched_letter_by_letter(tmp_path):
    (found,) = mistakes(
        read_absences, tmp_path, f"user,from,to\n{MIA.lower()},2026-03-02,2026-03-02\n"
    )
    assert "is no user of these data" in found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["line 1: lacks the column user; name the columns in the first line, separated by commas."]),
        ("user|from|to\n", [
            "line 1: has a column 'user|from|to'; remove it or give it one of these names: user, from, to, kind.",
            *(f"line 1: lacks the column {one}; name the columns in the first line, separated by commas."
              for one in ("user", "from", "to")),
        ]),
        ("user,from,to,user\n", ["line 1: has the column user twice; keep one."]),
        ('user,from,to\n"a,2026-01-01,2026-01-01\n', ["line 2: is not CSV (unexpected end of data); close every quote."]),
    ],
)  # fmt: skip
def test_a_header_or_a_text_that_makes_no_sense_is_told(tmp_path, text, found):
    assert mistakes(read_absences, tmp_path, text)[: len(found)] == found


def test_a_file_in_another_encoding_or_that_is_not_there_is_told(tmp_path):
    found = mistakes(read_absences, tmp_path, "user,from,to,kind\nä,,,\n", encoding="latin-1")
    assert found[0].endswith("file.csv: is not UTF-8 text; save it as CSV UTF-8.")
    with pytest.raises(SheetError, match=r"missing.csv: cannot be read \(No such file"):
        read_people(tmp_path / "missing.csv", PEOPLE)


def test_a_file_full_of_mistakes_shows_a_hundred(tmp_path):
    found = mistakes(read_absences, tmp_path, "user,from,to\n" + "x,2026-01-01,2026-01-01\n" * 130)
    assert len(found) == 101
    assert found[-1] == "and 30 more mistakes."


def test_facts_are_read_and_what_is_empty_stays_unknown(tmp_path):
    path = a_file(
        tmp_path,
        "user,role,segment,fte,start_date,country,manager,role_since\n"
        f"{ANA},Field Sales Rep,corporate,0.6,2026-01-05,de-by,{MIA},2026-02-02\n"
        "raj@x.example,,,,,,,\n",
    )
    assert read_people(path, PEOPLE) == {
        ANA: PersonFacts(
            "Field Sales Rep",
            "corporate",
            Decimal("0.6"),
            date(2026, 1, 5),
            "DE-BY",
            MIA,
            role_since=date(2026, 2, 2),
        ),
        RAJ: PersonFacts(),
    }


def test_a_file_with_semicolons_as_half_of_the_world_writes_them_is_read(tmp_path):
    path = a_file(tmp_path, f'User;Region;FTE\n{ANA};"Europe; North, too";0.6\n')
    assert read_people(path, PEOPLE) == {
        ANA: PersonFacts(region="Europe; North, too", fte=Decimal("0.6"))
    }


def test_any_column_but_the_user_may_be_left_out(tmp_path):
    assert read_people(a_file(tmp_path, f"fte,user\n1,{ANA}\n"), PEOPLE) == {
        ANA: PersonFacts(fte=Decimal(1))
    }


@pytest.mark.parametrize(
    ("column", "text", "told"),
    [
        ("fte", "60%", "is no share of full time; write one from 0 to 1, like 0.6."),
        ("fte", "1.2", "is no share of full time; write one from 0 to 1, like 0.6."),
        ("fte", "nan", "is no share of full time; write one from 0 to 1, like 0.6."),
        ("start_date", "20260105", "is no day; write it like 2026-03-27."),
        ("role_since", "1 May", "is no day; write it like 2026-03-27."),
        ("country", "Germany", "is no country; write its code like DE, or DE-BY with the region."),
        ("country", "DE-ZZ", "is no country; write its code like DE, or DE-BY with the region."),
        ("manager", "boss", "is no user of these data; write the id or the username of one."),
        (
            "role",
            "Astronaut",
            (
                f"is no role; write one of the rules ({', '.join(default_rules().roles)}) or a name "
                "in [roles.names]."
            ),
        ),
    ],
)
def test_a_fact_that_makes_no_sense_is_told(tmp_path, column, text, told):
    found = mistakes(read_people, tmp_path, f"user,{column}\n{ANA},{text}\n")
    assert found == [f"line 2, {column}: {text!r} {told}"]


def test_a_user_named_twice_is_told(tmp_path):
    found = mistakes(read_people, tmp_path, f"user,fte\n{ANA},1\nana@x.example,0.5\n")
    assert found == ["line 3, user: 'ana@x.example' is on line 2 already; keep one."]


@pytest.mark.parametrize(
    ("written", "role"),
    [("Manager", "manager"), ("sales  manager", "manager"), ("Skipper", None)],
    ids=["a role of the rules", "a name that they know", "one that the data know, not confirmed"],
)
def test_a_role_of_the_rules_needs_no_name_in_salesforce(tmp_path, written, role):
    people = [a_person(role=None), a_person(user_id=RAJ, role="Skipper")]
    facts = read_people(a_file(tmp_path, f"user,role\n{ANA},{written}\n"), people)
    told = apply(people[0], facts, Absences())
    assert role_of(told, Coverage(roles_known=False), default_rules()) == role


def test_facts_replace_what_the_data_say_and_days_off_are_added():
    monday, tuesday = date(2026, 3, 2), date(2026, 3, 3)
    ana = a_person(country="ES", fte=Decimal(1), away_on=frozenset({monday}))
    told = apply(
        ana, {ANA: PersonFacts(fte=Decimal(0), country="PT")}, Absences({ANA: frozenset({tuesday})})
    )
    assert told == replace(ana, country="PT", fte=Decimal(0), away_on=frozenset({monday, tuesday}))
    assert apply(ana, {}, Absences({RAJ: frozenset({tuesday})})) == ana


def test_each_fact_reaches_the_person():
    start = date(2026, 1, 5)
    moved = date(2026, 2, 2)
    facts = PersonFacts(
        "Inside Sales Rep", "field", Decimal("0.5"), start, "FR", MIA, role_since=moved
    )
    told = apply(a_person(), {ANA: facts}, Absences())
    assert told.role_since == moved
    assert (told.role, told.fte, told.started_on, told.country, told.manager_id) == (
        "Inside Sales Rep", Decimal("0.5"), start, "FR", MIA,
    )  # fmt: skip
