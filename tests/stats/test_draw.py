import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.stats.bootstrap_draw import (
    draw_from_blocks,
    draw_strata,
    find_hardest,
    make_showing_order,
    round_half_up,
    split_label_count,
)

HARDNESS = np.array([((7 * i + 3) % 30) / 30 for i in range(30)])  # methods 3.3


def golden_picks(seed):
    """Hard and rest picks of the golden draw of ten, as frame numbers."""
    hard = find_hardest(HARDNESS)
    members = [np.flatnonzero(hard), np.flatnonzero(~hard)]
    drawn = draw_strata([(6, 4), (24, 6)], seed)
    return [frames[one.picks] for frames, one in zip(members, drawn, strict=True)]


def test_the_golden_draw():
    assert np.flatnonzero(find_hardest(HARDNESS)).tolist() == [3, 8, 12, 16, 25, 29]
    assert split_label_count(10, 6) == (4, 6)
    hard, rest = golden_picks(7)
    assert sorted(hard.tolist()) == [8, 12, 25, 29]
    assert sorted(rest.tolist()) == [5, 10, 11, 17, 22, 28]


def test_every_frame_has_its_probability_over_twenty_thousand_seeds():
    seeds = 20_000
    hits = np.zeros(30)
    for seed in range(seeds):
        for picks in golden_picks(seed):
            hits[picks] += 1
    p = np.where(find_hardest(HARDNESS), 4 / 6, 6 / 24)
    z = (hits / seeds - p) / np.sqrt(p * (1 - p) / seeds)
    assert np.abs(z).max() <= 4.5


def test_a_hundred_is_forty_and_sixty():
    assert split_label_count(100, 240) == (40, 60)
    assert split_label_count(100, 21) == (21, 79)


@pytest.mark.parametrize(
    ("x", "whole"), [(0.5, 1), (1.5, 2), (2.5, 3), (2.49, 2), (0.0, 0), (20.0, 20)]
)
def test_halves_go_up(x, whole):
    assert round_half_up(x) == whole


def test_of_equally_hard_frames_the_earlier_is_harder():
    assert np.flatnonzero(find_hardest(np.full(10, 0.5))).tolist() == [0, 1]


def test_more_picks_than_frames_are_refused():
    with pytest.raises(ValueError, match="5 picks from 4"):
        draw_strata([(4, 5)], 0)


def test_a_stratum_may_be_empty():
    (nothing,) = draw_strata([(0, 0)], 0)
    assert nothing.picks.size == 0
    assert nothing.reserves == ()


def test_drawing_every_frame_takes_each_once():
    (all_of_them,) = draw_strata([(12, 12)], 3)
    assert sorted(all_of_them.picks.tolist()) == list(range(12))
    assert all(reserve.size == 0 for reserve in all_of_them.reserves)


sizes = st.integers(1, 300).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size)))


@given(sizes, st.integers(0, 2**32 - 1))
def test_picks_and_reserves_together_are_every_frame_once(sizes, seed):
    size, count = sizes
    (drawn,) = draw_strata([(size, count)], seed)
    assert len(drawn.picks) == len(drawn.reserves) == count
    everything = np.concatenate([drawn.picks, *drawn.reserves])
    assert sorted(everything.tolist()) == (list(range(size)) if count else [])


@given(sizes, st.integers(0, 2**32 - 1))
def test_a_reserve_lies_in_the_time_block_of_its_pick(sizes, seed):
    size, count = sizes
    (drawn,) = draw_strata([(size, count)], seed)
    for pick, reserve in zip(drawn.picks, drawn.reserves, strict=True):
        away = np.abs(reserve - pick)
        assert np.minimum(away, size - away).max(initial=0) <= -(-size // count)


def test_the_same_seed_gives_the_same_draw_and_another_seed_another():
    first, again, other = (draw_strata([(240, 40), (960, 60)], seed) for seed in (5, 5, 6))
    for one, two in zip(first, again, strict=True):
        assert np.array_equal(one.picks, two.picks)
        assert all(np.array_equal(a, b) for a, b in zip(one.reserves, two.reserves, strict=True))
    assert not np.array_equal(first[1].picks, other[1].picks)


def test_reserves_never_change_the_picks():
    with_one, with_other = (
        draw_from_blocks(100, 10, np.random.default_rng(1), np.random.default_rng(seed))
        for seed in (2, 3)
    )
    assert np.array_equal(with_one.picks, with_other.picks)
    assert not np.array_equal(with_one.reserves[0], with_other.reserves[0])


def test_the_order_of_showing_is_a_shuffle_that_the_seed_fixes():
    order = make_showing_order(["even"] * 100, 7)
    assert sorted(order.tolist()) == list(range(100))
    assert order.tolist() != list(range(100))
    assert np.array_equal(order, make_showing_order(["even"] * 100, 7))
    assert make_showing_order([], 3).tolist() == []


@given(st.integers(0, 50), st.integers(0, 70), st.integers(0, 2**32 - 1), st.integers(1, 120))
def test_any_first_part_holds_its_share_of_each_stratum(hard, rest, seed, first):
    stratum = np.array(["hard"] * hard + ["rest"] * rest)
    place = make_showing_order(stratum, seed)
    assert sorted(place.tolist()) == list(range(hard + rest))
    shown = (stratum[place < first] == "hard").sum()
    assert abs(shown - hard * min(first, hard + rest) / max(1, hard + rest)) <= 1


def test_within_a_stratum_every_frame_is_as_likely_to_come_first():
    firsts = [
        int(np.argmin(make_showing_order(["hard"] * 4 + ["rest"] * 6, seed)[:4]))
        for seed in range(400)
    ]
    assert np.bincount(firsts, minlength=4).min() > 70
