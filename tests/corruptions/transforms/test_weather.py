import numpy as np
import pytest

from fieldcheck.corruptions.transforms import weather


def flat(level=80, size=(192, 256)):
    return np.full((*size, 3), level, np.uint8)


def test_haze_mixes_with_the_air():
    assert weather.make_haze_lut(0.7, 217)[100] == pytest.approx(100 * 0.7 + 217 * 0.3)


def test_fog_is_thicker_towards_the_top_and_never_thicker_than_asked_for():
    out = weather.add_fog(flat(), 0.6, seed=1).astype(float)
    assert out[:40].mean() > out[-40:].mean() > 80
    assert out.max() <= 80 + 0.6 * (217 - 80) + 1


@pytest.mark.parametrize("fall", [weather.add_rain, weather.add_snow])
def test_what_falls_is_bright_grows_in_number_and_lies_elsewhere_in_the_next_picture(fall):
    few, many = fall(flat(), 50, 1), fall(flat(), 300, 1)
    assert 0.005 < (few > 140).mean() < (many > 140).mean()
    assert not np.array_equal(few, fall(flat(), 50, 2))


def test_as_much_falls_in_a_large_picture_as_in_a_small_one():
    small, large = (weather.add_snow(flat(size=size), 300, 1) for size in ((192, 256), (768, 1024)))
    assert (small > 180).mean() == pytest.approx((large > 180).mean(), rel=0.2)


def test_outlines_are_closed_turned_and_told_in_parts_of_a_pixel():
    assert np.allclose(np.hypot(*weather.make_outline(np.full(8, 3.0)).T), 3)
    assert np.allclose(weather.rotate_points(np.array([[1.0, 0.0]]), np.pi / 2), [[0, 1]])
    assert weather.to_fixed_point(np.array([[1.5, 2.0]])) == [(24, 32)]
