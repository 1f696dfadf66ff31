from functools import cache

import numpy as np
import pytest
import scipy.spatial
import scipy.stats
from scipy.stats import kendalltau
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fieldcheck.analyses import adversarial_validation as a
from fieldcheck.analyses.adversarial_validation import (
    ASPECTS,
    AspectSamples,
    DomainSamples,
    _describe_aspects,
    _estimate_auc_difference,
    _find_leading,
    _is_overlay,
    _measure_time_order,
    measure_shift_aspects,
)
from fieldcheck.analyses.domain_shift_result import LEAST_EFFECTS, Aspect, ShiftAspects
from fieldcheck.corruptions.catalogue import apply_corruption
from fieldcheck.domain.estimate import Estimate
from fieldcheck.imaging import quality
from fieldcheck.imaging.thumbnail import downscale_image
from fieldcheck.progress import Cancelled
from fieldcheck.stats.robustness import compute_auroc
from tests import makers

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
    """A made-up scene: smooth shapes of random light and contrast, some fine texture, sensor
    noise."""
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
    statistics = np.stack([quality.measure_statistics(rgb) for rgb in pool])
    found = {"": a.make_cause_statistics(statistics, pixels)}
    for cause, (corruption, severity) in PLANTED.items():
        made = [
            apply_corruption(rgb, corruption, severity, seed=at)
            if corruption
            else downscale_image(rgb, SIDE // 2)
            for at, rgb in enumerate(pool)
        ]
        sizes = np.array([float(rgb.shape[0] * rgb.shape[1]) for rgb in made])
        statistics = np.stack([quality.measure_statistics(rgb) for rgb in made])
        found[cause] = a.make_cause_statistics(statistics, sizes)
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


@pytest.mark.long
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


@pytest.mark.long
@pytest.mark.parametrize("kind", list(a.KINDS))
def test_a_difference_beyond_chance_is_named_only_from_the_least_effect_on(kind):
    """Twelve clips of eight frames, every frame above every picture by the same amount."""
    at, least = list(a.KINDS).index(kind), LEAST_EFFECTS[kind]
    rng = np.random.default_rng(3)
    ratio = least.ratio - 1
    base = 12.0
    step = max(least.difference, ratio * base)
    for share, named in ((0.9, False), (1.1, True)):
        field, benchmark = (0.01 * step * rng.random((n, 14)) + base for n in (96, 200))
        field[:, at] += share * step
        found = a.rank_causes(a.DomainSamples(field, np.repeat(np.arange(12), 8), benchmark), 0)
        (cause,) = (one for one in found if one.name == kind)
        assert cause.auc.value == 1.0
        assert cause.named == cause.is_large == named


def test_what_a_site_would_not_act_on_is_no_cause():
    assert not LEAST_EFFECTS["noise"].is_reached(10.9, 11.8)
    assert LEAST_EFFECTS["noise"].is_reached(1.3, 0.3)
    assert LEAST_EFFECTS["resolution"].is_reached(0.92, 0.08)
    assert not LEAST_EFFECTS["resolution"].is_reached(0.92, 0.83)
    assert LEAST_EFFECTS.keys() == a.KINDS.keys()


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


@pytest.mark.long
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
    field = measured()["brightness"][:20]
    samples = a.DomainSamples(field, np.repeat([0, 1], 10), measured()[""][40:100])
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
    own = np.tile(40 * rng.normal(size=(50, 1)), len(a.KINDS))
    other = np.tile(40 * rng.normal(size=(80, 1)), len(a.KINDS))
    slight, far = (
        a.rank_causes(a.DomainSamples(own + by, np.arange(50), other), 0) for by in (-28, -80)
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
    figures = np.random.default_rng(0).uniform(2, 5, (3, len(quality.NAMES)))
    by = dict(zip(quality.NAMES, figures.T, strict=True))
    pixels = np.array([1e6, 2e6, 5e5])
    found = dict(zip(a.KINDS, a.make_cause_statistics(figures, pixels).T, strict=True))
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
    flat = np.where(np.array(quality.NAMES) == "contrast", 0.0, figures)
    assert a.make_cause_statistics(flat, np.ones(3))[:, 5] == pytest.approx(by["sharpness"])


ASPECT_POOL, CLIPS, EACH, PICTURES = 64, 8, 6, 56
CELLS = 12


def elsewhere(rgb, at):
    """The same cells of a scene in another order, its brighter ones rather to the left: another
    place under the same light."""
    rng, size = np.random.default_rng(at), SIDE // CELLS
    cells = rgb.reshape(CELLS, size, CELLS, size, 3).swapaxes(1, 2).reshape(-1, size, size, 3)
    order = np.argsort(-cells.mean(axis=(1, 2, 3)) + rng.normal(0, 20, len(cells)))
    return (
        cells[order]
        .reshape(CELLS, CELLS, size, size, 3)
        .transpose(1, 2, 0, 3, 4)
        .reshape(rgb.shape)
    )


def stamped(rgb, at):
    """A black bar with white letters that change, in a corner."""
    out = rgb.copy()
    out[:10, :70] = 0
    out[2:8, 3:67][np.random.default_rng(at).random((6, 64)) < 0.4] = 255
    return out


def with_logo(rgb, at):
    out = rgb.copy()
    out[60:76, 60:66], out[60:66, 60:76] = 255, 0
    return out


def boxed(rgb, at):
    out = rgb.copy()
    out[:12], out[-12:] = 0, 0
    return out


PLANTED_ASPECTS = {
    "place": elsewhere, "spectrum": lambda rgb, at: apply_corruption(rgb, "defocus", 2, seed=at),
    "colour": lambda rgb, at: apply_corruption(rgb, "colour_cast", 3, seed=0),
    "time": lambda rgb, at: apply_corruption(rgb, "dark", 2, seed=at), "stamp": stamped,
    "logo": with_logo, "box": boxed, "nothing": lambda rgb, at: rgb,
}  # fmt: skip


@cache
def measure_pool(planted):
    """Features of a pool of scenes with a cause planted: masked and plain, (POOL, d) by aspect."""
    rng = np.random.default_rng(0)
    shown = [PLANTED_ASPECTS[planted](scene(rng), at) for at in range(ASPECT_POOL)]
    marks = quality.find_static_marks(np.stack([quality.make_grid(rgb) for rgb in shown]))
    rows = {
        masked: [quality.compute_aspect_features(rgb, masked, marks) for rgb in shown]
        for masked in (True, False)
    }
    return {
        masked: {name: np.stack([getattr(row, name) for row in some]) for name in ASPECTS}
        for masked, some in rows.items()
    }


def make_visit(seed, planted):
    """Eight clips of six frames, each near its clip's scene in every figure, against sixty-four
    other scenes."""
    order = np.random.default_rng([seed, 1]).permutation(ASPECT_POOL)
    clips = np.repeat(np.arange(CLIPS), EACH)
    sides = {}
    for masked in (True, False):
        sides[masked] = {}
        for number, name in enumerate(ASPECTS):
            figures = measure_pool(planted)[masked][name]
            plain = measure_pool("nothing")[masked][name]
            noise = np.random.default_rng([seed, 2, number]).standard_normal(
                (clips.size, plain.shape[1])
            )
            own = figures[order[clips]] + 0.2 * plain.std(axis=0) * noise
            sides[masked][name] = DomainSamples(own, clips, plain[order[CLIPS : CLIPS + PICTURES]])
    return AspectSamples(sides[True], sides[False], 0.0)


def told(seed, planted):
    found = measure_shift_aspects(make_visit(seed, planted), seed)
    return found.leading[0] if found.told == "told" else found.told


@pytest.mark.long
@pytest.mark.full("domain_aspects")
def test_place_spectrum_and_time_are_told_apart_and_a_stamp_is_no_shift(counts, evidence):
    n = counts(ci=2, full=40)
    kinds = {
        "colour": "spectrum", "stamp": "overlay", "logo": "overlay", "box": "overlay",
        "nothing": "none",
    }  # fmt: skip
    figures = {}
    for planted in PLANTED_ASPECTS:
        answers = [told(seed, planted) for seed in range(n)]
        figures[planted] = {answer: answers.count(answer) for answer in sorted(set(answers))}
    evidence(runs=n, answers=figures)
    for planted, answers in figures.items():
        right = kinds.get(planted, planted)
        assert answers.get(right, 0) >= 0.7 * n - 1, (planted, answers)
        wrong = sum(
            count for answer, count in answers.items() if answer in ASPECTS and answer != right
        )
        assert wrong <= max(1, 0.05 * n), (planted, answers)


def area(value, lo=None, status="ok"):
    return Estimate(
        value, value if lo is None else lo, max(value, 0.99), 48, 8.0, "bootstrap_clips", status
    )


@pytest.mark.parametrize(
    ("plain", "masked", "fell", "overlay"),
    [
        (area(0.9), area(0.6), area(0.3, 0.1), True),
        (area(0.9), area(0.8), area(0.1, 0.05), False),  # still told apart
        (area(0.9), area(0.6), area(0.3, -0.1), False),  # it fell by chance
        (area(0.9), area(0.6), area(0.3, 0.0), False),
        (area(0.7), area(0.6), area(0.1, 0.05), False),  # never told apart
        (area(0.75), area(0.7499), area(0.1, 0.05), True),
        (area(0.75), area(0.75), area(0.1, 0.05), False),
        (Estimate.not_measured("too_few_clips", 48, 0.9), area(0.6), area(0.3, 0.1), False),
    ],
)
def test_an_overlay_is_what_ends_with_its_mask(plain, masked, fell, overlay):
    apart = (np.linspace(3, 4, 48), np.linspace(0, 1, 56))
    alike = (np.tile(np.linspace(0, 1, 6), 8), np.linspace(0, 1, 56))
    assert _is_overlay(apart, np.repeat(np.arange(8), 6), plain, masked, fell) == overlay
    assert not _is_overlay(alike, np.repeat(np.arange(8), 6), plain, masked, fell)


def aspect(name, value, shown=True, control=0.5):
    return Aspect(name, area(value), value, control, 0.6, shown)


def test_the_kind_leads_that_is_better_than_each_other_one():
    shown = [aspect("time", 0.8), aspect("place", 0.95)]
    chance = np.random.default_rng(0).normal(0, 0.01, 1000)
    expected = ("place", "time")
    assert _find_leading(shown, {"time": 0.8 + chance, "place": 0.95 + chance[::-1]}) == expected
    assert _find_leading(shown, {"time": 0.945 + chance, "place": 0.95 + chance[::-1]}) == ()
    assert _find_leading(shown[:1], {"time": 0.8 + chance}) == ("time",)
    three = [*shown, aspect("spectrum", 0.9)]
    draws = {"time": 0.8 + chance, "place": 0.95 + chance, "spectrum": 0.95 + chance[::-1]}
    assert _find_leading(three, draws) == ()


def test_what_is_told_of_the_kinds():
    found = [aspect("time", 0.8), aspect("place", 0.6, shown=False)]
    assert _describe_aspects(True, found, ("time",)) == "overlay"
    assert _describe_aspects(False, found, ("time",)) == "told"
    assert _describe_aspects(False, found, ()) == "confounded"
    assert _describe_aspects(False, found[1:], ()) == "none"
    actual = _describe_aspects(
        False, [*found, aspect("spectrum", 0.6, False, control=float("nan"))], ("time",)
    )
    assert actual == "too_few_clips"


def test_the_difference_of_two_areas_is_paired():
    rng = np.random.default_rng(0)
    clip, own, other = np.repeat(np.arange(8), 6), rng.normal(1, 1, 48), rng.normal(0, 1, 56)
    found = _estimate_auc_difference((own, other), (own - 0.5, other), clip, 0)
    assert found.value == pytest.approx(compute_auroc(own, other) - compute_auroc(own - 0.5, other))
    assert 0 < found.lo < found.value < found.hi
    assert (found.n, found.n_eff, found.method) == (48, 8.0, "bootstrap_clips")
    same = _estimate_auc_difference((own, other), (own, other), clip, 0)
    assert (same.value, same.lo, same.hi) == (0, 0, 0)
    few = _estimate_auc_difference((own, other), (own - 0.5, other), clip % 2, 0)
    assert (few.status, few.note, few.n, few.value) == ("na", "too_few_clips", 48, found.value)


def test_the_order_is_kendalls_of_the_clips_by_their_first_frame():
    light, clip = np.array([1.0, 3.0, 2.0, 4.0, 5.0]), np.array(["e", "d", "c", "b", "a"])
    field = np.repeat(light, 2)[:, None] * np.ones(len(ASPECTS) + 5)
    share, p = _measure_time_order(DomainSamples(field, np.repeat(clip, 2), np.zeros((0, 8))))
    assert share == pytest.approx(0.9)
    assert p == pytest.approx(kendalltau(range(5), light).pvalue)
    samples = DomainSamples(field[:6], np.repeat(clip[:3], 2), np.zeros((0, 8)))
    assert np.isnan(_measure_time_order(samples)).all()
    samples = DomainSamples(field[:8], np.repeat(clip[:4], 2), np.zeros((0, 8)))
    assert not np.isnan(_measure_time_order(samples)).any()


def test_two_kinds_at_once_cannot_be_told_apart():
    given = make_visit(0, "nothing")

    def shifted(side):
        both = {name: side[name] for name in ("spectrum", "time")}
        far = {
            name: DomainSamples(one.field + 6 * one.field.std(axis=0), one.clip, one.benchmark)
            for name, one in both.items()
        }
        return {**side, **far}

    samples = AspectSamples(shifted(given.masked), shifted(given.plain), 0.0)
    found = measure_shift_aspects(samples, 0)
    assert (found.told, found.leading) == ("confounded", ())
    assert {one.name for one in found.aspects if one.shown} == {"spectrum", "time"}


def test_the_figures_of_a_stamp_fall_with_their_range():
    found = measure_shift_aspects(make_visit(1, "stamp"), 1)
    assert found.unmasked.value > 0.9 > 0.75 > found.masked.value
    assert (
        0
        < found.fell.lo
        <= found.fell.value
        == pytest.approx(found.unmasked.value - found.masked.value)
    )
    assert not any(one.shown for one in found.aspects)


@pytest.mark.long
def test_light_that_changes_in_the_order_of_the_clips_is_seen_and_otherwise_not():
    given = make_visit(0, "nothing")
    lighter = given.masked["time"].field + np.repeat(np.arange(CLIPS), EACH)[
        :, None
    ] * given.masked["time"].field.std(axis=0)
    time = DomainSamples(lighter, given.masked["time"].clip, given.masked["time"].benchmark)
    rising = dict(given.masked, time=time)
    found = measure_shift_aspects(AspectSamples(rising, given.plain, 0.0), 0)
    assert found.order > 0.8
    assert found.order_p < 0.01
    assert measure_shift_aspects(given, 0).order_p > 0.05


def test_three_clips_have_no_control_and_nothing_is_named():
    given = make_visit(0, "time")

    def few(side):
        return {
            name: DomainSamples(one.field[:18], one.clip[:18], one.benchmark)
            for name, one in side.items()
        }

    found = measure_shift_aspects(AspectSamples(few(given.masked), few(given.plain), 0.0), 0)
    assert (found.told, found.leading, found.n_clips) == ("too_few_clips", (), 3)
    assert np.isnan(found.order)
    assert ShiftAspects.from_json(found.to_json()).to_json() == found.to_json()


def test_it_can_be_cancelled():
    with pytest.raises(Cancelled):
        measure_shift_aspects(make_visit(0, "nothing"), 0, makers.stopped())
