"""The tree of teams: nobody is lost, circles are cut and named, levels rest on people."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from service.scoring.teams import Unit, spread, tree, without_loops

KEYS = st.sampled_from("abcdefgh")
PARENTS = st.dictionaries(KEYS, st.none() | st.sampled_from("abcdefghxy"))


def places(units: tuple[Unit, ...]):
    for unit in units:
        yield unit
        yield from places(unit.below)


def test_a_company_of_three_levels():
    members = {"ceo": ["avp"], "avp": ["rvp", "dan"], "rvp": ["ana", "raj"]}
    parents = {"rvp": "avp", "avp": "ceo", "ceo": None, "ana": "rvp", "raj": "rvp", "dan": "avp"}
    (top,) = tree(members, parents)
    found = {one.key: (one.level, sorted(one.everyone())) for one in places((top,))}
    assert found == {
        "ceo": (1, ["ana", "avp", "dan", "raj", "rvp"]),
        "avp": (2, ["ana", "dan", "raj", "rvp"]),
        "rvp": (3, ["ana", "raj"]),
    }


def test_a_place_without_anybody_is_left_out_unless_somebody_stands_further_below():
    tops = tree({"low": [1], "empty": []}, {"low": "middle", "middle": "high", "empty": "high"})
    assert [(one.key, one.directly) for one in places(tops)] == [
        ("high", ()), ("middle", ()), ("low", (1,)),
    ]  # fmt: skip


def test_a_circle_is_cut_at_its_smallest_key_and_named_from_there():
    parents = {"d": "b", "b": "c", "c": "a", "a": "b", "e": "e"}
    clean, loops = without_loops(parents)
    assert loops == (("a", "b", "c"), ("e",))
    assert clean == {"d": "b", "b": "c", "c": "a", "a": None, "e": None}


@given(PARENTS)
def test_every_way_up_ends_and_only_circles_are_cut(parents):
    clean, loops = without_loops(parents)
    for key in clean:
        seen, up = set(), key
        while up is not None:
            assert up not in seen
            seen.add(up)
            up = clean.get(up)
    cut = {key for key in parents if clean[key] != parents[key]}
    assert cut == {loop[0] for loop in loops}
    for loop in loops:
        assert [parents[one] for one in loop] == [*loop[1:], loop[0]]


@given(PARENTS, st.dictionaries(st.sampled_from("abcdefghxyz"), st.integers(0, 3)))
def test_everybody_stands_under_exactly_one_top(parents, sizes):
    clean, _ = without_loops(parents)
    members = {key: [f"{key}{at}" for at in range(size)] for key, size in sizes.items()}
    tops = tree(members, clean)
    everyone = [one for top in tops for one in top.everyone()]
    assert sorted(everyone) == sorted(one for group in members.values() for one in group)
    for unit in places(tops):
        assert all(one.level == unit.level + 1 for one in unit.below)
        assert any(True for _ in unit.everyone())


def test_a_long_chain_is_no_harm():
    parents = {f"{at:05d}": f"{at + 1:05d}" for at in range(20_000)}
    (top,) = tree({"00000": ["ana"]}, without_loops(parents)[0])
    assert (top.key, list(top.everyone())) == ("20000", ["ana"])


def test_a_level_is_no_median_of_medians():
    low, high = [Decimal(10)] * 9, [Decimal(90)]
    assert spread([*low, *high], 5).median == Decimal("10.0")
    assert spread(low[:4], 5) is None
