import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldcheck.domain.label import Stratum
from fieldcheck.sampling.draw import plan_picks
from fieldcheck.sampling.hardness import compute_hardness, compute_light_hardness, rank_light_faults

GOLDEN = [((7 * i + 3) % 30) / 30 for i in range(30)]  # methods 3.3


def hard(values):
    return compute_hardness(uncertainty=values)


def invented(n, seed=0):
    return hard(np.random.default_rng(seed).random(n))


def test_the_golden_proposal():
    got = plan_picks(30, 10, design="balanced", seed=7, hardness=hard(GOLDEN))
    assert got.strata == (Stratum("hard", 6, 4), Stratum("rest", 24, 6))
    assert [i for i, name in enumerate(got.stratum) if name == "hard"] == [3, 8, 12, 16, 25, 29]
    assert got.picks.tolist() == sorted([8, 12, 25, 29, 5, 10, 11, 17, 22, 28])
    weight = dict(zip(got.picks.tolist(), got.weight.tolist(), strict=True))
    assert (weight[8], weight[5]) == (1.5, 4.0)
    assert got.probability * got.weight == pytest.approx(np.ones(10))


def test_a_hundred_of_ten_minutes_is_forty_and_sixty():
    got = plan_picks(1200, 100, design="balanced", seed=0, hardness=invented(1200))
    assert got.strata == (Stratum("hard", 240, 40), Stratum("rest", 960, 60))
    assert (got.census, got.picks.size, got.count) == (False, 100, 100)
    assert got.weight.sum() == pytest.approx(1200)


def test_even_is_one_stratum_and_needs_no_hardness():
    got = plan_picks(1200, 100, design="even", seed=0)
    assert got.strata == (Stratum("even", 1200, 100),)
    assert set(got.weight) == {12.0}
    assert set(got.reason) == {"spread"}
    assert np.isnan(got.hardness).all()


@pytest.mark.parametrize("design", ["balanced", "even", "light", "hard"])
def test_short_footage_is_a_census_whatever_the_design(design):
    got = plan_picks(80, 100, design=design, seed=0, hardness=invented(80))
    assert (got.census, got.design) == (True, design)
    assert got.strata == (Stratum("even", 80, 80),)
    assert got.picks.tolist() == list(range(80))
    assert set(got.probability) == set(got.weight) == {1.0}
    assert set(got.reason) == {"census"}


def test_as_many_frames_as_labels_are_a_census_and_one_more_is_not():
    assert plan_picks(100, 100, design="even", seed=0).census
    assert not plan_picks(101, 100, design="even", seed=0).census


def test_must_frames_come_in_addition_with_probability_one():
    got = plan_picks(
        1200, 100, design="balanced", seed=0, hardness=invented(1200), required=[3, 700, 3]
    )
    assert got.picks.size == 102
    assert got.strata == (Stratum("hard", 240, 40), Stratum("rest", 958, 60), Stratum("must", 2, 2))
    at = got.picks.tolist().index(700)
    assert (got.stratum[700], got.probability[at]) == ("must", 1.0)
    assert (got.weight[at], got.reason[at]) == (1.0, "must")
    assert got.weight.sum() == pytest.approx(1200)


def test_must_frames_of_a_census_keep_their_reason():
    got = plan_picks(50, 100, design="balanced", seed=0, hardness=invented(50), required=[7])
    assert got.strata == (Stratum("even", 50, 50),)
    assert got.reason[7] == "must"


def test_the_hardest_alone_are_chosen_and_weigh_nothing():
    got = plan_picks(30, 10, design="hard", seed=7, hardness=hard(GOLDEN))
    assert got.strata == (Stratum("chosen", 30, 10),)
    assert got.picks.tolist() == sorted(np.argsort(GOLDEN)[::-1][:10].tolist())
    assert np.isnan(got.probability).all()
    assert set(got.weight) == {0.0}


def test_chosen_frames_and_must_frames_go_together():
    got = plan_picks(30, 10, design="hard", seed=7, hardness=hard(GOLDEN), required=[0])
    assert got.picks.size == 11
    assert got.reason[0] == "must"


def test_the_worst_light_is_drawn_like_the_balanced_design():
    mean = np.random.default_rng(2).random(600) * 255
    faults = rank_light_faults(mean, np.zeros(600), np.full(600, 80.0), np.zeros(600))
    light = compute_light_hardness(faults)
    got = plan_picks(600, 100, design="light", seed=1, hardness=light)
    assert got.strata == (Stratum("hard", 120, 40), Stratum("rest", 480, 60))
    darkest = np.argsort(mean)[:120]
    assert {i for i, name in enumerate(got.stratum) if name == "hard"} == set(darkest.tolist())
    pairs = zip(got.reason, got.picks, strict=True)
    assert all(reason.startswith("dark") for reason, i in pairs if got.stratum[i] == "hard")


def test_a_single_label_goes_to_the_rest():
    got = plan_picks(30, 1, design="balanced", seed=0, hardness=hard(GOLDEN))
    assert got.strata == (Stratum("hard", 6, 0), Stratum("rest", 24, 1))


def test_later_draws_have_strata_of_their_own():
    got = plan_picks(
        1200, 100, design="balanced", seed=0, hardness=invented(1200), required=[5], draw_number=2
    )
    assert [stratum.name for stratum in got.strata] == ["hard@2", "rest@2", "must@2"]
    assert set(got.stratum) == {"hard@2", "rest@2", "must@2"}


def test_reasons_say_why_hard_frames_are_hard_and_that_the_others_are_spread():
    got = plan_picks(30, 10, design="balanced", seed=7, hardness=hard(GOLDEN))
    reasons = {got.stratum[i]: reason for i, reason in zip(got.picks, got.reason, strict=True)}
    assert reasons == {"hard": "doubt", "rest": "spread"}


def test_the_same_seed_gives_the_same_proposal_and_another_seed_another():
    one, two, other = (
        plan_picks(1200, 100, design="balanced", seed=seed, hardness=invented(1200))
        for seed in (4, 4, 5)
    )
    assert np.array_equal(one.picks, two.picks)
    assert np.array_equal(one.place, two.place)
    assert not np.array_equal(one.picks, other.picks)
    assert not np.array_equal(one.place, other.place)


def test_any_first_part_of_the_showing_order_is_a_mix_of_both_strata():
    got = plan_picks(1200, 100, design="balanced", seed=0, hardness=invented(1200))
    first = got.picks[got.place < 50]
    hard_share = sum(got.stratum[i] == "hard" for i in first.tolist()) / 50
    assert 0.2 < hard_share < 0.6


def test_two_weights_swapped_change_the_picks():
    parts = {
        "uncertainty": np.random.default_rng(1).random(400),
        "flicker": np.random.default_rng(2).random(400),
    }
    usual = compute_hardness(**parts)
    swapped = compute_hardness(**parts, weights={"U": 0.20, "F": 0.35})
    one, two = (
        plan_picks(400, 100, design="balanced", seed=0, hardness=h) for h in (usual, swapped)
    )
    assert not np.array_equal(one.picks, two.picks)


@settings(max_examples=50)
@given(
    st.integers(1, 400), st.integers(1, 120),
    st.sampled_from(["balanced", "even", "light", "hard"]), st.integers(0, 2**32 - 1), st.data(),
)  # fmt: skip
def test_a_proposal_holds_together(n_listed, count, design, seed, data):
    required = data.draw(st.lists(st.integers(0, n_listed - 1), max_size=5))
    got = plan_picks(
        n_listed, count, design=design, seed=seed, hardness=invented(n_listed), required=required
    )
    k = got.picks.size
    assert k == min(n_listed, count + len(set(required)))
    assert len(set(got.picks.tolist())) == k
    assert sorted(got.place.tolist()) == list(range(k))
    assert set(required) <= set(got.picks.tolist())
    assert sum(stratum.listed for stratum in got.strata) == n_listed
    assert sum(stratum.picked for stratum in got.strata) == k
    assert "" not in got.stratum
    for pick, reserve in zip(got.picks.tolist(), got.reserves, strict=True):
        assert pick not in reserve
        assert all(got.stratum[other] == got.stratum[pick] for other in reserve.tolist())
    if (design != "hard" and count > 1) or got.census:
        assert got.weight.sum() == pytest.approx(n_listed)


@pytest.mark.parametrize("wrong", [
    {"n_listed": 0}, {"count": 0}, {"design": "odd"}, {"required": [30]}, {"required": [-1]},
    {"hardness": None},
])  # fmt: skip
def test_impossible_wishes_are_refused(wrong):
    wish = {
        "n_listed": 30, "count": 10, "design": "balanced", "seed": 0, "hardness": hard(GOLDEN),
        **wrong,
    }  # fmt: skip
    n_listed, count = wish.pop("n_listed"), wish.pop("count")
    with pytest.raises(ValueError, match=r"no proposal|not listed|needs a hardness"):
        plan_picks(n_listed, count, **wish)
