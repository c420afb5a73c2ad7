"""Templates and catalogue hold together: no text is missing, none is left over."""

from __future__ import annotations

import re
import shutil
import string

import pytest

from canvas.act import CAUSES, KINDS, REPLY
from canvas.admin_read import _COUNTS
from canvas.catalogue import FOLDER, Catalogue, read_catalogues
from canvas.formats import MONTHS
from canvas.review import RATED, RATINGS, REVIEWED
from canvas.screen import _WORD_KEYS
from canvas.states import STATES
from service.app import create_app
from service.scoring.healthy import FAULTS
from tests.canvas import panel_builders as build
from tests.shared_data import ROOT

TEXTS = read_catalogues().of(["en"])
SOURCES = [
    *(ROOT / "canvas" / "templates").glob("*.html"),
    *(
        ROOT / "canvas" / f"{name}.py"
        for name in (
            "screen",
            "people_screen",
            "opportunity_screen",
            "record_pages",
            "writing",
            "home",
        )
    ),
]
#: The types of acts that the org knows.
_TYPES = "sfdx/force-app/main/default/objects/Adoption_Action__c/fields/Type__c.field-meta.xml"
FULL_NAME = r"<value>\s*<fullName>([\w ]+)</fullName>"
ACTS = re.findall(FULL_NAME, (ROOT / _TYPES).read_text("utf-8"))
CAUSE = (ROOT / _TYPES).with_name("Cause__c.field-meta.xml")
#: What a criterion of an opportunity may come to.
VERDICTS = ("good", "bad", "unknown")
#: Keys that templates put together from a name.
MADE = {
    *(f"words.{key}" for key in _WORD_KEYS.values()),
    *(f"states.{name}.{part}" for name in STATES for part in ("title", "text", "steps")),
    *(f"areas.{name}" for name in ("presence", "recorded_work", "data_care", "follow_through")),
    *(
        f"not_scored.{code}"
        for code in ("away", "new", "role_not_defined", "not_enough_evidence", "inactive")
    ),
    "measures.set_aside_why.calls",
    *(f"standing.states.{state}" for state in ("open", "seen", "acted", "recurred")),
    *(f"admin.counts.{name.lower()}" for name in _COUNTS),
    *(f"waiting.{age}" for age in ("week", "month", "longer")),
    *(f"approval.{state}" for state in ("done", "again", "ended", "busy")),
    *(
        f"{place}.{key}"
        for place in ("trend.habits", "score.habit")
        for key in ("habit", "forming", "not_started")
    ),
    *(f"acts.{kind.lower()}" for kind in ACTS),
    *(f"record.states.{state}" for state in VERDICTS),
    *(f"opportunity.facts.{fault}.{state}" for fault in FAULTS for state in VERDICTS),
    *(f"opportunity.todo.{fault}" for fault in FAULTS),
    *(f"causes.is_{cause.lower().replace(' ', '_')}" for cause in CAUSES),
    *(f"acting.kinds.{kind.lower()}" for kind in KINDS),
    *(f"review.ratings.{rating.lower().replace(' ', '_')}" for rating in RATINGS),
    *(
        f"acting.{state}"
        for state in (
            "done",
            "reload",
            "wrong",
            "note",
            "busy",
            "refused",
            "rejected",
            "limit",
            "doubt",
            "again",
            "own",
            "range",
            "preview",
            "unlogged",
            "posted",
            "out_doubt",
            "no_address",
            "tasks",
            "closed",
            "reviewed",
        )
    ),
}


OTHER_REASON = "not_scored.other"  # a reason, not the form of a number


def _base(key: str) -> str:
    return key.removesuffix(".one").removesuffix(".other")


def used() -> set[str]:
    found = set(MADE)
    for path in SOURCES:
        named = re.findall(r"""["']([a-z_]+(?:\.[a-z_]+)+|[a-z_]+)["']""", path.read_text("utf-8"))
        found |= {name for name in named if name in TEXTS.keys or f"{name}.one" in TEXTS.keys}
    return found


def test_no_text_is_left_over():
    assert {key if key == OTHER_REASON else _base(key) for key in TEXTS.keys} == used()


def test_every_type_of_act_is_offered_and_told():
    assert {*KINDS, REPLY, REVIEWED, RATED} == set(ACTS)
    assert list(CAUSES) == re.findall(FULL_NAME, CAUSE.read_text("utf-8"))
    rating = CAUSE.with_name("Rating__c.field-meta.xml").read_text("utf-8")
    assert list(RATINGS) == re.findall(FULL_NAME, rating)


def test_every_count_has_both_forms():
    forms = {
        key.rpartition(".")[0]: set() for key in TEXTS.keys if key.endswith((".one", ".other"))
    }
    for key in TEXTS.keys:
        if key.rpartition(".")[0] in forms:
            forms[key.rpartition(".")[0]].add(key.rpartition(".")[2])
    del forms["not_scored"]
    assert all(found == {"one", "other"} for found in forms.values()), forms


def test_placeholders_are_plain_names():
    for key in TEXTS.keys:
        for line in (
            TEXTS.lines(key) if isinstance(TEXTS._texts[key], list) else [TEXTS._texts[key]]
        ):
            for _, name, spec, conversion in string.Formatter().parse(line):
                assert name is None or (name.isidentifier() and not spec and not conversion), key


def test_every_translation_fills_in_what_english_fills_in():
    languages = read_catalogues()
    assert "en" in languages.languages
    for language in languages.languages:
        texts = languages.of([language])
        assert texts.keys == TEXTS.keys, language
        for key in texts.keys:
            assert _names(texts._texts[key]) == _names(TEXTS._texts[key]), (language, key)


def _names(text):
    return {name for _, name, _, _ in string.Formatter().parse(str(text)) if name}


def test_the_months_are_those_of_the_formats():
    assert tuple(TEXTS.lines("months")) == MONTHS


@pytest.fixture
def two_languages(tmp_path):
    shutil.copy(FOLDER / "en.toml", tmp_path)
    months = ", ".join(f'"{one}."' for one in MONTHS)
    (tmp_path / "de.toml").write_text(
        f'language = "de"\nmonths = [{months}]\n[score]\ntitle = "Dein Stand"\n'
    )
    return read_catalogues(tmp_path)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [(["de"], "de"), (["de_CH"], "de"), (["de-AT", "en"], "de"), (["fr", "de"], "de"), (["fr"], "en"),
     ([], "en"), ([""], "en"), (["en_US", "de"], "en"), (["../de"], "en")],
)  # fmt: skip
def test_a_language_is_found_by_its_name_or_its_mother_tongue(two_languages, wanted, found):
    assert two_languages.of(wanted)("language") == found


def test_what_a_translation_lacks_is_said_in_english(two_languages):
    german = two_languages.of(["de"])
    assert german("score.title") == "Dein Stand"
    assert german("refresh") == TEXTS("refresh")


def test_a_viewer_reads_the_language_that_salesforce_signed(
    monkeypatch, two_languages, org, store, acts
):
    monkeypatch.setattr("canvas.views.read_catalogues", lambda: two_languages)
    client = create_app(build.settings(), org, acts, store).test_client()
    org.records = [build.a_record()]

    def page(language, browser):
        signed = build.signed_request(build.envelope(context__user__language=language))
        answer = client.post(
            "/canvas", data={"signed_request": signed}, headers={"Accept-Language": browser}
        )
        return answer.text

    assert '<html lang="de">' in page("de", "en")
    assert "Nov. 20, 2026" in page("de", "en")  # as the locale, en_US, puts it
    assert '<html lang="en">' in page("en_US", "de")
    unsigned = client.get("/canvas", headers={"Accept-Language": "fr, de;q=0.8, en;q=0.5"})
    assert '<html lang="de">' in unsigned.text


def test_a_missing_key_is_an_error_and_never_shown():
    with pytest.raises(KeyError):
        TEXTS("no.such.key")


def test_a_value_with_braces_is_only_a_value():
    assert Catalogue({"a": "x {name}"})("a", name="{0.__class__}") == "x {0.__class__}"


def test_one_and_other():
    texts = Catalogue({"a": {"one": "{count} day", "other": "{count} days"}})
    assert [texts("a", count=n) for n in (0, 1, 2)] == ["0 days", "1 day", "2 days"]
