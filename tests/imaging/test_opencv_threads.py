import cv2
import pytest

from fieldcheck.imaging.codec import own_thread


def test_opencv_has_one_thread_until_the_last_has_gone():
    before = cv2.getNumThreads()
    with own_thread:
        with pytest.raises(KeyError), own_thread:
            raise KeyError
        assert cv2.getNumThreads() == 1
    assert cv2.getNumThreads() == before
