import numpy as np
import pytest

from fieldcheck.corruptions.transforms import light


def flat(level=100, size=(192, 256)):
    return np.full((*size, 3), level, np.uint8)


def test_contrast_shrinks_about_the_mean():
    rgb = flat(50)
    rgb[:96] = 150
    levels = light.make_contrast_lut(0.4, rgb)
    assert (levels[50], levels[150]) == pytest.approx((80, 120), abs=0.01)


def test_a_curve_keeps_black_and_white():
    assert light.make_gamma_lut(2.0)[[0, 128, 255]] == pytest.approx([0, 64.25, 255], abs=0.01)


@pytest.mark.parametrize("mired", [40, -40])
def test_a_cast_is_warm_or_cold_and_keeps_the_luminance_of_grey(mired):
    red, _, blue = colour = light.make_colour_cast_lut(mired)[100]
    assert bool(red > blue) is (mired > 0)
    linear = [((value / 255 + 0.055) / 1.055) ** 2.4 for value in colour]
    actual = np.dot(linear, light.LUMINANCE)
    assert actual == pytest.approx(((100 / 255 + 0.055) / 1.055) ** 2.4, rel=0.02)


def test_another_sensor_leaves_grey_grey_and_dulls_colours():
    assert np.array_equal(light.mix_colour_channels(flat(), 1.0), flat())
    red = np.full((4, 4, 3), (200, 40, 40), np.uint8)
    assert np.ptp(light.mix_colour_channels(red, 1.0)[0, 0].astype(int)) < 100


def test_glare_burns_out_one_place_and_lights_the_rest_a_little():
    out = light.add_glare(flat(), 1.0, seed=1)
    assert out.max() == 255
    assert 100 < out.min() < 170


def test_a_flare_lies_over_all_and_differs_by_seed():
    one, two = light.add_lens_flare(flat(), 1.0, 1), light.add_lens_flare(flat(), 1.0, 2)
    assert one.mean() > 110
    assert not np.array_equal(one, two)


def test_flicker_takes_light_row_by_row():
    out = light.add_flicker(flat(), 0.5, seed=3).astype(int)
    assert (np.ptp(out, axis=1) == 0).all()
    assert out.min() == pytest.approx(50, abs=2)
    assert out.max() == pytest.approx(100, abs=1)


def test_a_shadow_takes_its_share_of_the_light_in_two_fifths_of_the_picture():
    out = light.add_shadow(flat(), 0.6, seed=3)[..., 0]
    assert out.min() == pytest.approx(40, abs=2)
    assert (out < 70).mean() == pytest.approx(0.4, abs=0.05)
