"""Camera faults before a simulated camera: eight kinds of replay, and four harmless drifts."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest

from fieldcheck.imaging import camera_health
from fieldcheck.imaging.camera_health import find_camera_faults, find_moved_statistic
from fieldcheck.imaging.thumbnail import make_look
from tests.imaging.replay import FPS, HEIGHT, WIDTH, background, frames, shift_of

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


@pytest.mark.long
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


@pytest.mark.long
def test_a_black_picture_and_two_swapped_cameras_are_named():
    assert found(0, black(0)) == "black"
    (one,) = find_camera_faults(shift_of("A", swapped(0)), reference(0), {"B": reference(100, "B")})
    assert (one.check, one.other) == ("swapped", "B")


@pytest.mark.long
def test_a_quiet_shift_has_no_fault_and_without_a_reference_nothing_is_held_against_it():
    assert found(0, frames(0, 11)) == ""
    assert find_camera_faults(shift_of("A", obstructed(0)), reference(0)[:2], {}) == ()


@pytest.mark.long
def test_the_image_statistic_that_moved_most_is_named():
    assert find_moved_statistic(shift_of("A", dusk(0)), reference(0))[0] == "mean"
    assert find_moved_statistic(shift_of("A", dusk(0)), ()) == ("", 0.0)


def watched(pictures):
    """Each event with the second at which it was told first."""
    watch, told = camera_health.CameraWatch(), {}
    for at, rgb in enumerate(pictures):
        watch.add_frame(rgb, at / FPS)
        for one in watch.events:
            told.setdefault((one.check, one.at_s), at / FPS)
    return watch, told


def test_a_frozen_picture_is_told_within_five_seconds():
    pictures = list(frames(1, 0, n=80))
    _, told = watched(pictures[:40] + [pictures[40]] * 30 + pictures[70:])
    assert list(told) == [("frozen", 10.0)]
    assert told["frozen", 10.0] - 10 <= 5


@pytest.mark.long
def test_a_still_scene_in_front_of_a_live_sensor_is_not_frozen():
    still = next(frames(1, 0)).astype(np.float64)
    rng = np.random.default_rng(0)
    _, told = watched(
        np.clip(still + rng.normal(0, 1.5, still.shape), 0, 255).astype(np.uint8) for _ in range(60)
    )
    assert told == {}


def test_what_lasts_less_than_three_seconds_is_no_event():
    pictures = list(frames(1, 0, n=40))
    _, told = watched(pictures[:20] + [pictures[20]] * 8 + [pictures[0] * 0] * 8 + pictures[28:])
    assert told == {}


def test_a_picture_coded_anew_each_time_is_frozen_weakly():
    pictures = list(frames(1, 0, n=20))
    again = [pictures[19].copy() for _ in range(20)]
    for at, one in enumerate(again):
        one[at * 8 : at * 8 + 8, :100] ^= 1
    watch, _ = watched(pictures + again)
    assert [(one.check, one.state) for one in watch.events] == [("frozen", "weak")]


def test_a_loop_is_told_and_a_frozen_picture_is_no_loop():
    pictures = list(frames(1, 0, n=30))
    watch, _ = watched(pictures * 3)
    expected = [("looping", "failed", 30 / FPS)]
    assert [(one.check, one.state, one.at_s) for one in watch.events] == expected


def test_pictures_that_come_again_at_another_distance_each_time_are_no_loop():
    """As of a test pattern or few pictures: each came before, and no stretch of them did."""
    pictures, rng = list(frames(1, 0, n=30)), np.random.default_rng(0)
    watch, _ = watched([pictures[at] for _ in range(6) for at in rng.permutation(30)])
    assert watch.events == ()


@pytest.mark.long
def test_memory_does_not_grow_with_the_footage():
    watch = camera_health.CameraWatch()
    small = [np.full((9, 16, 3), at, np.uint8) for at in range(256)]
    for at in range(2 * camera_health.MOST_FIGURES + 500):
        watch.add_frame(small[at * 7 % 256], at * 0.5)
    assert len(watch._looks.kept) <= 2 * camera_health.MOST_LOOKS
    assert len(watch._figures.kept) <= 2 * camera_health.MOST_FIGURES
    assert watch.make_shift("A").n == watch.n == 2 * camera_health.MOST_FIGURES + 500


@pytest.mark.long
def test_a_camera_that_fails_again_and_again_is_told_ten_times_and_the_rest_is_counted():
    """Also when it went black too often to tell, a picture that freezes by itself is told."""
    pictures, watch = list(frames(1, 0, n=16)), camera_health.CameraWatch()
    times = range(camera_health.MOST_STRETCHES + 5)
    flaps = [one for _ in times for one in [pictures[0] * 0] * 16 + pictures[:2]]
    for at, rgb in enumerate([*flaps, *pictures[2:], *[pictures[15]] * 20]):
        watch.add_frame(rgb, at / FPS)
    black, frozen = watch.events[:-1], watch.events[-1]
    assert [one.check for one in black] == ["black"] * camera_health.MOST_STRETCHES
    assert [one.folded for one in black] == [0] * (camera_health.MOST_STRETCHES - 1) + [5]
    assert black[-1].folded_s == pytest.approx(5 * 15 / FPS)
    assert (frozen.check, frozen.at_s, frozen.folded) == ("frozen", (len(flaps) + 13) / FPS, 0)
    assert watch.make_shift("left").events[-1] == replace(frozen, camera="left")


def test_before_the_first_frame_there_is_no_shift():
    with pytest.raises(ValueError, match="no frame"):
        camera_health.CameraWatch().make_shift("A")


def test_likeness_and_energy_of_looks():
    flat = np.full((90, 160), 100, np.uint8)
    assert camera_health.compute_look_difference(flat, flat + 2) == 2
    assert camera_health.is_same(flat, flat)
    assert not camera_health.is_same(flat, flat + 1)
    assert camera_health.compute_gradient_energy(flat).shape == (18, 32)
    assert camera_health.compute_gradient_energy(flat).max() == 0
    assert len(camera_health.pack_array(flat)) < 200


@pytest.fixture(scope="module")
def still() -> np.ndarray:
    rough = np.random.default_rng(0).integers(30, 220, (18, 32, 3), dtype=np.uint8)
    return cv2.resize(rough, (1280, 720), interpolation=cv2.INTER_CUBIC)


def live(
    scene: np.ndarray, n: int, sigma: float, seed: int = 0, quality: int | None = None
) -> list[np.ndarray]:
    """Looks of `n` frames of a still scene with sensor noise of `sigma` grey levels, coded as JPEG
    where a quality is given."""
    rng, found = np.random.default_rng(seed), []
    for _ in range(n):
        noise = rng.standard_normal((720, 1280), np.float32) * np.float32(sigma)
        frame = cv2.convertScaleAbs(np.maximum(scene + noise[..., None], 0))
        if quality is not None:
            coded = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, quality])
            frame = cv2.imdecode(coded[1], cv2.IMREAD_COLOR)
        found.append(make_look(frame))
    return found


def halves(n: int) -> np.ndarray:
    return np.arange(n) * 0.5


def test_a_picture_that_stands_for_three_seconds_is_frozen_and_nothing_around_it(still):
    looks = live(still, 5, 4)
    looks = looks[:3] + [looks[3]] * 7 + live(still, 4, 4, seed=1)
    frozen = camera_health.find_frozen_frames(np.stack(looks), halves(len(looks))).nonzero()
    actual = frozen[0].tolist()
    assert actual == list(range(3, 10))


def test_less_than_three_seconds_may_be_chance(still):
    looks = [make_look(still)] * 6 + live(still, 4, 4)
    assert not camera_health.find_frozen_frames(np.stack(looks), halves(len(looks))).any()


def test_time_counts_and_not_the_number_of_frames(still):
    looks = np.stack([make_look(still)] * 10)
    assert not camera_health.find_frozen_frames(looks, np.arange(10) * 0.1).any()
    assert camera_health.find_frozen_frames(looks, np.arange(10) * 1.0).all()


@pytest.mark.long
@pytest.mark.parametrize("sigma", [1, 2, 5])
@pytest.mark.parametrize("quality", [None, 75])
def test_a_still_scene_on_a_live_sensor_is_no_fault(still, sigma, quality):
    looks = live(still, 12, sigma, quality=quality)
    assert not camera_health.find_frozen_frames(np.stack(looks), halves(12)).any()


def test_a_frozen_picture_coded_anew_is_still_frozen(still):
    qualities = (90, 90, 90, 90, 92, 92, 92, 92, 90)
    looks = [live(still, 1, 3, seed=7, quality=quality)[0] for quality in qualities]
    assert camera_health.find_frozen_frames(np.stack(looks), halves(9)).all()


def test_slow_movement_is_no_fault(still):
    looks = [make_look(np.roll(still, 4 * k, axis=1)) for k in range(12)]
    assert not camera_health.find_frozen_frames(np.stack(looks), halves(12)).any()


def test_two_stretches_are_both_found(still):
    a, b = live(still, 2, 4)
    looks = [a] * 8 + live(still, 3, 4, seed=3) + [b] * 8
    expected = [True] * 8 + [False] * 3 + [True] * 8
    assert camera_health.find_frozen_frames(np.stack(looks), halves(19)).tolist() == expected


@pytest.mark.parametrize("n", [0, 1, 2])
def test_a_recording_of_a_few_frames_is_never_frozen(n):
    frames = camera_health.find_frozen_frames(
        np.zeros((n, 90, 160), np.uint8), np.arange(n) * 100.0
    )
    actual = frames.tolist()
    assert actual == [False] * n
