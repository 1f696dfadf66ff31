import numpy as np
import pytest
from scipy.stats import beta

from fieldcheck.analyses.slices import LabelledDraw, compare_slices, compute_miss_rate

RIGHT = [9, 10, 4, 8, 10, 7, 10, 2, 9, 10]
ANSWERS = np.concatenate([np.r_[np.ones(k), np.zeros(10 - k)] for k in RIGHT])
CLIP, AT = np.repeat(np.arange(10), 10), np.arange(100)
EVEN, CLIPS = np.array(["even"] * 100), CLIP.astype(str)
FRAMES = LabelledDraw(ANSWERS.astype(bool), np.ones(100), EVEN, CLIPS)
MEMBERS = np.array(
    [CLIP < 3, np.isin(CLIP, (2, 5, 7)), AT % 10 > 6, CLIP == 7, np.isin(CLIP, (2, 3, 5, 7))]
)


def test_the_golden_slices():
    """Seed 0, 1,999 healthy reports; a slice of one clip is not tested."""
    found = compare_slices(FRAMES, MEMBERS)
    assert [(one.n, one.clips) for one in found] == [(30, 3), (30, 3), (30, 10), (10, 1), (40, 4)]
    assert [one.behind for one in found] == pytest.approx(
        [0.0333333333, 0.5095238095, 0.3190476190, 0.6555555556, 0.4416666667], abs=1e-9
    )
    assert [one.z for one in found] == pytest.approx(
        [0.170443370729, 3.113129744834, 3.345988852202, np.nan, 2.824814473928],
        abs=1e-9,
        nan_ok=True,
    )
    assert [one.p for one in found] == [0.831, 0.0125, 0.01, None, 0.0215]
    assert [one.is_demonstrated for one in found] == [False, True, True, False, True]


def test_the_same_seed_gives_the_same_chances_and_another_seed_others():
    one, again = (compare_slices(FRAMES, MEMBERS[:3], draws=199) for _ in range(2))
    other = compare_slices(FRAMES, MEMBERS[:3], seed=1, draws=199)
    assert [s.p for s in one] == [s.p for s in again] != [s.p for s in other]


def test_what_cannot_be_tested_costs_the_others_nothing():
    alone = compare_slices(FRAMES, MEMBERS[:3])
    beside = compare_slices(
        FRAMES, np.vstack([MEMBERS[:3], CLIP == 7, np.zeros(100, bool), np.ones(100, bool)])
    )
    assert [s.p for s in beside[:3]] == [s.p for s in alone]
    assert [s.p for s in beside[3:]] == [None, None, None]
    assert np.isnan(beside[4].behind)


def test_no_slices_are_no_findings():
    assert compare_slices(FRAMES, np.zeros((0, 100), bool)) == []


@pytest.mark.parametrize("scale", [0.5, 20.0])
def test_the_unit_of_the_weights_does_not_matter(scale):
    one = compare_slices(FRAMES, MEMBERS[:3], draws=199)
    other = compare_slices(
        LabelledDraw(ANSWERS.astype(bool), scale * np.ones(100), EVEN, CLIPS),
        MEMBERS[:3],
        draws=199,
    )
    assert [s.p for s in one] == [s.p for s in other]


VISIT_CLIP, ACCURACY, ICC = np.arange(96) % 12, 0.85, 0.15


def visit(rng, members, drop):
    """Ninety-six labels of twelve clips, made by numpy alone: beta distributed clips, and slice 0
    `drop` worse than the rest in each."""
    kappa = (1 - ICC) / ICC
    rank = rng.random(12)
    of_rest, of_slice = (
        beta.ppf(rank, p * kappa, (1 - p) * kappa)[VISIT_CLIP] for p in (ACCURACY, ACCURACY - drop)
    )
    right = rng.random(96) < np.where(members[0], of_slice, of_rest)
    return LabelledDraw(right, np.ones(96), np.array(["even"] * 96), VISIT_CLIP.astype(str))


@pytest.mark.parametrize("drop", [0.2, 0.45])
def test_a_blind_spot_is_missed_as_often_as_is_said(drop):
    """Known answer: the share of 150 visits with such a blind spot whose test does not show it,
    against what healthy visits are told."""
    members = np.array([np.arange(96) // 12 % 3 == 0, VISIT_CLIP < 4, VISIT_CLIP % 3 == 1])
    rng, missed = np.random.default_rng(11), 0
    for seed in range(150):
        first = compare_slices(visit(rng, members, drop), members, seed=seed, draws=199)[0]
        missed += not (first.is_demonstrated and first.behind >= 0.2)
    told = np.mean(
        [
            compute_miss_rate(visit(rng, members, 0.0), members, 0, drop, seed=seed, draws=200)
            for seed in range(15)
        ]
    )
    assert told == pytest.approx(missed / 150, abs=0.12)


STRATUM = np.where(AT % 10 < 4, "hard", "rest")
WEIGHT = np.where(AT % 10 < 4, 6.0, 16.0) * np.random.default_rng(4).uniform(1, 2, 100)
WEIGHED = LabelledDraw(ANSWERS.astype(bool), WEIGHT, STRATUM, CLIPS)


def test_the_golden_slices_of_a_weighted_draw_of_two_strata():
    found = compare_slices(WEIGHED, MEMBERS, draws=199)
    inside = MEMBERS[1]
    wanted = np.average(ANSWERS[~inside], weights=WEIGHT[~inside]) - np.average(
        ANSWERS[inside], weights=WEIGHT[inside]
    )
    assert found[1].behind == pytest.approx(wanted)
    z = [0.250584051653, 3.363615045549, 2.833260735969, np.nan, 2.931683684205]
    assert [one.z for one in found] == pytest.approx(z, abs=1e-9, nan_ok=True)
    assert [one.p for one in found] == [0.925, 0.02, 0.065, None, 0.06]


def test_the_golden_chances_to_miss_a_slice():
    """Of 200 reports; a slice of one clip is not tested, so it is always missed."""
    missed = [
        compute_miss_rate(WEIGHED, MEMBERS, at, drop, draws=200)
        for at, drop in ((1, 0.5), (2, 0.4), (3, 0.5))
    ]
    assert missed == pytest.approx([0.52, 0.01, 1.0])
    assert compute_miss_rate(WEIGHED, MEMBERS, 1, 0.5, seed=1, draws=200) == pytest.approx(0.62)


def test_a_part_of_a_draw_keeps_what_belongs_to_each_frame():
    part = WEIGHED.select_frames(MEMBERS[0])
    assert np.array_equal(part.right, ANSWERS[:30].astype(bool))
    actual = [part.weight.tolist(), part.stratum.tolist(), part.clip.tolist()]
    assert actual == [one[:30].tolist() for one in (WEIGHT, STRATUM, CLIPS)]


@pytest.mark.parametrize(
    ("n", "clips", "tested"), [(10, 3, True), (9, 3, False), (12, 2, False), (98, 10, False)]
)
def test_ten_frames_of_three_clips_inside_and_outside_are_tested(n, clips, tested):
    member = np.isin(
        AT,
        np.flatnonzero(np.isin(CLIP, range(clips)))[
            np.argsort(np.arange(10 * clips) % 10, kind="stable")[:n]
        ],
    )
    assert (member.sum(), np.unique(CLIP[member]).size) == (n, clips)
    assert (compare_slices(FRAMES, member[None], draws=99)[0].p is not None) == tested
