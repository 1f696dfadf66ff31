import numpy as np
import pytest

from fieldcheck.footage.scene_cuts import KEPT, SampledClip, SceneModel, compute_structure
from tests.footage.scenes import Take, machine, recording, shelves


@pytest.fixture
def film():
    rng = np.random.default_rng(0)
    made = recording(rng, [Take(machine(rng), 20), Take(shelves(rng), 20)], speed=37.0)
    return SampledClip(made.looks, made.times)


def viewed(film, stop):
    view = SceneModel(film, 0)
    for at in range(1, stop):
        view.add_sample(at)
    return view


def test_a_clip_knows_its_own_looks_and_no_others(film):
    view = viewed(film, 30)
    assert view.known > 0.9
    assert view.compute_correlation(film.get_structure(35)) > 0.9
    assert view.compute_correlation(film.get_structure(45)) < 0.3


def test_what_moves_does_not_stand_still(film):
    view, change = viewed(film, 40), film.looks[:40].std(axis=0)
    assert view.has_static_pixels
    assert change[view.steady].mean() < change.mean() / 3


def test_blank_and_dazzled_looks_teach_nothing():
    rng = np.random.default_rng(1)
    made = recording(
        rng, [Take(machine(rng), 10)], light=lambda p, t_s: {5.0: p * 0, 6.0: p * 9}.get(t_s, p)
    )
    film = SampledClip(made.looks, made.times)
    view = SceneModel(film, 0)
    for at in (10, 12):
        before = view.mean
        assert not view.is_comparable(at)
        view.add_sample(at)
        assert view.mean is before
    assert view.is_comparable(11)


def test_a_scene_where_nothing_stands_still_is_like_nothing():
    looks = np.random.default_rng(2).integers(0, 256, (20, 90, 160), dtype=np.uint8)
    film = SampledClip(looks, np.arange(20) / 2)
    view = viewed(film, 20)
    assert not view.has_static_pixels
    assert view.compute_correlation(film.get_structure(3)) == 0.0


def test_the_film_makes_a_structure_anew_that_it_has_let_go():
    looks = np.random.default_rng(3).integers(0, 256, (KEPT + 9, 90, 160), dtype=np.uint8)
    film = SampledClip(looks, np.arange(len(looks)) / 2)
    for at in [*range(len(looks)), 0, 1]:
        assert np.array_equal(film.get_structure(at), compute_structure(looks[at]))


def test_what_follows_is_at_least_one_look_and_never_past_the_end():
    film = SampledClip(np.zeros((4, 90, 160), np.uint8), np.array([0.0, 1.0, 2.0, 9.0]))
    assert [list(film.list_following(at, 1.5)) for at in range(4)] == [[1], [2], [3], []]
    assert list(film.list_following(0, 2.0)) == [1, 2]
