from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from fieldcheck.corruptions import fit_camera
from fieldcheck.corruptions.transforms.coding import compress_as_jpeg
from fieldcheck.imaging.contrast_and_colour import to_luma
from tests.corruptions.pictures import scene

QUALITY, SIGMA, BLURS = 65, 8.0, (2.0, 3.0)


def rendered(n):
    """Pictures of a lens of half a pixel, as a sensor of some quality has them."""
    return [cv2.GaussianBlur(scene(360, 480, seed), (0, 0), 0.6) for seed in range(n)]


@cache
def filmed(folder: Path, n: int):
    """Real frames and pictures, halved, so that their own coding does not count: a third each of
    both clips and the cells."""
    found = []
    for clip in ("intel-bottle-detection.mp4", "udacity-test_video.mp4"):
        video = cv2.VideoCapture(str(folder / "videos" / clip))
        last = min(1180, int(video.get(cv2.CAP_PROP_FRAME_COUNT)) - 3)
        places = set(np.linspace(0, last, (n + 2) // 3).astype(int).tolist())
        for at in range(max(places) + 1):
            there, bgr = video.read()
            if there and at in places:
                found.append(halved(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)))
        video.release()
    files = sorted((folder / "bccd").rglob("*.jpg"))
    found += [
        halved(cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB))
        for file in files[:: max(1, 3 * len(files) // n)][: n // 3]
    ]
    return found


def halved(rgb):
    return cv2.resize(rgb, (rgb.shape[1] // 2, rgb.shape[0] // 2), interpolation=cv2.INTER_AREA)


def recovered(pictures):
    """Shares of pictures whose injected figure is found within its limits, and their middle."""
    rng, n = np.random.default_rng(0), len(pictures)
    quality = [fit_camera.estimate_jpeg_quality(compress_as_jpeg(rgb, QUALITY)) for rgb in pictures]
    noisy = [
        np.clip(np.rint(rgb + rng.normal(0, SIGMA, rgb.shape)), 0, 255).astype(np.uint8)
        for rgb in pictures
    ]
    values = np.array([fit_camera.estimate_noise_sigma(rgb) for rgb in noisy])
    noise = values / [np.hypot(SIGMA, fit_camera.estimate_noise_sigma(rgb)) for rgb in pictures]
    near = sum(q is not None and abs(q - QUALITY) <= 5 for q in quality)
    found = {"n": n, "quality": near / n, "noise": float((abs(noise - 1) <= 0.15).mean())}
    for sigma in BLURS:
        blur = [
            fit_camera.estimate_blur_sigma(to_luma(cv2.GaussianBlur(rgb, (0, 0), sigma)))
            for rgb in pictures
        ]
        told = np.array([value for value in blur if value is not None]) / sigma
        found |= {
            f"blur_{sigma:g}": float((abs(told - 1) <= 0.2).mean()),
            f"blur_{sigma:g}_middle": float(np.median(told)),
        }
        found[f"blur_{sigma:g}_told"] = len(told) / n
    return found


@pytest.mark.long
@pytest.mark.full("fit_rendered")
def test_what_was_put_into_rendered_frames_is_found_again(counts, evidence):
    found = recovered(rendered(counts(ci=8, full=100)))
    evidence(**found)
    assert found["quality"] == 1
    assert found["noise"] == 1
    assert all(found[f"blur_{sigma:g}"] >= 0.95 for sigma in BLURS)


@pytest.mark.long
@pytest.mark.full("fit_filmed")
def test_what_was_put_into_filmed_frames_is_found_again(counts, evidence, shared_data):
    found = recovered(filmed(shared_data, counts(ci=12, full=102)))
    evidence(**found)
    assert found["quality"] == 1
    assert found["noise"] >= 0.95
    assert all(found[f"blur_{sigma:g}"] >= 0.8 for sigma in BLURS), found
    assert all(abs(found[f"blur_{sigma:g}_middle"] - 1) <= 0.1 for sigma in BLURS)


@pytest.mark.short_cases(2)
@pytest.mark.parametrize("quality", [20, 40, 50, 75, 90])
def test_other_qualities_are_found_too_and_none_where_nothing_was_coded(quality):
    actual = fit_camera.estimate_jpeg_quality(compress_as_jpeg(rendered(1)[0], quality))
    assert actual == pytest.approx(quality, abs=2)
    assert fit_camera.estimate_jpeg_quality(rendered(1)[0]) is None
    assert (
        fit_camera.estimate_jpeg_quality(halved(compress_as_jpeg(rendered(1)[0], quality))) is None
    )


def test_a_picture_without_edges_has_no_blur_and_a_tiny_one_no_figures():
    assert fit_camera.estimate_blur_sigma(np.full((100, 100), 90, np.uint8)) is None
    tiny = fit_camera.fit_frame(np.full((8, 8, 3), 90, np.uint8))
    assert (tiny.quality, tiny.noise, tiny.blur) == (None, 0, None)


def test_percentiles_of_the_field_become_mild_moderate_and_severe():
    clean = [fit_camera.fit_frame(rgb) for rgb in rendered(4)]
    rng = np.random.default_rng(1)
    field = [
        fit_camera.fit_frame(
            compress_as_jpeg(
                np.clip(rgb * 0.6 + rng.normal(0, 2, rgb.shape), 0, 255).astype(np.uint8),
                70 - 10 * k,
            )
        )
        for k, rgb in enumerate(rendered(4))
    ]
    stops = {one.corruption: one for one in fit_camera.fit_corruptions(field, clean)}
    assert set(stops) >= {"jpeg", "gamma"}
    mild, moderate, severe = stops["jpeg"].stops
    assert 70 >= mild > moderate > severe >= 40
    mild, moderate, severe = stops["gamma"].stops
    assert 1 < mild <= moderate <= severe
    assert stops["jpeg"].n == 4
    assert "jpeg" not in {one.corruption for one in fit_camera.fit_corruptions(clean, clean)}
    assert fit_camera.fit_corruptions([], clean) == ()
