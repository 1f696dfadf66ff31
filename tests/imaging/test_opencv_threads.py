import os

import cv2
import pytest

from fieldcheck.imaging.opencv_threads import leave_a_core, own_thread


def test_opencv_leaves_a_core_where_there_is_more_than_one(request):
    request.addfinalizer(lambda: cv2.setNumThreads(-1))
    leave_a_core()
    assert cv2.getNumThreads() == max(1, os.cpu_count() - 1)


def test_opencv_has_one_thread_until_the_last_has_gone():
    before = cv2.getNumThreads()
    with own_thread:
        with pytest.raises(KeyError), own_thread:
            raise KeyError
        assert cv2.getNumThreads() == 1
    assert cv2.getNumThreads() == before
