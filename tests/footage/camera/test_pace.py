import time

import pytest

from fieldcheck.footage.camera.playback import HELD, PlaybackClock, Timetable, make_even_timetable

UNEVEN = Timetable((0.0, 0.1, 0.5), 0.75)


def test_a_round_comes_again_and_again():
    assert [UNEVEN.get_due_s(index) for index in range(5)] == [0.0, 0.1, 0.5, 0.75, 0.85]


@pytest.mark.parametrize(
    ("at_s", "index"),
    [(0.0, 0), (0.05, 0), (0.1, 1), (0.49, 1), (0.6, 2), (0.75, 3), (7.5, 30), (7.61, 31)],
)
def test_the_newest_frame_is_the_last_one_due(at_s, index):
    assert UNEVEN.find_newest_due(at_s) == index


def test_an_even_rate_has_a_round_of_one():
    assert make_even_timetable(4).get_due_s(6) == 1.5
    assert make_even_timetable(4).find_newest_due(1.6) == 6


@pytest.mark.parametrize("fps", [0, -1, float("inf"), float("nan")])
def test_no_rate_is_refused(fps):
    with pytest.raises(ValueError, match="no rate of frames"):
        make_even_timetable(fps)


@pytest.mark.parametrize(("times", "round_s"), [((), 1.0), ((0.1,), 1.0), ((0.0, 1.0), 1.0)])
def test_a_round_that_is_none_is_refused(times, round_s):
    with pytest.raises(ValueError, match="no round"):
        Timetable(times, round_s)


def test_a_quick_reader_gets_every_frame_and_none_before_its_time():
    pace, began = PlaybackClock(make_even_timetable(200)), time.monotonic()
    found = [pace.wait_for_next(60.0) for _ in range(20)]
    assert found == sorted(found)
    assert time.monotonic() - began >= found[-1] / 200


def test_a_late_reader_skips_to_the_newest():
    moments = iter([0.0, 0.0, 0.0, 2.05, 2.05])
    pace = PlaybackClock(make_even_timetable(10), clock=lambda: next(moments))
    assert [pace.wait_for_next(1.0), pace.wait_for_next(1.0)] == [0, 20]


@pytest.mark.parametrize("held", [HELD, 4])
def test_a_reader_that_is_a_little_late_loses_nothing(held):
    pace = PlaybackClock(
        make_even_timetable(10), clock=iter([0.0, *[0.1 * held + 0.05] * 16]).__next__, held=held
    )
    assert [pace.wait_for_next(1.0) for _ in range(held + 1)] == list(range(held + 1))


def test_waiting_for_what_is_not_due_yet_ends():
    pace = PlaybackClock(make_even_timetable(0.01))
    assert pace.wait_for_next(0.01) == 0
    assert pace.wait_for_next(0.01) is None
