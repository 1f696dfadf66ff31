from functools import cache

import cv2
import numpy as np
import pytest
from PIL import Image

from fieldcheck import paths
from fieldcheck.analyses.robustness import get_robustness
from fieldcheck.api.demo import get_demo_files, prepare_demo
from fieldcheck.corruptions.catalogue import CORE, apply_corruption, get_family, order_by_light_path
from fieldcheck.corruptions.match_field import (
    SEVERITIES,
    Mixer,
    StatisticsChunk,
    add_second_match,
    can_have_second,
    compute_statistics,
    fit_field,
    get_match,
    match_corruptions,
    match_field,
    shrink_to_side,
    standardize_statistics,
)
from fieldcheck.domain.robustness import FieldMatch
from fieldcheck.errors.labels import NoFootage
from fieldcheck.imaging.quality import NAMES, measure_statistics
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.report.assemble import build_report
from fieldcheck.stats.similarity import compute_mean_distances
from tests.corruptions.pictures import scene
from tests.counts import only_full

RNG = np.random.default_rng(3)
PLAIN = RNG.normal(0, 1, (60, len(NAMES)))
CLIPS = np.arange(40) // 4


def moved(by, n=40, spread=1.0, seed=0):
    """A cloud like the plain one, with the first statistics moved."""
    cloud = np.random.default_rng(seed).normal(0, spread, (n, len(NAMES)))
    cloud[:, : len(by)] += by
    return cloud * 10


def told(field, clouds, clips=CLIPS) -> FieldMatch:
    return match_corruptions(PLAIN * 10, clouds, field, clips, seed=0)


CLOUDS = {
    ("dark", 3.0): moved([-4], 60, seed=1),
    ("haze", 3.0): moved([0, -4], 60, seed=2),
    ("defocus", 3.0): moved([0, 0, -4], 60, seed=3),
}


def test_the_damage_that_makes_the_benchmark_look_like_the_field_is_named():
    found = told(moved([0, -4.3], seed=4), CLOUDS)
    assert (found.family, found.reason) == ("haze", "")
    assert found.named is not None
    assert found.named.explained > 0.8
    assert found.wins == 1
    assert len(found.top) == 3
    assert (found.n_pictures, found.n_frames, found.n_clips) == (60, 40, 10)


def test_a_field_like_the_benchmark_is_not_explained_by_damage():
    assert told(moved([], seed=5), CLOUDS).reason == "alike"


def test_a_field_that_is_otherwise_is_said_not_to_be_explained():
    found = told(moved([-2.5, 0, 0, 5, 5, 5], seed=6), CLOUDS)
    assert (found.named, found.reason) == (None, "unexplained")
    assert found.family == ""


PAIRS = {
    ("haze", 2.0): moved([-4, -2], 60, seed=11),
    ("haze", 4.0): moved([-4, -5], 60, seed=12),
    ("defocus", 3.0): moved([-4, 0, -4], 60, seed=13),
}


def test_a_second_damage_is_told_where_one_alone_leaves_too_much():
    field = moved([-4, -5], seed=14)
    defocused = moved([0, 0, -4], 60, seed=3)
    alone = told(field, {("dark", 3.0): moved([-4], 60, seed=1), ("defocus", 3.0): defocused})
    assert (alone.reason, alone.top[0].family) == ("unexplained", "dark")
    found = add_second_match(alone, PLAIN * 10, CLOUDS, PAIRS, 3.0, field, CLIPS, 0).second
    assert found is not None
    assert (found.family, found.first_severity) == ("haze", pytest.approx(3, abs=0.3))
    assert found.severity == pytest.approx(4, abs=0.5)
    assert found.explained > 0.8


def test_a_second_damage_that_helps_little_is_not_told():
    field = moved([-2.5, 0, 0, 5, 5, 5], seed=6)
    alone = told(field, CLOUDS)
    assert add_second_match(alone, PLAIN * 10, CLOUDS, PAIRS, 3.0, field, CLIPS, 0) == alone


def test_clips_that_do_not_agree_leave_it_undecided():
    field = np.concatenate([moved([-4], 20, seed=7), moved([0, -4], 20, seed=8)])
    close = {("dark", 3.0): moved([-3, -2], 60, seed=1), ("haze", 3.0): moved([-2, -3], 60, seed=2)}
    found = told(field, close, np.arange(40) // 20)
    assert found.named is None or found.wins >= 0.6
    assert found.reason in {"", "undecided"}


def test_too_few_pictures_say_nothing():
    assert told(moved([-4], 5), CLOUDS, np.zeros(5, int)).reason == "too_few"


def test_statistics_are_counted_in_spreads_of_the_benchmark_and_never_beyond_eight():
    assert np.abs(standardize_statistics(np.full((1, len(NAMES)), 1e9), PLAIN)).max() == 8
    assert np.allclose(np.median(standardize_statistics(PLAIN, PLAIN), axis=0), 0, atol=0.2)


FILES = sorted(
    paths.get_resource_path("demo/benchmark").rglob("*.jpg"),
    key=lambda file: (file.parents[1].name, file.name),
)


@cache
def sample(n, of):
    """`n` pictures spread over one half (`of` 0 or 1) of the sample's benchmark."""
    files = FILES[of::2]
    places = np.linspace(0, len(files) - 1, n).astype(int)
    return [np.asarray(Image.open(files[at]).convert("RGB")) for at in places]


@cache
def figures(n, of, name="", severity=0.0):
    """(n, 16) statistics of those pictures under a corruption."""
    return np.stack(
        [
            measure_statistics(
                apply_corruption(rgb, name, severity, 500 * of + at) if name else rgb
            )
            for at, rgb in enumerate(sample(n, of))
        ]
    )


def found_in(field, clips, n, grid, names=tuple(CORE)):
    """What is told of a field against the `n` pictures of the first half and what the names at the
    severities of the grid make of them."""
    clouds = {
        (name, severity): figures(n, 0, name, severity) for name in names for severity in grid
    }
    return match_corruptions(figures(n, 0), clouds, field, clips, seed=0)


GRID = (1.0, 2.0, 3.0, 4.0, 5.0)


@pytest.mark.full("matched_families")
def test_planted_families_are_named_on_other_pictures(counts, evidence):
    """Planted into pictures that are not those which the candidates were made of; every family
    three times in the full share."""
    severities, n, grid = (2.0, 3.0, 4.0)[: counts(ci=0, full=3)], 60, GRID
    told_of = {
        f"{name} {severity:g}": found_in(figures(40, 1, name, severity), CLIPS, n, grid).family
        == get_family(name)
        for name in CORE
        for severity in severities
    }
    silent = found_in(figures(40, 1), CLIPS, n, grid)
    missed = [name for name, is_right in told_of.items() if not is_right]
    evidence(right=sum(told_of.values()), planted=len(told_of), missed=missed)
    assert sum(told_of.values()) >= 0.85 * len(told_of), told_of
    assert silent.named is None


@pytest.mark.long
@pytest.mark.full("matched_clips_that_differ")
def test_a_family_is_named_where_half_of_the_clips_are_untouched(counts, evidence):
    """Ten clips of four pictures: five whole, five damaged by 2 to 4 each. Hardly ever is another
    named, and of whole clips nothing."""
    draws = counts(ci=1, full=6)
    n, grid, names = (
        (60, GRID, tuple(CORE))
        if draws == 6
        else (20, (2.0, 4.0), ("gauss_noise", "defocus", "dark", "haze"))
    )
    rng, ends = np.random.default_rng(1), {"right": 0, "silent": 0, "wrong": 0}
    for name in names:
        for _ in range(draws):
            middle = [by for by in grid if 2 <= by <= 4]
            strength = np.where(rng.permutation(10) < 5, 0, rng.choice(middle, 10))
            parts = [
                figures(40, 1, name if by else "", float(by))[clip == CLIPS]
                for clip, by in enumerate(strength)
            ]
            told_of = found_in(np.concatenate(parts), CLIPS, n, grid, names)
            ends[
                "silent"
                if told_of.named is None
                else "right"
                if told_of.family == get_family(name)
                else "wrong"
            ] += 1
    whole = [rng.choice(40, 24, replace=False) for _ in range(10 * draws)]
    n_silent = sum(
        found_in(figures(40, 1)[chosen], np.arange(24) // 4, n, grid, names).named is None
        for chosen in whole
    )
    evidence(**ends, whole=len(whole), whole_silent=n_silent)
    least = 0.85 if draws == 6 else 0.75  # of twenty pictures at two severities less can be told
    assert ends["right"] >= least * len(names) * draws, ends
    assert ends["wrong"] <= 0.03 * len(names) * draws
    assert n_silent == len(whole)


@only_full
def test_other_goods_are_not_taken_for_damage():
    """Classes the benchmark has against those it has not: other castings in the same light."""
    classes = sorted({path.parents[1].name for path in FILES})
    by_class = {
        name: np.stack(
            [measure_statistics(read(path)) for path in FILES if path.parents[1].name == name][:12]
        )
        for name in classes
    }
    cases = (classes[:4], classes[4:])
    known, others = (np.concatenate([by_class[name] for name in part]) for part in cases)
    clouds = {
        (name, 3.0): np.stack(
            [
                measure_statistics(apply_corruption(read(path), name, 3.0, 1))
                for path in FILES
                if path.parents[1].name in classes[:4]
            ][::12]
        )
        for name in ("gauss_noise", "defocus", "dark", "haze", "low_contrast")
    }
    corruptions = match_corruptions(known, clouds, others, np.arange(len(others)) // 4, seed=0)
    assert corruptions.named is None


PLANTED = (
    ("dark", "defocus"),
    ("gauss_noise", "dark"),
    ("haze", "motion"),
    ("low_contrast", "jpeg"),
    ("bright", "defocus"),
)


def under(rgb, steps, seed):
    for name, severity in order_by_light_path(steps):
        rgb = apply_corruption(rgb, name, severity, seed)
    return rgb


def second_in(pair, n=20, grid=(2.0, 4.0)):
    """What is told of other pictures that both corruptions of the pair were done to."""
    names = ("dark", "defocus", "haze", "gauss_noise", "motion", "jpeg", "bright", "low_contrast")
    field = np.stack(
        [
            measure_statistics(under(rgb, [(name, 3.0) for name in pair], 500 + at))
            for at, rgb in enumerate(sample(40, 1))
        ]
    )
    found = found_in(field, CLIPS, n, grid, names)
    first = found.top[0]
    if not can_have_second(found):
        return found
    strength = first.severity / (1 - first.untouched)
    pairs = {
        (name, by): np.stack(
            [
                measure_statistics(under(rgb, [(first.corruption, strength), (name, by)], at))
                for at, rgb in enumerate(sample(n, 0))
            ]
        )
        for name in names
        for by in grid
        if name != first.corruption
    }
    clouds = {
        (name, severity): figures(n, 0, name, severity) for name in names for severity in grid
    }
    return add_second_match(found, figures(n, 0), clouds, pairs, strength, field, CLIPS, 0)


@pytest.mark.long
@pytest.mark.full("matched_pairs")
def test_two_damages_are_told_as_two_on_other_pictures(counts, evidence):
    pairs = PLANTED[: counts(ci=2, full=5)]
    told_of = {" + ".join(pair): second_in(pair) for pair in pairs}
    right = {
        name: found.second is not None
        and {found.top[0].family, found.second.family} == set(name.split(" + "))
        for name, found in told_of.items()
    }
    shares = {name: one.second and one.second.explained for name, one in told_of.items()}
    evidence(right=sum(right.values()), planted=len(right), explained=shares)
    assert all(right.values()), told_of


@pytest.mark.long
def test_one_damage_is_not_told_as_two():
    assert second_in(("haze",)).second is None
    assert second_in(("motion",)).second is None


def read(path):
    return np.asarray(Image.open(path).convert("RGB"))


def test_the_best_mixture_is_the_one_that_a_fine_grid_finds():
    rng = np.random.default_rng(5)
    clouds = [rng.normal(at, 1, (30, 3)) for at in ((0, 0, 0), (2, 0, 0), (3, 1, 0))]
    field = np.concatenate([rng.normal(0, 1, (25, 3)), rng.normal((3, 1, 0), 1, (15, 3))])
    within = np.array([[compute_mean_distances(a, b).mean() for b in clouds] for a in clouds])
    near = np.array([compute_mean_distances(field, cloud).mean() for cloud in clouds])
    least, shares = Mixer(within, [0, 1, 2]).find_nearest_mixture(near[None])
    steps = np.linspace(0, 1, 101)
    grid = np.array([(a, b, 1 - a - b) for a in steps for b in steps if a + b <= 1 + 1e-9])
    every = 2 * grid @ near - np.einsum("ri,ij,rj->r", grid, within, grid)
    assert every.min() - 2e-4 <= least[0] <= every.min() + 1e-9
    assert shares[0] == pytest.approx(grid[every.argmin()], abs=0.02)
    assert shares.sum() == pytest.approx(1)


NOW = "2026-03-01T10:00:00+00:00"


def test_a_match_is_kept_for_the_footage_and_the_benchmark_as_they_are(labelled, monkeypatch):
    assert get_match(labelled) is None
    found = match_field(labelled, 0, NullProgress(), NOW)
    assert found is not None
    assert get_match(labelled) == found
    # whoever asks again is told what is known
    monkeypatch.setattr("fieldcheck.corruptions.match_field.fit_field", None)
    assert match_field(labelled, 0, NullProgress(), NOW) == found
    assert get_robustness(build_report(labelled, "en", NullProgress(), NOW)).field_match == found


def test_another_benchmark_is_another_question(labelled, monkeypatch):
    match_field(labelled, 0, NullProgress(), NOW)
    monkeypatch.setattr(
        "fieldcheck.corruptions.match_field.compute_benchmark_key", lambda benchmark: "another"
    )
    assert get_match(labelled) is None


def test_without_a_benchmark_or_footage_there_is_nothing_to_compare(empty):
    assert match_field(empty, 0, NullProgress(), NOW) is None
    assert get_match(empty) is None


def planted():
    """The corruptions that the answer key of the sample allows."""
    told = get_demo_files().key["planted"]["corruption"]
    return {told["family"], *told["akin"]}


@pytest.mark.long
def test_the_damage_planted_in_the_sample_is_found_in_a_few_of_its_frames():
    """The same on 15 pictures and four frames a clip: the full share goes through the project."""
    sample, side = get_demo_files(), 288
    # by class, every light
    paths = sample.benchmark.rglob("*.jpg")
    files = sorted(paths, key=lambda file: (file.parents[1].name, file.name))
    files = tuple(str(files[at]) for at in np.linspace(0, len(files) - 1, 15).astype(int))
    (clean,) = compute_statistics(StatisticsChunk(files, "", side, 0))
    clouds = {
        (name, by): one
        for name in CORE
        for by, one in zip(
            SEVERITIES, compute_statistics(StatisticsChunk(files, name, side, 0)), strict=True
        )
    }
    field, clips = [], []
    for number, clip in enumerate(sample.key["footage"]):
        video = cv2.VideoCapture(str(sample.get_footage_path(clip)))
        for at in range(60):
            bgr = video.read()[1]
            if at in {5, 20, 40, 55}:
                small = shrink_to_side(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), side)
                field.append(measure_statistics(small))
                clips.append(number)
        video.release()
    found = match_corruptions(clean, clouds, np.stack(field), np.array(clips), seed=0)
    assert found.top[0].corruption in planted()
    assert found.top[0].explained > 0.5


@pytest.mark.full("matched_sample")
def test_the_damage_planted_in_the_sample_is_named(tmp_path, counts, evidence):
    counts(ci=0, full=1)
    with open_project(prepare_demo(tmp_path, NullProgress(), NOW)) as project:
        found = match_field(project, 0, NullProgress(), NOW)
    assert found is not None
    evidence(**found.to_json())
    assert found.named is not None
    assert found.named.corruption in planted()


@pytest.mark.long
def test_a_camera_is_fitted_from_its_footage_and_the_benchmark(labelled):
    found = fit_field(labelled, 0, NullProgress())
    assert min(found.match.n_frames, found.match.n_pictures, found.match.n_clips) >= 1
    assert found == fit_field(labelled, 0, NullProgress())
    assert found.match.reason in {"", "too_few", "alike", "unexplained", "undecided"}
    assert (found.match.named is None) is (found.match.reason != "")
    for one in found.fitted:
        assert one.n <= found.match.n_frames
        assert np.isfinite(one.stops).all()


def test_without_footage_there_is_nothing_to_fit(empty):
    with pytest.raises(NoFootage):
        fit_field(empty, 0, NullProgress())


def test_both_sets_are_looked_at_in_one_size():
    assert shrink_to_side(scene(720, 1280), 180).shape == (180, 320, 3)
    assert shrink_to_side(scene(100, 150), 180).shape == (100, 150, 3)
