import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from fieldcheck.corruption.apply import corrupt, transform
from fieldcheck.corruption.catalog import CORE
from tests.corruption.pictures import scene

CHECKOUT = Path(__file__).parent.parent.parent
PRINT_HASHES = """
import hashlib
import numpy as np
from fieldcheck.corruption.apply import corrupt
from fieldcheck.corruption.catalog import CORE
from tests.corruption.pictures import scene
for name in CORE:
    for seed in (7, 3):  # in another order than the test
        print(name, seed, hashlib.sha256(corrupt(scene(), name, 2.5, seed).tobytes()).hexdigest())
"""


def digest(name, seed):
    return hashlib.sha256(corrupt(scene(), name, 2.5, seed).tobytes()).hexdigest()


def test_the_same_seed_gives_the_same_bytes_in_another_process():
    done = subprocess.run([sys.executable, "-c", PRINT_HASHES], cwd=CHECKOUT, check=True, capture_output=True, text=True)
    assert done.stderr == ""
    assert set(done.stdout.splitlines()) == {f"{name} {seed} {digest(name, seed)}" for name in CORE for seed in (3, 7)}


def test_the_same_seed_gives_the_same_bytes_in_threads_that_work_at_once():
    jobs = [(name, seed) for seed in range(6) for name in CORE]
    alone = [digest(*job) for job in jobs]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda job: digest(*job), jobs)) == alone


@pytest.mark.parametrize("name", ["gauss_noise", "shot_noise", "motion", "dark", "colour_cast", "occlusion"])
def test_another_seed_gives_another_picture(name):
    assert len({digest(name, seed) for seed in range(8)}) > 1


@pytest.mark.parametrize("name", CORE)
def test_the_frame_is_never_altered_and_the_result_is_another_array(name):
    rgb = scene()
    rgb.flags.writeable = False
    for severity in (0, 0.4, 3):
        out = corrupt(rgb, name, severity, 1)
        assert out.shape == rgb.shape
        assert out.dtype == np.uint8
        assert out.flags.writeable
        assert not np.shares_memory(out, rgb)
    assert np.array_equal(rgb, scene())


@pytest.mark.parametrize("name", CORE)
def test_severity_zero_changes_nothing(name):
    assert np.array_equal(corrupt(scene(), name, 0, 5), scene())


@pytest.mark.parametrize("name", CORE)
def test_damage_grows_with_severity(name):
    rgb = scene(240, 320)
    likeness = [np.mean([cv2.PSNR(rgb, corrupt(rgb, name, severity, seed)) for seed in range(6)]) for severity in (0.25, 1, 2, 3, 4, 5)]
    assert all(before > after for before, after in pairwise(likeness)), likeness


@pytest.mark.parametrize("name", CORE)
@pytest.mark.parametrize("size", [(1, 1), (2, 300), (97, 31), (720, 1280)])
def test_any_size_of_picture_is_taken(name, size):
    rgb = np.full((*size, 3), 120, np.uint8)
    for severity in (0.01, 5):
        assert corrupt(rgb, name, severity, 1).shape == rgb.shape


@pytest.mark.parametrize("name", CORE)
def test_black_and_white_frames_are_taken(name):
    for level in (0, 255):
        assert corrupt(np.full((48, 64, 3), level, np.uint8), name, 5, 1).shape == (48, 64, 3)


def test_a_view_of_a_larger_picture_gives_what_its_copy_gives():
    view = scene(300, 400)[10:200, 30:280]
    for name in CORE:
        assert np.array_equal(corrupt(view, name, 2, 1), corrupt(view.copy(), name, 2, 1))


@pytest.mark.parametrize(
    "picture", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3), np.float32), np.zeros((0, 4, 3), np.uint8)]
)
def test_what_is_no_frame_is_refused(picture):
    with pytest.raises(ValueError, match="uint8"):
        corrupt(picture, "haze", 1, 1)


def test_an_unknown_name_or_severity_is_refused_even_where_it_would_change_nothing():
    with pytest.raises(ValueError, match="fog"):
        corrupt(scene(), "fog", 0, 1)
    with pytest.raises(ValueError, match="severity"):
        corrupt(scene(), "haze", 5.5, 1)


@pytest.mark.parametrize("name", CORE)
def test_every_transform_reports_the_module_that_goes_with_an_exported_recipe(name):
    assert transform(name, 1).get_class_fullname().startswith("fieldcheck_transforms.")


def test_starting_the_program_does_not_import_albumentations():
    code = "import sys, fieldcheck.corruption.apply; print('albumentations' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"
