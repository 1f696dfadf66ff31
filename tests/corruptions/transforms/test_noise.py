import cv2
import numpy as np
import pytest

from fieldcheck.corruptions.transforms import noise


def flat(level, size=(192, 400)):
    return np.full((*size, 3), level, np.uint8)


def test_noise_has_the_deviation_asked_for_in_every_channel_and_no_pattern():
    out = noise.add_gaussian_noise(flat(128), 1, 12, seed=1).astype(np.float64) - 128
    assert out.std(axis=(0, 1)) == pytest.approx([12, 12, 12], rel=0.03)
    assert abs(np.corrcoef(out[:, 1:].ravel(), out[:, :-1].ravel())[0, 1]) < 0.015
    assert abs(np.corrcoef(out[..., 0].ravel(), out[..., 1].ravel())[0, 1]) < 0.015


def test_the_grain_of_a_larger_picture_gives_the_same_noise_once_it_is_made_small():
    large = noise.add_gaussian_noise(flat(128, (768, 1600)), 1, 12, seed=1)
    small = cv2.resize(large, (400, 192), interpolation=cv2.INTER_AREA).astype(np.float64)
    assert small.std() == pytest.approx(12, rel=0.05)
    grains = noise.add_gaussian_noise(flat(128, (768, 1600)), 1, 12, 1, each_pixel=True)
    plain = cv2.resize(grains, (400, 192), interpolation=cv2.INTER_AREA)
    assert plain.astype(np.float64).std() == pytest.approx(3, rel=0.05)


def test_noise_of_a_frame_larger_than_the_bank_repeats_only_as_far_off_as_the_bank_is_wide():
    out = noise.crop_from_bank(noise.get_noise_bank(0.0), (300, noise.BANK_WIDTH + 200, 3), seed=5)
    assert np.array_equal(out[:, :200], out[:, noise.BANK_WIDTH :])
    near = out[:, :400].astype(float) - 128
    assert (
        max(abs(np.corrcoef(near[row:].ravel(), near[:-row].ravel())[0, 1]) for row in (1, 2, 3))
        < 0.015
    )


@pytest.mark.parametrize("photons", [12, 50, 200])
@pytest.mark.parametrize("level", [20, 100, 200])
def test_photon_noise_has_the_variance_of_poisson(photons, level):
    out = noise.add_shot_noise(flat(level), photons, seed=1).astype(np.float64)
    expected = level * 255 / photons  # one photon is that many grey levels
    if level + 4 * expected**0.5 < 255:
        assert out.mean() == pytest.approx(level, abs=0.02 * level + 0.2)
        assert out.var() == pytest.approx(expected, rel=0.05)
    levels = set(np.minimum(255, np.rint(np.arange(photons * 3) / photons * 255)))
    assert set(np.unique(out)) <= levels


def test_so_many_photons_that_their_number_is_normal_go_on_from_fewer():
    deviations = [
        noise.add_shot_noise(flat(128), photons, seed=1).astype(float).std()
        for photons in (990, 1010)
    ]
    assert deviations == pytest.approx([(128 * 255 / 1000) ** 0.5] * 2, rel=0.03)


def test_photon_noise_leaves_black_black():
    assert not noise.add_shot_noise(flat(0), 12, seed=1).any()
    assert not noise.add_iso_noise(flat(0), 12, seed=1).any()


def test_noise_of_high_gain_is_coarser_in_colour_than_in_light():
    out = noise.add_iso_noise(flat(120), 100, seed=2).astype(np.float32)
    light, colour = out.mean(axis=2), out[..., 0] - out[..., 2]
    parts = (light - light.mean(), colour)
    near = [np.corrcoef(one[:, 1:].ravel(), one[:, :-1].ravel())[0, 1] for one in parts]
    assert near[0] < 0.3
    assert near[1] > 0.5


def test_bands_change_whole_rows_alike_by_what_is_asked_for():
    out = noise.add_row_banding(flat(128), 10, seed=3).astype(float)
    assert (np.ptp(out, axis=1) == 0).all()
    assert (out[:, 0, 0] - 128).std() == pytest.approx(10, rel=0.15)
