from functools import cache

import numpy as np
import pytest
from PIL import Image

from fieldcheck import resources
from fieldcheck.corruption.apply import corrupt
from fieldcheck.corruption.catalog import CORE, family
from fieldcheck.corruption.match import Match, match, standardised
from fieldcheck.imaging.statistics import NAMES, statistics

RNG = np.random.default_rng(3)
PLAIN = RNG.normal(0, 1, (60, len(NAMES)))
CLIPS = np.arange(40) // 4


def moved(by, n=40, spread=1.0, seed=0):
    """A cloud like the plain one, with the first statistics moved."""
    cloud = np.random.default_rng(seed).normal(0, spread, (n, len(NAMES)))
    cloud[:, : len(by)] += by
    return cloud * 10


def told(field, clouds, clips=CLIPS) -> Match:
    return match(PLAIN * 10, clouds, field, clips, seed=0)


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


def test_a_field_like_the_benchmark_is_not_explained_by_damage():
    assert told(moved([], seed=5), CLOUDS).reason == "alike"


def test_a_field_that_is_otherwise_is_said_not_to_be_explained():
    found = told(moved([-2.5, 0, 0, 5, 5, 5], seed=6), CLOUDS)
    assert (found.named, found.reason) == (None, "unexplained")
    assert found.family == ""


def test_clips_that_do_not_agree_leave_it_undecided():
    field = np.concatenate([moved([-4], 20, seed=7), moved([0, -4], 20, seed=8)])
    close = {("dark", 3.0): moved([-3, -2], 60, seed=1), ("haze", 3.0): moved([-2, -3], 60, seed=2)}
    found = told(field, close, np.arange(40) // 20)
    assert found.named is None or found.wins >= 0.6
    assert found.reason in {"", "undecided"}


def test_too_few_pictures_say_nothing():
    assert told(moved([-4], 5), CLOUDS, np.zeros(5, int)).reason == "too_few"


def test_statistics_are_counted_in_spreads_of_the_benchmark_and_never_beyond_eight():
    assert np.abs(standardised(np.full((1, len(NAMES)), 1e9), PLAIN)).max() == 8
    assert np.allclose(np.median(standardised(PLAIN, PLAIN), axis=0), 0, atol=0.2)


@cache
def sample(n, of):
    files = sorted(resources.path("demo/benchmark").rglob("*.jpg"))[of::2]
    return [np.asarray(Image.open(files[at]).convert("RGB")) for at in np.linspace(0, len(files) - 1, n).astype(int)]


@pytest.mark.full("matched_families")
def test_planted_families_are_named_on_other_pictures(counts, evidence):
    """Planted into pictures that are not those which the candidates were made of; every family three times in the full share."""
    severities = (2.0, 3.0, 4.0)[: counts(ci=1, full=3)]
    grid = (1.0, 2.0, 3.0, 4.0, 5.0) if len(severities) == 3 else (2.0, 4.0)
    n = 60 if len(severities) == 3 else 20
    known, others = sample(n, 0), sample(40, 1)
    clean = np.stack([statistics(rgb) for rgb in known])
    clouds = {
        (name, severity): np.stack([statistics(corrupt(rgb, name, severity, seed)) for seed, rgb in enumerate(known)])
        for name in CORE
        for severity in grid
    }
    right = {}
    for name in CORE:
        for severity in severities:
            field = np.stack([statistics(corrupt(rgb, name, severity, 500 + at)) for at, rgb in enumerate(others)])
            right[f"{name} {severity:g}"] = match(clean, clouds, field, CLIPS, seed=0).family == family(name)
    silent = match(clean, clouds, np.stack([statistics(rgb) for rgb in others]), CLIPS, seed=0)
    evidence(right=sum(right.values()), planted=len(right), missed=[name for name, is_right in right.items() if not is_right])
    assert sum(right.values()) >= 0.85 * len(right), right
    assert silent.named is None
