import numpy as np
import pytest

from fieldcheck.imaging.quality import (
    compute_aspect_features,
    compute_layout,
    crop_borders,
    find_static_marks,
    make_grid,
)


@pytest.fixture
def scene():
    rng = np.random.default_rng(0)
    return np.kron(rng.integers(60, 180, (8, 12, 3)), np.ones((15, 15, 1))).astype(np.uint8)


def test_the_layout_knows_nothing_of_brightness_and_contrast(scene):
    darker = (scene * 0.5 + 20).astype(np.uint8)
    assert np.corrcoef(compute_layout(scene), compute_layout(darker))[0, 1] > 0.999
    assert abs(compute_layout(darker).mean()) < 1e-9
    assert compute_layout(darker).std() == pytest.approx(1)


def test_a_picture_of_one_grey_has_no_layout():
    assert not compute_layout(np.full((40, 60, 3), 90, np.uint8)).any()


def test_spectrum_keeps_where_light_alone_changes_and_light_keeps_where_the_scene_is_turned(scene):
    plain, darker, turned = (
        compute_aspect_features(one, False)
        for one in (scene, (scene * 0.6).astype(np.uint8), scene[::-1, ::-1])
    )
    # noise has a floor of its own
    assert np.delete(darker.spectrum, 1) == pytest.approx(np.delete(plain.spectrum, 1), abs=0.15)
    assert darker.time[0] == pytest.approx(0.6 * plain.time[0], rel=0.02)
    assert turned.time == pytest.approx(plain.time, abs=1e-9)
    assert np.corrcoef(turned.place, plain.place)[0, 1] < 0.5


def test_a_border_is_masked_and_changes_nothing(scene):
    framed = scene.copy()
    framed[:10], framed[-10:] = 0, 255
    assert crop_borders(framed).shape == (90, 136, 3)
    masked, plain = compute_aspect_features(framed, True), compute_aspect_features(scene, True)
    assert masked.time.tolist() == plain.time.tolist()
    assert masked.place.tolist() == plain.place.tolist()
    assert compute_aspect_features(framed, False).time[3] > 0.05  # black pixels


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
        np.stack([make_grid(rgb) for rgb in pictures(12, logo)]) for logo in (False, True)
    )
    assert not find_static_marks(plain).any()
    found = find_static_marks(marked)
    assert found[28, 30]
    assert 0 < found.mean() <= 0.1
    with_logo, without = (
        compute_aspect_features(pictures(1, logo)[0], True, found) for logo in (True, False)
    )
    assert with_logo.place == pytest.approx(without.place, abs=1e-6)


def test_a_fixed_camera_s_scene_is_no_logo():
    still = np.stack([make_grid(pictures(1, logo=True)[0])] * 5)
    assert not find_static_marks(still).any()
    assert not find_static_marks(still[:2]).any()
