import hashlib
import json
import subprocess
import sys
from pathlib import Path

import albumentations as A
import cv2
import numpy as np
import pytest

from fieldcheck.corruption import transforms
from fieldcheck.corruption.apply import transform
from fieldcheck.corruption.catalog import CORE
from tests.corruption.pictures import scene

FILE = Path(transforms.__file__)
EXPORTED = """
import json, sys, hashlib
import numpy as np
import albumentations as A
import fieldcheck_transforms
pipeline = A.from_dict(json.load(open("recipe.json")))
pipeline.set_random_seed(11)
print(hashlib.sha256(pipeline(image=np.load("picture.npy"))["image"].tobytes()).hexdigest(), "fieldcheck" in sys.modules)
"""


def applied(one, rgb, seed=1):
    pipeline = A.Compose([one])
    pipeline.set_random_seed(seed)
    return pipeline(image=rgb)["image"]


def flat(level, size=(400, 400)):
    return np.full((*size, 3), level, np.uint8)


def test_pixel_noise_has_the_deviation_asked_for_in_every_channel_and_no_pattern():
    out = applied(transforms.PixelNoise(sigma=12, p=1), flat(128)).astype(np.float64) - 128
    assert out.std(axis=(0, 1)) == pytest.approx([12, 12, 12], rel=0.02)
    assert abs(np.corrcoef(out[:, 1:].ravel(), out[:, :-1].ravel())[0, 1]) < 0.01
    assert abs(np.corrcoef(out[..., 0].ravel(), out[..., 1].ravel())[0, 1]) < 0.01


def test_noise_of_a_frame_larger_than_the_bank_does_not_line_up():
    out = applied(transforms.PixelNoise(sigma=12, p=1), flat(128, (1600, 1200))).astype(np.float64) - 128
    assert out.std() == pytest.approx(12, rel=0.02)
    assert max(abs(np.corrcoef(out[row:].ravel(), out[: len(out) - row].ravel())[0, 1]) for row in (1165, 1166, 1167)) < 0.01


@pytest.mark.parametrize("photons", [12, 50, 200])
@pytest.mark.parametrize("level", [20, 100, 200])
def test_photon_noise_has_the_variance_of_poisson(photons, level):
    out = applied(transforms.PhotonNoise(photons=photons, p=1), flat(level)).astype(np.float64)
    clip = 255 / photons  # one photon is that many grey levels
    expected = level * clip
    if level + 4 * expected**0.5 < 255:
        assert out.mean() == pytest.approx(level, abs=0.02 * level + 0.2)
        assert out.var() == pytest.approx(expected, rel=0.04)
    assert set(np.unique(out)) <= set(np.minimum(255, np.rint(np.arange(photons * 3) / photons * 255)))


def test_so_many_photons_that_their_number_is_normal_go_on_from_fewer():
    deviations = [applied(transforms.PhotonNoise(photons=photons, p=1), flat(128)).astype(float).std() for photons in (990, 1010)]
    assert deviations == pytest.approx([(128 * 255 / 1000) ** 0.5] * 2, rel=0.02)


def test_downscale_leaves_what_a_smaller_picture_can_hold():
    lines = np.zeros((64, 64, 3), np.uint8)
    lines[:, ::2] = 200
    assert set(np.unique(applied(transforms.Downscale(scale=0.5, p=1), lines))) == {100}


def test_photon_noise_leaves_black_black():
    assert not applied(transforms.PhotonNoise(photons=12, p=1), flat(0)).any()


@pytest.mark.parametrize("sigma", [0.5, 1, 2, 3, 4, 6])
@pytest.mark.parametrize("side", [192, 720])
def test_defocus_spreads_a_point_by_the_scaled_sigma(sigma, side):
    rgb = np.zeros((side, side, 3), np.uint8)
    half = max(2, side // 24)
    rgb[side // 2 - half : side // 2 + half, side // 2 - half : side // 2 + half] = 255
    out = applied(transforms.Defocus(sigma=sigma, p=1), rgb)[..., 0].astype(np.float64)
    profile = out.sum(axis=0)
    x = np.arange(side)
    mean = (profile * x).sum() / profile.sum()
    variance = (profile * (x - mean) ** 2).sum() / profile.sum() - ((2 * half) ** 2 - 1) / 12
    assert variance**0.5 == pytest.approx(sigma * side / 192, rel=0.08)


def test_defocus_by_way_of_a_smaller_picture_is_nearly_the_plain_gaussian():
    rgb = scene(480, 640)
    plain = cv2.GaussianBlur(rgb, (0, 0), 4 * 480 / 192)
    assert np.abs(applied(transforms.Defocus(sigma=4, p=1), rgb).astype(int) - plain).mean() < 1.0


def test_motion_is_a_streak_of_the_length_asked_for_and_keeps_the_light():
    rgb = np.zeros((192, 192, 3), np.uint8)
    rgb[96, 96] = 255
    for seed in range(5):
        rows, columns = np.nonzero(applied(transforms.Motion(length=22, p=1), rgb, seed)[..., 0])
        assert np.hypot(np.ptp(rows), np.ptp(columns)) == pytest.approx(21, abs=2.5)
    assert applied(transforms.Motion(length=22, p=1), flat(90)).mean() == pytest.approx(90, abs=0.5)


def test_exposure_multiplies_and_clips():
    assert set(np.unique(applied(transforms.Exposure(gain=1.5, p=1), flat(100)))) == {150}
    assert set(np.unique(applied(transforms.Exposure(gain=3.5, p=1), flat(100)))) == {255}
    dark = applied(transforms.Exposure(gain=0.5, read_noise=2, p=1), flat(100)).astype(np.float64)
    assert dark.mean() == pytest.approx(50, abs=0.1)
    assert dark.std() == pytest.approx(2, rel=0.05)


def test_contrast_shrinks_about_the_mean():
    rgb = flat(50)
    rgb[:200] = 150
    assert sorted(np.unique(applied(transforms.Contrast(factor=0.4, p=1), rgb))) == [80, 120]


def test_haze_mixes_with_the_air():
    assert set(np.unique(applied(transforms.Haze(transmission=0.7, p=1), flat(100)))) == {round(100 * 0.7 + 217 * 0.3)}


def test_a_colour_cast_goes_to_either_side_and_keeps_the_luminance_of_grey():
    casts = [applied(transforms.ColourCast(mired=40, p=1), flat(100), seed)[0, 0].astype(int) for seed in range(12)]
    assert {tuple(cast) for cast in casts} == {tuple(casts[0]), next(tuple(c) for c in casts if tuple(c) != tuple(casts[0]))}
    warm, cold = max(casts, key=lambda c: c[0]), max(casts, key=lambda c: c[2])
    assert warm[0] > 100 > warm[2]
    assert cold[2] > 100 > cold[0]
    for cast in (warm, cold):
        linear = [((value / 255 + 0.055) / 1.055) ** 2.4 for value in cast]
        assert np.dot(linear, transforms.LUMINANCE) == pytest.approx(((100 / 255 + 0.055) / 1.055) ** 2.4, rel=0.02)


def test_jpeg_damages_red_and_blue_as_a_file_does():
    rgb = scene()
    done, data = cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 10])
    assert done
    expected = cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    assert np.array_equal(applied(transforms.Jpeg(quality=10.3, p=1), rgb), expected)


@pytest.mark.parametrize("share", [0.03, 0.06, 0.10, 0.16, 0.25])
@pytest.mark.parametrize("size", [(192, 256), (90, 500), (720, 1280)])
def test_occlusion_covers_the_share_of_the_frame_asked_for(share, size):
    rgb = np.full((*size, 3), (1, 2, 3), np.uint8)
    for seed in range(6):
        out = applied(transforms.Occlusion(share=share, p=1), rgb, seed)
        assert (out != rgb).any(axis=2).mean() == pytest.approx(share, rel=0.04)


def test_arguments_a_transform_does_not_know_are_an_error():
    with pytest.raises(TypeError):
        transforms.PixelNoise(sigma=3, variance=9)
    with pytest.raises(ValueError, match="quality"):
        transforms.Jpeg(quality=0)


def test_a_transform_may_be_left_to_chance():
    pipeline = A.Compose([transforms.Haze(transmission=0.5, p=0.5)])
    pipeline.set_random_seed(3)
    changed = [not np.array_equal(pipeline(image=flat(10, (4, 4)))["image"], flat(10, (4, 4))) for _ in range(60)]
    assert 15 < sum(changed) < 45


@pytest.mark.parametrize("name", CORE)
def test_a_pipeline_comes_back_from_its_dictionary(name):
    pipeline = A.Compose([transform(name, 2)])
    again = A.from_dict(A.to_dict(pipeline))
    assert A.to_dict(again) == A.to_dict(pipeline)
    for one in (pipeline, again):
        one.set_random_seed(9)
    assert np.array_equal(pipeline(image=scene())["image"], again(image=scene())["image"])


def test_the_file_alone_loads_an_exported_recipe_without_the_program(tmp_path):
    recipe = A.Compose([transform(name, 1) for name in CORE])
    (tmp_path / "recipe.json").write_text(json.dumps(A.to_dict(recipe)))
    (tmp_path / "fieldcheck_transforms.py").write_bytes(FILE.read_bytes())
    np.save(tmp_path / "picture.npy", scene())
    done = subprocess.run([sys.executable, "-c", EXPORTED], cwd=tmp_path, check=True, capture_output=True, text=True)
    recipe.set_random_seed(11)
    assert done.stdout.split() == [hashlib.sha256(recipe(image=scene())["image"].tobytes()).hexdigest(), "False"]
