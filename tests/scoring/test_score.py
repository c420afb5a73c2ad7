import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from service.scoring.calendar import look_back
from service.scoring.credit import credits_of
from service.scoring.evidence import Coverage, Evidence, PersonEvidence
from service.scoring.reasons import MINUS
from service.scoring.reckoning import reckon
from tests.scoring.builders import (
    ANA,
    AS_OF,
    COMPLETE,
    PLAIN,
    a_person,
    acts,
    default_rules,
    findings,
    footprints,
    full_rules,
    measure_of,
    records,
    score,
    some_evidence,
    weekdays,
)

DAYS = weekdays(20)


def full_evidence(**changes):
    given = {"calls": 40, "meetings": 20, "healthy": 5, "fields": 6, "leads": 5, "tasks": 10}
    given |= changes
    return (
        *footprints(DAYS[::2]),
        *acts("calls", given["calls"], DAYS),
        *acts("meetings", given["meetings"], DAYS),
        *records(given["healthy"], 14),
        *records(given["fields"], 9, "required_fields"),
        *records(given["leads"], 10, "leads_answered"),
        *records(given["tasks"], 20, "tasks_on_time"),
    )


def exactly(evidence):
    window = look_back(a_person(), PLAIN, full_rules(), AS_OF)
    ana = PersonEvidence.of_rows(a_person(), evidence)
    return reckon(credits_of(ana, "rep", COMPLETE, full_rules(), window)).score


@pytest.mark.parametrize(
    ("one_more", "points"),
    [
        ({"healthy": 6}, Fraction(20, 14)),
        ({"tasks": 11}, Fraction(1, 2)),
        ({"calls": 41}, Fraction(15, 100)),
        ({"meetings": 21}, Fraction(15, 40)),
        ({"leads": 6}, Fraction(15, 10)),
    ],
)
def test_points_of_one_act_with_all_weights_scorable(one_more, points):
    assert exactly(full_evidence(**one_more)) - exactly(full_evidence()) == points


def test_components_of_the_whole_formula():
    result = score(full_evidence(calls=60, meetings=30), rules=full_rules())
    shown = [(c.label, str(c.weight), str(c.score)) for c in result.components]
    assert shown == [
        ("Presence", "15.00", "62.5"),
        ("Recorded work", "30.00", "67.5"),
        ("Data care", "30.00", "46.0"),
        ("Follow-through", "25.00", "50.0"),
    ]
    assert str(result.value) == "55.9"


def test_the_whole_answer_of_a_rep():
    result = score(some_evidence())
    assert (result.word, result.value, result.role) == ("Building", Decimal("74.0"), "rep")
    assert (result.available_days, result.window_from, result.window_to) == (20, DAYS[0], AS_OF)
    assert (result.user_id, result.as_of, result.rule_version) == (
        ANA,
        AS_OF,
        default_rules().version,
    )
    assert (result.not_scored_code, result.not_scored_reason) == (None, None)
    assert [str(m.points) for m in result.measures] == [
        "23.1",
        "13.8",
        "17.3",
        "19.8",
        "0.0",
        "0.0",
        "0.0",
    ]
    assert sum(m.points for m in result.measures) == Decimal("74.0")


def test_measures_are_published_as_they_were_counted():
    calls = measure_of(score(some_evidence(calls=60)), "calls")
    assert (calls.done, calls.expected, calls.seen, calls.kind) == (60, 100, 60, "count")
    assert (str(calls.credit), calls.good, calls.eligible) == ("0.6000", None, None)
    deals = measure_of(score(some_evidence(good=9, eligible=14)), "healthy_opportunities")
    assert (deals.good, deals.eligible, deals.done, deals.expected) == (9, 14, None, None)
    assert (str(deals.credit), str(deals.scorable_weight)) == ("0.6429", "20.00")
    assert (deals.weight, str(calls.expected)) == (20, "100.00")


@pytest.mark.parametrize(("good", "points"), [(14, "100.0"), (7, "50.0"), (0, "0.0")])
def test_a_single_measure_gives_all_points_and_takes_all_losses(good, points):
    rules = default_rules(measures=default_rules().measures[3:4], weight_at_least=20)
    result = score(records(good, 14), rules=rules)
    (deals,) = result.measures
    assert (str(deals.points), str(result.value)) == (points, points)
    lost = 100 - result.value
    assert not lost or f"{MINUS}{lost} points" in result.reasons[0]


def test_a_faded_share_weighs_less():
    deals = measure_of(score(some_evidence(good=4, eligible=4)), "healthy_opportunities")
    assert (deals.scorable_weight, deals.weight) == (16, 20)


@pytest.mark.parametrize(("eligible", "is_scored"), [(4, True), (3, False)])
def test_below_sixty_points_of_weight_there_is_not_enough_evidence(eligible, is_scored):
    result = score(some_evidence(good=eligible, eligible=eligible))
    assert (result.value is not None) == is_scored
    if not is_scored:
        assert (result.word, result.not_scored_code) == ("Not scored", "not_enough_evidence")
        assert "worth 57 points can be judged, 60 are needed" in result.not_scored_reason
        assert "open opportunities healthy" in result.not_scored_reason
        assert "calls" not in result.not_scored_reason
        assert measure_of(result, "calls").done == 60
        assert {str(m.points) for m in result.measures} == {"0.0"}


def test_exactly_sixty_points_of_weight_are_enough():
    rules = default_rules(weight_at_least=65)
    assert score(some_evidence(), rules=rules).value is not None
    assert score(some_evidence(), rules=default_rules(weight_at_least=66)).value is None


def test_an_inactive_user_is_not_scored_before_anything_else():
    result = score(some_evidence(), person=a_person(is_active=False, role=None))
    assert (result.value, result.not_scored_code) == (None, "inactive")
    assert "An administrator can change that" in result.not_scored_reason
    assert result.reasons == (result.not_scored_reason,)


@pytest.mark.parametrize(
    ("person", "words"),
    [
        (a_person(role="Gardener"), "the role “Gardener”. Your sales-ops admin can change that"),
        (a_person(role=None), "has no role in Salesforce. An administrator can give one"),
        (a_person(user_type="CsnOnly"), "users of type CsnOnly. Your sales-ops admin"),
    ],
)
def test_nobody_is_scored_without_a_defined_role(person, words):
    result = score(some_evidence(), person=replace(person, away_on=frozenset(DAYS)))
    assert (result.value, result.not_scored_code) == (None, "role_not_defined")
    assert result.not_scored_reason.startswith("Not scored: role not defined.")
    assert words in result.not_scored_reason


def test_data_without_roles_is_scored_by_a_role_that_was_confirmed_and_says_so():
    coverage = Coverage(roles_known=False)
    one_role = default_rules(role_when_unknown="rep")
    result = score(some_evidence(), person=a_person(role=None), coverage=coverage, rules=one_role)
    assert (result.role, result.value) == ("rep", score(some_evidence()).value)
    assert "This data has no roles: the rule set has everyone measured as “rep”." in result.reasons
    nobody = a_person(role=None)
    refused = score(some_evidence(), person=nobody, coverage=coverage, rules=default_rules())
    assert refused.not_scored_code == "role_not_defined"
    assert "The data has no roles" in refused.not_scored_reason


@pytest.mark.parametrize(("days", "code"), [(9, "new"), (10, None)])
def test_a_new_person_is_scored_from_ten_available_days(days, code):
    result = score(some_evidence(), person=a_person(started_on=weekdays(days)[0]))
    assert (result.not_scored_code, result.available_days) == (code, days)
    if code:
        assert f"9 working days since the start on {weekdays(9)[0]}" in result.not_scored_reason
        assert "10 are needed" in result.not_scored_reason


@pytest.mark.parametrize(("days", "code"), [(9, "new"), (10, None), (25, None)])
def test_the_days_before_somebody_took_the_role_are_not_scored_by_it(days, code):
    since = weekdays(days)[0]
    result = score(some_evidence(), person=a_person(role_since=since))
    assert (result.not_scored_code, result.available_days) == (code, min(days, 20))
    if code:
        assert f"9 working days in it since {since}; 10 are needed" in result.not_scored_reason
    else:
        assert result.window_from >= since


def test_one_working_day_is_not_said_in_the_plural():
    result = score((), person=a_person(started_on=AS_OF))
    assert f"1 working day since the start on {AS_OF};" in result.not_scored_reason


def test_a_person_who_has_not_started_is_new():
    result = score((), person=a_person(started_on=AS_OF + timedelta(days=3)))
    assert (result.not_scored_code, result.window_from, result.window_to) == ("new", None, None)


@pytest.mark.parametrize(("away", "code"), [(31, "away"), (30, None)])
def test_a_person_on_leave_is_scored_from_ten_available_days(away, code):
    person = a_person(away_on=frozenset(weekdays(away)))
    present = footprints(weekdays(40))
    result = score((*present, *records(4, 8)), person=person)
    assert result.not_scored_code == code
    if code:
        assert "9 of the last 40 working days were available; 10 are" in result.not_scored_reason
        assert "your manager can correct them" in result.not_scored_reason


def test_a_person_who_started_before_the_look_back_and_is_on_leave_is_away_not_new():
    away = frozenset(weekdays(35))
    started = weekdays(40)[0]
    assert score((), person=a_person(away_on=away, started_on=started)).not_scored_code == "away"
    later = weekdays(39)[0]
    assert score((), person=a_person(away_on=away, started_on=later)).not_scored_code == "new"


def test_a_person_without_working_time_is_asked_about():
    result = score(some_evidence(), person=a_person(fte=Decimal(0)))
    assert (result.not_scored_code, result.value) == ("away", None)
    assert "working time is recorded as 0 %" in result.not_scored_reason


def test_a_manager_of_the_examples_has_not_enough_evidence():
    result = score(some_evidence(), person=a_person(role="Sales Manager East"))
    assert (result.not_scored_code, result.role) == ("not_enough_evidence", "manager")
    assert "worth 50 points" in result.not_scored_reason


def test_every_reason_fits_its_field():
    rules = full_rules(weight_at_least=100)
    coverage = Coverage(absent_measures={m.name: "Absent." for m in rules.measures})
    long = "R" * 80
    reasons = [
        score((), coverage=coverage, rules=rules).not_scored_reason,
        score((), person=a_person(role=long)).not_scored_reason,
        score((), person=a_person(role=None), coverage=Coverage(roles_known=False), rules=default_rules()).not_scored_reason,
    ]  # fmt: skip
    assert max(len(reason) for reason in reasons) <= 255


@pytest.mark.parametrize(("more", "is_cut"), [(0, False), (1, True)])
def test_a_reason_is_cut_only_where_it_does_not_fit(more, is_cut):
    thin = default_rules()

    def reason(label):
        deals = replace(thin.measures[3], label=label)
        rules = default_rules(measures=(*thin.measures[:3], deals))
        return score(some_evidence(good=0, eligible=0), rules=rules).not_scored_reason

    fits = 255 - len(reason(""))
    whole = reason("x" * (fits + more))
    assert len(whole) == 255
    assert whole.endswith("…") == is_cut
    assert is_cut or whole.endswith("x")


def test_details_are_plain_data_with_decimals_as_text():
    result = score(some_evidence(calls=11), findings=findings(5))
    details = json.loads(json.dumps(result.as_details()))
    assert details["value"] == str(result.value)
    assert details["window_from"] == DAYS[0].isoformat()
    assert details["fixes"][0]["points"] == "2.20"


def test_rows_of_another_user_are_not_mine():
    other = tuple(
        replace(row, user_id="005000000000002AAA") for row in some_evidence(calls=100, good=0)
    )
    their_findings = tuple(replace(f, user_id="005000000000002AAA") for f in findings(9))
    mine = score(some_evidence(), findings=findings(2))
    assert score((*some_evidence(), *other), findings=(*findings(2), *their_findings)) == mine


def test_evidence_of_an_unknown_measure_changes_nothing():
    unknown = Evidence(ANA, "emails", AS_OF, done=100, seen=100)
    assert score((*some_evidence(), unknown)) == score(some_evidence())
