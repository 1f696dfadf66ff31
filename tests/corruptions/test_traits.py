from math import log

import numpy as np
import pytest

from fieldcheck.imaging.quality import NAMES
from tests.corruptions import traits


def noise(size=(192, 256), seed=0):
    return np.random.default_rng(seed).integers(100, 110, size).astype(np.uint8)


def test_the_statistics_of_the_method_are_among_them():
    found = traits.traits(np.repeat(noise()[..., None], 3, axis=2))
    assert set(NAMES) < set(found)
    assert all(np.isfinite(value) for value in found.values())


def test_rows_that_differ_are_seen_and_columns_are_not():
    rows, columns = noise(), noise()
    rows[::2] += 20
    columns[:, ::2] += 20
    assert traits.row_steps(rows) == pytest.approx(log(40), abs=0.1)
    assert traits.row_steps(columns) < 1
    slope = np.repeat(np.linspace(0, 200, 192).astype(np.uint8)[:, None], 256, axis=1)
    assert traits.row_waves(slope) > 3


def test_a_torn_picture_and_lines_of_two_pictures_are_seen():
    slope = np.repeat(np.linspace(0, 250, 256).astype(np.uint8)[None], 192, axis=0)
    torn, combed = slope.copy(), slope.copy()
    torn[100:] = np.roll(torn[100:], 20, axis=1)
    combed[1::2] = np.roll(combed[1::2], 20, axis=1)
    assert traits.row_tears(torn) > 3
    assert traits.row_tears(slope) == traits.row_tears(slope[:5]) == 0
    assert traits.row_combs(combed) > 3
    assert traits.row_combs(slope) == traits.row_combs(slope[:2]) == 0


def test_steps_at_the_borders_of_blocks_are_seen():
    blocks = noise()
    blocks[:] += (10 * (np.arange(256) // 8 % 2)).astype(np.uint8)
    assert traits.block_steps(blocks) > 0.5
    assert abs(traits.block_steps(noise())) < 0.1
    assert traits.block_steps(noise((4, 4))) == 0


def test_uneven_light_and_covers():
    half = noise()
    half[:, 128:] = 200
    assert traits.unevenness(half) == pytest.approx((200 - 104.5) / 2, abs=1)
    assert traits.one_level(half) == pytest.approx(0.5)


def test_a_small_picture_is_its_own_reference():
    assert traits.at_reference(noise((50, 60))).shape == (50, 60)
    assert traits.at_reference(noise((384, 512))).shape == (192, 256)
