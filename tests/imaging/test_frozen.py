import cv2
import numpy as np
import pytest

from fieldcheck.imaging.camera_watch import find_frozen_frames
from fieldcheck.imaging.thumbnail import make_look


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
            frame = cv2.imdecode(
                cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, quality])[1],
                cv2.IMREAD_COLOR,
            )
        found.append(make_look(frame))
    return found


def halves(n: int) -> np.ndarray:
    return np.arange(n) * 0.5


def test_a_picture_that_stands_for_three_seconds_is_frozen_and_nothing_around_it(still):
    looks = live(still, 5, 4)
    looks = looks[:3] + [looks[3]] * 7 + live(still, 4, 4, seed=1)
    actual = find_frozen_frames(np.stack(looks), halves(len(looks))).nonzero()[0].tolist()
    assert actual == list(range(3, 10))


def test_less_than_three_seconds_may_be_chance(still):
    looks = [make_look(still)] * 6 + live(still, 4, 4)
    assert not find_frozen_frames(np.stack(looks), halves(len(looks))).any()


def test_time_counts_and_not_the_number_of_frames(still):
    looks = np.stack([make_look(still)] * 10)
    assert not find_frozen_frames(looks, np.arange(10) * 0.1).any()
    assert find_frozen_frames(looks, np.arange(10) * 1.0).all()


@pytest.mark.parametrize("sigma", [1, 2, 5])
@pytest.mark.parametrize("quality", [None, 75])
def test_a_still_scene_on_a_live_sensor_is_no_fault(still, sigma, quality):
    looks = live(still, 12, sigma, quality=quality)
    assert not find_frozen_frames(np.stack(looks), halves(12)).any()


def test_a_frozen_picture_coded_anew_is_still_frozen(still):
    looks = [
        live(still, 1, 3, seed=7, quality=quality)[0]
        for quality in (90, 90, 90, 90, 92, 92, 92, 92, 90)
    ]
    assert find_frozen_frames(np.stack(looks), halves(9)).all()


def test_slow_movement_is_no_fault(still):
    looks = [make_look(np.roll(still, 4 * k, axis=1)) for k in range(12)]
    assert not find_frozen_frames(np.stack(looks), halves(12)).any()


def test_two_stretches_are_both_found(still):
    a, b = live(still, 2, 4)
    looks = [a] * 8 + live(still, 3, 4, seed=3) + [b] * 8
    expected = [True] * 8 + [False] * 3 + [True] * 8
    assert find_frozen_frames(np.stack(looks), halves(19)).tolist() == expected


@pytest.mark.parametrize("n", [0, 1, 2])
def test_a_recording_of_a_few_frames_is_never_frozen(n):
    actual = find_frozen_frames(np.zeros((n, 90, 160), np.uint8), np.arange(n) * 100.0).tolist()
    assert actual == [False] * n
