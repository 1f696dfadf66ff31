import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from fieldcheck.corruptions.catalogue import (
    CATALOG,
    apply_corruption,
    get_parameters,
    make_fixed_transform,
)
from fieldcheck.imaging.similarity import compute_psnr
from tests.corruptions.pictures import scene

PLAIN = {
    *(
        "defocus",
        "bright",
        "low_contrast",
        "gamma",
        "spectral",
        "jpeg",
        "downscale",
        "low_bitrate",
        "haze",
    )
}
"""Those that leave nothing to chance."""
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


def test_the_same_seed_gives_the_same_bytes_in_another_process():
    done = subprocess.run(
        [sys.executable, "-c", PRINT_HASHES], cwd=CHECKOUT, check=True, capture_output=True,
        text=True,
    )  # fmt: skip
    assert done.stderr == ""
    actual = set(done.stdout.splitlines())
    assert actual == {f"{name} {seed} {digest(name, seed)}" for name in CATALOG for seed in (3, 7)}


def test_the_same_seed_gives_the_same_bytes_in_threads_that_work_at_once():
    jobs = [(name, seed) for seed in range(6) for name in CATALOG]
    alone = [digest(*job) for job in jobs]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda job: digest(*job), jobs)) == alone


@pytest.mark.parametrize("name", [name for name in CATALOG if name not in PLAIN])
def test_another_seed_gives_another_picture(name):
    assert len({digest(name, seed) for seed in range(8)}) > 1


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


@pytest.mark.parametrize("name", CATALOG)
def test_severity_zero_changes_nothing(name):
    assert np.array_equal(apply_corruption(scene(), name, 0, 5), scene())


MEASURED_IN_DECIBEL = [
    name for name, entry in CATALOG.items() if entry.cause in {"noise", "blur", "light", "coding"}
] + ["haze", "fog"]


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


@pytest.mark.parametrize("name", CATALOG)
@pytest.mark.parametrize("size", [(1, 1), (2, 300), (97, 31), (720, 1280)])
def test_any_size_of_picture_is_taken(name, size):
    rgb = np.full((*size, 3), 120, np.uint8)
    for severity in (0.01, 5):
        assert apply_corruption(rgb, name, severity, 1).shape == rgb.shape


@pytest.mark.parametrize("name", CATALOG)
def test_black_and_white_frames_are_taken(name):
    for level in (0, 255):
        actual = apply_corruption(np.full((48, 64, 3), level, np.uint8), name, 5, 1).shape
        assert actual == (48, 64, 3)


def test_a_view_of_a_larger_picture_gives_what_its_copy_gives():
    view = scene(300, 400)[10:200, 30:280]
    for name in CATALOG:
        assert np.array_equal(
            apply_corruption(view, name, 2, 1), apply_corruption(view.copy(), name, 2, 1)
        )


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((0, 4, 3), np.uint8),
    ],
)
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
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "False"
