"""No corruption is a no-op, and none depends on the size of the picture: seen in the image
statistic that the catalogue names for it."""

from functools import cache

import cv2
import numpy as np
import pytest
from PIL import Image

from fieldcheck import resources
from fieldcheck.corruptions.catalogue import CATALOG, apply_corruption
from tests.corruptions.traits import traits

SHOWN = [name for name, entry in CATALOG.items() if entry.expected_effect is not None]
SEVERITY = 3.0


@cache
def benchmark(n):
    """(pictures, their traits) of `n` spread over the sample's benchmark."""
    files = sorted(
        resources.get_resource_path("demo/benchmark").rglob("*.jpg"),
        key=lambda file: (file.parents[1].name, file.name),
    )
    pictures = [
        np.asarray(Image.open(files[at]).convert("RGB"))
        for at in np.linspace(0, len(files) - 1, n).astype(int)
    ]
    return pictures, [traits(rgb) for rgb in pictures]


@cache
def frames(n):
    """`n` frames of 1280 by 720, each from another clip of the sample, spread over all."""
    found = []
    clips = sorted(resources.get_resource_path("demo/footage").glob("*.mp4"))
    for at, clip in enumerate(clips[k] for k in np.linspace(0, len(clips) - 1, n).astype(int)):
        video = cv2.VideoCapture(str(clip))
        video.set(cv2.CAP_PROP_POS_FRAMES, 10 + at)
        found.append(cv2.cvtColor(video.read()[1], cv2.COLOR_BGR2RGB))
        video.release()
    assert len(found) == n
    assert found[0].shape == (720, 1280, 3)
    return found


def halved(rgb):
    return cv2.resize(rgb, (rgb.shape[1] // 2, rgb.shape[0] // 2), interpolation=cv2.INTER_AREA)


@pytest.mark.full("corruption_moves")
def test_at_moderate_each_moves_its_statistic_by_the_spread_of_the_benchmark(counts, evidence):
    pictures, clean = benchmark(100)
    some = range(0, 100, 100 // counts(ci=20, full=100))
    found = {}
    for name in SHOWN:
        entry = CATALOG[name]
        values = np.array([traits_of[entry.expected_effect.statistic] for traits_of in clean])
        spread = float(np.subtract(*np.percentile(values, [75, 25])))
        moved = (
            np.array(
                [
                    traits(apply_corruption(pictures[at], name, SEVERITY, at))[
                        entry.expected_effect.statistic
                    ]
                    for at in some
                ]
            )
            - values[list(some)]
        )
        found[name] = round(
            float(
                np.median(
                    np.abs(moved)
                    if entry.expected_effect.direction == 0
                    else moved * entry.expected_effect.direction
                )
            )
            / spread,
            2,
        )
    evidence(in_spreads_of_the_benchmark=found)
    assert {name: move for name, move in found.items() if move < 1} == {}


@pytest.mark.full("corruption_scale")
def test_corrupting_and_halving_may_change_places(counts, evidence):
    found = {}
    pictures = frames(counts(ci=5, full=10))
    clean = [traits(halved(rgb)) for rgb in pictures]
    for name in SHOWN:
        shows = CATALOG[name].expected_effect.statistic
        first = np.array(
            [
                traits(halved(apply_corruption(rgb, name, SEVERITY, seed)))[shows]
                for seed, rgb in enumerate(pictures)
            ]
        )
        last = np.array(
            [
                traits(apply_corruption(halved(rgb), name, SEVERITY, seed))[shows]
                for seed, rgb in enumerate(pictures)
            ]
        )
        move = np.median(np.abs(last - [traits_of[shows] for traits_of in clean]))
        found[name] = round(float(np.median(np.abs(first - last)) / move), 3)
    evidence(share_of_the_move=found)
    assert {name: share for name, share in found.items() if share > 0.1} == {}
