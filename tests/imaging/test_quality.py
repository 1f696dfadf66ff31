from math import inf, log, log10

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.imaging import quality
from fieldcheck.imaging.quality import (
    compute_detail_vector,
    compute_dhash,
    compute_hamming_distance,
    compute_phash,
    compute_psnr,
    compute_ssim,
)
from fieldcheck.imaging.thumbnail import WORKING_SIDE, downscale_image, make_look, make_thumbnail
from tests.corruptions.pictures import scene as similarity_scene


def grey(y: np.ndarray) -> np.ndarray:
    return np.repeat(y[:, :, None], 3, axis=2)


@pytest.fixture
def spike() -> np.ndarray:
    """The picture of the method's golden number: a slope with one pixel too bright."""
    y = (4 * np.arange(8)[:, None] + 2 * np.arange(8)).astype(np.uint8)
    y[3, 3] += 20
    return y


@pytest.fixture
def texture() -> np.ndarray:
    coarse = np.random.default_rng(0).integers(30, 220, (30, 40), dtype=np.uint8)
    return cv2.resize(coarse, (400, 300), interpolation=cv2.INTER_CUBIC)


def test_the_golden_noise_is_met(spike):
    sigma = quality.estimate_noise_sigma(quality.compute_noise_levels(spike))
    assert sigma == pytest.approx(1.856762, abs=1e-6)


def test_the_golden_laplace_variance_is_met(spike):
    assert quality.compute_laplace_variance(spike) == pytest.approx(222.222222, abs=1e-6)


def test_quality_holds_both_numbers(spike):
    found = quality.measure_quality(grey(spike))
    assert found.noise == pytest.approx(1.856762, abs=1e-6)
    assert found.sharpness == pytest.approx(log(223.222222), abs=1e-6)


@pytest.mark.parametrize("sigma", [2, 5, 12])
def test_noise_is_measured_at_native_resolution_whatever_the_slope(sigma):
    y = np.linspace(60, 180, 1600)[None] + np.random.default_rng(1).normal(0, sigma, (900, 1600))
    actual = quality.measure_quality(grey(np.clip(np.round(y), 0, 255).astype(np.uint8))).noise
    assert actual == pytest.approx(sigma, rel=0.05)


def test_blur_lowers_sharpness_and_nothing_raises_it_but_detail(texture):
    figures = [
        quality.measure_quality(
            grey(cv2.GaussianBlur(texture, (0, 0), sigma) if sigma else texture)
        ).sharpness
        for sigma in (0, 1, 2, 4)
    ]
    assert figures == sorted(figures, reverse=True)
    assert quality.measure_quality(grey(np.full((90, 160), 70, np.uint8))).sharpness == 0


def test_levels_clipped_at_either_end_are_counted():
    y = np.full((100, 100), 128, np.uint8)
    y[:10], y[10:15], y[15], y[16] = 10, 245, 11, 244
    found = quality.measure_quality(grey(y))
    assert found.clipped_low == pytest.approx(0.10)
    assert found.clipped_high == pytest.approx(0.05)


def test_contrast_is_the_99th_less_the_1st_percentile():
    y = np.repeat(np.arange(100, dtype=np.uint8) * 2, 100).reshape(100, 100)
    assert quality.measure_quality(grey(y)).contrast == 196
    assert quality.measure_quality(grey(y)).mean == pytest.approx(99)


def test_light_from_behind_is_a_bright_border():
    y = np.full((80, 160), 200, np.uint8)
    y[20:60, 40:120] = 50
    assert quality.measure_quality(grey(y)).backlight == pytest.approx(150)
    assert quality.measure_quality(grey(255 - y)).backlight == pytest.approx(-150)
    assert quality.measure_quality(grey(np.full((80, 160), 9, np.uint8))).backlight == 0


@pytest.mark.parametrize("shape", [(1, 1), (1, 200), (2, 2), (3, 3), (700, 1)])
def test_the_smallest_pictures_have_finite_figures(shape):
    found = quality.measure_quality(grey(np.full(shape, 40, np.uint8)))
    assert found.mean == 40
    assert (found.noise, found.sharpness, found.contrast) == (0, 0, 0)


def test_the_native_crop_keeps_coding_blocks_in_place():
    y, x = np.mgrid[:1081, :1923]
    crop = quality.crop_native(np.dstack([y % 8, x % 8]).astype(np.uint8))
    assert crop.shape == (512, 512, 2)
    assert crop[0, 0].tolist() == [0, 0]
    assert quality.crop_native(np.zeros((100, 700), np.uint8)).shape == (100, 512)


def test_levels_are_found_by_share():
    shares = quality.compute_level_shares(np.array([[0, 0, 3, 9]], np.uint8))
    assert [quality.find_level_at(shares, quantile) for quantile in (0.5, 0.51, 0.75, 1.0)] == [
        0, 3, 3, 9,
    ]  # fmt: skip


def test_only_what_is_clipped_is_striped_and_black_otherwise_than_white():
    rgb = np.full((32, 48, 3), 128, np.uint8)
    rgb[:, :16], rgb[:, 16:32] = 255, 0
    shown = quality.mark_clipping(rgb)
    assert (shown[:, :16] == quality.ON_WHITE).all(axis=2).mean() == 0.25
    assert (shown[:, 16:32] == quality.ON_BLACK).all(axis=2).mean() == 0.25
    assert (shown[:, 32:] == 128).all()


def test_the_stripes_run_in_different_directions():
    white = quality.mark_clipping(np.full((16, 16, 3), 255, np.uint8))
    black = quality.mark_clipping(np.zeros((16, 16, 3), np.uint8))
    rising = (white == quality.ON_WHITE).all(axis=2)
    falling = (black == quality.ON_BLACK).all(axis=2)
    assert rising[0, 1]
    assert rising[1, 0]
    assert falling[1, 1]
    assert not falling[1, 0]


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 255))
def test_the_frame_itself_is_not_changed(height, width, level):
    rgb = np.full((height, width, 3), level, np.uint8)
    rgb.flags.writeable = False
    shown = quality.mark_clipping(rgb)
    assert (rgb == level).all()
    assert shown.shape == rgb.shape


@pytest.mark.parametrize(
    "size", [(1920, 1080), (1280, 720), (641, 359), (200, 300), (8, 8), (1, 1)]
)
def test_one_look_gives_what_each_measure_gives_by_itself(size):
    rough = np.random.default_rng(2).integers(0, 256, (9, 16, 3), dtype=np.uint8)
    rgb = cv2.resize(rough, size, interpolation=cv2.INTER_CUBIC)
    rgb.flags.writeable = False
    found = quality.analyse_image(rgb)
    assert found.quality == quality.measure_quality(rgb)
    assert np.array_equal(found.statistics, quality.measure_statistics(rgb))
    assert found.thumbnail == make_thumbnail(rgb)
    assert np.array_equal(found.look, make_look(rgb))
    assert (found.dhash, found.phash) == (compute_dhash(found.look), compute_phash(found.look))


def test_the_same_picture_gives_the_same_figures():
    rgb = np.random.default_rng(0).integers(0, 256, (360, 640, 3), dtype=np.uint8)
    first, second = quality.analyse_image(rgb), quality.analyse_image(rgb.copy())
    assert first.statistics.tobytes() == second.statistics.tobytes()
    assert (first.quality, first.dhash) == (second.quality, second.dhash)
    assert (first.phash, first.thumbnail) == (second.phash, second.thumbnail)


@pytest.fixture
def scene():
    rng = np.random.default_rng(0)
    return np.kron(rng.integers(60, 180, (8, 12, 3)), np.ones((15, 15, 1))).astype(np.uint8)


def test_the_layout_knows_nothing_of_brightness_and_contrast(scene):
    darker = (scene * 0.5 + 20).astype(np.uint8)
    assert np.corrcoef(quality.compute_layout(scene), quality.compute_layout(darker))[0, 1] > 0.999
    assert abs(quality.compute_layout(darker).mean()) < 1e-9
    assert quality.compute_layout(darker).std() == pytest.approx(1)


def test_a_picture_of_one_grey_has_no_layout():
    assert not quality.compute_layout(np.full((40, 60, 3), 90, np.uint8)).any()


def test_spectrum_keeps_where_light_alone_changes_and_light_keeps_where_the_scene_is_turned(scene):
    scenes = (scene, (scene * 0.6).astype(np.uint8), scene[::-1, ::-1])
    plain, darker, turned = (quality.compute_aspect_features(one, False) for one in scenes)
    # noise has a floor of its own
    assert np.delete(darker.spectrum, 1) == pytest.approx(np.delete(plain.spectrum, 1), abs=0.15)
    assert darker.time[0] == pytest.approx(0.6 * plain.time[0], rel=0.02)
    assert turned.time == pytest.approx(plain.time, abs=1e-9)
    assert np.corrcoef(turned.place, plain.place)[0, 1] < 0.5


def test_a_border_is_masked_and_changes_nothing(scene):
    framed = scene.copy()
    framed[:10], framed[-10:] = 0, 255
    assert quality.crop_borders(framed).shape == (90, 136, 3)
    apart = quality.compute_aspect_features(framed, True)
    masked, plain = (apart, quality.compute_aspect_features(scene, True))
    assert masked.time.tolist() == plain.time.tolist()
    assert masked.place.tolist() == plain.place.tolist()
    assert quality.compute_aspect_features(framed, False).time[3] > 0.05  # black pixels


def pictures(n, logo):
    rng = np.random.default_rng(1)
    made = [
        np.kron(rng.integers(40, 200, (8, 12, 3)), np.ones((15, 15, 1))).astype(np.uint8)
        for _ in range(n)
    ]
    for rgb in made if logo else ():
        rgb[50:60, 80:90] = 255
    return made


def test_a_logo_that_keeps_still_is_found_and_painted_over():
    plain, marked = (
        np.stack([quality.make_grid(rgb) for rgb in pictures(12, logo)]) for logo in (False, True)
    )
    assert not quality.find_static_marks(plain).any()
    found = quality.find_static_marks(marked)
    assert found[28, 30]
    assert 0 < found.mean() <= 0.1
    with_logo, without = (
        quality.compute_aspect_features(pictures(1, logo)[0], True, found) for logo in (True, False)
    )
    assert with_logo.place == pytest.approx(without.place, abs=1e-6)


def test_a_fixed_camera_s_scene_is_no_logo():
    still = np.stack([quality.make_grid(pictures(1, logo=True)[0])] * 5)
    assert not quality.find_static_marks(still).any()
    assert not quality.find_static_marks(still[:2]).any()


def named(rgb: np.ndarray) -> dict[str, float]:
    return dict(zip(quality.NAMES, quality.measure_statistics(rgb).tolist(), strict=True))


@pytest.fixture
def blocky_scene() -> np.ndarray:
    rough = np.random.default_rng(4).integers(20, 235, (54, 96, 3), dtype=np.uint8)
    picture = cv2.resize(rough, (1920, 1080), interpolation=cv2.INTER_CUBIC).astype(float)
    noisy = np.clip(picture + np.random.default_rng(5).normal(0, 4, picture.shape), 0, 255)
    return noisy.astype(np.uint8)


@pytest.mark.long
def test_the_vector_is_what_its_definition_says_step_by_step(blocky_scene):
    """Every figure of methods 5.4 once more in plain numpy."""
    y = cv2.cvtColor(blocky_scene, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(y, (512, 288), interpolation=cv2.INTER_AREA).astype(float)
    crop = y[284 // 8 * 8 :, 704:][:512, :512].astype(float)
    around = small[:-2, 1:-1] + small[2:, 1:-1] + small[1:-1, :-2] + small[1:-1, 2:]
    laplace = around - 4 * small[1:-1, 1:-1]
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
    found = named(blocky_scene)
    assert {name: found[name] for name in expected} == pytest.approx(expected, rel=1e-5)


@pytest.mark.long
def test_there_is_one_finite_float32_for_every_name(blocky_scene):
    vector = quality.measure_statistics(blocky_scene)
    assert (vector.shape, vector.dtype) == ((len(quality.NAMES),), np.float32)
    assert np.isfinite(vector).all()


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 3, 3), (1, 600, 3), (700, 1, 3), (90, 160, 3)])
@pytest.mark.parametrize("level", [0, 255])
def test_the_smallest_and_the_emptiest_pictures_have_finite_figures(shape, level):
    assert np.isfinite(quality.measure_statistics(np.full(shape, level, np.uint8))).all()


def test_streaks_have_a_direction_and_noise_has_none():
    rng = np.random.default_rng(0)
    rows = np.repeat(rng.integers(0, 256, (1, 200), dtype=np.uint8), 200, axis=0)
    assert quality.compute_direction(rows) == pytest.approx(1)
    actual = quality.compute_direction(rng.integers(0, 256, (200, 200), dtype=np.uint8))
    assert actual == pytest.approx(0.5, abs=0.02)
    assert quality.compute_direction(np.full((20, 20), 7, np.uint8)) == 0.5
    waves = np.sin(np.add.outer(np.arange(100), np.arange(100)) / 3)
    slanted = (127 + 100 * waves).astype(np.uint8)
    assert quality.compute_direction(slanted) > 0.95


def test_block_coding_shows_at_the_borders_of_blocks(blocky_scene):
    y = cv2.cvtColor(blocky_scene, cv2.COLOR_RGB2GRAY)[:512, :512]
    jpeg = cv2.imencode(".jpg", y, [cv2.IMWRITE_JPEG_QUALITY, 5])
    coded = cv2.imdecode(jpeg[1], cv2.IMREAD_GRAYSCALE)
    assert quality.compute_blockiness(y) == pytest.approx(1, abs=0.05)
    assert quality.compute_blockiness(coded) > 1.5
    assert quality.compute_blockiness(np.full((64, 64), 3, np.uint8)) == 1
    assert quality.compute_blockiness(np.zeros((8, 8), np.uint8)) == 1


@pytest.mark.parametrize(("cycles", "band"), [(0.09, 0), (0.18, 1), (0.35, 2)])
@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("shape", [(288, 512), (287, 511)])
def test_a_wave_lies_in_its_band(cycles, band, axis, shape):
    wave = np.sin(2 * np.pi * cycles * np.arange(shape[axis])) * 90 + 128
    y = np.broadcast_to(wave[:, None] if axis == 0 else wave[None], shape).astype(np.uint8)
    shares = quality.compute_band_shares(y)
    assert shares[band] == pytest.approx(0, abs=0.02)
    assert all(share < -2 for other, share in enumerate(shares) if other != band)


def test_bands_of_noise_hold_power_by_their_area():
    pictures = (
        np.random.default_rng(seed).integers(0, 256, (400, 400), dtype=np.uint8)
        for seed in range(6)
    )
    cases = ((0.06, 0.125), (0.125, 0.25), (0.25, 0.5))
    areas = [np.pi * (high**2 - low**2) for low, high in cases]
    actual = np.mean([quality.compute_band_shares(y) for y in pictures], axis=0)
    assert actual == pytest.approx([log10(area) for area in areas], abs=0.02)


def test_colours_are_cielab():
    red = np.full((40, 40, 3), (255, 0, 0), np.uint8)
    assert quality.compute_mean_colour(red) == pytest.approx((80.09, 67.20, 104.55), abs=0.1)
    actual = quality.compute_mean_colour(np.full((40, 40, 3), 119, np.uint8))
    assert actual == pytest.approx((0, 0, 0), abs=0.02)


@pytest.mark.parametrize("name", ["intel-bottle-detection.mp4", "udacity-test_video.mp4"])
def test_mean_colours_of_the_thumbnail_are_those_of_the_working_size(name, shared_data):
    capture = cv2.VideoCapture(str(shared_data / "videos" / name))
    rgb = np.ascontiguousarray(capture.read()[1][..., ::-1])
    capture.release()
    found = named(rgb)
    working = downscale_image(rgb, WORKING_SIDE)
    actual = (found["a"], found["b"], found["chroma"])
    assert actual == pytest.approx(quality.compute_mean_colour(working), abs=0.03)


@pytest.mark.long
def test_a_corrupted_picture_lies_elsewhere(blocky_scene):
    clean = named(blocky_scene)
    assert named(cv2.GaussianBlur(blocky_scene, (0, 0), 8))["sharpness"] < clean["sharpness"] - 1
    assert named((blocky_scene * 0.3).astype(np.uint8))["mean"] < clean["mean"] / 2
    noise = np.random.default_rng(0).normal(0, 20, blocky_scene.shape)
    noisy = np.clip(blocky_scene + noise, 0, 255).astype(np.uint8)
    assert named(noisy)["noise"] > clean["noise"] + 1


@pytest.fixture
def slope() -> np.ndarray:
    y, x = np.mgrid[:64, :64]
    return ((3 * x + 2 * y) % 256).astype(np.uint8)


def with_square(picture: np.ndarray) -> np.ndarray:
    changed = picture.copy()
    changed[20:40, 20:40] = 255
    return changed


def test_the_slope_has_the_fingerprint_that_the_method_prints(slope):
    assert f"{compute_phash(slope):016x}" == "922d5a15ab5655ba"


def test_a_square_turns_as_many_bits_as_the_method_prints(slope):
    changed = with_square(slope)
    assert compute_hamming_distance(compute_phash(slope), compute_phash(changed)) == 12
    assert compute_hamming_distance(compute_dhash(slope), compute_dhash(changed)) == 7


def test_more_light_turns_none(slope):
    brighter = np.minimum(slope.astype(int) + 12, 255).astype(np.uint8)
    assert compute_hamming_distance(compute_phash(slope), compute_phash(brighter)) == 0
    assert compute_hamming_distance(compute_dhash(slope), compute_dhash(brighter)) == 0


def test_fingerprints_are_those_of_imagehash(slope):
    imagehash = pytest.importorskip("imagehash")
    from PIL import Image

    rng = np.random.default_rng(0)
    grey = np.full((50, 70), 90, np.uint8)
    pictures = [slope, with_square(slope), grey, np.zeros((9, 9), np.uint8)]
    pictures += [rng.integers(0, 256, rng.integers(8, 200, 2), dtype=np.uint8) for _ in range(40)]
    pictures += [
        np.repeat(np.repeat(rng.integers(0, 256, (5, 7), dtype=np.uint8), 20, 0), 20, 1)
        for _ in range(40)
    ]
    for picture in pictures:
        assert f"{compute_phash(picture):016x}" == str(imagehash.phash(Image.fromarray(picture)))
        assert f"{compute_dhash(picture):016x}" == str(imagehash.dhash(Image.fromarray(picture)))


def test_a_fingerprint_has_sixty_four_bits_without_a_sign():
    falling = np.repeat(np.arange(255, 0, -1, dtype=np.uint8)[None], 40, axis=0)
    assert compute_dhash(falling) == 0
    assert compute_dhash(falling[:, ::-1]) == 2**64 - 1


def test_the_distance_counts_bits():
    assert compute_hamming_distance(0b1011, 0b0010) == 2
    assert compute_hamming_distance(2**63, 0) == 1
    assert compute_hamming_distance(7, 7) == 0


def test_fine_structure_is_of_unit_length_and_blind_to_slow_changes_of_light(slope):
    found = compute_detail_vector(with_square(slope))
    assert (found.shape, found.dtype) == ((256,), np.float32)
    assert np.linalg.norm(found) == pytest.approx(1)
    dimmed = (with_square(slope) * np.linspace(0.6, 0.9, 64)[:, None]).astype(np.uint8)
    assert float(found @ compute_detail_vector(dimmed)) > 0.98
    assert float(found @ compute_detail_vector(slope)) < 0.9


def test_a_blank_picture_has_no_fine_structure():
    assert not compute_detail_vector(np.full((90, 160), 17, np.uint8)).any()


def similarity_grey(level, size=(40, 50)):
    return np.full((*size, 3), level, np.uint8)


def test_ten_grey_levels_are_twenty_eight_decibel():
    assert compute_psnr(similarity_grey(100), similarity_grey(110)) == pytest.approx(
        20 * log10(255 / 10)
    )
    assert compute_psnr(similarity_grey(100), similarity_grey(100)) == inf


def test_structure_that_is_the_same_is_one_and_noise_has_none():
    rng = np.random.default_rng(0)
    one, two = (
        np.repeat(rng.integers(0, 256, (60, 80, 1), dtype=np.uint8), 3, axis=2) for _ in range(2)
    )
    assert compute_ssim(one, one) == pytest.approx(1)
    assert abs(compute_ssim(one, two)) < 0.05
    actual = compute_ssim(one, np.asarray((one.astype(int) + two) // 2, np.uint8))
    assert actual == pytest.approx(0.7, abs=0.15)


def test_light_alone_counts_as_the_source_says():
    actual = compute_ssim(similarity_grey(100), similarity_grey(110))
    assert actual == pytest.approx((2 * 100 * 110 + 6.5025) / (100**2 + 110**2 + 6.5025))


def test_a_picture_smaller_than_the_window_is_taken():
    assert compute_ssim(similarity_grey(9, (4, 4)), similarity_grey(9, (4, 4))) == pytest.approx(1)


def test_a_large_picture_is_as_like_as_it_is_seen_at_a_usual_size():
    small, other = (
        similarity_scene(250, 333),
        np.asarray(255 - similarity_scene(250, 333), np.uint8),
    )
    one, two = (np.repeat(np.repeat(picture, 3, axis=0), 3, axis=1) for picture in (small, other))
    assert compute_ssim(one, two) == pytest.approx(compute_ssim(small, other), abs=1e-6)
