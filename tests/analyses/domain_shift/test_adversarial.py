from functools import cache

import numpy as np
import pytest
import scipy.spatial
import scipy.stats
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fieldcheck.analyses import adversarial_validation as a
from fieldcheck.corruptions.catalogue import apply_corruption
from fieldcheck.imaging.quality import NAMES, measure_statistics
from fieldcheck.imaging.thumbnail import downscale_image
from fieldcheck.stats.robustness import compute_auroc

SIDE, POOL = 144, 80
PLANTED = {
    "brightness": ("dark", 2),
    "blur": ("defocus", 2),
    "compression": ("jpeg", 2),
    "resolution": ("", 0),
}


def vectors(rng, clips=8, each=15, m=200, d=32, share=0.6, shift=0.0):
    """Clips whose frames share `share` of the variance, and independent pictures, in d dimensions;
    four of them shifted."""
    own = np.repeat(
        rng.standard_normal((clips, d)) * np.sqrt(share), each, axis=0
    ) + rng.standard_normal((clips * each, d)) * np.sqrt(1 - share)
    own[:, :4] += shift
    return a.DomainSamples(own, np.repeat(np.arange(clips), each), rng.standard_normal((m, d)))


def scene(rng, side=SIDE):
    """A made-up scene: smooth shapes of random light and contrast, some fine texture, sensor noise."""
    coarse = rng.uniform(0, 1, (12, 12, 3))
    base = np.kron(coarse, np.ones((side // 12, side // 12, 1)))
    texture = rng.standard_normal((side, side, 1)) * rng.uniform(0.02, 0.06)
    grown = rng.uniform(0.3, 0.7) + rng.uniform(0.3, 0.6) * (base - 0.5) + texture
    return (255 * grown + rng.standard_normal((side, side, 3)) * 2).clip(0, 255).astype(np.uint8)


@cache
def measured():
    """The figures of a pool of scenes, as they are and with each planted cause."""
    rng = np.random.default_rng(0)
    pool = [scene(rng) for _ in range(POOL)]
    pixels = np.full(POOL, float(SIDE**2))
    found = {
        "": a.make_cause_statistics(np.stack([measure_statistics(rgb) for rgb in pool]), pixels)
    }
    for cause, (corruption, severity) in PLANTED.items():
        made = [
            apply_corruption(rgb, corruption, severity, seed=at)
            if corruption
            else downscale_image(rgb, SIDE // 2)
            for at, rgb in enumerate(pool)
        ]
        sizes = np.array([float(rgb.shape[0] * rgb.shape[1]) for rgb in made])
        found[cause] = a.make_cause_statistics(
            np.stack([measure_statistics(rgb) for rgb in made]), sizes
        )
    return found


def visit(rng, cause):
    """Eight clips of six frames, each frame near its clip's scene in every figure, against sixty
    other scenes."""
    order = rng.permutation(POOL)
    figures, plain = measured()[cause], measured()[""]
    clips, spread = np.repeat(np.arange(8), 6), plain.std(axis=0)
    own = figures[order[clips]] + 0.2 * spread * rng.standard_normal((48, figures.shape[1]))
    own[:, -1] = figures[order[clips], -1]
    return a.DomainSamples(own, clips, plain[order[8:68]])


def kinds(found):
    return [a.KINDS[one.name] for one in found if one.named]


@pytest.mark.full("domain_causes")
def test_planted_causes_are_named_and_equal_halves_have_none(counts, evidence):
    n, asked = counts(ci=5, full=100), {"brightness": "light"}
    named = dict.fromkeys(PLANTED, 0)
    for cause in PLANTED:
        for seed in range(n):
            named[cause] += asked.get(cause, cause) in kinds(
                a.rank_causes(visit(np.random.default_rng([seed, 1]), cause), seed)
            )
    none = sum(
        not kinds(a.rank_causes(visit(np.random.default_rng([seed, 2]), ""), seed))
        for seed in range(n)
    )
    evidence(runs=n, named=named, none_on_equal_halves=none)
    assert min(named.values()) >= 0.9 * n
    assert none >= 0.95 * n


def test_a_cause_is_told_with_both_medians_and_its_direction():
    found = next(
        one
        for one in a.rank_causes(visit(np.random.default_rng(0), "brightness"), 0)
        if one.name == "brightness"
    )
    assert found.named
    assert found.auc.value < 0.1
    assert found.field_median < 0.7 * found.benchmark_median


def test_a_grouped_classifier_does_not_recognise_clips_and_an_ungrouped_one_does():
    """No shift, 8 clips of 15 frames, clip share 0.6: random folds 0.86, grouped about a half
    (methods 7, simulated)."""
    grouped, alone = [], []
    for seed in range(2):
        samples = vectors(np.random.default_rng(seed), d=30)
        rows, truth = np.concatenate([samples.field, samples.benchmark]), np.arange(320) < 120
        for folds, group in (
            (grouped, np.concatenate([samples.clip, 8 + np.arange(200)])),
            (alone, np.arange(320)),
        ):
            scores = a.compute_grouped_scores(rows, truth, group, seed, 5)
            folds.append(compute_auroc(scores[truth], scores[~truth]))
    assert np.mean(alone) > 0.75
    assert 0.35 < np.mean(grouped) < 0.65


@pytest.mark.parametrize("seed", range(4))
def test_the_classifier_is_that_of_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    rows, truth = rng.normal(size=(90, 6)), np.arange(90) < 20 + 10 * seed
    rows[truth] += rng.normal(size=6) * seed
    theirs = LogisticRegression(C=0.1, class_weight="balanced", tol=1e-10, max_iter=1000).fit(
        rows, truth
    )
    slope, offset = a.fit_balanced_logistic(rows, truth)
    assert slope == pytest.approx(theirs.coef_[0], abs=1e-5)
    assert offset == pytest.approx(theirs.intercept_[0], abs=1e-5)


@pytest.mark.parametrize("components", [None, 3])
def test_its_folds_are_those_of_a_pipeline_of_scikit_learn(components):
    rng = np.random.default_rng(7)
    rows, truth, group = rng.normal(size=(80, 5)), np.arange(80) < 30, np.arange(80) // 5
    rows[truth, 0] += 1.0
    few = [PCA(components, svd_solver="full")] if components else []
    home, theirs = a._make_folds(truth, group, 3, 4), np.zeros(80)
    for fold in range(4):
        model = make_pipeline(
            *few,
            StandardScaler(),
            LogisticRegression(C=0.1, class_weight="balanced", tol=1e-10, max_iter=1000),
        )
        theirs[home == fold] = model.fit(rows[home != fold], truth[home != fold]).decision_function(
            rows[home == fold]
        )
    actual = a.compute_grouped_scores(rows, truth, group, 3, 4, components)
    assert actual == pytest.approx(theirs, abs=1e-4)


def test_the_whole_pipeline_with_its_controls():
    samples = vectors(np.random.default_rng(1), shift=2.0, d=40)
    plain = visit(np.random.default_rng(1), "")
    statistics_of_all = a.DomainSamples(
        np.repeat(plain.field, 3, axis=0)[:120],
        samples.clip,
        np.repeat(plain.benchmark, 4, axis=0)[:200],
    )
    names = [f"f{k}" for k in range(120)], [f"p{k}" for k in range(200)]
    found = a.measure_domain_shift(a.ComparedImages(statistics_of_all, samples, *names), 0)
    assert (found.source, found.separation) == ("embedding", "alarm")
    assert (found.n_clips, found.n_pictures) == (8, 200)
    assert found.auc.lo <= found.auc.value <= found.auc.hi
    assert found.p <= 0.05
    assert 0.3 < found.control < 0.8 <= found.auc.value
    assert found.content == (not found.named_causes)
    assert len(found.field_like) == len(found.benchmark_like) == 12
    assert found.field_like[:3] == ("p89", "p173", "p189")
    assert found.benchmark_like[:3] == ("f18", "f22", "f38")
    actual = (found.auc.value, found.auc.lo, found.auc.hi)
    assert actual == pytest.approx((0.994708333, 0.985954167, 0.999334375), abs=1e-6)
    actual = (found.balanced_accuracy, found.statistics_auc)
    assert actual == pytest.approx((0.963333333, 0.554125), abs=1e-6)
    actual = (found.control, found.control_most, found.p)
    assert actual == pytest.approx((0.502916667, 0.783055556, 0.01), abs=1e-6)
    again = type(found).from_json(found.to_json())
    assert again == found


def test_two_clips_have_a_value_and_nothing_that_they_cannot_have():
    samples = a.DomainSamples(
        measured()["brightness"][:20], np.repeat([0, 1], 10), measured()[""][40:100]
    )
    found = a.measure_domain_shift(
        a.ComparedImages(samples, None, [str(k) for k in range(20)], [str(k) for k in range(60)]), 0
    )
    assert (found.auc.status, found.named_causes) == ("na", ())
    assert found.auc.value > 0.7
    assert all(np.isnan(one) for one in (found.control, found.control_most, found.p))
    restored = type(found).from_json(found.to_json())
    assert restored.to_json() == found.to_json()


def test_the_interval_goes_by_clip():
    rng = np.random.default_rng(5)
    clip = np.repeat(np.arange(6), 20)
    own, other = np.repeat(rng.standard_normal(6), 20), rng.standard_normal(300)
    by_clip = a.estimate_auc_by_clip(own, clip, other, 0)
    by_frame = a.estimate_auc_by_clip(own, np.arange(120), other, 0)
    assert by_clip.value == by_frame.value == pytest.approx(compute_auroc(own, other))
    assert by_clip.half_width > 2 * by_frame.half_width


@pytest.mark.parametrize(("auc", "word"), [(0.9, "alarm"), (0.75, "amber"), (0.74, "quiet")])
def test_the_article_s_limits(auc, word):
    assert a.get_separation_level(auc) == word


def test_where_every_frame_lies_above_every_picture_the_limit_is_exact():
    clips = np.repeat(np.arange(8), 3)
    auc = a.estimate_auc_by_clip(np.full(24, 2.0), clips, np.zeros(40), 0)
    assert (auc.value, auc.hi, auc.method) == (1.0, 1.0, "exact")
    assert auc.lo == pytest.approx(0.025 ** (1 / 8))
    below = a.estimate_auc_by_clip(np.full(24, -2.0), clips, np.zeros(5), 0)
    assert (below.value, below.lo) == (0.0, 0.0)
    assert below.hi == pytest.approx(1 - 0.025 ** (1 / 5))


def test_wide_rows_are_brought_down_without_moving_any_apart():
    wide = np.random.default_rng(0).normal(3, 1, (10, 30))
    narrow = a._rotate_rows(wide)
    assert narrow.shape == (10, 10)
    assert scipy.spatial.distance.pdist(narrow) == pytest.approx(scipy.spatial.distance.pdist(wide))
    assert np.array_equal(a._rotate_rows(wide[:, :10]), wide[:, :10])


def test_a_cause_that_is_certain_and_slight_is_not_named():
    """Fifty clips and eighty pictures: an AUC of about two thirds, beyond chance and below 0.75."""
    rng = np.random.default_rng(0)
    own = np.tile(rng.normal(size=(50, 1)), len(a.KINDS))
    other = np.tile(rng.normal(size=(80, 1)), len(a.KINDS))
    slight, far = (
        a.rank_causes(a.DomainSamples(own + by, np.arange(50), other), 0) for by in (-0.7, -2.0)
    )
    actual = [abs(one.auc.value - 0.5) for one in slight]
    assert actual == sorted((abs(one.auc.value - 0.5) for one in slight), reverse=True)
    assert 0.5 > slight[0].auc.hi > slight[0].auc.value > 0.25
    assert not any(one.named for one in slight)
    assert {a.KINDS[one.name] for one in far if one.named} == {*a.KINDS.values()}


def test_the_most_distinct_cause_comes_first_and_of_equally_distinct_ones_the_farther():
    rng = np.random.default_rng(0)
    other = np.tile(rng.normal(size=(40, 1)), len(a.KINDS))
    own = np.tile(rng.normal(size=(8, 1)), len(a.KINDS)) - 0.5
    own[:, 3], own[:, 5], own[:, 7] = 9.0, -99.0, other[:8, 7] + 0.5
    found = a.rank_causes(a.DomainSamples(own, np.arange(8), other), 0)
    names = list(a.KINDS)
    assert [one.name for one in found[:2]] == [names[5], names[3]]
    apart = [abs(one.auc.value - 0.5) for one in found]
    assert apart == sorted(apart, reverse=True)
    assert apart[1] > apart[2]
    assert found[0].field_median == -99.0
    assert found[0].benchmark_median == pytest.approx(np.median(other[:, 5]))


def test_the_chance_of_a_mean_rank_is_that_of_clips_drawn_as_pictures_are():
    own = np.array([2.5, 3.5, 3.5, 0.0])
    clip = np.array([0, 0, 1, 2])
    other = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 3.5])
    ranks = [(2 / 6 + 3.5 / 6) / 2, 3.5 / 6, 0.0]
    spread = np.sqrt(1 / (12 * 3) + 1 / (12 * 6))
    actual = a.compute_rank_p(own, clip, other)
    assert actual == pytest.approx(2 * scipy.stats.norm.sf(abs(np.mean(ranks) - 0.5) / spread))


def test_the_figures_of_the_causes_are_those_of_the_picture():
    """Sharpness at the picture's own contrast, noise in grey levels, size in megapixels; the others
    as they are."""
    figures = np.random.default_rng(0).uniform(2, 5, (3, len(NAMES)))
    by = dict(zip(NAMES, figures.T, strict=True))
    found = dict(
        zip(a.KINDS, a.make_cause_statistics(figures, np.array([1e6, 2e6, 5e5])).T, strict=True)
    )
    assert len(found) == len(a.KINDS) == 14
    columns = list(found.values())
    plain = ["mean", "contrast", "p1", "clipped_low", "clipped_high"]
    assert np.stack(columns[:5]) == pytest.approx(np.stack([by[name] for name in plain]))
    assert columns[5] == pytest.approx(by["sharpness"] - 2 * np.log(by["contrast"]))
    assert columns[8] == pytest.approx(np.exp(by["noise"]) - 0.1)
    rest = ["band_high", "direction", "blockiness", "a", "b", "chroma"]
    actual = np.stack([columns[at] for at in (6, 7, 9, 10, 11, 12)])
    assert actual == pytest.approx(np.stack([by[name] for name in rest]))
    assert columns[13] == pytest.approx([1.0, 2.0, 0.5])
    flat = np.where(np.array(NAMES) == "contrast", 0.0, figures)
    assert a.make_cause_statistics(flat, np.ones(3))[:, 5] == pytest.approx(by["sharpness"])
