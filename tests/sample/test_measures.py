import numpy as np
import pytest

from sample.measures import (
    cut_like,
    fisher_more,
    hardness,
    immerkaer,
    longest_freeze,
    nearest_by_colour,
    ranks,
    spectrum_slope,
)


def test_noise_of_a_ramp_with_one_bump_is_the_golden_one():
    y = 4.0 * np.arange(8)[:, None] + 2.0 * np.arange(8)
    y[3, 3] += 20
    assert immerkaer(y) == pytest.approx(1.856762, abs=1e-6)


def test_fisher_of_the_golden_table():
    assert fisher_more(5, 7, 10, 78) == pytest.approx(0.016409, abs=1e-6)


def test_equal_values_share_the_middle_rank():
    assert ranks(np.array([3.0, 1.0, 3.0, 3.0])) == pytest.approx([0.625, 0.125, 0.625, 0.625])
    assert ranks(np.ones(5)) == pytest.approx([0.5] * 5)


def test_white_noise_has_a_flat_spectrum_and_its_integral_a_steep_one():
    white = np.random.default_rng(1).standard_normal((256, 256))
    assert spectrum_slope(white) == pytest.approx(0, abs=0.1)
    f = np.hypot(*np.meshgrid(np.fft.fftfreq(256), np.fft.fftfreq(256)))
    f[0, 0] = 1
    assert spectrum_slope(np.fft.ifft2(np.fft.fft2(white) / f).real) == pytest.approx(-2, abs=0.15)


def test_the_unsure_and_flickering_frame_is_the_hardest():
    answers = np.array([[0.9, 0.1], [0.9, 0.1], [0.45, 0.55], [0.9, 0.1], [0.9, 0.1]])
    h = hardness(answers, np.ones((5, 4)), np.zeros(5))
    assert h.argmax() == 2


def test_clips_do_not_lend_each_other_neighbours():
    answers = np.array([[0.9, 0.1], [0.9, 0.1], [0.1, 0.9], [0.1, 0.9]])
    assert len(set(hardness(answers, np.ones((4, 4)), np.array([0, 0, 1, 1])))) == 1


def test_colours_alone_tell_black_from_white():
    pictures = [np.full((8, 8, 3), 255 * (k // 2 % 2), np.uint8) for k in range(12)]
    assert nearest_by_colour(pictures, np.arange(12) // 2 % 2) == 1


def test_another_picture_is_a_cut_and_a_darker_one_is_none():
    rng = np.random.default_rng(2)
    scene = rng.integers(60, 90, (90, 160, 3)).astype(np.uint8)
    assert cut_like(scene, np.full_like(scene, 200))
    assert not cut_like(scene, (scene * 0.8).astype(np.uint8))


def test_the_longest_stretch_without_change_is_found():
    rng = np.random.default_rng(3)
    frames = [rng.integers(0, 256, (90, 160, 3)).astype(np.uint8) for _ in range(8)]
    frames[3] = frames[4] = frames[5] = frames[2]
    assert longest_freeze(frames) == (2, 5)
