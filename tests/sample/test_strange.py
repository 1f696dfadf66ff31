import numpy as np
import pytest

from fieldcheck import paths
from fieldcheck.imaging.codec import read_image
from sample.strange import EACH, KINDS, SIDE, strange_picture

SHIPPED = paths.get_resource_path("probes/wrong_domain")


def test_more_than_two_hundred_small_pictures_ship():
    files = sorted(SHIPPED.rglob("*.jpg"))
    assert len(files) == len(KINDS) * EACH >= 200
    assert sum(path.stat().st_size for path in files) < 1_500_000


@pytest.mark.parametrize("kind", range(len(KINDS)))
def test_what_ships_is_what_the_script_draws(kind):
    drawn = strange_picture(kind, 3)
    shipped = read_image(SHIPPED / KINDS[kind].__name__ / "03.jpg")
    assert drawn.shape == shipped.shape == (SIDE, SIDE, 3)
    assert np.abs(drawn.astype(int) - shipped).mean() < 8
    assert np.array_equal(drawn, strange_picture(kind, 3))


def test_no_two_pictures_of_a_kind_are_alike():
    for kind in range(len(KINDS)):
        first, second = strange_picture(kind, 0), strange_picture(kind, 1)
        assert np.abs(first.astype(int) - second).mean() > 3, KINDS[kind].__name__
