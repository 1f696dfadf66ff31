import numpy as np
import pytest

from fieldcheck.imaging.colour import CHANGES, apply_changes, to_luma
from tests.corruptions.pictures import scene

RGB = scene(60, 80)
RAMP = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_gives_another_picture_of_the_same_size_and_leaves_its_own_alone(name):
    before = RGB.copy()
    found = apply_changes(RGB, (name,))
    assert (found.shape, found.dtype) == (RGB.shape, np.uint8)
    assert np.array_equal(RGB, before)
    assert not np.array_equal(found, RGB)


@pytest.mark.parametrize("name", [name for name in CHANGES if name != "clahe"])
def test_a_black_picture_stays_black(name):
    assert not apply_changes(np.zeros((48, 64, 3), np.uint8), (name,)).any()


@pytest.mark.parametrize("exponent", [0.67, 0.45, 1.5, 2.2])
def test_gamma_is_a_power_law_of_each_value(exponent):
    expected = np.floor(255 * (np.arange(256) / 255) ** exponent + 0.5)
    assert np.array_equal(apply_changes(RAMP, (f"gamma_{exponent}",))[0, :, 1], expected)


def test_white_balance_gives_the_three_channels_one_mean():
    cast = np.clip(RGB * np.array([0.9, 0.7, 0.5]), 0, 255).astype(np.uint8)
    means = apply_changes(cast, ("grey_world",)).reshape(-1, 3).mean(axis=0)
    assert np.ptp(means) < 1.0 < np.ptp(cast.reshape(-1, 3).mean(axis=0))


def test_contrast_is_stretched_from_the_first_to_the_last_percentile_of_luma():
    dull = (80 + RGB * 0.2).astype(np.uint8)
    low, high = np.percentile(to_luma(dull), [1, 99], method="inverted_cdf")
    assert np.array_equal(
        apply_changes(dull, ("contrast_stretch",)),
        np.clip(np.rint((dull.astype(float) - low) * (255 / (int(high) - int(low)))), 0, 255),
    )
    assert np.array_equal(
        apply_changes(np.full((9, 9, 3), 77, np.uint8), ("contrast_stretch",)),
        np.full((9, 9, 3), 77),
    )


def test_clahe_raises_local_contrast_and_a_median_takes_a_single_wrong_pixel():
    dull = (80 + RGB * 0.2).astype(np.uint8)
    assert to_luma(apply_changes(dull, ("clahe",))).std() > 1.2 * to_luma(dull).std()
    speck = np.full((9, 9, 3), 100, np.uint8)
    speck[4, 4] = 255
    assert (apply_changes(speck, ("median",)) == 100).all()
    assert apply_changes(speck, ("unsharp",))[4, 3, 0] < 100


def test_several_are_done_one_after_the_other_and_none_leaves_the_picture():
    both = apply_changes(RGB, ("grey_world", "median"))
    assert np.array_equal(both, CHANGES["median"].change(CHANGES["grey_world"].change(RGB)))
    assert apply_changes(RGB, ()) is RGB
    with pytest.raises(KeyError):
        apply_changes(RGB, ("sharper",))
