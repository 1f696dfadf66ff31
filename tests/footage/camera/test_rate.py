import pytest

from fieldcheck.footage.camera.reconnect import EventRate


def counted(times):
    rate = EventRate()
    for time in times:
        rate.count_event(time)
    return rate


def test_nothing_has_no_rate():
    assert EventRate().get_per_second(5.0) == 0
    assert counted([5.0]).get_per_second(5.0) == 0


def test_a_steady_rate_is_right_from_the_second_count_on():
    for n in (2, 3, 30, 300):
        actual = counted([k / 30 for k in range(n)]).get_per_second((n - 1) / 30)
        assert actual == pytest.approx(30, rel=0.02)


def test_only_the_last_two_seconds_count():
    rate = counted([*(k / 100 for k in range(1000)), *(10 + k / 10 for k in range(30))])
    assert rate.get_per_second(12.9) == pytest.approx(10)


def test_a_rate_that_ended_falls_to_nothing():
    rate = counted([k / 30 for k in range(90)])
    assert 0 < rate.get_per_second(4.0) < 30
    assert rate.get_per_second(5.1) == 0
