import cv2
import numpy as np
import pytest

from fieldcheck.imaging.quality import analyse_image, measure_quality, measure_statistics
from fieldcheck.imaging.similarity import compute_dhash, compute_phash
from fieldcheck.imaging.thumbnail import make_look, make_thumbnail


@pytest.mark.parametrize(
    "size", [(1920, 1080), (1280, 720), (641, 359), (200, 300), (8, 8), (1, 1)]
)
def test_one_look_gives_what_each_measure_gives_by_itself(size):
    rough = np.random.default_rng(2).integers(0, 256, (9, 16, 3), dtype=np.uint8)
    rgb = cv2.resize(rough, size, interpolation=cv2.INTER_CUBIC)
    rgb.flags.writeable = False
    found = analyse_image(rgb)
    assert found.quality == measure_quality(rgb)
    assert np.array_equal(found.statistics, measure_statistics(rgb))
    assert found.thumbnail == make_thumbnail(rgb)
    assert np.array_equal(found.look, make_look(rgb))
    assert (found.dhash, found.phash) == (compute_dhash(found.look), compute_phash(found.look))


def test_the_same_picture_gives_the_same_figures():
    rgb = np.random.default_rng(0).integers(0, 256, (360, 640, 3), dtype=np.uint8)
    first, second = analyse_image(rgb), analyse_image(rgb.copy())
    assert first.statistics.tobytes() == second.statistics.tobytes()
    assert (first.quality, first.dhash) == (second.quality, second.dhash)
    assert (first.phash, first.thumbnail) == (second.phash, second.thumbnail)
