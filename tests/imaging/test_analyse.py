import cv2
import numpy as np
import pytest

from fieldcheck.imaging.analyse import analyse
from fieldcheck.imaging.fingerprint import dhash64, phash64
from fieldcheck.imaging.quality import quality
from fieldcheck.imaging.statistics import statistics
from fieldcheck.imaging.thumbnail import look, thumbnail


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720), (641, 359), (200, 300), (8, 8), (1, 1)])
def test_one_look_gives_what_each_measure_gives_by_itself(size):
    rough = np.random.default_rng(2).integers(0, 256, (9, 16, 3), dtype=np.uint8)
    rgb = cv2.resize(rough, size, interpolation=cv2.INTER_CUBIC)
    rgb.flags.writeable = False
    found = analyse(rgb)
    assert found.quality == quality(rgb)
    assert np.array_equal(found.statistics, statistics(rgb))
    assert found.thumbnail == thumbnail(rgb)
    assert np.array_equal(found.look, look(rgb))
    assert (found.dhash, found.phash) == (dhash64(found.look), phash64(found.look))


def test_the_same_picture_gives_the_same_figures():
    rgb = np.random.default_rng(0).integers(0, 256, (360, 640, 3), dtype=np.uint8)
    first, second = analyse(rgb), analyse(rgb.copy())
    assert first.statistics.tobytes() == second.statistics.tobytes()
    assert (first.quality, first.dhash, first.phash, first.thumbnail) == (second.quality, second.dhash, second.phash, second.thumbnail)
