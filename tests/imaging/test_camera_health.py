"""Camera faults before a simulated camera: eight kinds of replay, and four harmless drifts."""

from functools import cache

import cv2
import numpy as np
import pytest

from fieldcheck.imaging.camera_health import find_camera_faults, find_moved_statistic
from tests.imaging.replay import HEIGHT, WIDTH, background, frames, shift_of

N_REFERENCE = 3


@cache
def reference(seed, camera="A"):
    return tuple(shift_of(camera, frames(seed, shift)) for shift in range(N_REFERENCE))


def found(seed, pictures):
    (one,) = find_camera_faults(
        shift_of("A", pictures), reference(seed), {"B": reference(seed + 100, "B")}
    ) or [None]
    return one.check if one else ""


def frozen(seed):
    pictures = list(frames(seed, 20))
    return pictures[:60] + [pictures[60]] * 24 + pictures[84:]


def looping(seed):
    pictures = list(frames(seed, 20, n=60))
    return pictures + pictures[20:] + pictures[20:]


def over_exposed(seed):
    return frames(seed, 20, fault=lambda _, rgb: rgb * 2.2 + 20)


def blurred(seed):
    return frames(seed, 20, fault=lambda _, rgb: cv2.GaussianBlur(rgb, (0, 0), 2.0))


def dusty(seed):
    rng, clear = np.random.default_rng(seed + 5), np.ones((HEIGHT, WIDTH))
    for _ in range(8):
        cv2.circle(
            clear, (int(rng.integers(10, 310)), int(rng.integers(10, 170))),
            int(rng.integers(4, 7)), 0.6, -1,
        )  # fmt: skip
    clear = cv2.GaussianBlur(clear, (0, 0), 1.0)[..., None]
    return frames(seed, 20, fault=lambda _, rgb: rgb * clear)


def obstructed(seed):
    def cloth(_, rgb):
        rgb = rgb.copy()
        rgb[:110, :150] = 45
        return rgb

    return frames(seed, 20, fault=cloth)


def moved(seed):
    by = np.array([[1, 0, 14], [0, 1, 5.0]])
    return frames(
        seed, 20, fault=lambda _,
        rgb: cv2.warpAffine(rgb, by, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT),
    )  # fmt: skip


def tinted(seed):
    return frames(seed, 20, fault=lambda _, rgb: rgb * np.array([1.15, 1.0, 0.8]))


def swapped(seed):
    return frames(seed, 20, scene=background(seed + 100))


def black(seed):
    return frames(seed, 20, fault=lambda _, rgb: rgb * 0 + 2)


FAULTS = {
    "frozen": frozen, "looping": looping, "exposure": over_exposed, "blur": blurred, "dust": dusty,
    "obstruction": obstructed, "moved": moved, "colour_cast": tinted,
}  # fmt: skip


def other_parts(seed):
    """Another product: parts of another colour and shape pass."""

    def painted(at, rgb):
        left = at * 7 % (WIDTH + 60) - 60
        rgb = rgb.copy()
        cv2.circle(rgb, (left, 90), 30, (240, 240, 40), -1)
        return rgb

    return frames(seed, 20, fault=painted)


def dusk(seed):
    return frames(seed, 20, fault=lambda _, rgb: rgb * 0.8)


def more_parts(seed):
    """Another mix: the lowest lane is full."""

    def lane(at, rgb):
        rgb = rgb.copy()
        left = at * 13 % WIDTH
        rgb[140:170, left : left + 60] = (80, 150, 70)
        return rgb

    return frames(seed, 20, fault=lane)


def grey_sky(seed):
    return frames(seed, 20, fault=lambda _, rgb: 20 + rgb * 0.85)


DRIFTS = (other_parts, dusk, more_parts, grey_sky)


@pytest.mark.full("camera_faults")
def test_faults_are_told_from_each_other_and_drift_from_all_of_them(counts, evidence):
    seeds = range(counts(ci=1, full=20))
    said = {
        (name, seed): found(seed, make(seed)) for name, make in FAULTS.items() for seed in seeds
    }
    wrong = {key: check for key, check in said.items() if check != key[0]}
    drifts = {(make.__name__, seed): found(seed, make(seed)) for make in DRIFTS for seed in seeds}
    false = {key: check for key, check in drifts.items() if check}
    told = [*map(str, wrong.items())]
    evidence(replays=len(said) + len(drifts), wrong=told, false=[*map(str, false.items())])
    assert len(wrong) + len(false) <= 0.05 * (len(said) + len(drifts)), (wrong, false)


def test_a_black_picture_and_two_swapped_cameras_are_named():
    assert found(0, black(0)) == "black"
    (one,) = find_camera_faults(shift_of("A", swapped(0)), reference(0), {"B": reference(100, "B")})
    assert (one.check, one.other) == ("swapped", "B")


def test_a_quiet_shift_has_no_fault_and_without_a_reference_nothing_is_held_against_it():
    assert found(0, frames(0, 11)) == ""
    assert find_camera_faults(shift_of("A", obstructed(0)), reference(0)[:2], {}) == ()


def test_the_image_statistic_that_moved_most_is_named():
    assert find_moved_statistic(shift_of("A", dusk(0)), reference(0))[0] == "mean"
    assert find_moved_statistic(shift_of("A", dusk(0)), ()) == ("", 0.0)
