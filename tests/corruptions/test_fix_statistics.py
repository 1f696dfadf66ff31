import numpy as np
import pytest

from fieldcheck.corruptions.fix_finder import choose_finalists, split_by_clip
from fieldcheck.domain.estimate import Estimate
from fieldcheck.stats.weighted_field_score import estimate_change_by_clip

CLIP = np.repeat([f"clip{k:02d}" for k in range(10)], 10)
STRATUM = np.tile(["hard"] * 4 + ["rest"] * 6, 10)


def gain(value):
    return Estimate(value, -1.0, 1.0, 50, 50.0, "cluster_t")


def test_whole_clips_go_to_a_half_and_each_half_has_as_many_clips_and_frames_of_each_stratum():
    in_a = split_by_clip(CLIP, STRATUM, 0)
    assert all(np.unique(in_a[clip == CLIP]).size == 1 for clip in np.unique(CLIP))
    assert np.unique(CLIP[in_a]).size == 5
    assert (STRATUM[in_a] == "hard").sum() == (STRATUM[~in_a] == "hard").sum() == 20


def test_clips_of_one_stratum_each_are_dealt_stratum_by_stratum():
    stratum = np.repeat(["hard"] * 4 + ["rest"] * 6, 10)
    in_a = split_by_clip(CLIP, stratum, 3)
    assert [(stratum[side] == "hard").sum() for side in (in_a, ~in_a)] == [20, 20]
    assert [(stratum[side] == "rest").sum() for side in (in_a, ~in_a)] == [30, 30]


def test_clips_of_all_sizes_are_balanced_better_than_by_the_largest_of_them():
    clip = np.repeat(np.arange(9), [30, 18, 14, 10, 9, 8, 6, 3, 2])
    in_a = split_by_clip(clip, np.full(100, "even"), 0)
    assert abs(int(in_a.sum()) - 50) <= 15
    assert np.unique(clip[in_a]).size in (4, 5)


def test_the_same_seed_deals_the_same_halves_whatever_the_order_of_the_frames_and_another_seed_others():
    in_a, mixed = split_by_clip(CLIP, STRATUM, 0), np.random.default_rng(5).permutation(100)
    assert np.array_equal(split_by_clip(CLIP[mixed], STRATUM[mixed], 0), in_a[mixed])
    assert len({split_by_clip(CLIP, STRATUM, seed).tobytes() for seed in range(10)}) > 5
    actual = {bool(split_by_clip(CLIP[:-1], STRATUM[:-1], seed)[-1]) for seed in range(10)}
    assert actual == {True, False}


def test_no_frames_have_no_halves():
    assert split_by_clip(np.array([], str), np.array([], str), 0).size == 0


@pytest.mark.parametrize(
    ("gains", "places"),
    [
        ([0.1, 0.3, -0.2, 0.2, 0.05], (1, 3, 0)),
        ([0.1, 0.1, 0.1, 0.1], (0, 1, 2)),
        ([0.0, -0.1], ()),
        ([], ()),
    ],
)
def test_the_three_largest_gains_are_carried_and_what_gains_nothing_is_not(gains, places):
    assert choose_finalists([gain(one) for one in gains]) == places
    actual = choose_finalists([Estimate.not_measured("too_few_clips"), *map(gain, gains)])
    assert actual == tuple(at + 1 for at in places)


@pytest.mark.full("fix_without_effect")
def test_of_changes_without_effect_hardly_any_is_proven(counts, evidence):
    """A hundred labels in ten clips, fifteen candidates that each turn frames right and wrong alike
    often, clip by clip more or less."""
    n, proven, none_carried = counts(ci=20, full=200), 0, 0
    for visit in range(n):
        rng = np.random.default_rng([visit, 17])
        # of the frames that change, the share that become right
        lean = np.clip(rng.normal(0.5, 0.15, (15, 10)), 0, 1).repeat(10, axis=1)
        moved = rng.random((15, 100)) < rng.uniform(0.05, 0.4, (15, 1))
        up = rng.random((15, 100)) < lean
        change, in_a = np.where(moved, np.where(up, 1, -1), 0), split_by_clip(CLIP, STRATUM, visit)
        places = choose_finalists(
            [estimate_change_by_clip(one[in_a], np.ones(in_a.sum()), CLIP[in_a]) for one in change]
        )
        kept = [
            estimate_change_by_clip(
                change[at][~in_a], np.ones((~in_a).sum()), CLIP[~in_a], len(places)
            )
            for at in places
        ]
        proven += any(one.lo > 0 for one in kept)
        none_carried += not places
    evidence(
        visits=n, candidates=15, clips=10, labels=100, falsely_proven=proven,
        none_carried=none_carried,
    )  # fmt: skip
    assert proven <= 0.05 * n
