import ast
import hashlib
import json
import sys

import albumentations as A
import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.corruptions.catalogue import CATALOG, make_fixed_transform
from fieldcheck.corruptions.export import make_transforms_file
from fieldcheck.corruptions.transforms import (
    coding,
    geometry,
    lens,
    light,
    noise,
    pixels,
    transform,
    weather,
)
from fieldcheck.corruptions.transforms.blur import (
    add_gaussian_blur,
    add_glass_blur,
    add_motion_blur,
    add_zoom_blur,
    make_motion_kernel,
)
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


@pytest.mark.short_cases(6)
@pytest.mark.parametrize("name", CATALOG)
def test_a_pipeline_comes_back_from_its_dictionary(name):
    pipeline = A.Compose([make_fixed_transform(name, 2)])
    again = A.from_dict(A.to_dict(pipeline))
    assert A.to_dict(again) == A.to_dict(pipeline)
    for one in (pipeline, again):
        one.set_random_seed(9)
    assert np.array_equal(pipeline(image=scene())["image"], again(image=scene())["image"])


@pytest.mark.long
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


def point(size=(192, 192)):
    rgb = np.zeros((*size, 3), np.uint8)
    rgb[size[0] // 2, size[1] // 2] = 255
    return rgb


@pytest.mark.parametrize("sigma", [0.5, 1, 2, 3, 4, 6, 12, 22])
def test_a_square_is_spread_by_the_sigma_asked_for(sigma):
    side, half = 480, 20
    rgb = np.zeros((side, side, 3), np.uint8)
    rgb[side // 2 - half : side // 2 + half, side // 2 - half : side // 2 + half] = 255
    profile = add_gaussian_blur(rgb, sigma)[..., 0].astype(np.float64).sum(axis=0)
    x = np.arange(side)
    mean = (profile * x).sum() / profile.sum()
    variance = (profile * (x - mean) ** 2).sum() / profile.sum() - ((2 * half) ** 2 - 1) / 12
    assert variance**0.5 == pytest.approx(sigma, rel=0.08)


def test_spreading_by_way_of_a_smaller_picture_is_nearly_the_plain_gaussian():
    rgb = scene(480, 640)
    apart = np.abs(add_gaussian_blur(rgb, 10).astype(int) - cv2.GaussianBlur(rgb, (0, 0), 10))
    assert apart.mean() < 1.0


@pytest.mark.parametrize("length", [2.0, 3.5, 6.0, 22.0, 60.0])
@pytest.mark.parametrize("angle", [0.0, 0.7, 1.5, 2.6])
def test_a_streak_is_as_long_as_asked_for_and_keeps_the_light(length, angle):
    rgb = np.zeros((192, 192, 3), np.uint8)
    rgb[95:98, 95:98] = 255
    moved = add_motion_blur(rgb, length, angle)[..., 0].astype(float)
    rows, columns = np.nonzero(moved > 0.05 * moved.max())
    along = columns * np.cos(angle) + rows * np.sin(angle)
    assert np.ptp(along) - 3 == pytest.approx(length - 1, abs=max(2.5, 0.1 * length))
    assert np.ptp(rows * np.cos(angle) - columns * np.sin(angle)) <= 6
    flat = np.full((100, 120, 3), 90, np.uint8)
    assert np.abs(add_motion_blur(flat, length, angle).astype(int) - 90).max() <= 1


def test_a_long_streak_is_what_a_kernel_gives():
    rgb = scene(240, 320)
    filtered = cv2.filter2D(rgb, -1, make_motion_kernel(20, 0.6), borderType=cv2.BORDER_REFLECT)
    exact = filtered.astype(int)
    assert np.abs(add_motion_blur(rgb, 20, 0.6).astype(int) - exact).mean() < 2


def test_a_zoom_leaves_the_middle_sharp_and_the_edges_streaked():
    rgb = scene(480, 640)
    change = np.abs(add_zoom_blur(rgb, 1.15, seed=1).astype(int) - rgb)
    assert change[210:270, 290:350].mean() < 0.7 * change[:60].mean()


def test_rough_glass_moves_points_no_farther_than_asked_for_and_differs_by_seed():
    out = add_glass_blur(point(), 2.0, seed=4)[..., 0]
    rows, columns = np.nonzero(out)
    # two pixels and the blur of the glass
    assert max(abs(rows - 96).max(), abs(columns - 96).max(), 0) <= 7
    assert not np.array_equal(add_glass_blur(scene(), 2.0, 1), add_glass_blur(scene(), 2.0, 2))


def test_jpeg_damages_red_and_blue_as_a_file_does():
    rgb = scene()
    colours = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".jpg", colours, [cv2.IMWRITE_JPEG_QUALITY, 10])
    assert done
    coded = cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    assert np.array_equal(coding.compress_as_jpeg(rgb, 10.3), coded)


def test_blocks_at_the_reference_size_are_those_of_the_coded_file():
    assert np.array_equal(coding.add_jpeg_blocks(scene(), 15), coding.compress_as_jpeg(scene(), 15))


def test_a_large_picture_looks_at_the_reference_size_as_if_it_had_been_coded_there():
    rgb = scene(768, 1024)
    corrupted = coding.resize_to_reference(coding.add_jpeg_blocks(rgb, 15)).astype(int)
    coded = coding.compress_as_jpeg(coding.resize_to_reference(rgb), 15).astype(int)
    clean = coding.resize_to_reference(rgb).astype(int)
    assert np.abs(corrupted - coded).mean() < 0.35 * np.abs(coded - clean).mean()


def test_fewer_pixels_leave_what_a_smaller_picture_can_hold():
    lines = np.zeros((64, 64, 3), np.uint8)
    lines[:, ::2] = 200
    assert set(np.unique(coding.reduce_resolution(lines, 0.5))) == {100}


@pytest.mark.parametrize("size", [(192, 256), (768, 1024)])
def test_the_pixels_that_are_left_are_counted_at_the_reference_size(size):
    rgb = scene(*size)
    small = cv2.resize(rgb, (128, 96), interpolation=cv2.INTER_AREA)
    expected = cv2.resize(small, size[::-1], interpolation=cv2.INTER_LINEAR)
    assert np.abs(coding.reduce_resolution(rgb, 0.5).astype(int) - expected).mean() < 1


def test_a_low_bitrate_loses_colour_before_light():
    rgb = scene(384, 512)
    coded = cv2.cvtColor(coding.add_macroblocks(rgb, 60, 0.05), cv2.COLOR_RGB2YCrCb).astype(float)
    change = coded - cv2.cvtColor(rgb, cv2.COLOR_RGB2YCrCb)
    kept = [
        1
        - np.var(change[..., k])
        / np.var(cv2.cvtColor(rgb, cv2.COLOR_RGB2YCrCb)[..., k].astype(float))
        for k in range(3)
    ]
    assert kept[0] > max(kept[1:])


def test_lines_that_are_lost_show_others_and_the_rest_stays():
    rgb = scene()
    changed = (coding.add_lost_lines(rgb, 0.25, seed=1) != rgb).any(axis=(1, 2)).mean()
    assert 0.18 < changed <= 0.27
    assert np.array_equal(coding.add_lost_lines(rgb, 0, seed=1), rgb)


def test_it_needs_no_other_package_than_a_training_environment_has():
    tree = ast.parse(make_transforms_file())
    found = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    expected = {"albumentations", "albucore", "cv2", "numpy"}
    assert found - {"__future__", *sys.stdlib_module_names} == expected


def test_no_name_is_given_twice_in_it():
    body = ast.parse(make_transforms_file()).body
    named = [node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    assert len(named) == len(set(named))
    constants = [
        target.id
        for node in body
        if isinstance(node, ast.Assign)
        for target in ast.walk(node.targets[0])
        if isinstance(target, ast.Name)
    ]
    assert len(constants) == len(set(constants))


SIZES = st.tuples(st.integers(20, 90), st.integers(20, 90))


@given(SIZES, st.floats(-0.3, 0.3))
def test_points_go_where_the_lens_shows_them(size, bend):
    height, width = size
    corner = np.hypot(width, height) / 2
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    points = middle + np.array([[0, 0], [0.3, 0.1], [-0.4, 0.35]]) * (width, height)
    shown = (geometry.distort_points(points, height, width, bend) - middle) / corner
    back = shown * (1 + bend * (shown**2).sum(axis=1, keepdims=True))
    inside = np.hypot(*((points - middle) / corner).T) < 1 + bend
    assert np.allclose(back[inside], ((points - middle) / corner)[inside], atol=1e-6)


@given(SIZES, st.floats(-180, 180))
def test_turning_back_and_forth_leaves_points_where_they_are(size, degrees):
    points = np.array([[0.0, 0.0], [5, 17], [19, 3]])
    there = geometry.transform_points(points, geometry.make_rotation_matrix(*size, degrees))
    back = geometry.transform_points(there, geometry.make_rotation_matrix(*size, -degrees))
    assert np.allclose(back, points, atol=1e-9)


def test_a_quarter_turn_of_a_square_is_exact():
    rgb = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    turned = geometry.warp_image(rgb, geometry.make_rotation_matrix(40, 40, 90)).astype(int)
    assert np.abs(turned - np.rot90(rgb)).max() <= 1


def test_an_enlarged_part_fills_the_picture():
    rgb = np.zeros((100, 200, 3), np.uint8)
    rgb[:50, :100] = 255
    assert (geometry.crop_and_enlarge(rgb, 0.5, 0, 0) == 255).all()
    assert geometry.get_crop_rectangle(100, 200, 0.5, 1, 1) == (100, 50, 100, 50)


def test_a_slanted_view_moves_two_corners_of_one_edge():
    corners = np.array([[0, 0], [200, 0], [200, 100], [0, 100]]) - 0.5
    matrix = geometry.make_perspective_matrix(100, 200, 0.1, seed=0)
    moved = geometry.transform_points(corners, matrix)
    assert (np.abs(moved - corners).max(axis=1) > 1).sum() == 2


def test_boxes_are_put_around_all_of_their_old_sides_and_end_with_the_picture():
    boxes = np.array([[10.0, 20, 30, 60]])
    outlines = geometry.make_box_outlines(boxes)
    assert geometry.fit_boxes_around(outlines, 100, 100).tolist() == boxes.tolist()
    expected = [[90, 20, 100, 60]]
    assert geometry.fit_boxes_around(outlines + np.array([80, 0]), 100, 100).tolist() == expected


def test_what_was_not_seen_is_grey_and_of_no_class():
    matrix = geometry.make_rotation_matrix(50, 50, 45)
    corner = geometry.warp_image(np.zeros((50, 50, 3), np.uint8), matrix)[0, 0]
    assert (corner == geometry.OUTSIDE).all()
    assert geometry.warp_mask(np.ones((50, 50), np.uint8), matrix)[0, 0] == 0
    assert geometry.distort_image(np.zeros((50, 50, 3), np.uint8), 0.3)[0, 0, 0] > 60
    assert geometry.distort_mask(np.ones((50, 50), np.uint8), 0.3)[0, 0] == 0
    assert geometry.distort_mask(np.ones((50, 50), np.uint8), 0.3)[25, 25] == pytest.approx(1)


def test_a_box_goes_round_what_is_still_seen():
    outlines = geometry.make_box_outlines(np.array([[0.0, 0.0, 20.0, 20.0]]))
    # a diamond whose upper half has left the picture
    turned = (outlines - 10) @ np.array([[1, 1], [-1, 1]]) / 2**0.5 + [10, 0]
    half = 10 * 2**0.5
    assert geometry.fit_boxes_around(turned, 100, 100)[0] == pytest.approx([0, 0, 10 + half, half])


def test_a_box_that_has_left_the_picture_has_no_area():
    outlines = geometry.make_box_outlines(np.array([[0.0, 0.0, 20.0, 20.0]])) + np.array([200, 5])
    x1, y1, x2, y2 = geometry.fit_boxes_around(outlines, 100, 100)[0]
    assert (x2 - x1) * (y2 - y1) == 0


@pytest.mark.short_cases(2)
@pytest.mark.parametrize("share", [0.03, 0.06, 0.10, 0.16, 0.25])
@pytest.mark.parametrize("size", [(192, 256), (90, 500), (720, 1280)])
def test_an_ellipse_covers_the_share_of_the_frame_asked_for(share, size):
    rgb = np.full((*size, 3), (1, 2, 3), np.uint8)
    for seed in range(6):
        actual = (lens.add_occlusion(rgb, share, seed) != rgb).any(axis=2).mean()
        assert actual == pytest.approx(share, rel=0.04)


@pytest.mark.short_cases(2)
@pytest.mark.parametrize("cover", [lens.add_hand, lens.add_occluding_bar])
@pytest.mark.parametrize("share", [0.03, 0.10, 0.25])
@pytest.mark.parametrize("size", [(192, 256), (720, 1280)])
def test_a_hand_and_a_bar_cover_the_share_asked_for(cover, share, size):
    rgb = np.full((*size, 3), (1, 2, 3), np.uint8)
    for seed in range(4):
        actual = (cover(rgb, share, seed) != rgb).any(axis=2).mean()
        assert actual == pytest.approx(share, rel=0.1, abs=2.5 / min(size))


def test_patches_are_whole_and_as_many_as_asked_for():
    rgb = np.zeros((192, 256, 3), np.uint8)
    cells = lens.add_patch(rgb, 0.15, seed=1)[..., 0].reshape(8, 24, 8, 32)
    assert (cells == 128).all(axis=(1, 3)).sum() == 10
    assert ((cells == 128).all(axis=(1, 3)) == (cells == 128).any(axis=(1, 3))).all()


def test_dirt_is_dark_and_grows():
    rgb = np.full((192, 256, 3), 160, np.uint8)
    means = [lens.add_dust(rgb, share, seed=2).mean() for share in (0.05, 0.2, 0.4)]
    assert 160 > means[0] > means[1] > means[2]


def test_drops_blur_what_is_behind_them():
    rgb = scene(seed=4)
    apart = np.abs(lens.add_water_drops(rgb, 0.5, seed=2).astype(int) - rgb).max(axis=2)
    changed = (apart > 8).mean()
    assert 0.2 < changed < 0.7
    assert np.array_equal(lens.add_water_drops(rgb, 0, seed=2), rgb)


def test_a_reflection_lies_over_the_scene_and_takes_its_share():
    black, white = np.zeros((192, 256, 3), np.uint8), np.full((192, 256, 3), 255, np.uint8)
    apart = lens.add_reflection(white, 0.3, 1).astype(float) - lens.add_reflection(black, 0.3, 1)
    assert 150 < apart.mean() < 180


def test_lengths_are_of_a_picture_whose_shorter_side_has_192_pixels():
    assert pixels.compute_scale(np.zeros((192, 400, 3), np.uint8)) == 1
    assert pixels.compute_scale(np.zeros((1080, 1920, 3), np.uint8)) == pytest.approx(5.625)


@pytest.mark.parametrize(
    ("size", "layer"), [((720, 1280), (360, 640)), ((96, 128), (360, 480)), ((2, 300), (10, 1536))]
)
def test_a_layer_is_as_large_for_any_picture_of_one_form_and_never_huge(size, layer):
    height, width, unit = pixels.get_layer_size(np.zeros((*size, 3), np.uint8))
    assert (height, width) == layer
    assert unit == pytest.approx(height / 192, rel=0.05)


def test_a_picture_made_smaller_by_halves_is_the_mean_of_its_pixels():
    rgb = scene(256, 512)
    small = pixels.shrink_image(rgb, 64, 32).astype(float)
    assert np.abs(small - rgb.reshape(32, 8, 64, 8, 3).mean(axis=(1, 3))).max() <= 2
    assert pixels.shrink_image(rgb, 512, 256) is rgb


def test_what_a_layer_covers_is_seen_in_its_colour():
    grey = np.full((40, 60, 3), 100, np.uint8)
    levels = set(np.unique(pixels.cover_image(grey, np.full((2, 2), 0.5), (200, 200, 200))))
    assert levels <= {149, 150, 151}
    assert set(np.unique(pixels.overlay_layers(grey, None, np.full((2, 2), 20.0)))) == {120}
    assert pixels.overlay_layers(grey, None, None) is not grey


@pytest.mark.parametrize("size", [(300, 400), (721, 1281), (1080, 1920)])
def test_the_quick_way_down_leaves_what_averaging_does(size):
    rgb = scene(*size)
    slow, quick = (
        pixels.shrink_image(rgb, 256, 192, quick=way).astype(int) for way in (False, True)
    )
    assert np.abs(slow - quick).mean() < 2.5


def test_clouds_reach_from_nothing_to_all():
    one = pixels.make_cloud_noise(50, 70, 20, np.random.default_rng(0))
    assert (one.shape, one.min(), one.max()) == ((50, 70), 0, 1)
