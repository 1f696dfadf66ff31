import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.stats.bootstrap_draw import (
    CHUNK,
    compute_replicates,
    draw_clip_counts,
    draw_frame_counts,
    draw_from_blocks,
    draw_strata,
    estimate_by_clip,
    estimate_by_frame,
    estimate_scores_by_frame,
    find_hardest,
    make_showing_order,
    percentile_limits,
    round_half_up,
    split_further_count,
    split_label_count,
)
from tests.counts import only_full
from tests.stats.test_weighted_field_score import TEN_CLIPS

RIGHT, ONES, CLIPS = TEN_CLIPS


def mean_of(values):
    """The weighted mean as a score of resamples."""
    return lambda weights: weights @ np.asarray(values, dtype=float) / weights.sum(axis=1)


@pytest.fixture(scope="module")
def golden_scores():
    return compute_replicates(mean_of(RIGHT), ONES, draw_clip_counts(CLIPS, 2000, 12345))


def test_the_golden_percentile_limits(golden_scores):
    assert percentile_limits(golden_scores) == pytest.approx((0.600000, 0.940000), abs=1e-6)


def test_scores_of_the_same_resamples_are_those_of_each_alone():
    values = np.array([0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0])
    weight = np.array([0.0, *[1.5] * 6, *[1.0] * 5])
    strata = np.arange(12) // 6

    def summarise(weights):
        return weights @ values, weights.sum(axis=1)

    scores = {"mean": lambda sums: sums[0] / sums[1], "half": lambda sums: sums[0] / sums[1] / 2}
    found = estimate_scores_by_frame(summarise, scores, weight, strata, 3)
    assert found == {
        name: estimate_by_frame(
            lambda weights, score=score: score(summarise(weights)), weight, strata, 3
        )
        for name, score in scores.items()
    }
    assert found["half"].value == pytest.approx(found["mean"].value / 2)


def test_strata_keep_their_sizes_in_every_resample():
    strata = np.array(["hard"] * 4 + ["rest"] * 6)
    drawn = list(draw_frame_counts(strata, CHUNK + 30, 1))
    assert [len(chunk) for chunk in drawn] == [CHUNK, 30]
    counts = np.concatenate(drawn)
    assert set(counts[:, :4].sum(axis=1)) == {4.0}
    assert set(counts[:, 4:].sum(axis=1)) == {6.0}


def test_frames_of_a_clip_stay_together():
    counts = np.concatenate(list(draw_clip_counts([7, 7, 3, 3, 9], 50, 1)))
    assert np.array_equal(counts[:, 0], counts[:, 1])
    assert np.array_equal(counts[:, 2], counts[:, 3])
    assert set(counts[:, [0, 2, 4]].sum(axis=1)) == {3.0}


def test_the_chunks_do_not_change_the_draw():
    whole = np.random.default_rng(12345).integers(0, 10, (2000, 10))
    counts = np.concatenate(list(draw_clip_counts(np.arange(10), 2000, 12345)))
    assert np.array_equal(counts, np.array([np.bincount(row, minlength=10) for row in whole]))


def test_both_arms_are_widened_for_few_frames():
    values = np.array([0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0])
    got = estimate_by_frame(mean_of(values), np.ones(12), np.zeros(12), seed=4)
    counts = draw_frame_counts(np.zeros(12), 2000, 4)
    lo, hi = percentile_limits(compute_replicates(mean_of(values), np.ones(12), counts))
    wider = np.sqrt(12 / 11)
    assert got.value - got.lo == pytest.approx(wider * (got.value - lo))
    assert got.hi - got.value == pytest.approx(wider * (hi - got.value))
    assert (got.n, got.n_eff, got.method) == (12, 12.0, "bootstrap_frames")


def test_limits_widened_beyond_what_a_score_can_be_end_there():
    actual = estimate_by_frame(mean_of([1.0] * 9 + [0.0]), np.ones(10), np.zeros(10), seed=0).hi
    assert actual == 1.0
    actual = estimate_by_frame(mean_of([0.0] * 9 + [1.0]), np.ones(10), np.zeros(10), seed=0).lo
    assert actual == 0.0


def test_weights_are_kept_in_every_resample():
    weight = np.array([1.0, 1.0, 5.0, 5.0] * 10)
    got = estimate_by_frame(mean_of([1, 0, 1, 1] * 10), weight, weight, seed=0)
    assert got.value == pytest.approx(11 / 12)


def test_frames_without_weight_are_not_counted():
    mean = mean_of([1, 0, 1, 1, 0, 0])
    got = estimate_by_frame(mean, [1, 1, 1, 1, 0, 0], [0, 0, 0, 0, 1, 1], seed=0)
    assert (got.n, got.n_eff, got.value) == (4, 4.0, 0.75)
    eight = np.r_[np.ones(70), np.zeros(30)]
    assert estimate_by_clip(mean_of(RIGHT), eight, CLIPS, seed=0).note == "too_few_clips"


def test_fewer_than_eight_clips_are_not_resampled():
    assert estimate_by_clip(mean_of(RIGHT), ONES, CLIPS % 7, seed=0).note == "too_few_clips"
    assert estimate_by_clip(mean_of(RIGHT), ONES, CLIPS % 8, seed=0).status == "ok"


def test_clips_give_a_wider_interval_than_frames_when_they_differ():
    frames = estimate_by_frame(mean_of(RIGHT), ONES, np.zeros(100), seed=0)
    clips = estimate_by_clip(mean_of(RIGHT), ONES, CLIPS, seed=0)
    assert clips.half_width > 1.5 * frames.half_width


def test_a_score_that_is_often_undefined_has_no_interval():
    def rare(weights):
        return np.where(weights[:, 0] > 0, 0.5, np.nan)

    got = estimate_by_frame(rare, np.ones(30), np.zeros(30), seed=0)
    assert (got.status, got.note, got.value) == ("na", "often_undefined", 0.5)


def test_a_score_that_is_seldom_undefined_drops_those_resamples():
    def seldom(weights):
        first = weights[:, :4].sum(axis=1)
        return np.where(first > 0, weights @ np.linspace(0, 1, 30) / 30, np.nan)

    assert estimate_by_frame(seldom, np.ones(30), np.zeros(30), seed=0).status == "ok"


@pytest.mark.parametrize(("values", "weight", "note"), [
    ([], [], "no_labels"),
    ([1.0], [0.0], "no_labels"),
    ([np.nan, 1.0], [1.0, 1.0], "undefined"),
    ([1.0], [1.0], "one_unit"),
])  # fmt: skip
def test_what_cannot_be_resampled_says_why(values, weight, note):
    got = estimate_by_frame(mean_of(values), weight, np.zeros(len(weight)), seed=0)
    assert (got.status, got.note) == ("na", note)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_frames_that_were_all_answered_alike_have_a_score_and_no_spread(value):
    for got in (
        estimate_by_frame(mean_of(ONES * value), ONES, np.zeros(100), seed=0),
        estimate_by_clip(mean_of(ONES * value), ONES, CLIPS, seed=0),
    ):
        assert (got.value, got.status, got.note) == (value, "weak", "no_spread")
        assert got.without_spread


def test_two_models_that_answered_alike_differ_by_nothing_and_that_has_limits():
    got = estimate_by_frame(
        lambda weights: np.zeros(len(weights)), ONES, np.zeros(100), seed=0, least=-1.0
    )
    assert (got.lo, got.value, got.hi, got.without_spread) == (0.0, 0.0, 0.0, False)


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


@pytest.mark.long
def test_every_frame_has_its_probability_over_twenty_thousand_seeds():
    seeds = 20_000
    hits = np.zeros(30)
    for seed in range(seeds):
        for picks in golden_picks(seed):
            hits[picks] += 1
    p = np.where(find_hardest(HARDNESS), 4 / 6, 6 / 24)
    z = (hits / seeds - p) / np.sqrt(p * (1 - p) / seeds)
    assert np.abs(z).max() <= 4.5


def draw_twice(seed, further=1):
    """Frames of 4 + 1 of the hardest six and 6 + 5 of the others, the second draw by the same seed
    from what the first left; and those of the first draw."""
    hard = find_hardest(HARDNESS)
    members = [np.flatnonzero(hard), np.flatnonzero(~hard)]
    first = [frames[one.picks] for frames, one in zip(
        members, draw_strata([(6, 4), (24, 6)], seed), strict=True
    )]  # fmt: skip
    left = [np.setdiff1d(frames, picks) for frames, picks in zip(members, first, strict=True)]
    more = draw_strata([(2, 1), (18, 5)], seed, further)
    second = [frames[one.picks] for frames, one in zip(left, more, strict=True)]
    return first, [np.concatenate(both) for both in zip(first, second, strict=True)]


@only_full
def test_two_draws_together_give_every_frame_the_chance_of_both_and_an_unbiased_share():
    """Chance (n₁ + n₂)/N in each stratum; a share that goes with time and hardness is met."""
    seeds, right = 20_000, (np.arange(30) % 7 < 3) | (HARDNESS < 0.3)
    hits, shares = np.zeros(30), np.zeros(seeds)
    for seed in range(seeds):
        _, both = draw_twice(seed)
        for picks in both:
            assert np.unique(picks).size == picks.size
            hits[picks] += 1
        shares[seed] = (
            sum(size * right[picks].mean() for size, picks in zip((6, 24), both, strict=True)) / 30
        )
    p = np.where(find_hardest(HARDNESS), 5 / 6, 11 / 24)
    z = (hits / seeds - p) / np.sqrt(p * (1 - p) / seeds)
    assert np.abs(z).max() <= 4.5
    assert abs(shares.mean() - right.mean()) <= 4.5 * shares.std() / np.sqrt(seeds)


@pytest.mark.long
def test_a_further_draw_by_the_same_seed_does_not_follow_the_first():
    """Which of the frames left is drawn second goes with nothing that the first draw took."""
    after = np.zeros((24, 24))
    rest = np.flatnonzero(~find_hardest(HARDNESS))
    place = {frame: k for k, frame in enumerate(rest.tolist())}
    for seed in range(6_000):
        first, both = draw_twice(seed)
        taken = [place[one] for one in first[1].tolist()]
        more = [place[one] for one in both[1][6:].tolist()]
        after[np.ix_(taken, more)] += 1
    for gap in range(1, 24):  # frames so far behind, round the list
        share = np.mean([after[k, (k + gap) % 24] for k in range(24)])
        assert share == pytest.approx(after.sum() / (24 * 23), rel=0.25), gap


@pytest.mark.parametrize(
    ("count", "taken", "left", "shares"),
    [
        (10, (40, 60), (200, 900), (4, 6)),
        (11, (40, 60), (200, 900), (4, 7)),
        (100, (40, 60), (3, 900), (3, 97)),
        (5, (1, 1, 1), (9, 9, 9), (2, 2, 1)),
        (50, (8, 12), (16, 4), (16, 4)),
        (1, (8, 12), (16, 0), (1, 0)),
    ],
)
def test_further_picks_keep_the_proportions_of_the_first(count, taken, left, shares):
    assert split_further_count(count, taken, left) == shares


@given(
    st.integers(1, 400),
    st.lists(st.tuples(st.integers(1, 90), st.integers(0, 90)), min_size=1, max_size=6),
)
def test_no_stratum_gives_more_than_it_has_and_all_are_given(count, strata):
    taken, left = zip(*strata, strict=True)
    shares = split_further_count(count, taken, left)
    assert sum(shares) == min(count, sum(left))
    assert all(0 <= share <= n for share, n in zip(shares, left, strict=True))


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


@pytest.mark.long
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
