import cv2
import numpy as np
import pytest

from fieldcheck.corruptions.transforms import coding
from tests.corruptions.pictures import scene


def test_jpeg_damages_red_and_blue_as_a_file_does():
    rgb = scene()
    colours = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".jpg", colours, [cv2.IMWRITE_JPEG_QUALITY, 10])
    assert done
    coded = cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    assert np.array_equal(coding.compress_as_jpeg(rgb, 10.3), coded)


def test_blocks_at_the_reference_size_are_those_of_the_coded_file():
    assert np.array_equal(coding.add_jpeg_blocks(scene(), 15), coding.compress_as_jpeg(scene(), 15))


def test_a_large_picture_looks_at_the_reference_size_as_if_it_had_been_coded_there():
    rgb = scene(768, 1024)
    corrupted = coding.resize_to_reference(coding.add_jpeg_blocks(rgb, 15)).astype(int)
    coded = coding.compress_as_jpeg(coding.resize_to_reference(rgb), 15).astype(int)
    clean = coding.resize_to_reference(rgb).astype(int)
    assert np.abs(corrupted - coded).mean() < 0.35 * np.abs(coded - clean).mean()


def test_fewer_pixels_leave_what_a_smaller_picture_can_hold():
    lines = np.zeros((64, 64, 3), np.uint8)
    lines[:, ::2] = 200
    assert set(np.unique(coding.reduce_resolution(lines, 0.5))) == {100}


@pytest.mark.parametrize("size", [(192, 256), (768, 1024)])
def test_the_pixels_that_are_left_are_counted_at_the_reference_size(size):
    rgb = scene(*size)
    small = cv2.resize(rgb, (128, 96), interpolation=cv2.INTER_AREA)
    expected = cv2.resize(small, size[::-1], interpolation=cv2.INTER_LINEAR)
    assert np.abs(coding.reduce_resolution(rgb, 0.5).astype(int) - expected).mean() < 1


def test_a_low_bitrate_loses_colour_before_light():
    rgb = scene(384, 512)
    coded = cv2.cvtColor(coding.add_macroblocks(rgb, 60, 0.05), cv2.COLOR_RGB2YCrCb).astype(float)
    change = coded - cv2.cvtColor(rgb, cv2.COLOR_RGB2YCrCb)
    kept = [
        1
        - np.var(change[..., k])
        / np.var(cv2.cvtColor(rgb, cv2.COLOR_RGB2YCrCb)[..., k].astype(float))
        for k in range(3)
    ]
    assert kept[0] > max(kept[1:])


def test_lines_that_are_lost_show_others_and_the_rest_stays():
    rgb = scene()
    changed = (coding.add_lost_lines(rgb, 0.25, seed=1) != rgb).any(axis=(1, 2)).mean()
    assert 0.18 < changed <= 0.27
    assert np.array_equal(coding.add_lost_lines(rgb, 0, seed=1), rgb)
