import numpy as np
import pytest

from fieldcheck.footage.scene_cuts import (
    compute_correlation,
    compute_structure,
    find_best_shift,
    has_whole_scene_moved,
    is_textured,
    shift_array,
)
from tests.footage.scenes import KINDS, MARGIN, gravel, machine, shelves


def view(scene, dx=0, dy=0):
    return (
        scene[MARGIN + dy : MARGIN + dy + 90, MARGIN + dx : MARGIN + dx + 160]
        .clip(0, 255)
        .astype(np.uint8)
    )


@pytest.fixture
def scene():
    return machine(np.random.default_rng(0))


def test_structure_hardly_feels_a_change_of_light(scene):
    look = view(scene)
    shade = np.linspace(0.3, 1, 160)[None]
    for changed in (look * 0.3, look * 0.5 + 100, look * shade):
        assert (
            compute_correlation(
                compute_structure(look), compute_structure(changed.astype(np.uint8))
            )
            > 0.8
        )


@pytest.mark.parametrize("kind", KINDS)
def test_structures_of_other_scenes_have_nothing_in_common(kind):
    one, other = kind(np.random.default_rng(1)), machine(np.random.default_rng(2))
    assert (
        abs(compute_correlation(compute_structure(view(one)), compute_structure(view(other)))) < 0.3
    )


def test_correlation_is_over_the_asked_pixels_only(scene):
    a = compute_structure(view(scene))
    b = compute_structure(view(shelves(np.random.default_rng(3))))
    half = np.zeros((90, 160), bool)
    half[:, :80] = True
    assert compute_correlation(a, np.where(half, a, b), half) == pytest.approx(1)
    assert compute_correlation(a, np.zeros_like(a)) == 0.0


def test_the_dark_and_the_glare_have_no_texture(scene):
    assert is_textured(compute_structure(view(scene)))
    for level in (0, 255):
        assert not is_textured(compute_structure(np.full((90, 160), level, np.uint8)))
    noise = np.random.default_rng(4).normal(8, 1, (90, 160)).clip(0, 255).astype(np.uint8)
    assert not is_textured(compute_structure(noise))


@pytest.mark.parametrize(("dx", "dy"), [(0, 0), (20, 0), (-50, 6), (70, -20), (3, 30)])
def test_the_shift_is_found_with_its_sign(dx, dy):
    scene = gravel(np.random.default_rng(0))
    a, b = compute_structure(view(scene)), compute_structure(view(scene, -dx, -dy))
    found = find_best_shift(a, np.ones(a.shape, bool), b)
    assert found[:2] == (dx, dy)
    assert found[2] > 0.9


def test_a_shift_that_leaves_hardly_anything_in_view_is_not_believed():
    scene = gravel(np.random.default_rng(0))
    a, b = compute_structure(view(scene)), compute_structure(view(scene, 125, 0))
    dx, dy, alike = find_best_shift(a, np.ones(a.shape, bool), b)
    assert (1 - abs(dx) / 160) * (1 - abs(dy) / 90) >= 1 / 3
    assert alike < 0.5


def test_shifting_fills_with_zeros():
    found = shift_array(np.arange(6, dtype=np.float32).reshape(2, 3), 1, -1)
    assert found.tolist() == [[0, 3, 4], [0, 0, 0]]
    assert not shift_array(np.ones((2, 3), np.float32), 3, 0).any()


def test_a_camera_takes_everything_along_and_a_belt_does_not(scene):
    before, after = view(scene), view(scene, -24, 0)
    assert has_whole_scene_moved(compute_structure(before), compute_structure(after), 24, 0)
    belt = before.copy()
    belt[30:60] = after[30:60]
    assert not has_whole_scene_moved(compute_structure(before), compute_structure(belt), 24, 0)
    assert not has_whole_scene_moved(compute_structure(before), compute_structure(before), 24, 0)


def test_nothing_can_go_where_nothing_is():
    nothing = np.zeros((90, 160), np.float32)
    assert not has_whole_scene_moved(nothing, nothing, 20, 0)
