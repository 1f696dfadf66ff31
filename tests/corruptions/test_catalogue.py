import ast
import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from inspect import getsource
from itertools import pairwise
from math import inf, sqrt
from pathlib import Path
from textwrap import dedent

import albumentations as A
import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from fieldcheck import paths
from fieldcheck.corruptions.catalogue import (
    ALIKE,
    CATALOG,
    CORE,
    ENTRIES,
    MILD_FOUR,
    ON_THE_WAY,
    Corruption,
    ExpectedEffect,
    apply_corruption,
    get_family,
    get_parameters,
    make_fixed_transform,
)
from fieldcheck.corruptions.transforms import geometry
from fieldcheck.i18n.language import msgid
from fieldcheck.imaging.quality import NAMES, compute_psnr
from tests.corruptions.pictures import scene
from tests.corruptions.traits import traits
from tests.programs import run_python


def test_the_core_set_is_the_twelve_of_the_method():
    assert list(CORE) == [
        *("gauss_noise", "shot_noise", "defocus", "motion", "dark", "bright", "low_contrast",
          "jpeg", "downscale", "haze"),
        *("colour_cast", "occlusion"),
    ]  # fmt: skip
    assert set(CORE.values()) == {"noise", "blur", "light", "weather", "lens", "coding"}
    assert set(MILD_FOUR) <= set(CORE)


def test_every_cause_of_the_method_has_its_corruptions():
    assert {entry.cause for entry in CATALOG.values()} == set(ON_THE_WAY)
    assert set(ALIKE) | set(ALIKE.values()) <= set(CATALOG)


def test_what_a_picture_does_not_tell_apart_is_one_family():
    gauss = get_family("gauss_noise")
    assert get_family("shot_noise") == get_family("iso_noise") == gauss == "gauss_noise"
    assert get_family("downscale") == get_family("defocus")
    assert get_family("haze") == "haze"


@pytest.mark.parametrize("entry", CATALOG.values(), ids=CATALOG)
def test_every_one_but_geometry_names_the_statistic_that_it_moves(entry):
    assert (entry.cause == "geometry") is (entry.expected_effect is None)


@pytest.mark.parametrize(("name", "key", "steps"), [
    ("gauss_noise", "sigma", (6, 12, 20, 32, 48)),
    ("shot_noise", "photons", (200, 100, 50, 25, 12)),
    ("defocus", "sigma", (1, 2, 3, 4, 6)),
    ("motion", "length", (3, 6, 10, 15, 22)),
    ("dark", "gain", (0.70, 0.50, 0.35, 0.22, 0.12)),
    ("dark", "read_noise", (1, 2, 3, 4, 6)),
    ("bright", "gain", (1.2, 1.5, 1.9, 2.5, 3.5)),
    ("low_contrast", "factor", (0.75, 0.55, 0.40, 0.28, 0.18)),
    ("jpeg", "quality", (40, 25, 15, 10, 5)),
    ("downscale", "scale", (0.75, 0.50, 0.35, 0.25, 0.15)),
    ("haze", "transmission", (0.85, 0.70, 0.55, 0.40, 0.25)),
    ("colour_cast", "mired", (20, 40, 70, 110, 160)),
    ("occlusion", "share", (0.03, 0.06, 0.10, 0.16, 0.25)),
])  # fmt: skip
def test_whole_severities_are_the_table_of_the_method(name, key, steps):
    assert tuple(get_parameters(name, severity)[key] for severity in (1, 2, 3, 4, 5)) == steps


def test_between_two_severities_a_parameter_goes_geometrically():
    assert get_parameters("gauss_noise", 1.5)["sigma"] == pytest.approx(sqrt(6 * 12))
    assert get_parameters("dark", 4.5)["gain"] == pytest.approx(sqrt(0.22 * 0.12))
    assert get_parameters("jpeg", 0.5)["quality"] == pytest.approx(sqrt(100 * 40))


def test_below_the_first_severity_what_begins_at_nothing_grows_linearly():
    assert get_parameters("gauss_noise", 0.25)["sigma"] == pytest.approx(1.5)
    assert get_parameters("occlusion", 0.5)["share"] == pytest.approx(0.015)


def test_below_the_first_severity_it_is_the_photon_noise_that_grows_linearly():
    assert get_parameters("shot_noise", 0)["photons"] == inf
    assert get_parameters("shot_noise", 1e-300)["photons"] == inf
    assert 1 / sqrt(get_parameters("shot_noise", 0.5)["photons"]) == pytest.approx(0.5 / sqrt(200))


def test_severity_zero_is_no_change():
    assert get_parameters("dark", 0) == {"gain": 1, "read_noise": 0}
    assert get_parameters("downscale", 0) == {"scale": 1}


@pytest.mark.parametrize("severity", [-0.01, 5.01, float("nan")])
def test_a_severity_outside_the_table_is_refused(severity):
    with pytest.raises(ValueError, match="severity"):
        get_parameters("haze", severity)


def test_an_unknown_name_is_refused_and_the_known_ones_are_named():
    with pytest.raises(ValueError, match=r"smoke.*haze"):
        get_parameters("smoke", 1)


CHECKOUT = Path(__file__).parent.parent.parent
PRINT_HASHES = """
import hashlib
import numpy as np
from fieldcheck.corruptions.catalogue import apply_corruption
from fieldcheck.corruptions.catalogue import CATALOG
from tests.corruptions.pictures import scene
for name in CATALOG:
    for seed in (7, 3):  # in another order than the test
        print(name, seed, hashlib.sha256(apply_corruption(scene(), name, 2.5, seed).tobytes()).hexdigest())
"""


def digest(name, seed):
    return hashlib.sha256(apply_corruption(scene(), name, 2.5, seed).tobytes()).hexdigest()


@pytest.mark.long
def test_the_same_seed_gives_the_same_bytes_in_another_process():
    done = run_python("-c", PRINT_HASHES, cwd=CHECKOUT, check=True)
    assert done.stderr == ""
    actual = set(done.stdout.splitlines())
    assert actual == {f"{name} {seed} {digest(name, seed)}" for name in CATALOG for seed in (3, 7)}


@pytest.mark.long
def test_the_same_seed_gives_the_same_bytes_in_threads_that_work_at_once():
    jobs = [(name, seed) for seed in range(6) for name in CATALOG]
    alone = [digest(*job) for job in jobs]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda job: digest(*job), jobs)) == alone


def reads_seed(name):
    """Whether the transform's `apply` uses its seed; `bright` shares its class with `dark`, whose
    read noise it has not."""
    source = ast.parse(dedent(getsource(type(make_fixed_transform(name, 1)).apply)))
    names = {node.id for node in ast.walk(source) if isinstance(node, ast.Name)}
    return "seed" in names and name != "bright"


@pytest.mark.short_cases(3)
@pytest.mark.parametrize("name", CATALOG)
def test_another_seed_gives_another_picture_where_it_is_used(name):
    assert (len({digest(name, seed) for seed in range(8)}) > 1) is reads_seed(name)


@pytest.mark.short_cases(6)
@pytest.mark.parametrize("name", CATALOG)
def test_the_frame_is_never_altered_and_the_result_is_another_array(name):
    rgb = scene()
    rgb.flags.writeable = False
    for severity in (0, 0.4, 3):
        out = apply_corruption(rgb, name, severity, 1)
        assert out.shape == rgb.shape
        assert out.dtype == np.uint8
        assert out.flags.writeable
        assert not np.shares_memory(out, rgb)
    assert np.array_equal(rgb, scene())


@pytest.mark.short_cases(6)
@pytest.mark.parametrize("name", CATALOG)
def test_severity_zero_changes_nothing(name):
    assert np.array_equal(apply_corruption(scene(), name, 0, 5), scene())


MEASURED_IN_DECIBEL = [
    name for name, entry in CATALOG.items() if entry.cause in {"noise", "blur", "light", "coding"}
] + ["haze", "fog"]


@pytest.mark.long
@pytest.mark.parametrize("name", MEASURED_IN_DECIBEL)
def test_at_a_fixed_seed_likeness_does_not_rise_with_severity(name):
    for rgb in (scene(240, 320), scene(480, 640, seed=3)):
        likeness = [
            compute_psnr(rgb, apply_corruption(rgb, name, severity, 11))
            for severity in np.arange(0.25, 5.01, 0.25)
        ]
        assert all(after <= before + 0.1 for before, after in pairwise(likeness)), likeness


@pytest.mark.parametrize("name", [name for name in CATALOG if name not in MEASURED_IN_DECIBEL])
def test_parameters_of_the_others_go_one_way(name):
    values = [get_parameters(name, severity) for severity in np.arange(0, 5.01, 0.25)]
    for key in values[0]:
        steps = np.diff([value[key] for value in values])
        assert (steps > 0).all() or (steps < 0).all()


@pytest.mark.short_cases(2)
@pytest.mark.parametrize("name", CATALOG)
@pytest.mark.parametrize("size", [(1, 1), (2, 300), (97, 31), (720, 1280)])
def test_any_size_of_picture_is_taken(name, size):
    rgb = np.full((*size, 3), 120, np.uint8)
    for severity in (0.01, 5):
        assert apply_corruption(rgb, name, severity, 1).shape == rgb.shape


@pytest.mark.short_cases(2)
@pytest.mark.parametrize("name", CATALOG)
def test_black_and_white_frames_are_taken(name):
    for level in (0, 255):
        actual = apply_corruption(np.full((48, 64, 3), level, np.uint8), name, 5, 1).shape
        assert actual == (48, 64, 3)


def test_a_view_of_a_larger_picture_gives_what_its_copy_gives():
    view = scene(300, 400)[10:200, 30:280]
    for name in CATALOG:
        corrupted = apply_corruption(view.copy(), name, 2, 1)
        assert np.array_equal(apply_corruption(view, name, 2, 1), corrupted)


@pytest.mark.parametrize("picture", [
    np.zeros((4, 4), np.uint8),
    np.zeros((4, 4, 4), np.uint8),
    np.zeros((4, 4, 3), np.float32),
    np.zeros((0, 4, 3), np.uint8),
])  # fmt: skip
def test_what_is_no_frame_is_refused(picture):
    with pytest.raises(ValueError, match="uint8"):
        apply_corruption(picture, "haze", 1, 1)


def test_an_unknown_name_or_severity_is_refused_even_where_it_would_change_nothing():
    with pytest.raises(ValueError, match="smoke"):
        apply_corruption(scene(), "smoke", 0, 1)
    with pytest.raises(ValueError, match="severity"):
        apply_corruption(scene(), "haze", 5.5, 1)


@pytest.mark.parametrize("name", CATALOG)
def test_every_transform_reports_the_module_that_goes_with_an_exported_recipe(name):
    assert make_fixed_transform(name, 1).get_class_fullname().startswith("fieldcheck_transforms.")


def test_starting_the_program_does_not_import_albumentations():
    code = "import sys, fieldcheck.corruptions.catalogue; print('albumentations' in sys.modules)"
    done = run_python("-c", code, cwd=CHECKOUT, check=True)
    assert done.stdout.strip() == "False"


OF_PICTURES = {*NAMES, "grain", "row_waves", "row_steps", "row_tears", "row_combs", "block_steps",
               "unevenness", "one_level"}  # fmt: skip


def test_every_entry_has_a_name_of_its_own_and_stands_with_those_of_its_cause():
    names, causes = [one.name for one in ENTRIES], [one.cause for one in ENTRIES]
    assert len(set(names)) == len(names)
    assert causes == sorted(causes, key=list(dict.fromkeys(causes)).index)


def test_the_digits_are_given_once_and_none_is_left_out():
    digits = sorted(one.shown_first for one in ENTRIES if one.shown_first)
    assert digits == list(range(1, 10))


@pytest.mark.parametrize("entry", ENTRIES, ids=[one.name for one in ENTRIES])
def test_the_class_of_an_entry_stands_in_the_module_of_its_cause(entry):
    module = import_module(f"fieldcheck.corruptions.transforms.{entry.cause}")
    made = getattr(module, entry.transform)
    assert made.get_class_fullname() == f"fieldcheck_transforms.{entry.transform}"


@pytest.mark.parametrize("entry", ENTRIES, ids=[one.name for one in ENTRIES])
def test_what_an_entry_moves_is_measured_of_pictures(entry):
    assert entry.expected_effect is None or entry.expected_effect.statistic in OF_PICTURES


def entry(*steps):
    return Corruption(
        "smoke", "weather", "Smoke", {"share": steps}, ExpectedEffect("contrast", -1),
        msgid("Smoke"), msgid("{share} is smoke."),
    )  # fmt: skip


def test_a_table_has_a_step_for_each_severity():
    assert entry(0, 1, 2, 3, 4, 5).table["share"][3] == 3
    with pytest.raises(ValueError, match="Smoke: a table has a step for each severity from 0 to 5"):
        entry(0, 1, 2)


def test_a_table_cannot_be_written_to():
    with pytest.raises(TypeError):
        entry(0, 1, 2, 3, 4, 5).table["share"] = (1,) * 6


GEOMETRY = [name for name, entry in CATALOG.items() if entry.cause == "geometry"]


@dataclass(frozen=True, slots=True)
class Marked:
    """A picture and what is marked on it: `boxes` (n, 4) x1, y1, x2, y2, `points` (n, 2) x, y in
    pixels, `mask` (H, W) class numbers."""

    rgb: NDArray[np.uint8]
    boxes: NDArray[np.float64]
    points: NDArray[np.float64]
    mask: NDArray[np.uint8] | None = None


def corrupt_marked(marked: Marked, name: str, severity: float, seed: int) -> Marked:
    """`apply_corruption`, and the marks moved as the pixels are. A box that left the picture has no
    area, a point may lie outside."""
    out = apply_corruption(marked.rgb, name, severity, seed)
    if severity == 0 or CATALOG[name].cause != "geometry":
        return Marked(out, marked.boxes, marked.points, marked.mask)
    pipeline = A.Compose([make_fixed_transform(name, severity)])
    pipeline.set_random_seed(seed)
    moved = pipeline.transforms[0]
    params = {"shape": marked.rgb.shape, **moved.get_params()}
    sides = np.array([marked.rgb.shape[1], marked.rgb.shape[0]] * 2, np.float64)
    boxes = moved.apply_to_bboxes(marked.boxes / sides, **params) * sides
    mask = None if marked.mask is None else moved.apply_to_mask(marked.mask, **params)
    return Marked(out, boxes, moved.apply_to_keypoints(marked.points, **params), mask)


def marked(x1, y1, x2, y2, size=(120, 160)):
    """A white rectangle on black, with the box, the corner and the mask that belong to it."""
    rgb, mask = np.zeros((*size, 3), np.uint8), np.zeros(size, np.uint8)
    rgb[y1:y2, x1:x2] = 255
    mask[y1:y2, x1:x2] = 7
    centre = np.array([[(x1 + x2 - 1) / 2, (y1 + y2 - 1) / 2]])
    return Marked(rgb, np.array([[x1, y1, x2, y2]], float), centre, mask)


@pytest.mark.parametrize("name", GEOMETRY)
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_boxes_points_and_masks_follow_the_pixels(name, data):
    x1, y1 = data.draw(st.integers(0, 120)), data.draw(st.integers(0, 80))
    x2, y2 = x1 + data.draw(st.integers(20, 40)), y1 + data.draw(st.integers(20, 40))
    severity, seed = data.draw(st.floats(0.1, 5)), data.draw(st.integers(0, 2**31))
    moved = corrupt_marked(marked(x1, y1, x2, y2), name, severity, seed)
    white = (moved.rgb > 190).all(axis=2)
    assert moved.mask is not None
    assert set(np.unique(moved.mask)) <= {0, 7}
    assert ((moved.mask == 7) != white).mean() < 0.02
    # covered by half: where the picture's edge cuts a corner off, the tip of what is left is thin
    rows, columns = np.nonzero((moved.rgb > 127).all(axis=2))
    if len(rows) < 40:
        return
    found = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1], float)
    assert np.abs(moved.boxes[0] - found).max() <= 1.5
    x, y = moved.points[0]
    if 2 < x < 157 and 2 < y < 117:
        assert white[round(y), round(x)]


@pytest.mark.short_cases(2)
@pytest.mark.parametrize("name", [name for name in CATALOG if name not in GEOMETRY])
def test_what_moves_no_pixels_moves_no_marks(name):
    before = marked(20, 30, 60, 70)
    after = corrupt_marked(before, name, 3, 5)
    assert after.mask is before.mask
    assert after.boxes is before.boxes
    assert after.points is before.points


@pytest.mark.parametrize("name", GEOMETRY)
def test_boxes_in_a_pipeline_keep_their_classes_and_go_when_they_left_the_picture(name):
    boxes = A.BboxParams(format="pascal_voc", label_fields=["classes"], min_area=1)
    pipeline = A.Compose([make_fixed_transform(name, 5)], bbox_params=boxes)
    pipeline.set_random_seed(2)
    out = pipeline(
        image=scene(), bboxes=[[100, 60, 140, 110], [0, 0, 4, 4]], classes=["ok", "crack"]
    )
    assert out["classes"][0] == "ok"
    assert len(out["bboxes"]) == len(out["classes"])


def test_severity_zero_gives_the_marks_as_they_were():
    before = marked(20, 30, 60, 70)
    assert corrupt_marked(before, "rotation", 0, 1).boxes is before.boxes


def test_limits_are_told_with_the_value():
    with pytest.raises(ValueError, match="degrees"):
        geometry.Rotation(degrees=200)
    with pytest.raises(ValueError, match="bend"):
        geometry.Distortion(bend=0.5)


# No corruption is a no-op, and none depends on the size of the picture: seen in the image
# statistic that the catalogue names for it.

SHOWN = [name for name, entry in CATALOG.items() if entry.expected_effect is not None]
SEVERITY = 3.0


@cache
def benchmark(n):
    """(pictures, their traits) of `n` spread over the sample's benchmark."""
    found = paths.get_resource_path("demo/benchmark").rglob("*.jpg")
    files = sorted(found, key=lambda file: (file.parents[1].name, file.name))
    places = np.linspace(0, len(files) - 1, n).astype(int)
    pictures = [np.asarray(Image.open(files[at]).convert("RGB")) for at in places]
    return pictures, [traits(rgb) for rgb in pictures]


@cache
def frames(n):
    """`n` frames of 1280 by 720, each from another clip of the sample, spread over all."""
    found = []
    clips = sorted(paths.get_resource_path("demo/footage").glob("*.mp4"))
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


def measure_move(name, n):
    """How far the corruption moves its statistic on `n` pictures of the benchmark at moderate, in
    interquartile ranges of the benchmark."""
    pictures, clean = benchmark(100)
    effect, some = CATALOG[name].expected_effect, range(0, 100, 100 // n)
    values = np.array([traits_of[effect.statistic] for traits_of in clean])
    corrupted = [apply_corruption(pictures[k], name, SEVERITY, k) for k in some]
    moved = [traits(rgb)[effect.statistic] for rgb in corrupted] - values[list(some)]
    towards = np.abs(moved) if effect.direction == 0 else moved * effect.direction
    return float(np.median(towards) / np.subtract(*np.percentile(values, [75, 25])))


@pytest.mark.long
@pytest.mark.full("corruption_moves")
def test_at_moderate_each_moves_its_statistic_by_the_spread_of_the_benchmark(counts, evidence):
    moves = {name: round(measure_move(name, counts(ci=20, full=100)), 2) for name in SHOWN}
    evidence(in_spreads_of_the_benchmark=moves)
    assert {name: move for name, move in moves.items() if move < 1} == {}


@pytest.mark.long
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
