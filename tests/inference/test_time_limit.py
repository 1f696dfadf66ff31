import threading
import time

import pytest

from fieldcheck.inference.time_limit import TooLong, within


def test_what_comes_back_is_handed_on():
    assert within(5, lambda: 7, lambda: None) == 7


def test_what_it_raises_is_raised_here():
    def fails():
        raise KeyError("a")

    with pytest.raises(KeyError):
        within(5, fails, lambda: None)


def test_a_call_that_takes_too_long_is_asked_to_end():
    ended = threading.Event()
    began = time.monotonic()
    with pytest.raises(TooLong):
        within(0.05, lambda: ended.wait(30), ended.set)
    assert ended.is_set()
    assert time.monotonic() - began < 5
