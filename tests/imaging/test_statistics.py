from math import log, log10

import cv2
import numpy as np
import pytest

from fieldcheck.imaging.quality import (
    NAMES,
    compute_band_shares,
    compute_blockiness,
    compute_direction,
    compute_mean_colour,
    measure_statistics,
)
from fieldcheck.imaging.thumbnail import WORKING_SIDE, downscale_image


def grey(y: np.ndarray) -> np.ndarray:
    return np.repeat(y[:, :, None], 3, axis=2)


def named(rgb: np.ndarray) -> dict[str, float]:
    return dict(zip(NAMES, measure_statistics(rgb).tolist(), strict=True))


@pytest.fixture
def scene() -> np.ndarray:
    rough = np.random.default_rng(4).integers(20, 235, (54, 96, 3), dtype=np.uint8)
    picture = cv2.resize(rough, (1920, 1080), interpolation=cv2.INTER_CUBIC).astype(float)
    return np.clip(picture + np.random.default_rng(5).normal(0, 4, picture.shape), 0, 255).astype(
        np.uint8
    )


def test_the_vector_is_what_its_definition_says_step_by_step(scene):
    """Every figure of methods 5.4 once more in plain numpy."""
    y = cv2.cvtColor(scene, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(y, (512, 288), interpolation=cv2.INTER_AREA).astype(float)
    crop = y[284 // 8 * 8 :, 704:][:512, :512].astype(float)
    laplace = (
        small[:-2, 1:-1]
        + small[2:, 1:-1]
        + small[1:-1, :-2]
        + small[1:-1, 2:]
        - 4 * small[1:-1, 1:-1]
    )
    rows = crop[:, :-2] - 2 * crop[:, 1:-1] + crop[:, 2:]
    response = np.abs(rows[:-2] - 2 * rows[1:-1] + rows[2:])
    steps = np.abs(np.diff(crop, axis=1))
    expected = {
        "mean": small.mean(),
        "contrast": np.percentile(small, 99, method="inverted_cdf")
        - np.percentile(small, 1, method="inverted_cdf"),
        "p1": np.percentile(small, 1, method="inverted_cdf"),
        "clipped_low": (small <= 10).mean(),
        "clipped_high": (small >= 245).mean(),
        "sharpness": log(laplace.var() + 1),
        "noise": log(np.sqrt(np.pi / 2) / 6 * response.mean() + 0.1),
        "flat_noise": log(np.median(response) + 0.1),
        "blockiness": steps[:, 7::8].mean() / steps.mean(),
    }
    found = named(scene)
    assert {name: found[name] for name in expected} == pytest.approx(expected, rel=1e-5)


def test_there_is_one_finite_float32_for_every_name(scene):
    vector = measure_statistics(scene)
    assert (vector.shape, vector.dtype) == ((len(NAMES),), np.float32)
    assert np.isfinite(vector).all()


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 3, 3), (1, 600, 3), (700, 1, 3), (90, 160, 3)])
@pytest.mark.parametrize("level", [0, 255])
def test_the_smallest_and_the_emptiest_pictures_have_finite_figures(shape, level):
    assert np.isfinite(measure_statistics(np.full(shape, level, np.uint8))).all()


def test_streaks_have_a_direction_and_noise_has_none():
    rng = np.random.default_rng(0)
    assert compute_direction(
        np.repeat(rng.integers(0, 256, (1, 200), dtype=np.uint8), 200, axis=0)
    ) == pytest.approx(1)
    actual = compute_direction(rng.integers(0, 256, (200, 200), dtype=np.uint8))
    assert actual == pytest.approx(0.5, abs=0.02)
    assert compute_direction(np.full((20, 20), 7, np.uint8)) == 0.5
    slanted = (127 + 100 * np.sin(np.add.outer(np.arange(100), np.arange(100)) / 3)).astype(
        np.uint8
    )
    assert compute_direction(slanted) > 0.95


def test_block_coding_shows_at_the_borders_of_blocks(scene):
    y = cv2.cvtColor(scene, cv2.COLOR_RGB2GRAY)[:512, :512]
    coded = cv2.imdecode(
        cv2.imencode(".jpg", y, [cv2.IMWRITE_JPEG_QUALITY, 5])[1], cv2.IMREAD_GRAYSCALE
    )
    assert compute_blockiness(y) == pytest.approx(1, abs=0.05)
    assert compute_blockiness(coded) > 1.5
    assert compute_blockiness(np.full((64, 64), 3, np.uint8)) == 1
    assert compute_blockiness(np.zeros((8, 8), np.uint8)) == 1


@pytest.mark.parametrize(("cycles", "band"), [(0.09, 0), (0.18, 1), (0.35, 2)])
@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("shape", [(288, 512), (287, 511)])
def test_a_wave_lies_in_its_band(cycles, band, axis, shape):
    wave = np.sin(2 * np.pi * cycles * np.arange(shape[axis])) * 90 + 128
    y = np.broadcast_to(wave[:, None] if axis == 0 else wave[None], shape).astype(np.uint8)
    shares = compute_band_shares(y)
    assert shares[band] == pytest.approx(0, abs=0.02)
    assert all(share < -2 for other, share in enumerate(shares) if other != band)


def test_bands_of_noise_hold_power_by_their_area():
    pictures = (
        np.random.default_rng(seed).integers(0, 256, (400, 400), dtype=np.uint8)
        for seed in range(6)
    )
    areas = [
        np.pi * (high**2 - low**2) for low, high in ((0.06, 0.125), (0.125, 0.25), (0.25, 0.5))
    ]
    actual = np.mean([compute_band_shares(y) for y in pictures], axis=0)
    assert actual == pytest.approx([log10(area) for area in areas], abs=0.02)


def test_colours_are_cielab():
    red = np.full((40, 40, 3), (255, 0, 0), np.uint8)
    assert compute_mean_colour(red) == pytest.approx((80.09, 67.20, 104.55), abs=0.1)
    actual = compute_mean_colour(np.full((40, 40, 3), 119, np.uint8))
    assert actual == pytest.approx((0, 0, 0), abs=0.02)


@pytest.mark.parametrize("name", ["intel-bottle-detection.mp4", "udacity-test_video.mp4"])
def test_mean_colours_of_the_thumbnail_are_those_of_the_working_size(name, shared_data):
    capture = cv2.VideoCapture(str(shared_data / "videos" / name))
    rgb = np.ascontiguousarray(capture.read()[1][..., ::-1])
    capture.release()
    found = named(rgb)
    working = downscale_image(rgb, WORKING_SIDE)
    actual = (found["a"], found["b"], found["chroma"])
    assert actual == pytest.approx(compute_mean_colour(working), abs=0.03)


def test_a_corrupted_picture_lies_elsewhere(scene):
    clean = named(scene)
    assert named(cv2.GaussianBlur(scene, (0, 0), 8))["sharpness"] < clean["sharpness"] - 1
    assert named((scene * 0.3).astype(np.uint8))["mean"] < clean["mean"] / 2
    noisy = np.clip(scene + np.random.default_rng(0).normal(0, 20, scene.shape), 0, 255).astype(
        np.uint8
    )
    assert named(noisy)["noise"] > clean["noise"] + 1
