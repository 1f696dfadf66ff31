import numpy as np
import pytest

from fieldcheck.capture.structure import best_shift, correlation, everything_went, shifted, structure, textured
from tests.capture.scenes import KINDS, MARGIN, gravel, machine, shelves


def view(scene, dx=0, dy=0):
    return scene[MARGIN + dy : MARGIN + dy + 90, MARGIN + dx : MARGIN + dx + 160].clip(0, 255).astype(np.uint8)


@pytest.fixture
def scene():
    return machine(np.random.default_rng(0))


def test_structure_hardly_feels_a_change_of_light(scene):
    look = view(scene)
    shade = np.linspace(0.3, 1, 160)[None]
    for changed in (look * 0.3, look * 0.5 + 100, look * shade):
        assert correlation(structure(look), structure(changed.astype(np.uint8))) > 0.8


@pytest.mark.parametrize("kind", KINDS)
def test_structures_of_other_scenes_have_nothing_in_common(kind):
    one, other = kind(np.random.default_rng(1)), machine(np.random.default_rng(2))
    assert abs(correlation(structure(view(one)), structure(view(other)))) < 0.3


def test_correlation_is_over_the_asked_pixels_only(scene):
    a, b = structure(view(scene)), structure(view(shelves(np.random.default_rng(3))))
    half = np.zeros((90, 160), bool)
    half[:, :80] = True
    assert correlation(a, np.where(half, a, b), half) == pytest.approx(1)
    assert correlation(a, np.zeros_like(a)) == 0.0


def test_the_dark_and_the_glare_have_no_texture(scene):
    assert textured(structure(view(scene)))
    for level in (0, 255):
        assert not textured(structure(np.full((90, 160), level, np.uint8)))
    noise = np.random.default_rng(4).normal(8, 1, (90, 160)).clip(0, 255).astype(np.uint8)
    assert not textured(structure(noise))


@pytest.mark.parametrize(("dx", "dy"), [(0, 0), (20, 0), (-50, 6), (70, -20), (3, 30)])
def test_the_shift_is_found_with_its_sign(dx, dy):
    scene = gravel(np.random.default_rng(0))
    a, b = structure(view(scene)), structure(view(scene, -dx, -dy))
    found = best_shift(a, np.ones(a.shape, bool), b)
    assert found[:2] == (dx, dy)
    assert found[2] > 0.9


def test_a_shift_that_leaves_hardly_anything_in_view_is_not_believed():
    scene = gravel(np.random.default_rng(0))
    a, b = structure(view(scene)), structure(view(scene, 125, 0))
    dx, dy, alike = best_shift(a, np.ones(a.shape, bool), b)
    assert (1 - abs(dx) / 160) * (1 - abs(dy) / 90) >= 1 / 3
    assert alike < 0.5


def test_shifting_fills_with_zeros():
    found = shifted(np.arange(6, dtype=np.float32).reshape(2, 3), 1, -1)
    assert found.tolist() == [[0, 3, 4], [0, 0, 0]]
    assert not shifted(np.ones((2, 3), np.float32), 3, 0).any()


def test_a_camera_takes_everything_along_and_a_belt_does_not(scene):
    before, after = view(scene), view(scene, -24, 0)
    assert everything_went(structure(before), structure(after), 24, 0)
    belt = before.copy()
    belt[30:60] = after[30:60]
    assert not everything_went(structure(before), structure(belt), 24, 0)
    assert not everything_went(structure(before), structure(before), 24, 0)


def test_nothing_can_go_where_nothing_is():
    nothing = np.zeros((90, 160), np.float32)
    assert not everything_went(nothing, nothing, 20, 0)
