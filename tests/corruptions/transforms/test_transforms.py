import hashlib
import json

import albumentations as A
import cv2
import numpy as np
import pytest

from fieldcheck.corruptions.catalogue import CATALOG, make_fixed_transform
from fieldcheck.corruptions.export import make_transforms_file
from fieldcheck.corruptions.transforms import coding, light, noise, transform, weather
from fieldcheck.corruptions.transforms.coding import compress_as_jpeg
from tests.corruptions.pictures import scene
from tests.programs import run_python

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


def test_exposure_multiplies_and_clips():
    assert set(np.unique(applied(light.Exposure(gain=1.5, p=1), flat(100)))) == {150}
    assert set(np.unique(applied(light.Exposure(gain=3.5, p=1), flat(100)))) == {255}
    exposed = applied(light.Exposure(gain=0.5, read_noise=2, p=1), flat(100, (192, 400)))
    dark = exposed.astype(np.float64)
    assert dark.mean() == pytest.approx(50, abs=0.1)
    assert dark.std() == pytest.approx(2, rel=0.05)


def test_haze_and_contrast_go_through_one_table():
    actual = set(np.unique(applied(weather.Haze(transmission=0.7, p=1), flat(100))))
    assert actual == {round(100 * 0.7 + 217 * 0.3)}
    rgb = flat(50)
    rgb[:200] = 150
    assert sorted(np.unique(applied(light.Contrast(factor=0.4, p=1), rgb))) == [80, 120]


def test_a_table_may_be_of_one_channel_or_of_three():
    levels = np.arange(256, dtype=np.uint8)
    assert np.array_equal(transform.apply_lut(scene(), levels), scene())
    three = np.stack([levels, 255 - levels, levels // 2], axis=1)
    table = cv2.LUT(scene(), three.reshape(256, 1, 3))
    assert np.array_equal(transform.apply_lut(scene(), three), table)


def test_a_colour_cast_goes_to_either_side_by_chance():
    actual = len(
        {
            tuple(applied(light.ColourCast(mired=40, p=1), flat(100, (4, 4)), seed)[0, 0])
            for seed in range(12)
        }
    )
    assert actual == 2


def test_a_file_of_the_camera_itself_is_coded_and_noised_at_its_own_size():
    large = scene(768, 1024)
    coded = applied(coding.Jpeg(quality=30, native=True, p=1), large)
    assert np.array_equal(coded, compress_as_jpeg(large, 30))
    out = applied(noise.PixelNoise(sigma=12, native=True, p=1), flat(128)).astype(float)
    assert out.std() == pytest.approx(12, rel=0.03)
    assert abs(np.corrcoef(out[:, 1:].ravel(), out[:, :-1].ravel())[0, 1]) < 0.015


def test_arguments_a_transform_does_not_know_are_an_error():
    with pytest.raises(TypeError):
        noise.PixelNoise(sigma=3, variance=9)
    with pytest.raises(ValueError, match="quality"):
        coding.Jpeg(quality=0)


def test_a_transform_may_be_left_to_chance():
    pipeline = A.Compose([weather.Haze(transmission=0.5, p=0.5)])
    pipeline.set_random_seed(3)
    changed = [
        not np.array_equal(pipeline(image=flat(10, (4, 4)))["image"], flat(10, (4, 4)))
        for _ in range(60)
    ]
    assert 15 < sum(changed) < 45


@pytest.mark.parametrize("name", CATALOG)
def test_a_pipeline_comes_back_from_its_dictionary(name):
    pipeline = A.Compose([make_fixed_transform(name, 2)])
    again = A.from_dict(A.to_dict(pipeline))
    assert A.to_dict(again) == A.to_dict(pipeline)
    for one in (pipeline, again):
        one.set_random_seed(9)
    assert np.array_equal(pipeline(image=scene())["image"], again(image=scene())["image"])


def test_the_file_alone_loads_an_exported_recipe_without_the_program(tmp_path):
    recipe = A.Compose([make_fixed_transform(name, 1) for name in CATALOG])
    (tmp_path / "recipe.json").write_text(json.dumps(A.to_dict(recipe)))
    (tmp_path / "fieldcheck_transforms.py").write_text(make_transforms_file(), "utf-8")
    np.save(tmp_path / "picture.npy", scene())
    done = run_python("-c", EXPORTED, cwd=tmp_path, check=True)
    recipe.set_random_seed(11)
    actual = done.stdout.split()
    assert actual == [hashlib.sha256(recipe(image=scene())["image"].tobytes()).hexdigest(), "False"]


def test_a_share_has_the_limit_of_its_own_corruption():
    from fieldcheck.corruptions.transforms import lens

    assert lens.WaterDrops(share=2).share == 2.0
    cases = ((lens.Dust, 1.1), (lens.Hand, 0.7), (lens.Occlusion, 0.6), (lens.WaterDrops, 3.1))
    for kind, beyond in cases:
        with pytest.raises(ValueError, match=f"between 0 and {kind.most}, not at {beyond}"):
            kind(share=beyond)
