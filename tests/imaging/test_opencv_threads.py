import os

import cv2

from fieldcheck.imaging.opencv_threads import leave_a_core


def test_opencv_leaves_a_core_where_there_is_more_than_one(request):
    request.addfinalizer(lambda: cv2.setNumThreads(-1))
    leave_a_core()
    assert cv2.getNumThreads() == max(1, os.cpu_count() - 1)
